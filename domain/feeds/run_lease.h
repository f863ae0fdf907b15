// Who may pull, as written in the store: taking a run's lease, ending a run,
// and what becomes of runs whose server has died. Each function is one step of
// a write transaction, and goes by that transaction's clock: what one server
// writes here, others compare.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_RUN_LEASE_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_RUN_LEASE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "domain/feeds/pull_outcome.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::feeds {

// A run that somebody wants to start.
struct NewRun {
  std::string connection;
  model::Feed feed = model::Feed::kInventory;
  model::SyncKind kind = model::SyncKind::kIncremental;
  model::SyncTrigger trigger = model::SyncTrigger::kCall;
  std::string run_id;
  std::string holder;
  absl::Duration lease_duration;
  // Where set: only if this is still the feed's latest run, or it has none.
  std::optional<std::string> after_run;
};

struct LeasedRun {
  model::SyncRun run;  // the one that was started, or that stands in its way
  bool taken = false;  // it was started, and we hold its lease
  absl::Time now;      // by the store's clock
  model::PullFence fence;
  bool resumed = false;
  bool after_failure = false;  // the feed's run before it FAILED
  std::string checkpoint;
};

// Starts the run, unless another one runs, has come in between, or is PARTIAL
// and waits for its resume time. Goes on from the checkpoint of a run that
// FAILED or ended PARTIAL, with that run's kind; an INCREMENTAL one starts
// again when FULL is asked for. A run left RUNNING by a dead server is ended as
// FAILED first, and ours is then a TAKEOVER.
absl::StatusOr<LeasedRun> TakeRun(storage::WriteTransaction& txn,
                                  const NewRun& wanted);

// How a run's body came to its end.
struct BodyEnd {
  absl::Status status;  // what it returned
  StopReason stop = StopReason::kNone;
};

// Ends `run` (EndRun), stores it, what that means for the feed's freshness and
// for the checkpoint, and gives the lease back. ABORTED when the lease was
// lost.
absl::Status EndLeasedRun(storage::WriteTransaction& txn,
                          absl::string_view connection, const BodyEnd& end,
                          const model::PullFence& fence, model::SyncRun* run);

// The same for a run of another server: takes its lease away first, so that
// the other one can write nothing more. Nothing where it has ended by itself.
absl::Status TakeOverAndEnd(storage::WriteTransaction& txn,
                            absl::string_view connection, const BodyEnd& end,
                            absl::string_view holder, model::SyncRun run);

// Ends the runs of a connection that are RUNNING though nobody can be running
// them: the lease has expired, or this is the only server there is.
absl::Status EndDeadRuns(storage::WriteTransaction& txn,
                         absl::string_view connection, absl::string_view holder,
                         bool sole_server);

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_RUN_LEASE_H_
