#include "base/executor.h"

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::base {
namespace {

constexpr size_t kThreadNameLength = 15;  // what Linux keeps of it

}  // namespace

Executor::Executor(const std::string& name, int threads, size_t queue_capacity)
    : queue_capacity_(queue_capacity) {
  const std::string thread_name = name.substr(0, kThreadNameLength);
  absl::MutexLock lock(&join_mutex_);
  for (int i = 0; i < std::max(1, threads); ++i) {
    std::thread& thread = threads_.emplace_back([this] { RunTasks(); });
    pthread_setname_np(thread.native_handle(), thread_name.c_str());
  }
}

Executor::~Executor() { Shutdown(); }

bool Executor::TrySubmit(absl::AnyInvocable<void()> task) {
  absl::MutexLock lock(&mutex_);
  if (shut_down_ || queue_.size() >= queue_capacity_) return false;
  queue_.push_back(std::move(task));
  return true;
}

void Executor::Shutdown() {
  {
    absl::MutexLock lock(&mutex_);
    shut_down_ = true;
  }
  absl::MutexLock lock(&join_mutex_);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

size_t Executor::queued() const {
  absl::MutexLock lock(&mutex_);
  return queue_.size();
}

bool Executor::HasWorkOrEnds() const { return shut_down_ || !queue_.empty(); }

void Executor::RunTasks() {
  for (;;) {
    absl::AnyInvocable<void()> task;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Executor::HasWorkOrEnds));
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace oms_connector::base
