#include "server/services/connector_checks.h"

#include "absl/strings/str_cat.h"
#include "model/errors.h"
#include "model/limits.h"
#include "model/sync_run.h"
#include "server/convert/cursor_token.h"
#include "server/convert/page_token.h"
#include "server/convert/resource_names.h"
#include "server/convert/settings_convert.h"
#include "server/convert/sync_run_convert.h"
#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

// The fields that requests of both feeds have.
template <typename Request>
RequestCheck CheckFeedRequest(const Request& request, model::Feed feed) {
  RequestCheck check(ParseConnectionName("connection", request.connection()));
  check.Add(CheckCursor(feed, "cursor", request.cursor()));
  check.Add(MaxResults(request.max_results()).status());
  if (request.has_max_staleness()) {
    check.Add(
        NonNegativeDurationFromProto(request.max_staleness(), "max_staleness")
            .status());
  }
  if (request.has_max_wait()) {
    check.Add(
        NonNegativeDurationFromProto(request.max_wait(), "max_wait").status());
  }
  return check;
}

// How much one call may say; each outcome is judged by itself later.
absl::Status CheckOutcomes(const v1::AcknowledgeShipmentsRequest& request) {
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

RequestCheck CheckOf(const v1::GetSettingsRequest& request) {
  return ParseSettingsName("name", request.name());
}

RequestCheck CheckOf(const v1::UpdateSettingsRequest& request) {
  RequestCheck check(
      ParseSettingsName("settings.name", request.settings().name()));
  check.Add(CheckSettings(request.settings()));
  check.AddLater([&] { return CheckSettingsMask(request.update_mask()); });
  check.AddRequestId(request.request_id());
  return check;
}

RequestCheck CheckOf(const v1::SyncInventoryRequest& request) {
  RequestCheck check = CheckFeedRequest(request, model::Feed::kInventory);
  check.Add(SyncKindFromProto(request.kind(), "kind").status());
  check.AddRequestId(request.request_id());
  return check;
}

RequestCheck CheckOf(const v1::PollShipmentsRequest& request) {
  RequestCheck check = CheckFeedRequest(request, model::Feed::kShipments);
  if (request.consumer().empty()) return check;
  check.Add(CheckConsumerName("consumer", request.consumer()));
  if (!request.cursor().empty()) {
    check.Add(
        model::InvalidField("consumer", "give either a cursor or a consumer"));
  }
  return check;
}

RequestCheck CheckOf(const v1::AcknowledgeShipmentsRequest& request) {
  RequestCheck check(ParseConnectionName("connection", request.connection()));
  check.Add(CheckCursor(model::Feed::kShipments, "cursor", request.cursor()));
  if (!request.consumer().empty()) {
    check.Add(CheckConsumerName("consumer", request.consumer()));
  }
  if (request.consumer().empty() != request.cursor().empty()) {
    check.Add(model::InvalidField(
        request.consumer().empty() ? "consumer" : "cursor",
        "consumer and cursor belong together; give both or neither"));
  }
  check.AddRequestId(request.request_id());
  check.Add(CheckOutcomes(request));
  return check;
}

}  // namespace oms_connector::server
