#ifndef OMS_CONNECTOR_BASE_EXECUTOR_H_
#define OMS_CONNECTOR_BASE_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::base {

// A fixed number of threads that take tasks from one bounded queue, first in,
// first out. With one thread, tasks run strictly one after the other.
//
//   Executor reads("store-read", 4, 1000);
//   if (!reads.TrySubmit([call] { Answer(call); })) RefuseAsOverloaded(call);
//
// Thread-safe. Tasks may submit further tasks, but must neither shut down nor
// destroy the executor they run on. Tasks do not throw.
class Executor {
 public:
  // `name` shows up as the threads' name (its first 15 characters). Starts
  // `threads` threads, at least one; at most `queue_capacity` tasks wait.
  Executor(const std::string& name, int threads, size_t queue_capacity);

  // As Shutdown.
  ~Executor();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Queues `task` and returns true, or drops it and returns false when the
  // queue is full or the executor is shut down. Never blocks.
  [[nodiscard]] bool TrySubmit(absl::AnyInvocable<void()> task);

  // Takes no more tasks, runs those that wait and returns when all have ended.
  // May be called from several threads and more than once.
  void Shutdown();

  // Tasks that wait at this moment, without those that run.
  size_t queued() const;

 private:
  void RunTasks();
  bool HasWorkOrEnds() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const size_t queue_capacity_;
  mutable absl::Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  absl::Mutex join_mutex_;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(join_mutex_);
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_EXECUTOR_H_
