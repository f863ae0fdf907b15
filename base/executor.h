#ifndef OMS_CONNECTOR_BASE_EXECUTOR_H_
#define OMS_CONNECTOR_BASE_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::base {

// So many threads, each started when it is first needed, that take tasks from
// bounded queues: one for each party that has work here, served in turn, so
// that who has a thousand tasks waiting delays another's first by one.
//
//   Executor reads("store-read", 16, 1000, /*max_running_per_party=*/8);
//   if (!reads.TrySubmit(principal, [call] { Answer(call); })) Refuse(call);
//
// Tasks of one party begin first in, first out; with one thread, they run
// strictly one after the other. Thread-safe. Tasks may submit further tasks,
// but must neither shut down nor destroy the executor they run on. Tasks do
// not throw.
class Executor {
 public:
  // `name` shows up as the threads' name (its first 15 characters). Has
  // `threads` threads, at least one; at most `queue_capacity` tasks wait, of
  // all parties. A party's tasks take no more than `max_running_per_party`
  // threads at once, so that long ones leave some to others. While fewer than
  // `quiet_below` tasks run, TryRunHere runs one more; 0 = never.
  Executor(const std::string& name, int threads, size_t queue_capacity,
           int max_running_per_party = std::numeric_limits<int>::max(),
           int quiet_below = 0);

  // As Shutdown.
  ~Executor();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Queues `task` and returns true, or drops it and returns false when the
  // queue is full, the executor is shut down, or the system has not one thread
  // for it. Never blocks.
  [[nodiscard]] bool TrySubmit(absl::string_view party,
                               absl::AnyInvocable<void()> task);

  // The same for work that is no party's; all such work is one more.
  [[nodiscard]] bool TrySubmit(absl::AnyInvocable<void()> task) {
    return TrySubmit("", std::move(task));
  }

  // Runs a short task on the calling thread, which costs less than a hop to
  // another, where it is quiet here: no task waits and few run. False, and it
  // was not run, elsewhere.
  [[nodiscard]] bool TryRunHere(absl::FunctionRef<void()> task);

  // Takes no more tasks, runs those that wait and returns when all have ended.
  // May be called from several threads and more than once.
  void Shutdown();

  // Tasks that wait at this moment, without those that run.
  size_t queued() const;
  // The same by party, of those that have any.
  std::map<std::string, size_t> queued_by_party() const;

 private:
  // A party that has work here.
  struct Party {
    std::deque<absl::AnyInvocable<void()>> tasks;
    int running = 0;
    bool in_turn = false;  // stands in turns_
  };
  using Parties = std::map<std::string, Party, std::less<>>;

  // Starts one more thread unless those that wait have enough for one more
  // task, or all are there; false where there is none at all.
  bool EnsureThread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RunTasks();
  // Gives the party a turn if it has a task that may begin and none yet; drops
  // it when it has no work here any more.
  void Settle(Parties::iterator party) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasTurnOrEnds() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const std::string thread_name_;
  const size_t max_threads_;
  const size_t queue_capacity_;
  const int max_running_per_party_;
  const int quiet_below_;
  mutable absl::Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  size_t queued_ ABSL_GUARDED_BY(mutex_) = 0;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;       // on whatever thread
  int running_here_ ABSL_GUARDED_BY(mutex_) = 0;  // on threads of callers
  Parties parties_ ABSL_GUARDED_BY(mutex_);
  // Whose task begins next; each party once at most.
  std::deque<Parties::iterator> turns_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_threads_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  absl::Mutex join_mutex_;  // held until all have ended
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_EXECUTOR_H_
