#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_WATCH_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_WATCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "domain/shipments/event_signal.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// Notices the events that other servers store, for stores that several use: it
// looks at the feeds that somebody here waits for, and wakes who waits when
// one has grown. One small read for all of them, however many wait.
//
//   EventWatch watch(&store, &signal, &sleeper);
//   watch.Start();
class EventWatch {
 public:
  // An event is seen at most so long after its commit.
  static constexpr absl::Duration kInterval = absl::Milliseconds(500);

  // Does not own what it is given.
  EventWatch(storage::Store* store, EventSignal* signal, base::Sleeper* sleeper)
      : store_(store), signal_(signal), sleeper_(sleeper) {}
  // As Stop.
  ~EventWatch();

  // Looks every kInterval on a thread of its own, until Stop.
  void Start();
  void Stop();

  // Looks once. A feed that nobody waited for at the last look counts as grown,
  // as it may be since. Not to be called beside Start.
  absl::Status Look(const base::CallContext& context);

 private:
  storage::Store* const store_;
  EventSignal* const signal_;
  base::Sleeper* const sleeper_;
  std::map<std::string, int64_t> last_;  // by connection
  base::CancellationSource stop_;
  std::thread thread_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_WATCH_H_
