#include "server/services/connection_requests.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text_fold.h"
#include "model/errors.h"
#include "model/limits.h"
#include "server/convert/connection_convert.h"
#include "server/convert/resource_names.h"
#include "server/convert/settings_convert.h"
#include "server/convert/shipment_convert.h"
#include "server/convert/sync_run_convert.h"
#include "server/convert/time_convert.h"
#include "server/rpc/idempotency.h"

namespace oms_connector::server {
namespace {

// The ids in names of shipments, which must all be of the call's connection.
std::vector<int64_t> ReadShipmentIds(
    const Call& call,
    const google::protobuf::RepeatedPtrField<std::string>& names,
    RequestReader& read) {
  std::vector<int64_t> ids;
  if (names.size() > model::kMaxShipmentNames) {
    read.Check(model::InvalidField(
        "names",
        absl::StrCat("must be ", model::kMaxShipmentNames, " or fewer")));
    return ids;
  }
  for (int i = 0; i < names.size(); ++i) {
    const std::string field = absl::StrCat("names[", i, "]");
    const absl::StatusOr<ShipmentKey> key = ParseShipmentName(field, names[i]);
    read.Check(key.status());
    if (!key.ok()) continue;
    if (key->connection != call.connection()) {
      read.Check(model::InvalidField(field, "is of another connection"));
    }
    ids.push_back(key->shipment_id);
  }
  return ids;
}

shipments::ShipmentFilter ReadFilter(const v1::ShipmentFilter& proto,
                                     RequestReader& read) {
  shipments::ShipmentFilter filter;
  for (int i = 0; i < proto.states_size(); ++i) {
    filter.states.push_back(read.Value(DeliveryStateFromProto(
        proto.states(i), absl::StrCat("filter.states[", i, "]"))));
  }
  filter.order_number = proto.order_number();
  filter.tracking_number = proto.tracking_number();
  filter.cart = proto.cart();
  if (proto.has_older_than()) {
    read.Take(
        NonNegativeDurationFromProto(proto.older_than(), "filter.older_than"),
        &filter.older_than);
  }
  return filter;
}

// "MICROSECONDS RUN", as PositionBehind writes it.
absl::StatusOr<feeds::RunPosition> RunPositionOf(absl::string_view text) {
  feeds::RunPosition position;
  if (text.empty()) return position;
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  int64_t micros = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &micros)) {
    return model::InvalidField("page_token", "is no token of this list");
  }
  position.start_time = absl::FromUnixMicros(micros);
  position.run_id = parts[1];
  return position;
}

}  // namespace

std::string PositionBehind(const model::SyncRun& run) {
  return absl::StrCat(absl::ToUnixMicros(run.start_time), " ", run.run_id);
}

NewConnection ReadNewConnection(
    const Call& call, const base::SecretBox& secrets,
    const connections::ConnectionDirectory& directory,
    const v1::CreateConnectionRequest& request, RequestReader& read) {
  NewConnection made;
  made.call.id =
      IdempotencyKeyOf(call, secrets, request, request.request_id(), read);
  made.draft = ReadDraft(request.connection(), read);
  read.Check(directory.CheckNew(call.connection(), made.draft));
  return made;
}

connections::ConnectionUpdate ReadConnectionUpdate(
    const Call& call, const base::SecretBox& secrets,
    const connections::ConnectionDirectory& directory,
    const v1::UpdateConnectionRequest& request, RequestReader& read) {
  connections::ConnectionUpdate update;
  update.connection = call.connection();
  update.call.id =
      IdempotencyKeyOf(call, secrets, request, request.request_id(), read);
  update.sent = ReadDraft(request.connection(), read);
  update.mask = {request.update_mask().paths().begin(),
                 request.update_mask().paths().end()};
  update.etag = request.connection().etag();
  read.Check(directory.CheckUpdate(update));
  return update;
}

PreviewQuestion ReadPreview(const Call& call,
                            const v1::PreviewSettingsRequest& request,
                            RequestReader& read) {
  PreviewQuestion question;
  question.from = ReadListPosition(call.rpc(), request, read);
  question.preview.connection = call.connection();
  question.preview.cart = request.cart();
  question.preview.page_size = question.from.size;
  question.preview.offset = question.from.AfterNumber(read);
  question.sent = ReadSettings(request.settings(), read);
  question.mask = ReadSettingsMask(request.update_mask(), read);
  return question;
}

inventory::LevelQuestion ReadLevelQuestion(
    const Call& call, const v1::ExplainLevelRequest& request,
    RequestReader& read) {
  if (base::Trim(request.sku()).empty()) {
    read.Check(
        model::InvalidField("sku", "is required: a master or listing SKU"));
  }
  return {call.connection(), request.cart(), request.sku()};
}

RunQuestion ReadRunQuestion(const Call& call,
                            const v1::ListSyncRunsRequest& request,
                            RequestReader& read) {
  RunQuestion question;
  question.from = ReadListPosition(call.rpc(), request, read);
  question.before = read.Value(RunPositionOf(question.from.after));
  question.feed = read.Value(FeedFromProto(request.feed(), "feed"));
  return question;
}

ShipmentQuestion ReadShipmentQuestion(const Call& call,
                                      const v1::ListShipmentsRequest& request,
                                      RequestReader& read) {
  ShipmentQuestion question;
  question.from = ReadListPosition(call.rpc(), request, read);
  question.list.connection = call.connection();
  question.list.filter = ReadFilter(request.filter(), read);
  question.list.page_size = question.from.size;
  // Without a token, from the newest, which is not number 0.
  if (!question.from.after.empty()) {
    question.list.before = question.from.AfterNumber(read);
  }
  return question;
}

shipments::ReleaseRequest ReadRelease(
    const Call& call, const base::SecretBox& secrets,
    const v1::ReleaseShipmentsRequest& request, RequestReader& read) {
  shipments::ReleaseRequest release;
  release.connection = call.connection();
  release.shipment_ids = ReadShipmentIds(call, request.names(), read);
  if (request.has_order_id()) release.order_id = request.order_id();
  if (request.names().empty() != request.has_order_id()) {
    read.Check(
        model::InvalidField("names", "give either shipments or an order's id"));
  }
  release.reason = request.reason();
  if (request.reason().size() > model::kMaxReasonBytes) {
    read.Check(model::InvalidField(
        "reason",
        absl::StrCat("must be ", model::kMaxReasonBytes, " bytes or less")));
  }
  release.call.id =
      IdempotencyKeyOf(call, secrets, request, request.request_id(), read);
  return release;
}

ReplayQuestion ReadReplay(const Call& call, const base::SecretBox& secrets,
                          const v1::ReplayShipmentsRequest& request,
                          RequestReader& read) {
  ReplayQuestion question;
  shipments::ReplayRequest& replay = question.replay;
  replay.connection = call.connection();
  replay.shipment_ids = ReadShipmentIds(call, request.names(), read);
  question.start = read.Value(CursorFromText(
      model::Feed::kShipments, "start_cursor", request.start_cursor()));
  question.end = read.Value(CursorFromText(model::Feed::kShipments,
                                           "end_cursor", request.end_cursor()));
  // The empty start is the beginning of the feed; an end must be named.
  const bool has_end = !request.end_cursor().empty();
  if (!has_end && !request.start_cursor().empty()) {
    read.Check(
        model::InvalidField("end_cursor", "is required with start_cursor"));
  } else if (request.names().empty() != has_end) {
    read.Check(model::InvalidField(
        "names", "give either shipments or both start_cursor and end_cursor"));
  }
  if (has_end) {
    replay.start = question.start.position;
    replay.end = question.end.position;
  }
  replay.call.id =
      IdempotencyKeyOf(call, secrets, request, request.request_id(), read);
  return question;
}

std::string ReadConsumer(const std::string& name, RequestReader& read) {
  read.Check(CheckConsumerName("consumer", name));
  return name;
}

}  // namespace oms_connector::server
