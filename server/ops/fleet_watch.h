// Looks at how all connections fare, so that a failure that nobody asked about
// shows in the metrics: pulls that fail, orders held, carts that do not answer.
//
//   FleetWatch watch(&store, &metrics, &clock, &sleeper);
//   watch.Start();
//
// One thread with reads of its own, so that a scrape never waits for the store.
#ifndef OMS_CONNECTOR_SERVER_OPS_FLEET_WATCH_H_
#define OMS_CONNECTOR_SERVER_OPS_FLEET_WATCH_H_

#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "domain/connections/connection_health.h"
#include "server/ops/metrics.h"
#include "storage/store.h"

namespace oms_connector::server {

// Adds how one connection fares at `now`.
void AddConnection(const connections::ConnectionHealth& health, absl::Time now,
                   FleetFigures* figures);

class FleetWatch {
 public:
  // Between two looks: half of what people scrape at most often.
  static constexpr absl::Duration kInterval = absl::Seconds(15);

  // Owns nothing that it is given.
  FleetWatch(storage::Store* store, Metrics* metrics, base::Clock* clock,
             base::Sleeper* sleeper)
      : store_(store), metrics_(metrics), clock_(clock), sleeper_(sleeper) {}
  // As Stop.
  ~FleetWatch();

  // Looks every kInterval on a thread of its own, until Stop.
  void Start();
  void Stop();

  // Looks once. On an error of the store, which is returned, the figures stay.
  absl::Status Look(const base::CallContext& context);

 private:
  storage::Store* const store_;
  Metrics* const metrics_;
  base::Clock* const clock_;
  base::Sleeper* const sleeper_;
  base::CancellationSource stop_;
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_FLEET_WATCH_H_
