#include "base/clock.h"

#include <algorithm>
#include <chrono>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/call_context.h"

namespace oms_connector::base {

absl::Time SystemClock::Now() { return absl::Now(); }

absl::Time SystemClock::SteadyNow() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

absl::Status SystemSleeper::Sleep(absl::Duration duration,
                                  const CallContext& context) {
  const absl::Time start = SystemClock().SteadyNow();
  const absl::Duration remaining = context.Remaining(start);
  if (duration <= absl::ZeroDuration()) return context.Check(start);
  if (context.cancellation().WaitForCancellation(
          std::min(duration, remaining))) {
    return context.Check(start);
  }
  // The wait itself has shown that the deadline came first.
  return remaining <= duration ? context.Check(context.deadline())
                               : absl::OkStatus();
}

}  // namespace oms_connector::base
