#ifndef OMS_CONNECTOR_BASE_STEADY_NOTIFICATION_H_
#define OMS_CONNECTOR_BASE_STEADY_NOTIFICATION_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace oms_connector::base {

// Told once. Waits last as long as they say, also where the machine's clock is
// set meanwhile: timed waits of Abseil's own end at a time of day, and set back
// by three days they last three days longer.
//
// Thread-safe.
class SteadyNotification {
 public:
  void Notify() {
    std::lock_guard<std::mutex> lock(mutex_);
    notified_ = true;
    changed_.notify_all();
  }

  void Wait() const {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return notified_; });
  }

  // Whether it was told; waits for that at most so long.
  bool WaitFor(absl::Duration timeout) const {
    // Longer ones count as this, so that adding them to now cannot overflow.
    const absl::Duration bounded =
        std::clamp(timeout, absl::ZeroDuration(), absl::Hours(24 * 365));
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_until(
        lock,
        std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(bounded),
        [this] { return notified_; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool notified_ = false;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_STEADY_NOTIFICATION_H_
