#include "domain/shipments/event_signal.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace oms_connector::shipments {

int64_t EventSignal::Count(absl::string_view connection) const {
  absl::MutexLock lock(&mutex_);
  const auto found = counts_.find(connection);
  return found == counts_.end() ? 0 : found->second;
}

EventSignal::Id EventSignal::Wait(absl::string_view connection, int64_t seen,
                                  std::function<void()> wake) {
  Id id = 0;
  {
    absl::MutexLock lock(&mutex_);
    id = ++last_id_;
    const auto found = counts_.find(connection);
    if ((found == counts_.end() ? 0 : found->second) == seen) {
      waiters_[id] = {std::string(connection), std::move(wake)};
      return id;
    }
  }
  wake();
  return id;
}

bool EventSignal::Cancel(Id id) {
  absl::MutexLock lock(&mutex_);
  return waiters_.erase(id) > 0;
}

std::vector<std::string> EventSignal::WaitedFor() const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> connections;
  for (const auto& [id, waiter] : waiters_) {
    connections.insert(waiter.connection);
  }
  return {connections.begin(), connections.end()};
}

void EventSignal::Notify(absl::string_view connection) {
  std::vector<std::function<void()>> wakes;
  {
    absl::MutexLock lock(&mutex_);
    ++counts_[connection];
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      if (it->second.connection == connection) {
        wakes.push_back(std::move(it->second.wake));
        it = waiters_.erase(it);
      } else {
        ++it;
      }
    }
  }
  for (const std::function<void()>& wake : wakes) wake();
}

}  // namespace oms_connector::shipments
