#include "order_manager/order_manager.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::order_manager {
namespace {

constexpr absl::string_view kRetryAfterUrl = "oms-connector/retry-after-ms";
constexpr absl::string_view kNotProcessedUrl = "oms-connector/not-processed";
// What the Order Manager means by a 429 without its header.
constexpr absl::Duration kDefaultRetryAfter = absl::Seconds(15);

}  // namespace

std::vector<CreatedWindow> WindowsOf(absl::Time from, absl::Time to) {
  std::vector<CreatedWindow> windows;
  while (to - from > kLongestWindow) {
    windows.push_back({from, from + kLongestWindow});
    from += kLongestWindow;
  }
  windows.push_back({from, std::max(from, to)});
  return windows;
}

bool WasNotProcessed(const absl::Status& status) {
  return status.GetPayload(kNotProcessedUrl).has_value();
}

absl::Status NotProcessed(absl::Status status) {
  status.SetPayload(kNotProcessedUrl, absl::Cord());
  return status;
}

absl::Duration RetryAfterOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kRetryAfterUrl);
  int64_t milliseconds = 0;
  if (!payload.has_value() ||
      !absl::SimpleAtoi(std::string(*payload), &milliseconds)) {
    return kDefaultRetryAfter;
  }
  return absl::Milliseconds(milliseconds);
}

absl::Status QuotaExhausted(absl::Duration retry_after) {
  absl::Status status = absl::ResourceExhaustedError(
      "the Order Manager asks to wait before the next request");
  status.SetPayload(
      kRetryAfterUrl,
      absl::Cord(absl::StrCat(absl::ToInt64Milliseconds(retry_after))));
  return status;
}

}  // namespace oms_connector::order_manager
