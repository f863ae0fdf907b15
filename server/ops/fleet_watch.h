// Looks at how all connections fare, so that a failure that nobody asked about
// shows in the metrics: pulls that fail, orders held, carts that do not answer.
//
//   FleetWatch watch(&store, "sqlite:store.db", &metrics, &sleeper);
//   watch.Start();
//
// One thread with reads of its own, so that a scrape never waits for the store.
#ifndef OMS_CONNECTOR_SERVER_OPS_FLEET_WATCH_H_
#define OMS_CONNECTOR_SERVER_OPS_FLEET_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "domain/connections/connection_health.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "server/ops/metered.h"
#include "server/ops/metrics.h"
#include "server/ops/run_days.h"
#include "storage/databases/open_store.h"

namespace oms_connector::server {

// What was seen of one connection.
struct ConnectionLook {
  model::Connection connection;
  connections::ConnectionHealth health;
  std::optional<model::SyncRun> inventory_run;  // the latest ones
  std::optional<model::SyncRun> shipment_run;
  DayOfRuns day;  // the last one
};

// What one look at the store has seen.
struct FleetLook {
  absl::Time time = absl::InfinitePast();  // before the first
  std::vector<ConnectionLook> connections;
  FleetFigures figures;
  storage::StoreBytes bytes;
};

// Adds how one connection fares at `now`.
void AddConnection(const connections::ConnectionHealth& health, absl::Time now,
                   FleetFigures* figures);

// Thread-safe.
class FleetWatch {
 public:
  // Between two looks: half of what people scrape at most often.
  static constexpr absl::Duration kInterval = absl::Seconds(15);
  // The same while the store takes no writes, so that it is soon known when it
  // does again.
  static constexpr absl::Duration kShortInterval = absl::Seconds(1);
  // Connections that a page shows; the figures count all.
  static constexpr size_t kMaxShown = 500;

  // Owns nothing that it is given.
  FleetWatch(MeteredStore* store, std::string store_url, Metrics* metrics,
             base::Sleeper* sleeper)
      : store_(store),
        store_url_(std::move(store_url)),
        metrics_(metrics),
        sleeper_(sleeper) {}
  // As Stop.
  ~FleetWatch();

  // Looks every kInterval on a thread of its own, until Stop.
  void Start();
  void Stop();

  // Looks once. On an error of the store, which is returned, the figures stay,
  // but that no connection can be pulled while the store takes no writes.
  absl::Status Look(const base::CallContext& context);

  // What was seen last.
  std::shared_ptr<const FleetLook> last_look() const;

 private:
  absl::Status LookAtConnections(const base::CallContext& context,
                                 FleetLook* look);
  // The last day of those that are shown, after all figures are known.
  absl::Status LookAtDays(const base::CallContext& context, FleetLook* look);
  absl::StatusOr<ConnectionLook> LookAt(const base::CallContext& context,
                                        const model::Connection& connection);

  MeteredStore* const store_;
  const std::string store_url_;  // for the size of its files
  Metrics* const metrics_;
  base::Sleeper* const sleeper_;
  RunDays days_;  // of who looks
  mutable absl::Mutex mutex_;
  std::shared_ptr<const FleetLook> last_look_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const FleetLook>();
  base::CancellationSource stop_;
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_FLEET_WATCH_H_
