// Wakes those who wait for new events of a connection, in this process.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_SIGNAL_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_SIGNAL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::shipments {

// Example: read the count, read the events, and when there are none
//
//   const auto id = signal.Wait("acme", count, [call] { call->LookAgain(); });
//
// which wakes at once if events were stored in between. Thread-safe. A wake-up
// is short, must not block, and may call any method here.
class EventSignal {
 public:
  using Id = int64_t;

  // How often Notify was called for the connection.
  int64_t Count(absl::string_view connection) const;

  // Calls `wake` once, at the first Notify after the count was `seen`; right
  // here if that has happened.
  Id Wait(absl::string_view connection, int64_t seen,
          std::function<void()> wake);
  // Whether it will now never be called. Does not wait for one that runs.
  bool Cancel(Id id);

  // The connections that somebody waits for, each once.
  std::vector<std::string> WaitedFor() const;

  // To be called after the commit of new events.
  void Notify(absl::string_view connection);

 private:
  struct Waiter {
    std::string connection;
    std::function<void()> wake;
  };

  mutable absl::Mutex mutex_;
  Id last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int64_t> counts_ ABSL_GUARDED_BY(mutex_);
  std::map<Id, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_SIGNAL_H_
