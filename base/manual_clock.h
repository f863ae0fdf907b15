#ifndef OMS_CONNECTOR_BASE_MANUAL_CLOCK_H_
#define OMS_CONNECTOR_BASE_MANUAL_CLOCK_H_

// Time for tests: it passes only when told to.

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"

namespace oms_connector::base {

// Starts at 2026-08-17T10:00:00Z unless told otherwise. Thread-safe.
class ManualClock final : public Clock {
 public:
  ManualClock();
  explicit ManualClock(absl::Time now);

  absl::Time Now() override;
  absl::Time SteadyNow() override;
  void Set(absl::Time now);
  void Advance(absl::Duration duration);
  // As if somebody set the machine's clock: no time has passed.
  void Jump(absl::Duration duration);

 private:
  absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  absl::Duration jumped_ ABSL_GUARDED_BY(mutex_);
};

// The clock of one of several machines: wrong by so much, on the time of all.
// Does not own `time`.
class SkewedClock final : public Clock {
 public:
  SkewedClock(Clock* time, absl::Duration skew) : time_(time), skew_(skew) {}

  absl::Time Now() override { return time_->Now() + skew_; }
  absl::Time SteadyNow() override { return time_->SteadyNow(); }

 private:
  Clock* const time_;
  const absl::Duration skew_;
};

// Advances a ManualClock instead of sleeping, up to the context's deadline, and
// remembers how long it was asked to sleep. Thread-safe. Does not own the
// clock.
class ManualSleeper final : public Sleeper {
 public:
  explicit ManualSleeper(ManualClock* clock);

  absl::Status Sleep(absl::Duration duration,
                     const CallContext& context) override;

  // What Sleep was asked for, in order.
  std::vector<absl::Duration> asked() const;

 private:
  ManualClock* const clock_;
  mutable absl::Mutex mutex_;
  std::vector<absl::Duration> asked_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_MANUAL_CLOCK_H_
