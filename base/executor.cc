#include "base/executor.h"

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::base {
namespace {

constexpr size_t kThreadNameLength = 15;  // what Linux keeps of it

}  // namespace

Executor::Executor(const std::string& name, int threads, size_t queue_capacity,
                   int max_running_per_party, int quiet_below)
    : thread_name_(name.substr(0, kThreadNameLength)),
      max_threads_(static_cast<size_t>(std::max(1, threads))),
      queue_capacity_(queue_capacity),
      max_running_per_party_(std::max(1, max_running_per_party)),
      quiet_below_(quiet_below) {}

Executor::~Executor() { Shutdown(); }

bool Executor::TrySubmit(absl::string_view party,
                         absl::AnyInvocable<void()> task) {
  absl::MutexLock lock(&mutex_);
  if (shut_down_ || queued_ >= queue_capacity_ || !EnsureThread()) return false;
  auto found = parties_.find(party);
  if (found == parties_.end()) {
    found = parties_.emplace(std::string(party), Party()).first;
  }
  found->second.tasks.push_back(std::move(task));
  ++queued_;
  Settle(found);
  return true;
}

bool Executor::TryRunHere(absl::FunctionRef<void()> task) {
  {
    absl::MutexLock lock(&mutex_);
    if (shut_down_ || queued_ > 0 || running_ >= quiet_below_) return false;
    ++running_;
    ++running_here_;
  }
  task();
  absl::MutexLock lock(&mutex_);
  --running_;
  --running_here_;
  return true;
}

void Executor::Shutdown() {
  {
    absl::MutexLock lock(&mutex_);
    shut_down_ = true;
    mutex_.Await(absl::Condition(
        +[](int* running) { return *running == 0; }, &running_here_));
  }
  absl::MutexLock joining(&join_mutex_);
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

size_t Executor::queued() const {
  absl::MutexLock lock(&mutex_);
  return queued_;
}

std::map<std::string, size_t> Executor::queued_by_party() const {
  absl::MutexLock lock(&mutex_);
  std::map<std::string, size_t> queued;
  for (const auto& [name, party] : parties_) {
    if (!party.tasks.empty()) queued[name] = party.tasks.size();
  }
  return queued;
}

void Executor::Settle(Parties::iterator party) {
  Party& one = party->second;
  if (one.in_turn) return;
  if (one.tasks.empty()) {
    if (one.running == 0) parties_.erase(party);
    return;
  }
  if (one.running >= max_running_per_party_) return;
  one.in_turn = true;
  turns_.push_back(party);
}

// At the end, a party whose tasks still wait without a turn has all its threads
// running; each of them looks again when its task has ended.
bool Executor::HasTurnOrEnds() const { return shut_down_ || !turns_.empty(); }

bool Executor::EnsureThread() {
  if (threads_.size() < max_threads_ && waiting_threads_ <= turns_.size()) {
    try {
      std::thread& thread = threads_.emplace_back([this] { RunTasks(); });
      pthread_setname_np(thread.native_handle(), thread_name_.c_str());
    } catch (const std::system_error&) {
      // Those that there are do the work.
    }
  }
  return !threads_.empty();
}

void Executor::RunTasks() {
  absl::MutexLock lock(&mutex_);
  for (;;) {
    ++waiting_threads_;
    mutex_.Await(absl::Condition(this, &Executor::HasTurnOrEnds));
    --waiting_threads_;
    if (turns_.empty()) return;
    const Parties::iterator party = turns_.front();
    turns_.pop_front();
    party->second.in_turn = false;
    absl::AnyInvocable<void()> task = std::move(party->second.tasks.front());
    party->second.tasks.pop_front();
    --queued_;
    ++party->second.running;
    ++running_;
    Settle(party);
    mutex_.Unlock();
    task();
    task = nullptr;  // what it holds may lock, too
    mutex_.Lock();
    --running_;
    --party->second.running;
    Settle(party);
  }
}

}  // namespace oms_connector::base
