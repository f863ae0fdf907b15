// A pull that runs in this process, as its callers see it: whether it has
// ended, who waits for that, how patient they are, and how it is stopped.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_ACTIVE_PULL_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_ACTIVE_PULL_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "base/timer_queue.h"
#include "domain/feeds/pull_outcome.h"

namespace oms_connector::feeds {

// One caller's wait for the end of a run: fires once, whichever of the end,
// the deadline and the caller's cancellation comes first. Thread-safe.
class EndWaiter : public std::enable_shared_from_this<EndWaiter> {
 public:
  explicit EndWaiter(absl::AnyInvocable<void()> done);

  // Fires at the deadline, `delay` from now, and on cancellation.
  void Arm(base::TimerQueue& timers, absl::Duration delay,
           const base::CancellationToken& cancellation);
  void Fire();
  bool fired() const;

 private:
  mutable absl::Mutex mutex_;
  absl::AnyInvocable<void()> done_ ABSL_GUARDED_BY(mutex_);
  bool fired_ ABSL_GUARDED_BY(mutex_) = false;
  base::TimerQueue* timers_ ABSL_GUARDED_BY(mutex_) = nullptr;
  base::TimerQueue::Id timer_ ABSL_GUARDED_BY(mutex_) = 0;
  base::CancellationRegistration registration_ ABSL_GUARDED_BY(mutex_);
};

// Thread-safe.
class ActivePull {
 public:
  explicit ActivePull(std::string run_id, std::string account = "",
                      bool doubtful = false)
      : run_id_(std::move(run_id)),
        account_(std::move(account)),
        doubtful_(doubtful) {}

  const std::string& run_id() const { return run_id_; }
  const std::string& account() const { return account_; }
  // Whether it may well fail as the one before did.
  bool doubtful() const { return doubtful_; }
  base::CancellationToken token() const { return source_.token(); }
  // Of work that must not be cut off by a stop as such, only by Cut.
  base::CancellationToken late_token() const { return late_source_.token(); }

  // Tells the body to stop; the first reason counts.
  void Stop(StopReason reason);
  // Ends also what a stop lets go on.
  void Cut();
  StopReason stop_reason() const;

  // Patience never shrinks.
  void AddPatience(absl::Time until);
  absl::Time patient_until() const;

  // Fires at the end; at once when it has ended.
  void AddWaiter(std::shared_ptr<EndWaiter> waiter);
  void End();
  // Blocks until the end, or until `deadline` of real time has passed. True
  // when it has ended.
  bool WaitForEnd(absl::Duration timeout) const;

 private:
  const std::string run_id_;
  const std::string account_;
  const bool doubtful_;
  base::CancellationSource source_;
  base::CancellationSource late_source_;
  mutable absl::Mutex mutex_;
  StopReason stop_reason_ ABSL_GUARDED_BY(mutex_) = StopReason::kNone;
  absl::Time patient_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<EndWaiter>> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_ACTIVE_PULL_H_
