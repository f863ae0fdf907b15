// Pulls each connection on its intervals without anybody asking, through the
// same runner that calls use, prunes what is older than the retention, and
// removes the rows of deleted connections.
//
// Servers that share a store share this work without talking to each other.
// Each draws, for each pull that comes due, a moment of its own shortly after;
// whoever's moment comes first begins the pull, and the others find in the
// store that it has begun. A server with all its threads busy lets its moment
// pass, so another one begins what it would only keep waiting. The run of a
// dead server is taken over when its lease has ended.
//
// What is due is judged by the store's clock, which all go by; how long to wait
// is counted on the steady one, so that setting the machine's clock stops
// nothing.
//
// One thread; it never waits for a pull. Thread-safe, but for Tick.
#ifndef OMS_CONNECTOR_SERVER_OPS_SCHEDULER_H_
#define OMS_CONNECTOR_SERVER_OPS_SCHEDULER_H_

#include <limits>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "domain/feeds/pull_runner.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::server {

class Scheduler {
 public:
  struct Options {
    bool pull = true;  // false: prune only
    // How often it looks at all connections.
    absl::Duration tick = absl::Seconds(1);
    // Pulls of this server at once, those begun by calls among them: as many as
    // have a thread. What may well fail, after a failure or of an account that
    // hangs, is counted apart, so that others get their turn beside it.
    int max_pulls = 16;
    int max_doubtful_pulls = 4;
    int max_pulls_of_account = std::numeric_limits<int>::max();
    // A pull is begun at most so long after it is due. Zero where no other
    // server shares the store.
    absl::Duration spread = absl::ZeroDuration();
    absl::Duration prune_interval = absl::Minutes(10);
    absl::Duration retention = absl::Hours(2160);
  };

  // Owns nothing that it is given.
  Scheduler(Options options, storage::Store* store, feeds::PullRunner* runner,
            base::Clock* clock, base::Sleeper* sleeper, base::IdGenerator* ids);
  // As Stop.
  ~Scheduler();

  void Start();
  // Waits for the thread; pulls that were started go on.
  void Stop();

  // What the thread does each time it wakes up: looks at everything where it is
  // time to, and begins the pulls whose moment has come. An error of one
  // connection is logged and does not keep the others from their turn; the
  // store's errors are returned. For tests, without Start.
  absl::Status Tick(const base::CallContext& context);

 private:
  using Key = std::pair<std::string, model::Feed>;

  // When this server begins a pull, unless another one has before.
  struct Turn {
    model::Connection connection;
    std::string after_run;       // the latest run; empty: none
    bool after_failure = false;  // which that run was
    absl::Time due;              // by the store's clock
    absl::Time begin;            // on the steady clock
  };
  using Turns = std::map<Key, Turn>;

  absl::Status Look(const base::CallContext& context);
  absl::Status LookAtSome(const base::CallContext& context, std::string* last,
                          Turns* turns);
  absl::StatusOr<Turn> TurnOf(storage::ReadTransaction& txn,
                              const model::Connection& connection,
                              model::Feed feed, absl::Time now);
  void DrawLots(Turns* turns);
  void BeginPulls(const base::CallContext& context);
  absl::Status BeginPull(const base::CallContext& context, const Key& key,
                         const Turn& turn);
  absl::Duration UntilNextTick() const;
  absl::Status PruneDeleted(const base::CallContext& context);
  absl::Status Prune(const base::CallContext& context);
  absl::Status PruneShipments(const base::CallContext& context,
                              const std::string& connection, absl::Time before);

  const Options options_;
  storage::Store* const store_;
  feeds::PullRunner* const runner_;
  base::Clock* const clock_;
  base::Sleeper* const sleeper_;
  base::IdGenerator* const ids_;
  base::CancellationSource stop_;
  // The thread's own, on the steady clock.
  absl::Time next_look_ = absl::InfinitePast();
  absl::Time next_prune_ = absl::InfinitePast();
  Turns turns_;
  bool more_deleted_ = false;  // rows of deleted connections
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_SCHEDULER_H_
