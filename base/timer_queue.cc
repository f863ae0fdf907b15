#include "base/timer_queue.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace oms_connector::base {
namespace {

// Longer delays count as this one, so that adding them to now cannot overflow.
constexpr absl::Duration kLongestDelay = absl::Hours(24 * 365);

}  // namespace

TimerQueue::TimerQueue() : thread_([this] { RunTimers(); }) {
  pthread_setname_np(thread_.native_handle(), "timers");
}

TimerQueue::~TimerQueue() { Shutdown(); }

TimerQueue::Id TimerQueue::Schedule(absl::Duration delay,
                                    absl::AnyInvocable<void()> callback) {
  const absl::Duration bounded =
      std::clamp(delay, absl::ZeroDuration(), kLongestDelay);
  const Time due =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(bounded);
  std::lock_guard<std::mutex> lock(mutex_);
  const Id id = ++last_id_;
  if (shut_down_ || delay == absl::InfiniteDuration()) return id;
  due_.emplace(id, due);
  waiting_.emplace(std::make_pair(due, id), std::move(callback));
  changed_.notify_one();
  return id;
}

bool TimerQueue::Cancel(Id id) {
  absl::AnyInvocable<void()> dropped;  // destroyed without the lock
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = due_.find(id);
  if (found == due_.end()) return false;
  const auto entry = waiting_.find({found->second, id});
  dropped = std::move(entry->second);
  waiting_.erase(entry);
  due_.erase(found);
  return true;
}

void TimerQueue::Shutdown() {
  decltype(waiting_) dropped;  // destroyed without the lock
  {
    std::lock_guard<std::mutex> lock(mutex_);
    shut_down_ = true;
    dropped.swap(waiting_);
    due_.clear();
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void TimerQueue::RunTimers() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!shut_down_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Time due = waiting_.begin()->first.first;
    if (std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    auto timer = waiting_.extract(waiting_.begin());
    due_.erase(timer.key().second);
    lock.unlock();
    timer.mapped()();
    timer = {};
    lock.lock();
  }
}

}  // namespace oms_connector::base
