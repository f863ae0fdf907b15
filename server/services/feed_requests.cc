#include "server/services/feed_requests.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "server/convert/connection_convert.h"
#include "server/convert/cursor_token.h"
#include "server/convert/inventory_convert.h"
#include "server/convert/page_token.h"
#include "server/convert/resource_names.h"
#include "server/convert/shipment_convert.h"
#include "server/convert/sync_run_convert.h"
#include "server/convert/time_convert.h"
#include "server/convert/to_grpc_status.h"
#include "server/rpc/repeatable.h"

namespace oms_connector::server {
namespace {

// The two durations by which callers of both feeds say what they will wait for.
template <typename Proto, typename Request>
absl::Status ReadPatience(const Proto& proto, Request* request) {
  if (proto.has_max_staleness()) {
    OMS_ASSIGN_OR_RETURN(
        request->max_staleness,
        NonNegativeDurationFromProto(proto.max_staleness(), "max_staleness"));
  }
  if (proto.has_max_wait()) {
    OMS_ASSIGN_OR_RETURN(request->max_wait, NonNegativeDurationFromProto(
                                                proto.max_wait(), "max_wait"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<inventory::SyncRequest> SyncRequestFromProto(
    const Call& call, const base::SecretBox& secrets,
    const v1::SyncInventoryRequest& request) {
  inventory::SyncRequest sync;
  sync.connection = call.connection();
  sync.cart = request.cart();
  OMS_ASSIGN_OR_RETURN(
      const ReadCursor cursor,
      CursorFromText(model::Feed::kInventory, "cursor", request.cursor()));
  sync.position = cursor.position;
  sync.inside = cursor.place;
  sync.scope = cursor.scope;
  OMS_ASSIGN_OR_RETURN(sync.max_results, MaxResults(request.max_results()));
  OMS_RETURN_IF_ERROR(ReadPatience(request, &sync));
  OMS_ASSIGN_OR_RETURN(sync.kind, SyncKindFromProto(request.kind(), "kind"));
  OMS_ASSIGN_OR_RETURN(sync.request_key,
                       RequestKeyOf(call, request.request_id()));
  if (sync.request_key.has_value()) {
    sync.request_fingerprint = RequestFingerprint(secrets, request);
  }
  return sync;
}

absl::StatusOr<shipments::PollRequest> PollRequestFromProto(
    const std::string& connection, const v1::PollShipmentsRequest& request) {
  shipments::PollRequest poll;
  poll.connection = connection;
  poll.cart = request.cart();
  poll.consumer = request.consumer();
  if (!request.cursor().empty()) {
    OMS_ASSIGN_OR_RETURN(
        const ReadCursor cursor,
        CursorFromText(model::Feed::kShipments, "cursor", request.cursor()));
    poll.cursor = cursor.position;
    poll.scope = cursor.scope;
  }
  OMS_ASSIGN_OR_RETURN(poll.max_results, MaxResults(request.max_results()));
  OMS_RETURN_IF_ERROR(ReadPatience(request, &poll));
  return poll;
}

absl::StatusOr<ReadAcknowledgement> AcknowledgementFromProto(
    const std::string& connection,
    const v1::AcknowledgeShipmentsRequest& request) {
  ReadAcknowledgement read;
  read.request.connection = connection;
  read.request.consumer = request.consumer();
  if (!request.cursor().empty()) {
    OMS_ASSIGN_OR_RETURN(
        const ReadCursor cursor,
        CursorFromText(model::Feed::kShipments, "cursor", request.cursor()));
    read.request.cursor = cursor.position;
    read.request.scope = cursor.scope;
  }
  for (int i = 0; i < request.outcomes_size(); ++i) {
    absl::StatusOr<model::ShipmentOutcome> outcome = OutcomeFromProto(
        request.outcomes(i), connection, absl::StrCat("outcomes[", i, "]"));
    if (outcome.ok()) {
      read.request.outcomes.push_back(*std::move(outcome));
      read.index_of.push_back(i);
    } else {
      read.errors.push_back({i, outcome.status()});
    }
  }
  return read;
}

v1::SyncInventoryResponse ToProto(const inventory::SyncPage& page,
                                  const std::string& connection) {
  v1::SyncInventoryResponse proto;
  if (page.run.has_value()) {
    *proto.mutable_run() = ToProto(*page.run, connection);
  }
  for (const model::InventoryLevel& level : page.levels) {
    *proto.add_levels() = ToProto(level);
  }
  for (const model::Product& product : page.products) {
    *proto.add_products() = ToProto(product);
  }
  proto.set_next_cursor(EncodeCursor(model::Feed::kInventory,
                                     {connection, page.epoch},
                                     page.next_position, page.next_inside));
  proto.set_caught_up(page.caught_up);
  *proto.mutable_pull() = ToProto(page.pull);
  return proto;
}

v1::PollShipmentsResponse ToProto(const shipments::PollPage& page,
                                  const std::string& connection) {
  v1::PollShipmentsResponse proto;
  for (const model::ShipmentEvent& event : page.events) {
    *proto.add_events() = ToProto(event, connection);
  }
  proto.set_next_cursor(EncodeCursor(
      model::Feed::kShipments, {connection, page.epoch}, page.next_cursor));
  proto.set_caught_up(page.caught_up);
  proto.set_held_orders(page.held_orders);
  *proto.mutable_pull() = ToProto(page.pull);
  if (page.run.has_value()) {
    *proto.mutable_run() = ToProto(*page.run, connection);
    for (const model::CartError& error : page.run->cart_errors) {
      *proto.add_cart_errors() = ToProto(error);
    }
  }
  return proto;
}

v1::AcknowledgeShipmentsResponse ToProto(
    const std::vector<shipments::OutcomeError>& errors) {
  std::vector<const shipments::OutcomeError*> ordered;
  for (const shipments::OutcomeError& error : errors) {
    ordered.push_back(&error);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return a->index < b->index; });
  v1::AcknowledgeShipmentsResponse proto;
  for (const shipments::OutcomeError* error : ordered) {
    v1::OutcomeError& row = *proto.add_errors();
    row.set_index(error->index);
    *row.mutable_status() = ToRpcStatus(error->status);
  }
  return proto;
}

}  // namespace oms_connector::server
