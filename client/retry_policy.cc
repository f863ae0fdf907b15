#include "client/retry_policy.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/rpc_status.h"

namespace oms_connector::client {

absl::Duration ParsePushback(absl::string_view value) {
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(value, &milliseconds) || milliseconds < 0) {
    return absl::InfiniteDuration();
  }
  return absl::Milliseconds(milliseconds);
}

std::optional<absl::Duration> NextDelay(const RetryPolicy& policy, int attempts,
                                        const Attempt& last,
                                        absl::Duration remaining,
                                        double random) {
  if (!absl::IsUnavailable(last.status)) return std::nullopt;
  if (attempts >= policy.max_attempts) return std::nullopt;
  const absl::Duration delay =
      last.pushback.has_value()
          ? *last.pushback
          : std::max(policy.backoff.Delay(attempts, random),
                     RetryDelayOf(last.status).value_or(absl::ZeroDuration()));
  if (delay >= remaining) return std::nullopt;
  return delay;
}

}  // namespace oms_connector::client
