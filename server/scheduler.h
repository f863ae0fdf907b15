// Pulls each connection on its intervals without anybody asking, through the
// same runner that calls use, and prunes what is older than the retention.
//
// One thread; at each tick it looks at all connections, starts what is due and
// goes back to sleep. It never waits for a pull. Thread-safe.
#ifndef OMS_CONNECTOR_SERVER_SCHEDULER_H_
#define OMS_CONNECTOR_SERVER_SCHEDULER_H_

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "domain/model/connection.h"
#include "domain/model/sync_run.h"
#include "domain/pulls/pull_runner.h"
#include "storage/store.h"

namespace oms_connector::server {

class Scheduler {
 public:
  struct Options {
    bool pull = true;  // false: prune only
    absl::Duration tick = absl::Seconds(1);
    absl::Duration prune_interval = absl::Minutes(10);
    absl::Duration retention = absl::Hours(2160);
  };

  // Owns nothing that it is given.
  Scheduler(Options options, storage::Store* store, pulls::PullRunner* runner,
            base::Clock* clock, base::Sleeper* sleeper);
  // As Stop.
  ~Scheduler();

  void Start();
  // Waits for the thread; pulls that were started go on.
  void Stop();

  // One look at everything. An error of one connection is logged and does not
  // keep the others from their turn; the store's errors are returned.
  absl::Status Tick(const base::CallContext& context);

 private:
  absl::Status PullWhatIsDue(const base::CallContext& context, absl::Time now);
  absl::Status PullIfDue(const base::CallContext& context, absl::Time now,
                         const model::Connection& connection, model::Feed feed);
  absl::Status Prune(const base::CallContext& context, absl::Time now);

  const Options options_;
  storage::Store* const store_;
  pulls::PullRunner* const runner_;
  base::Clock* const clock_;
  base::Sleeper* const sleeper_;
  base::CancellationSource stop_;
  absl::Time next_prune_ = absl::InfinitePast();  // the thread's own
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SCHEDULER_H_
