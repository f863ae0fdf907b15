#ifndef OMS_CONNECTOR_BASE_TIMER_QUEUE_H_
#define OMS_CONNECTOR_BASE_TIMER_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace oms_connector::base {

// Runs callbacks later, all of them on one thread of its own, so that a
// thousand calls can wait without a thousand threads.
//
//   TimerQueue timers;
//   const auto id = timers.Schedule(absl::Seconds(30), [call] { End(call); });
//   timers.Cancel(id);
//
// Delays are counted on the machine's steady clock: setting the wall clock does
// not move them. Thread-safe. Callbacks must be short and must not block; they
// may schedule and cancel, but not shut down or destroy the queue.
class TimerQueue {
 public:
  using Id = int64_t;

  TimerQueue();

  // As Shutdown.
  ~TimerQueue();

  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  // Runs `callback` once, `delay` from now or as soon as possible after that;
  // equal times in the order of scheduling. An infinite delay never ends. After
  // Shutdown the callback is dropped.
  Id Schedule(absl::Duration delay, absl::AnyInvocable<void()> callback);

  // True if the callback will now never run; false if it has run, runs just
  // then, or was cancelled. Does not wait for a running one.
  bool Cancel(Id id);

  // Drops what waits, waits for the callback that runs and ends the thread. May
  // be called more than once, by one thread at a time.
  void Shutdown();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void RunTimers();

  // The standard library's pair, as Abseil waits on the wall clock.
  std::mutex mutex_;
  std::condition_variable changed_;
  // All below but the thread is guarded by mutex_.
  bool shut_down_ = false;
  Id last_id_ = 0;
  std::map<Id, Time> due_;
  std::map<std::pair<Time, Id>, absl::AnyInvocable<void()>> waiting_;
  std::thread thread_;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_TIMER_QUEUE_H_
