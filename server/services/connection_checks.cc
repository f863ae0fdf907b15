#include "server/services/connection_checks.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text_fold.h"
#include "model/errors.h"
#include "model/limits.h"
#include "model/sync_run.h"
#include "server/convert/connection_convert.h"
#include "server/convert/cursor_token.h"
#include "server/convert/page_token.h"
#include "server/convert/resource_names.h"
#include "server/convert/settings_convert.h"
#include "server/convert/shipment_convert.h"
#include "server/convert/sync_run_convert.h"
#include "server/convert/time_convert.h"
#include "server/rpc/call.h"

namespace oms_connector::server {
namespace {

// Page size and token of a list. `rpc` as in the handler, which reads the
// token.
template <typename Request>
void AddPage(absl::string_view rpc, const Request& request,
             RequestCheck* check) {
  check->Add(PageSize(request.page_size()).status());
  check->Add(DecodePageToken(ListIdentity(rpc, request), request.page_token())
                 .status());
}

template <typename Request>
RequestCheck CheckListOf(absl::string_view rpc, const Request& request) {
  RequestCheck check(ParseConnectionName("parent", request.parent()));
  AddPage(rpc, request, &check);
  return check;
}

// Of shipments of the connection `parent`.
absl::Status CheckShipmentNames(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    absl::string_view parent) {
  RequestCheck check{std::string()};
  if (names.size() > model::kMaxShipmentNames) {
    return model::InvalidField(
        "names",
        absl::StrCat("must be ", model::kMaxShipmentNames, " or fewer"));
  }
  for (int i = 0; i < names.size(); ++i) {
    const std::string field = absl::StrCat("names[", i, "]");
    const absl::StatusOr<ShipmentKey> key = ParseShipmentName(field, names[i]);
    check.Add(key.status());
    if (key.ok() && ConnectionName(key->connection) != parent) {
      check.Add(model::InvalidField(field, "is of another connection"));
    }
  }
  return check.Faults();
}

absl::Status CheckStates(const v1::ShipmentFilter& filter) {
  RequestCheck check{std::string()};
  for (int i = 0; i < filter.states_size(); ++i) {
    check.Add(DeliveryStateFromProto(filter.states(i),
                                     absl::StrCat("filter.states[", i, "]"))
                  .status());
  }
  return check.Faults();
}

}  // namespace

RequestCheck CheckOf(const v1::CreateConnectionRequest& request,
                     const connections::ConnectionDirectory& directory) {
  // A malformed id is told together with the rest, to whom it would be granted.
  RequestCheck check(request.connection_id());
  check.AddRequestId(request.request_id());
  check.AddLater([&] {
    RequestCheck faults{std::string()};
    connections::ConnectionDraft draft;
    faults.Add(ReadDraft(request.connection(), &draft));
    faults.Add(directory.CheckNew(request.connection_id(), draft));
    return faults.Faults();
  });
  return check;
}

RequestCheck CheckOf(const v1::UpdateConnectionRequest& request,
                     const connections::ConnectionDirectory& directory) {
  RequestCheck check(
      ParseConnectionName("connection.name", request.connection().name()));
  check.AddRequestId(request.request_id());
  check.AddLater([&] {
    RequestCheck faults{std::string()};
    connections::ConnectionUpdate update;
    faults.Add(ReadDraft(request.connection(), &update.sent));
    update.mask = PathsOf(request.update_mask());
    faults.Add(directory.CheckUpdate(update));
    return faults.Faults();
  });
  return check;
}

RequestCheck CheckOf(const v1::GetConnectionRequest& request) {
  return ParseConnectionName("name", request.name());
}

RequestCheck CheckOf(const v1::ListConnectionsRequest& request) {
  RequestCheck check{std::string(kNoConnection)};
  AddPage("ListConnections", request, &check);
  return check;
}

RequestCheck CheckOf(const v1::DeleteConnectionRequest& request) {
  return ParseConnectionName("name", request.name());
}

RequestCheck CheckOf(const v1::TestConnectionRequest& request) {
  return ParseConnectionName("name", request.name());
}

RequestCheck CheckOf(const v1::ListSettingsChangesRequest& request) {
  return CheckListOf("ListSettingsChanges", request);
}

RequestCheck CheckOf(const v1::PreviewSettingsRequest& request) {
  RequestCheck check(ParseSettingsName("name", request.name()));
  check.Add(CheckSettings(request.settings()));
  check.AddLater([&] { return CheckSettingsMask(request.update_mask()); });
  AddPage("PreviewSettings", request, &check);
  return check;
}

RequestCheck CheckOf(const v1::ExplainLevelRequest& request) {
  RequestCheck check(ParseConnectionName("parent", request.parent()));
  if (base::Trim(request.sku()).empty()) {
    check.Add(
        model::InvalidField("sku", "is required: a master or listing SKU"));
  }
  return check;
}

RequestCheck CheckOf(const v1::ListSyncRunsRequest& request) {
  RequestCheck check = CheckListOf("ListSyncRuns", request);
  check.Add(FeedFromProto(request.feed(), "feed").status());
  return check;
}

RequestCheck CheckOf(const v1::ListShipmentsRequest& request) {
  RequestCheck check = CheckListOf("ListShipments", request);
  const v1::ShipmentFilter& filter = request.filter();
  check.AddLater([&request] { return CheckStates(request.filter()); });
  if (filter.has_older_than()) {
    check.Add(
        NonNegativeDurationFromProto(filter.older_than(), "filter.older_than")
            .status());
  }
  return check;
}

RequestCheck CheckOf(const v1::ReleaseShipmentsRequest& request) {
  RequestCheck check(ParseConnectionName("parent", request.parent()));
  check.AddLater(
      [&] { return CheckShipmentNames(request.names(), request.parent()); });
  if (request.names().empty() != request.has_order_id()) {
    check.Add(
        model::InvalidField("names", "give either shipments or an order's id"));
  }
  if (request.reason().size() > model::kMaxReasonBytes) {
    check.Add(model::InvalidField(
        "reason",
        absl::StrCat("must be ", model::kMaxReasonBytes, " bytes or less")));
  }
  check.AddRequestId(request.request_id());
  return check;
}

RequestCheck CheckOf(const v1::ReplayShipmentsRequest& request) {
  RequestCheck check(ParseConnectionName("parent", request.parent()));
  check.AddLater(
      [&] { return CheckShipmentNames(request.names(), request.parent()); });
  for (const auto& [field, cursor] :
       {std::make_pair("start_cursor", &request.start_cursor()),
        std::make_pair("end_cursor", &request.end_cursor())}) {
    check.Add(CheckCursor(model::Feed::kShipments, field, *cursor));
  }
  // The empty start is the beginning of the feed; an end must be named.
  if (request.end_cursor().empty() && !request.start_cursor().empty()) {
    check.Add(
        model::InvalidField("end_cursor", "is required with start_cursor"));
  } else if (request.names().empty() == request.end_cursor().empty()) {
    check.Add(model::InvalidField(
        "names", "give either shipments or both start_cursor and end_cursor"));
  }
  check.AddRequestId(request.request_id());
  return check;
}

RequestCheck CheckOf(const v1::ListConsumersRequest& request) {
  return ParseConnectionName("parent", request.parent());
}

RequestCheck CheckOf(const v1::ResetConsumerRequest& request) {
  RequestCheck check(ParseConnectionName("parent", request.parent()));
  check.Add(CheckConsumerName("consumer", request.consumer()));
  check.Add(CheckCursor(model::Feed::kShipments, "cursor", request.cursor()));
  return check;
}

RequestCheck CheckOf(const v1::DeleteConsumerRequest& request) {
  RequestCheck check(ParseConnectionName("parent", request.parent()));
  check.Add(CheckConsumerName("consumer", request.consumer()));
  return check;
}

}  // namespace oms_connector::server
