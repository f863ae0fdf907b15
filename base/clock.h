#ifndef OMS_CONNECTOR_BASE_CLOCK_H_
#define OMS_CONNECTOR_BASE_CLOCK_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"

namespace oms_connector::base {

// Tells the time. It is read once at the top of a call and handed down as a
// value. Implementations are safe to use from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
  // For waits and deadlines within one process: a time that only ever goes on,
  // at the pace of Now, however the machine's clock is set meanwhile. It
  // compares with itself alone.
  virtual absl::Time SteadyNow() { return Now(); }
};

// The time of the machine.
class SystemClock final : public Clock {
 public:
  absl::Time Now() override;
  absl::Time SteadyNow() override;
};

// Lets time pass. Implementations are safe to use from any thread.
class Sleeper {
 public:
  virtual ~Sleeper() = default;

  // Blocks for `duration`; zero and negative ones do not block. Ends early,
  // with CANCELLED, when `context` is cancelled and, with DEADLINE_EXCEEDED,
  // at its deadline if that comes first.
  virtual absl::Status Sleep(absl::Duration duration,
                             const CallContext& context) = 0;
};

// Sleeps in real time.
class SystemSleeper final : public Sleeper {
 public:
  absl::Status Sleep(absl::Duration duration,
                     const CallContext& context) override;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_CLOCK_H_
