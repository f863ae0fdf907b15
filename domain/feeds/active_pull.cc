#include "domain/feeds/active_pull.h"

#include <algorithm>
#include <utility>

namespace oms_connector::feeds {

EndWaiter::EndWaiter(absl::AnyInvocable<void()> done)
    : done_(std::move(done)) {}

void EndWaiter::Arm(base::TimerQueue& timers, absl::Duration delay,
                    const base::CancellationToken& cancellation) {
  // Registered without the lock, as an earlier cancellation fires right here.
  base::CancellationRegistration registration =
      cancellation.OnCancel([weak = weak_from_this()] {
        if (const auto waiter = weak.lock()) waiter->Fire();
      });
  const base::TimerQueue::Id timer =
      timers.Schedule(delay, [self = shared_from_this()] { self->Fire(); });
  bool late = false;
  {
    absl::MutexLock lock(&mutex_);
    late = fired_;
    if (!late) {
      timers_ = &timers;
      timer_ = timer;
      registration_ = std::move(registration);
    }
  }
  if (late) timers.Cancel(timer);
}

void EndWaiter::Fire() {
  const std::shared_ptr<EndWaiter> self = shared_from_this();
  absl::AnyInvocable<void()> done;
  base::TimerQueue* timers = nullptr;
  base::TimerQueue::Id timer = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (fired_) return;
    fired_ = true;
    done = std::move(done_);
    timers = timers_;
    timer = timer_;
  }
  if (timers != nullptr) timers->Cancel(timer);
  done();
}

bool EndWaiter::fired() const {
  absl::MutexLock lock(&mutex_);
  return fired_;
}

void ActivePull::Stop(StopReason reason) {
  {
    absl::MutexLock lock(&mutex_);
    if (stop_reason_ == StopReason::kNone) stop_reason_ = reason;
  }
  source_.Cancel();
}

void ActivePull::Cut() { late_source_.Cancel(); }

StopReason ActivePull::stop_reason() const {
  absl::MutexLock lock(&mutex_);
  return stop_reason_;
}

void ActivePull::AddPatience(absl::Time until) {
  absl::MutexLock lock(&mutex_);
  patient_until_ = std::max(patient_until_, until);
}

absl::Time ActivePull::patient_until() const {
  absl::MutexLock lock(&mutex_);
  return patient_until_;
}

void ActivePull::AddWaiter(std::shared_ptr<EndWaiter> waiter) {
  {
    absl::MutexLock lock(&mutex_);
    if (!ended_) {
      // Those who stopped waiting go first, so that a long pull does not
      // collect them.
      waiters_.erase(std::remove_if(waiters_.begin(), waiters_.end(),
                                    [](const auto& w) { return w->fired(); }),
                     waiters_.end());
      waiters_.push_back(std::move(waiter));
      return;
    }
  }
  waiter->Fire();
}

void ActivePull::End() {
  std::vector<std::shared_ptr<EndWaiter>> waiters;
  {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
    waiters.swap(waiters_);
  }
  for (const std::shared_ptr<EndWaiter>& waiter : waiters) waiter->Fire();
}

bool ActivePull::WaitForEnd(absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&ended_), timeout);
}

}  // namespace oms_connector::feeds
