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
//   runner.WhenEnded("acme", feed, run.run_id, timeout, context, [] {...});
//
// How a run ends follows from what its body returns: OK is SUCCEEDED;
// RESOURCE_EXHAUSTED of the Order Manager is PARTIAL with a resume time;
// CANCELLED after CancelRun is CANCELLED; anything else is FAILED. Errors of
// the Order Manager become those of model/errors.h.
//
// Thread-safe. Bodies run on the executor given in the options, one thread a
// pull.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_PULL_RUNNER_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_PULL_RUNNER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "base/secret_string.h"
#include "base/timer_queue.h"
#include "domain/feeds/active_pull.h"
#include "domain/feeds/pull_session.h"
#include "domain/feeds/run_lease.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::feeds {

using PullBody = std::function<absl::Status(PullSession&)>;

// Opens a connection's sealed token. An error ends the run as FAILED with it.
using TokenOpener =
    std::function<absl::StatusOr<base::SecretString>(const model::Connection&)>;

using RunDone = absl::AnyInvocable<void(absl::StatusOr<model::SyncRun>)>;

struct PullRequest {
  std::string connection;
  model::Feed feed = model::Feed::kInventory;
  model::SyncKind kind = model::SyncKind::kIncremental;
  model::SyncTrigger trigger = model::SyncTrigger::kCall;
  // How long the caller will wait, on the steady clock; a quota wait may last
  // that long.
  absl::Time patient_until = absl::InfinitePast();
  // Where set, a pull is started only if this is still the feed's latest run;
  // empty where the feed was never pulled.
  std::optional<std::string> after_run;
};

struct PullRunnerOptions {
  // Not owned; outlive the runner, and take tasks until it is shut down.
  storage::Store* store = nullptr;
  base::Clock* clock = nullptr;
  base::IdGenerator* ids = nullptr;
  // For bodies; each account is a party there.
  base::Executor* executor = nullptr;
  // For doubtful bodies, those of feeds whose last run FAILED, and of accounts
  // that hang: an Order Manager that hangs holds threads until it is given up,
  // so those that did share a few. May be null.
  base::Executor* failing_executor = nullptr;
  TokenOpener open_token;
  // Told of each run that this runner has ended: its connection, how it ended,
  // what it could not read, and whether its end could be stored. For logs and
  // metrics; may be null.
  std::function<void(const std::string&, const model::SyncRun&,
                     const RejectedCounts&, const absl::Status&)>
      on_ended;
  std::string holder;  // names this server process; unique among servers
  // No other server can work on this store, so leases found at start-up are
  // those of a dead one (SQLite).
  bool sole_server = true;
  // A server that does not renew its lease for so long counts as dead.
  absl::Duration lease_duration = absl::Seconds(60);
  // For so long after a stop a request whose answer is told once, and the
  // commit that stores its answer, may go on.
  absl::Duration told_once_limit = absl::Seconds(20);
  // Pages of a list that are asked for while one is stored. With one alone the
  // server waits while its last answer is read, and we while it makes the next.
  // 0 = one thing happens after the other, commits too: what a pull asks of the
  // Order Manager and the store then has one order, each time.
  int pages_ahead = 2;
  // A page that is not there by then is waited for, and what waits for a commit
  // is stored meanwhile.
  absl::Duration page_wait = absl::Milliseconds(5);
  // How often a run of another server is looked at by those who wait for it.
  absl::Duration watch_interval = absl::Milliseconds(500);
  // Renewals of leases, and looks at runs of other servers, that wait at once.
  size_t watch_queue = 10'000;
};

class PullRunner {
 public:
  explicit PullRunner(PullRunnerOptions options);
  // As Shutdown.
  ~PullRunner();

  PullRunner(const PullRunner&) = delete;
  PullRunner& operator=(const PullRunner&) = delete;

  // To be called for each feed before the first pull.
  void SetBody(model::Feed feed, PullBody body);

  // Joins the running pull of the feed, or starts one, and returns the run as
  // it stands. Before the `resume_time` of a PARTIAL run no pull is started:
  // that run is returned again. A run that FAILED or ended PARTIAL is gone on
  // with from its checkpoint, with its kind; an INCREMENTAL one starts again
  // when FULL is asked for. Blocks on the store only.
  // Errors: CONNECTION_NOT_FOUND, OVERLOADED, the store's.
  absl::StatusOr<model::SyncRun> JoinOrStart(const base::CallContext& context,
                                             const PullRequest& request);

  // Calls `done` exactly once, on some thread, when that run has ended, after
  // `timeout`, or when `context` is cancelled; at once when it runs no more.
  // No thread waits meanwhile. `done` must be short and must not block.
  void WhenEnded(absl::string_view connection, model::Feed feed,
                 absl::string_view run_id, absl::Duration timeout,
                 const base::CallContext& context,
                 absl::AnyInvocable<void()> done);

  // JoinOrStart, then blocks until the run has ended or the context's deadline
  // is reached; the run as it then stands.
  absl::StatusOr<model::SyncRun> RunToEnd(const base::CallContext& context,
                                          const PullRequest& request);

  // Ends a running pull as CANCELLED. Calls `done` exactly once, on some
  // thread, with the run when its body has stopped, or as it stands a second
  // before the context's deadline; at once with one that has ended, or
  // SYNC_RUN_NOT_FOUND.
  // No thread waits meanwhile.
  void CancelRun(const base::CallContext& context, absl::string_view connection,
                 absl::string_view run_id, RunDone done);

  // Pulls of this server that run or wait for a thread.
  int active() const;
  // Whether a pull of the connection would get a thread soon: of its kind,
  // doubtful or not, fewer than `most` are active, and of its account fewer
  // than `most_of_account`.
  bool HasRoom(const model::Connection& connection, bool after_failure,
               int most, int most_doubtful, int most_of_account) const;

  // Tells every pull of a connection to stop and waits for none: it is for the
  // store to refuse what they still write, as their leases, or the connection,
  // have gone. The next pull of that id is another one.
  void StopConnection(absl::string_view connection);

  // Marks runs that a dead server left RUNNING as FAILED (SERVER_RESTARTED);
  // the next pull goes on from their checkpoint. Called once at start-up.
  absl::Status Recover(const base::CallContext& context);

  // Ends all pulls, waits for their bodies and refuses new ones. Their
  // checkpoints stay. Calls every `done` that still waits.
  void Shutdown();

 private:
  using Key = std::pair<std::string, model::Feed>;

  // What starting a pull has found or made.
  struct Start {
    model::SyncRun run;
    bool started = false;
    model::Connection connection;
    model::PullFence fence;
    bool resumed = false;
    bool after_failure = false;
    std::string checkpoint;
    // The store's clock when the run began, and our steady one.
    absl::Time now, steady_now;
  };

  std::shared_ptr<ActivePull> FindActive(const Key& key) const;
  // Whether that run has ended on this server, and none of its feed since.
  bool HasJustEnded(const Key& key, absl::string_view run_id) const;
  absl::StatusOr<Start> StartInStore(const base::CallContext& context,
                                     const PullRequest& request,
                                     const std::string& run_id);
  absl::Status Launch(const PullRequest& request, const Start& start);
  bool IsDoubtful(const std::string& account, bool after_failure) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Notes whether the account hangs, as far as this pull tells.
  void NoteHang(const std::string& account, const absl::Status& status,
                absl::Duration took);
  // Hands a pull that waited for its thread while its account began to hang to
  // the others of such accounts; false where it is to run here.
  bool StepAside(const Key& key, const std::shared_ptr<ActivePull>& active,
                 const Start& start);
  // Opens the token and calls the feed's body; `run` becomes what it made of
  // the run, `rejected` what it could not read.
  absl::Status CallBody(const Key& key, std::shared_ptr<ActivePull> active,
                        const Start& start, model::SyncRun* run,
                        RejectedCounts* rejected);
  void RunBody(const Key& key, std::shared_ptr<ActivePull> active,
               const Start& start);
  // Ends `run` and stores it, or says why it could not be stored.
  absl::Status Finish(const Key& key, const Start& start, const BodyEnd& end,
                      model::SyncRun* run);
  // Tells a body to stop, and cuts off later what may go on.
  void Stop(const std::shared_ptr<ActivePull>& pull, StopReason reason);
  void KeepLease(const Key& key, std::weak_ptr<ActivePull> active,
                 const model::PullFence& fence);
  void WatchForeign(const Key& key, const std::string& run_id,
                    std::shared_ptr<EndWaiter> waiter);
  absl::StatusOr<model::SyncRun> ReadRun(const base::CallContext& context,
                                         const Key& key,
                                         absl::string_view run_id);
  // Reads it on the watcher's thread, whoever has woken the caller.
  void TellLater(const Key& key, const std::string& run_id, RunDone done);
  // Ends a run that is not this runner's, if it runs.
  absl::StatusOr<model::SyncRun> CancelForeign(const base::CallContext& context,
                                               absl::string_view connection,
                                               absl::string_view run_id);

  const PullRunnerOptions options_;
  mutable absl::Mutex mutex_;
  std::map<model::Feed, PullBody> bodies_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, std::shared_ptr<ActivePull>> active_ ABSL_GUARDED_BY(mutex_);
  // The last run of each that has ended here: whoever began it and comes to
  // wait for it need not ask the store.
  std::map<Key, std::string> last_ended_ ABSL_GUARDED_BY(mutex_);
  // Accounts whose last pull held its thread for long and got no answer.
  std::set<std::string> hanging_ ABSL_GUARDED_BY(mutex_);
  // Those that StopConnection has told to stop, until their bodies have.
  std::set<std::shared_ptr<ActivePull>> stopping_ ABSL_GUARDED_BY(mutex_);
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  // Those who wait for a run of another server; ends when the runner does.
  ActivePull elsewhere_;
  base::TimerQueue timers_;
  // Renews leases and looks at runs of other servers; its tasks are short.
  base::Executor watcher_;
};

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_PULL_RUNNER_H_
