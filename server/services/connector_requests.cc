#include "server/services/connector_requests.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/errors.h"
#include "model/limits.h"
#include "server/convert/connection_convert.h"
#include "server/convert/cursor_token.h"
#include "server/convert/inventory_convert.h"
#include "server/convert/page_token.h"
#include "server/convert/resource_names.h"
#include "server/convert/settings_convert.h"
#include "server/convert/shipment_convert.h"
#include "server/convert/sync_run_convert.h"
#include "server/convert/time_convert.h"
#include "server/convert/to_grpc_status.h"
#include "server/rpc/idempotency.h"

namespace oms_connector::server {
namespace {

// The fields that requests of both feeds have, but for their cursors.
template <typename Proto, typename Request>
void ReadFeedFields(const Proto& proto, RequestReader& read, Request* request) {
  request->cart = proto.cart();
  request->max_results = read.Value(MaxResults(proto.max_results()));
  if (proto.has_max_staleness()) {
    request->max_staleness = read.Value(
        NonNegativeDurationFromProto(proto.max_staleness(), "max_staleness"));
  }
  if (proto.has_max_wait()) {
    request->max_wait =
        read.Value(NonNegativeDurationFromProto(proto.max_wait(), "max_wait"));
  }
}

// A cursor that a request need not have.
template <typename Request>
void ReadShipmentCursor(const std::string& text, RequestReader& read,
                        Request* request) {
  if (text.empty()) return;
  ReadCursor cursor =
      read.Value(CursorFromText(model::Feed::kShipments, "cursor", text));
  request->cursor = cursor.position;
  request->scope = std::move(cursor.scope);
}

// How much one call may say.
absl::Status CheckSize(const v1::AcknowledgeShipmentsRequest& request) {
  if (request.outcomes_size() > model::kMaxOutcomes) {
    return model::InvalidField(
        "outcomes", absl::StrCat("must be ", model::kMaxOutcomes, " or fewer"));
  }
  for (int i = 0; i < request.outcomes_size(); ++i) {
    if (request.outcomes(i).reason().size() > model::kMaxReasonBytes) {
      return model::InvalidField(
          absl::StrCat("outcomes[", i, "].reason"),
          absl::StrCat("must be ", model::kMaxReasonBytes, " bytes or less"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

connections::SettingsUpdate ReadSettingsUpdate(
    const Call& call, const base::SecretBox& secrets,
    const v1::UpdateSettingsRequest& request, RequestReader& read) {
  connections::SettingsUpdate update;
  update.connection = call.connection();
  update.sent = ReadSettings(request.settings(), read);
  update.mask = ReadSettingsMask(request.update_mask(), read);
  update.etag = request.settings().etag();
  update.validate_only = request.validate_only();
  update.principal = call.principal().name;
  update.call.id =
      IdempotencyKeyOf(call, secrets, request, request.request_id(), read);
  return update;
}

inventory::SyncRequest ReadSync(const Call& call,
                                const base::SecretBox& secrets,
                                const v1::SyncInventoryRequest& request,
                                RequestReader& read) {
  inventory::SyncRequest sync;
  sync.connection = call.connection();
  ReadCursor cursor = read.Value(
      CursorFromText(model::Feed::kInventory, "cursor", request.cursor()));
  sync.position = cursor.position;
  sync.inside = cursor.place;
  sync.scope = std::move(cursor.scope);
  ReadFeedFields(request, read, &sync);
  sync.kind = read.Value(SyncKindFromProto(request.kind(), "kind"));
  storage::IdempotencyKey id =
      IdempotencyKeyOf(call, secrets, request, request.request_id(), read);
  sync.request_key = std::move(id.key);
  sync.request_fingerprint = std::move(id.fingerprint);
  return sync;
}

shipments::PollRequest ReadPoll(const Call& call,
                                const v1::PollShipmentsRequest& request,
                                RequestReader& read) {
  shipments::PollRequest poll;
  poll.connection = call.connection();
  ReadShipmentCursor(request.cursor(), read, &poll);
  ReadFeedFields(request, read, &poll);
  poll.consumer = request.consumer();
  if (poll.consumer.empty()) return poll;
  read.Check(CheckConsumerName("consumer", poll.consumer));
  if (!request.cursor().empty()) {
    read.Check(
        model::InvalidField("consumer", "give either a cursor or a consumer"));
  }
  return poll;
}

ReadAcknowledgement ReadOutcomes(const Call& call,
                                 const base::SecretBox& secrets,
                                 const v1::AcknowledgeShipmentsRequest& request,
                                 RequestReader& read) {
  ReadAcknowledgement ack;
  ack.request.connection = call.connection();
  ReadShipmentCursor(request.cursor(), read, &ack.request);
  ack.request.consumer = request.consumer();
  if (!request.consumer().empty()) {
    read.Check(CheckConsumerName("consumer", request.consumer()));
  }
  if (request.consumer().empty() != request.cursor().empty()) {
    read.Check(model::InvalidField(
        request.consumer().empty() ? "consumer" : "cursor",
        "consumer and cursor belong together; give both or neither"));
  }
  ack.request.id =
      IdempotencyKeyOf(call, secrets, request, request.request_id(), read);
  read.Check(CheckSize(request));
  if (!read.Violations().ok()) return ack;
  ack.request.outcomes.reserve(static_cast<size_t>(request.outcomes_size()));
  ack.index_of.reserve(static_cast<size_t>(request.outcomes_size()));
  for (int i = 0; i < request.outcomes_size(); ++i) {
    absl::StatusOr<model::ShipmentOutcome> outcome =
        OutcomeFromProto(request.outcomes(i), call.connection(), i);
    if (outcome.ok()) {
      ack.request.outcomes.push_back(*std::move(outcome));
      ack.index_of.push_back(i);
    } else {
      ack.errors.push_back({i, outcome.status()});
    }
  }
  return ack;
}

void ToProto(const inventory::SyncPage& page, const std::string& connection,
             v1::SyncInventoryResponse* proto) {
  if (page.run.has_value()) {
    *proto->mutable_run() = ToProto(*page.run, connection);
  }
  proto->mutable_levels()->Reserve(static_cast<int>(page.levels.size()));
  for (const model::InventoryLevel& level : page.levels) {
    ToProto(level, proto->add_levels());
  }
  for (const model::Product& product : page.products) {
    ToProto(product, proto->add_products());
  }
  proto->set_next_cursor(EncodeCursor(model::Feed::kInventory,
                                      {connection, page.epoch},
                                      page.next_position, page.next_inside));
  proto->set_caught_up(page.caught_up);
  *proto->mutable_pull() = ToProto(page.pull);
}

void ToProto(const shipments::PollPage& page, const std::string& connection,
             v1::PollShipmentsResponse* proto) {
  proto->mutable_events()->Reserve(static_cast<int>(page.events.size()));
  for (const model::ShipmentEvent& event : page.events) {
    ToProto(event, connection, proto->add_events());
  }
  proto->set_next_cursor(EncodeCursor(
      model::Feed::kShipments, {connection, page.epoch}, page.next_cursor));
  proto->set_caught_up(page.caught_up);
  proto->set_held_orders(page.held_orders);
  *proto->mutable_pull() = ToProto(page.pull);
  if (page.run.has_value()) {
    *proto->mutable_run() = ToProto(*page.run, connection);
  }
  for (const model::CartError& error : page.cart_errors) {
    *proto->add_cart_errors() = ToProto(error);
  }
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
