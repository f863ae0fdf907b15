#include "base/manual_clock.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/status_macros.h"

namespace oms_connector::base {

ManualClock::ManualClock()
    : ManualClock(absl::FromUnixSeconds(1'786'960'800)) {}

ManualClock::ManualClock(absl::Time now) : now_(now) {}

absl::Time ManualClock::Now() {
  absl::MutexLock lock(&mutex_);
  return now_;
}

absl::Time ManualClock::SteadyNow() {
  absl::MutexLock lock(&mutex_);
  return now_ - jumped_;
}

void ManualClock::Set(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  now_ = now;
}

void ManualClock::Advance(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  now_ += duration;
}

void ManualClock::Jump(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  now_ += duration;
  jumped_ += duration;
}

ManualSleeper::ManualSleeper(ManualClock* clock) : clock_(clock) {}

absl::Status ManualSleeper::Sleep(absl::Duration duration,
                                  const CallContext& context) {
  {
    absl::MutexLock lock(&mutex_);
    asked_.push_back(duration);
  }
  const absl::Time start = clock_->SteadyNow();
  OMS_RETURN_IF_ERROR(context.Check(start));
  const absl::Duration slept = std::min(duration, context.Remaining(start));
  clock_->Advance(std::max(slept, absl::ZeroDuration()));
  return context.Check(clock_->SteadyNow());
}

std::vector<absl::Duration> ManualSleeper::asked() const {
  absl::MutexLock lock(&mutex_);
  return asked_;
}

}  // namespace oms_connector::base
