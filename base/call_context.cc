#include "base/call_context.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace oms_connector::base {

absl::Duration CallContext::Remaining(absl::Time now) const {
  return std::max(absl::ZeroDuration(), deadline_ - now);
}

absl::Status CallContext::Check(absl::Time now) const {
  if (cancellation_.cancelled()) {
    return absl::CancelledError("the caller no longer waits");
  }
  if (now >= deadline_) {
    return absl::DeadlineExceededError(
        "the deadline has passed; try again with a later one");
  }
  return absl::OkStatus();
}

CallContext CallContext::WithDeadline(absl::Time deadline) const {
  return CallContext(std::min(deadline_, deadline), cancellation_, party_);
}

}  // namespace oms_connector::base
