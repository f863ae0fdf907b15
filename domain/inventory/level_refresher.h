// Applies changed settings and carts to the stored levels of a connection when
// callers need them: one recompute at a time per connection, whatever the
// number of callers. Each step is a task of its own, and callers wait without a
// thread, so that a long recompute holds up nobody else's calls.
//
//   refresher.Refresh(context, "acme", wait, [](absl::Status status) {...});
//
// A recompute that nobody waits for any more goes on to its end. Several
// servers on one store may work on the same recompute; they take turns.
//
// Thread-safe.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_REFRESHER_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_REFRESHER_H_

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/timer_queue.h"
#include "storage/store.h"

namespace oms_connector::inventory {

class LevelRefresher {
 public:
  // Not owned. The executor is shut down before the refresher is destroyed.
  LevelRefresher(storage::Store* store, base::Clock* clock,
                 base::Executor* executor)
      : store_(store), clock_(clock), executor_(executor) {}

  LevelRefresher(const LevelRefresher&) = delete;
  LevelRefresher& operator=(const LevelRefresher&) = delete;

  // Whether levels wait for a recompute that Refresh would do: not before the
  // first pull, and not while a pull runs that computes them at its end.
  static absl::StatusOr<bool> IsDue(storage::ReadTransaction& txn,
                                    const std::string& connection,
                                    absl::Time now);

  // Calls `done` exactly once, on some thread: with the outcome at the end of
  // the recompute, or with OK after `wait` and when `context` is cancelled.
  // `done` must be short and must not block. What has changed after the last
  // step is not part of it: look at IsDue again.
  // Errors: CONNECTION_NOT_FOUND, OVERLOADED, the store's.
  void Refresh(const base::CallContext& context, const std::string& connection,
               absl::Duration wait,
               absl::AnyInvocable<void(absl::Status)> done);

 private:
  struct Job;

  std::shared_ptr<Job> JobOf(const std::string& connection, bool* is_new);
  void Submit(std::shared_ptr<Job> job);
  void Step(std::shared_ptr<Job> job);
  void End(std::shared_ptr<Job> job, const absl::Status& status);

  storage::Store* const store_;
  base::Clock* const clock_;
  base::Executor* const executor_;
  base::TimerQueue timers_;
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<Job>> jobs_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_REFRESHER_H_
