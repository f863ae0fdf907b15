// The RPCs of ConnectionService about shipments and their consumers.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/convert/cursor_token.h"
#include "server/convert/list_page.h"
#include "server/convert/page_token.h"
#include "server/convert/resource_names.h"
#include "server/convert/shipment_convert.h"
#include "server/rpc/idempotency.h"
#include "server/services/connection_requests.h"
#include "server/services/connection_service.h"

namespace oms_connector::server {
namespace {

v1::ReleaseShipmentsResponse ReleasedToProto(
    const std::vector<model::Shipment>& released, const std::string& name) {
  v1::ReleaseShipmentsResponse proto;
  for (const model::Shipment& shipment : released) {
    *proto.add_released() = ToProto(shipment, name);
  }
  return proto;
}

}  // namespace

absl::Status ConnectionService::CheckCursor(const Call& call,
                                            const ReadCursor& cursor) const {
  if (cursor.scope.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const model::Connection connection,
                       deps_.directory->Get(call.context(), call.connection()));
  return CheckScope(cursor, {connection.id, connection.epoch});
}

grpc::ServerUnaryReactor* ConnectionService::ListShipments(
    Context* context, const v1::ListShipmentsRequest* request,
    v1::ListShipmentsResponse* response) {
  return deps_.rpc->Answer(
      context, {"ListShipments", Role::kViewer}, response,
      {ParseConnectionName("parent", request->parent())},
      [=](const Call& call, RequestReader& read) {
        return ReadShipmentQuestion(call, *request, read);
      },
      [=](const Call& call, const ShipmentQuestion& question) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const shipments::ShipmentList page,
            deps_.shipments->List(call.context(), question.list));
        ListPage<v1::Shipment> rows(response->mutable_shipments());
        for (const model::Shipment& shipment : page.shipments) {
          if (!rows.Add(ToProto(shipment, call.connection()))) break;
        }
        if (page.next_before.has_value() || rows.is_cut()) {
          response->set_next_page_token(EncodePageToken(
              question.from.list,
              absl::StrCat(page.shipments[rows.rows() - 1].shipment_id)));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ReleaseShipments(
    Context* context, const v1::ReleaseShipmentsRequest* request,
    v1::ReleaseShipmentsResponse* response) {
  return deps_.rpc->Answer(
      context, {"ReleaseShipments", Role::kOperator, ExecutorKind::kCostly},
      response,
      {ParseConnectionName("parent", request->parent()), request->request_id()},
      [=](const Call& call, RequestReader& read) {
        return ReadRelease(call, *deps_.secrets, *request, read);
      },
      [=](const Call& call, shipments::ReleaseRequest release) -> absl::Status {
        using Released = std::vector<model::Shipment>;
        const auto respond = [&call](const Released& released) {
          return ReleasedToProto(released, call.connection());
        };
        release.call =
            ReplayableCallOf<Released>(std::move(release.call.id), respond);
        OMS_ASSIGN_OR_RETURN(const auto answer,
                             deps_.shipments->Release(call.context(), release));
        return Respond(answer, respond, response);
      });
}

grpc::ServerUnaryReactor* ConnectionService::ReplayShipments(
    Context* context, const v1::ReplayShipmentsRequest* request,
    v1::ReplayShipmentsResponse* response) {
  return deps_.rpc->Answer(
      context, {"ReplayShipments", Role::kOperator, ExecutorKind::kCostly},
      response,
      {ParseConnectionName("parent", request->parent()), request->request_id()},
      [=](const Call& call, RequestReader& read) {
        return ReadReplay(call, *deps_.secrets, *request, read);
      },
      [=](const Call& call, ReplayQuestion question) -> absl::Status {
        OMS_RETURN_IF_ERROR(CheckCursor(call, question.start));
        OMS_RETURN_IF_ERROR(CheckCursor(call, question.end));
        const auto respond = [](int64_t count) {
          v1::ReplayShipmentsResponse replayed;
          replayed.set_replayed_count(count);
          return replayed;
        };
        shipments::ReplayRequest& replay = question.replay;
        replay.call =
            ReplayableCallOf<int64_t>(std::move(replay.call.id), respond);
        OMS_ASSIGN_OR_RETURN(const auto answer,
                             deps_.shipments->Replay(call.context(), replay));
        return Respond(answer, respond, response);
      });
}

grpc::ServerUnaryReactor* ConnectionService::ListConsumers(
    Context* context, const v1::ListConsumersRequest* request,
    v1::ListConsumersResponse* response) {
  return deps_.rpc->Answer(
      context, {"ListConsumers", Role::kViewer}, response,
      {ParseConnectionName("parent", request->parent())},
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const std::vector<shipments::ConsumerLag> consumers,
            deps_.consumers->List(call.context(), call.connection()));
        for (const shipments::ConsumerLag& reader : consumers) {
          *response->add_consumers() = ToProto(reader.consumer, reader.lag);
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ResetConsumer(
    Context* context, const v1::ResetConsumerRequest* request,
    v1::ResetConsumerResponse* response) {
  return deps_.rpc->Answer(
      context, {"ResetConsumer", Role::kAdmin}, response,
      {ParseConnectionName("parent", request->parent())},
      [=](const Call&, RequestReader& read) {
        std::string consumer = ReadConsumer(request->consumer(), read);
        return std::make_pair(
            std::move(consumer),
            read.Value(CursorFromText(model::Feed::kShipments, "cursor",
                                      request->cursor())));
      },
      [=](const Call& call,
          const std::pair<std::string, ReadCursor>& reset) -> absl::Status {
        const auto& [consumer, cursor] = reset;
        OMS_RETURN_IF_ERROR(CheckCursor(call, cursor));
        return deps_.consumers->Reset(call.context(), call.connection(),
                                      consumer, cursor.position);
      });
}

grpc::ServerUnaryReactor* ConnectionService::DeleteConsumer(
    Context* context, const v1::DeleteConsumerRequest* request,
    v1::DeleteConsumerResponse* response) {
  return deps_.rpc->Answer(
      context, {"DeleteConsumer", Role::kAdmin}, response,
      {ParseConnectionName("parent", request->parent())},
      [=](const Call&, RequestReader& read) {
        return ReadConsumer(request->consumer(), read);
      },
      [=](const Call& call, const std::string& consumer) {
        return deps_.consumers->Delete(call.context(), call.connection(),
                                       consumer);
      });
}

}  // namespace oms_connector::server
