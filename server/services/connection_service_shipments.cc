// The RPCs of ConnectionService about shipments and their consumers.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "server/convert/cursor_token.h"
#include "server/convert/list_page.h"
#include "server/convert/page_token.h"
#include "server/convert/resource_names.h"
#include "server/convert/shipment_convert.h"
#include "server/convert/time_convert.h"
#include "server/rpc/repeatable.h"
#include "server/services/connection_checks.h"
#include "server/services/connection_service.h"

namespace oms_connector::server {
namespace {

absl::StatusOr<shipments::ShipmentFilter> FilterFromProto(
    const v1::ShipmentFilter& proto) {
  shipments::ShipmentFilter filter;
  for (int i = 0; i < proto.states_size(); ++i) {
    OMS_ASSIGN_OR_RETURN(
        const model::DeliveryState state,
        DeliveryStateFromProto(proto.states(i),
                               absl::StrCat("filter.states[", i, "]")));
    filter.states.push_back(state);
  }
  filter.order_number = proto.order_number();
  filter.tracking_number = proto.tracking_number();
  filter.cart = proto.cart();
  if (proto.has_older_than()) {
    OMS_ASSIGN_OR_RETURN(
        filter.older_than,
        NonNegativeDurationFromProto(proto.older_than(), "filter.older_than"));
  }
  return filter;
}

// The ids in names of shipments, which must all be of this connection.
absl::StatusOr<std::vector<int64_t>> IdsFromNames(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    absl::string_view connection) {
  std::vector<int64_t> ids;
  for (int i = 0; i < names.size(); ++i) {
    const std::string field = absl::StrCat("names[", i, "]");
    OMS_ASSIGN_OR_RETURN(const ShipmentKey key,
                         ParseShipmentName(field, names[i]));
    if (key.connection != connection) {
      return model::InvalidField(field, "is of another connection");
    }
    ids.push_back(key.shipment_id);
  }
  return ids;
}

v1::ReleaseShipmentsResponse ReleasedToProto(
    const std::vector<model::Shipment>& released, const std::string& name) {
  v1::ReleaseShipmentsResponse proto;
  for (const model::Shipment& shipment : released) {
    *proto.add_released() = ToProto(shipment, name);
  }
  return proto;
}

absl::StatusOr<std::vector<model::Shipment>> ReleasedFromProto(
    const v1::ReleaseShipmentsResponse& proto) {
  std::vector<model::Shipment> released;
  for (const v1::Shipment& shipment : proto.released()) {
    OMS_ASSIGN_OR_RETURN(model::Shipment noun, ShipmentFromProto(shipment));
    released.push_back(std::move(noun));
  }
  return released;
}

}  // namespace

absl::StatusOr<int64_t> ConnectionService::ShipmentPosition(
    const Call& call, absl::string_view field, absl::string_view cursor) const {
  OMS_ASSIGN_OR_RETURN(
      const model::Connection connection,
      parts_.directory->Get(call.context(), call.connection()));
  return DecodeCursor(model::Feed::kShipments,
                      {connection.id, connection.epoch}, field, cursor);
}

grpc::ServerUnaryReactor* ConnectionService::ListShipments(
    Context* context, const v1::ListShipmentsRequest* request,
    v1::ListShipmentsResponse* response) {
  return parts_.door->Answer(
      context, {"ListShipments", Role::kViewer}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        const std::string list = ListIdentity(call.rpc(), *request);
        shipments::ShipmentListRequest question;
        question.connection = call.connection();
        OMS_ASSIGN_OR_RETURN(question.filter,
                             FilterFromProto(request->filter()));
        OMS_ASSIGN_OR_RETURN(question.page_size,
                             PageSize(request->page_size()));
        OMS_ASSIGN_OR_RETURN(const std::string before,
                             DecodePageToken(list, request->page_token()));
        if (!before.empty() && !absl::SimpleAtoi(before, &question.before)) {
          return model::InvalidField("page_token", "is no token of this list");
        }
        OMS_ASSIGN_OR_RETURN(const shipments::ShipmentList page,
                             parts_.shipments->List(call.context(), question));
        ListPage<v1::Shipment> rows(response->mutable_shipments());
        for (const model::Shipment& shipment : page.shipments) {
          if (!rows.Add(ToProto(shipment, call.connection()))) break;
        }
        if (page.next_before.has_value() || rows.is_cut()) {
          response->set_next_page_token(EncodePageToken(
              list, absl::StrCat(page.shipments[rows.rows() - 1].shipment_id)));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ReleaseShipments(
    Context* context, const v1::ReleaseShipmentsRequest* request,
    v1::ReleaseShipmentsResponse* response) {
  return parts_.door->Answer(
      context, {"ReleaseShipments", Role::kOperator, Lane::kCostly}, response,
      CheckOf(*request), [=](const Call& call) -> absl::Status {
        const std::string& name = call.connection();
        shipments::ReleaseRequest release;
        release.connection = name;
        OMS_ASSIGN_OR_RETURN(release.shipment_ids,
                             IdsFromNames(request->names(), name));
        if (request->has_order_id()) release.order_id = request->order_id();
        release.reason = request->reason();
        OMS_ASSIGN_OR_RETURN(
            release.call,
            (RepeatableAs<std::vector<model::Shipment>,
                          v1::ReleaseShipmentsResponse>(
                call, *parts_.secrets, *request,
                [name](const std::vector<model::Shipment>& released) {
                  return ReleasedToProto(released, name);
                },
                ReleasedFromProto)));
        OMS_ASSIGN_OR_RETURN(
            const std::vector<model::Shipment> released,
            parts_.shipments->Release(call.context(), release));
        *response = ReleasedToProto(released, name);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ReplayShipments(
    Context* context, const v1::ReplayShipmentsRequest* request,
    v1::ReplayShipmentsResponse* response) {
  return parts_.door->Answer(
      context, {"ReplayShipments", Role::kOperator, Lane::kCostly}, response,
      CheckOf(*request), [=](const Call& call) -> absl::Status {
        shipments::ReplayRequest replay;
        replay.connection = call.connection();
        OMS_ASSIGN_OR_RETURN(replay.shipment_ids,
                             IdsFromNames(request->names(), call.connection()));
        // The empty start is the beginning of the feed; an end must be named.
        if (!request->end_cursor().empty()) {
          OMS_ASSIGN_OR_RETURN(
              replay.start,
              ShipmentPosition(call, "start_cursor", request->start_cursor()));
          OMS_ASSIGN_OR_RETURN(
              replay.end,
              ShipmentPosition(call, "end_cursor", request->end_cursor()));
        } else if (!request->start_cursor().empty()) {
          return model::InvalidField("end_cursor",
                                     "is required with start_cursor");
        }
        OMS_ASSIGN_OR_RETURN(
            replay.call, (RepeatableAs<int64_t, v1::ReplayShipmentsResponse>(
                             call, *parts_.secrets, *request,
                             [](int64_t count) {
                               v1::ReplayShipmentsResponse proto;
                               proto.set_replayed_count(count);
                               return proto;
                             },
                             [](const v1::ReplayShipmentsResponse& proto)
                                 -> absl::StatusOr<int64_t> {
                               return proto.replayed_count();
                             })));
        OMS_ASSIGN_OR_RETURN(const int64_t count,
                             parts_.shipments->Replay(call.context(), replay));
        response->set_replayed_count(count);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ListConsumers(
    Context* context, const v1::ListConsumersRequest* request,
    v1::ListConsumersResponse* response) {
  return parts_.door->Answer(
      context, {"ListConsumers", Role::kViewer}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const std::vector<shipments::ConsumerStanding> consumers,
            parts_.consumers->List(call.context(), call.connection()));
        for (const shipments::ConsumerStanding& standing : consumers) {
          *response->add_consumers() = ToProto(standing.consumer, standing.lag);
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ResetConsumer(
    Context* context, const v1::ResetConsumerRequest* request,
    v1::ResetConsumerResponse* response) {
  return parts_.door->Answer(
      context, {"ResetConsumer", Role::kAdmin}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        OMS_RETURN_IF_ERROR(CheckConsumerName("consumer", request->consumer()));
        OMS_ASSIGN_OR_RETURN(
            const int64_t position,
            ShipmentPosition(call, "cursor", request->cursor()));
        return parts_.consumers->Reset(call.context(), call.connection(),
                                       request->consumer(), position);
      });
}

grpc::ServerUnaryReactor* ConnectionService::DeleteConsumer(
    Context* context, const v1::DeleteConsumerRequest* request,
    v1::DeleteConsumerResponse* response) {
  return parts_.door->Answer(
      context, {"DeleteConsumer", Role::kAdmin}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        OMS_RETURN_IF_ERROR(CheckConsumerName("consumer", request->consumer()));
        return parts_.consumers->Delete(call.context(), call.connection(),
                                        request->consumer());
      });
}

}  // namespace oms_connector::server
