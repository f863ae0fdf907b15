// One pull at a time per (connection, feed), whatever the number of callers and
// servers: a caller joins the pull that runs or starts one, waits for it only
// as long as it likes, and the pull goes on under limits of its own.
//
// The runner owns what every pull needs: the lease with its fencing number, the
// run's row, the checkpoint, waiting for quota, cancellation, the end. What is
// pulled is a body, given once per feed at start-up:
//
//   runner.SetBody(model::Feed::kInventory, [&](PullSession& session) {
//     return puller.Pull(session);
//   });
//   model::SyncRun run = *runner.JoinOrStart(context, request);
//   runner.WhenEnded("acme", feed, run.run_id, deadline, context, [] {...});
//
// Thread-safe. Bodies run on the executor given in the options, one thread a
// pull.
#ifndef OMS_CONNECTOR_DOMAIN_PULLS_PULL_RUNNER_H_
#define OMS_CONNECTOR_DOMAIN_PULLS_PULL_RUNNER_H_

#include <functional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "domain/model/connection.h"
#include "domain/model/sync_run.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::pulls {

// What a body may use while it pulls. Lives as long as the body runs; used by
// its thread only.
class PullSession {
 public:
  virtual ~PullSession() = default;

  // As read when the run began; base_url and carts do not change under it.
  virtual const model::Connection& connection() const = 0;
  virtual model::SyncKind kind() const = 0;
  // True when this run goes on where an earlier one stopped.
  virtual bool resumed() const = 0;
  // Where to go on; empty = from the start. The body's own text.
  virtual const std::string& checkpoint() const = 0;
  // The pull's own limits: cancelled by CancelRun, by the connection's
  // deletion, at shutdown, and when the lease is lost.
  virtual const base::CallContext& context() const = 0;
  // For calls to the Order Manager: account with its token, context, request
  // counting, and a patience for 429 of 5 s or as long as the most patient
  // caller still waits.
  virtual const order_manager::Call& call() const = 0;
  // Counts and findings of the run, for the body to add to; `requests` is
  // counted by the session. Stored with every Commit.
  virtual model::SyncRun& run() = 0;

  // Runs `function` in one write transaction that first checks the fence and
  // then stores run() and `checkpoint` with it. The function may run again
  // (storage/store.h). ABORTED when the lease is lost.
  virtual absl::Status Commit(
      absl::string_view checkpoint,
      absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function) = 0;
};

using PullBody = std::function<absl::Status(PullSession&)>;

struct PullRequest {
  std::string connection;
  model::Feed feed = model::Feed::kInventory;
  model::SyncKind kind = model::SyncKind::kIncremental;
  model::SyncTrigger trigger = model::SyncTrigger::kCall;
  // How long the caller will wait; a quota wait may last that long.
  absl::Time patient_until = absl::InfinitePast();
};

class PullRunner {
 public:
  virtual ~PullRunner() = default;

  // To be called for each feed before the first pull.
  virtual void SetBody(model::Feed feed, PullBody body) = 0;

  // Joins the running pull of the feed, or starts one, and returns the run as
  // it stands. Before the `resume_time` of a PARTIAL run no pull is started:
  // that run is returned again. A run that FAILED or ended PARTIAL is gone on
  // with from its checkpoint, with its kind unless FULL is asked for.
  // Errors: CONNECTION_NOT_FOUND, OVERLOADED, the store's.
  virtual absl::StatusOr<model::SyncRun> JoinOrStart(
      const base::CallContext& context, const PullRequest& request) = 0;

  // Calls `done` exactly once, on some thread, when that run has ended, at
  // `deadline`, or when `context` is cancelled; at once when it runs no more.
  virtual void WhenEnded(absl::string_view connection, model::Feed feed,
                         absl::string_view run_id, absl::Time deadline,
                         const base::CallContext& context,
                         absl::AnyInvocable<void()> done) = 0;

  // Ends a running pull as CANCELLED and waits for its body to stop; an ended
  // run is returned as it is. SYNC_RUN_NOT_FOUND when there is none.
  virtual absl::StatusOr<model::SyncRun> CancelRun(
      const base::CallContext& context, absl::string_view connection,
      absl::string_view run_id) = 0;

  // Stops every pull of a connection that is about to be deleted.
  virtual void StopConnection(absl::string_view connection) = 0;

  // Marks runs that a dead server left RUNNING as FAILED (SERVER_RESTARTED);
  // the next pull goes on from their checkpoint. Called once at start-up.
  virtual absl::Status Recover(const base::CallContext& context) = 0;

  // Ends all pulls and refuses new ones. Their checkpoints stay.
  virtual void Shutdown() = 0;
};

}  // namespace oms_connector::pulls

#endif  // OMS_CONNECTOR_DOMAIN_PULLS_PULL_RUNNER_H_
