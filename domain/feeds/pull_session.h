// What the body of a pull works with: whom it reads, where it goes on, its
// limits, and the one way to store what it has read.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_PULL_SESSION_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_PULL_SESSION_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/secret_string.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::feeds {

// Whether a list of the Order Manager is believed: one that is `doubtful`, such
// as an empty one where there was something, only after the one before was.
// `doubted` remembers the lists that were not.
bool BelievesList(absl::string_view list, bool doubtful,
                  std::vector<std::string>* doubted);

// How many rows could not be read, by endpoint.
using RejectedCounts = std::map<std::string, int64_t>;

// Lives as long as the body runs; used by its thread only. Made by PullRunner.
class PullSession {
 public:
  // What a session is made of. Pointers are not owned.
  struct Parts {
    storage::Store* store = nullptr;
    base::Clock* clock = nullptr;
    // One moment when the run began, by the store's clock and our steady one.
    absl::Time now, steady_now;
    model::Connection connection;
    base::SecretString token;
    model::SyncRun run;
    model::PullFence fence;  // of the lease (storage/run_tables.h)
    bool resumed = false;
    std::string checkpoint;
    // As in PullRunnerOptions.
    int pages_ahead = 2;
    absl::Duration page_wait = absl::Milliseconds(5);
    base::CallContext context;
    base::CallContext late_context;  // goes on for a while after a stop
    // For how long from now a 429 may be waited for.
    std::function<absl::Duration()> quota_patience;
  };

  explicit PullSession(Parts parts);
  PullSession(const PullSession&) = delete;
  PullSession& operator=(const PullSession&) = delete;

  // As read when the run began. Settings and carts may change under a pull:
  // what depends on them is read anew in each Commit.
  const model::Connection& connection() const { return parts_.connection; }
  // INCREMENTAL may be raised to FULL by the body, through run().kind.
  model::SyncKind kind() const { return parts_.run.kind; }
  // True when this run goes on where an earlier one stopped.
  bool resumed() const { return parts_.resumed; }
  // Where to go on; empty = from the start. The body's own text; after a
  // Commit that went well, what that Commit was given.
  const std::string& checkpoint() const { return parts_.checkpoint; }
  // For a body that cannot go on from the checkpoint: from here on the run
  // counts as one from the start.
  void StartOver();
  // The pull's own limits: cancelled by CancelRun, by the connection's
  // deletion, at shutdown, and when the lease is lost.
  const base::CallContext& context() const { return parts_.context; }
  // CANCELLED once the pull is to stop.
  absl::Status CheckGoesOn() const {
    return parts_.context.Check(parts_.clock->SteadyNow());
  }
  // For calls to the Order Manager: account with its token, context, request
  // counting, and a patience for 429 of 5 s or as long as the most patient
  // caller still waits.
  const order_manager::Call& call() const { return call_; }
  // For a request whose answer is told once: a stop lets it, and the
  // CommitToldOnce that stores its answer, go on for a while
  // (PullRunnerOptions::told_once_limit). Asked for before a stop only.
  const order_manager::Call& told_once_call() const { return told_once_call_; }
  size_t pages_ahead() const { return static_cast<size_t>(parts_.pages_ahead); }
  // Runs `task` beside the body, on one of the run's own threads: as many as
  // pages are read ahead, and one for a commit. False, and it was dropped,
  // where the system has none. The session's end waits for it.
  [[nodiscard]] bool RunBeside(absl::AnyInvocable<void()> task);
  absl::Duration page_wait() const { return parts_.page_wait; }
  // The store's time, which other servers compare with theirs. Setting the
  // machine's clock in the middle of a pull does not touch it.
  absl::Time Now() const {
    return parts_.now + (parts_.clock->SteadyNow() - parts_.steady_now);
  }
  // The run, for the body to add counts and findings to; `requests` is counted
  // by the session. Stored with every Commit.
  model::SyncRun& run() { return parts_.run; }

  // Adds rows to the run's rejected ones, or to those that are noted: counts
  // all, keeps the first few.
  void AddRejected(const std::vector<model::RejectedRow>& rows);
  // All of them: the run keeps the first alone.
  const RejectedCounts& rejected() const { return rejected_; }
  void AddNotes(const std::vector<model::RowNote>& notes);
  // Those of a list that is not paged, and the time of its answer.
  template <typename Row>
  void AddFindings(const order_manager::Page<Row>& list) {
    AddRejected(list.rejected);
    AddNotes(list.notes);
    NoteServerTime(list.server_time);
  }
  // The note of a list that came empty and was not believed.
  void NoteDoubtedList(absl::string_view endpoint);

  // Notes what the Order Manager's clock said when it answered, just now.
  void NoteServerTime(std::optional<absl::Time> server_time);

  // Runs `function` in one write transaction that first checks the fence and
  // then stores run() and `checkpoint` with it. The function may run again
  // (storage/store.h); what it did to run() is then undone first, and also
  // when the Commit fails. ABORTED when the lease is lost.
  absl::Status Commit(
      absl::string_view checkpoint,
      absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function);

  // As Commit, of what an answer to told_once_call has told. It is stored even
  // where another server has cancelled the run meanwhile, unless a new one has
  // begun since; the run stays CANCELLED.
  absl::Status CommitToldOnce(
      absl::string_view checkpoint,
      absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function);

  // As Commit, beside the body (at once, where nothing happens beside it:
  // pages_ahead is 0, or there is no thread), of a function that counts in the
  // run it is given and changes nothing else of it. The run is stored as it is
  // now, with that. There is one at a time, and each Commit waits for it and
  // fails as it did, as does all that comes behind it: what was lost must not
  // be passed over. What `function` refers to must be there until EndCommit.
  void BeginCommit(
      std::string checkpoint,
      std::function<absl::Status(storage::WriteTransaction&, model::SyncRun*)>
          function);
  // Whether that is still on its way.
  bool committing() const;
  // Waits for it.
  absl::Status EndCommit();

  // The run with the requests counted so far.
  model::SyncRun RunAsItStands() const;

 private:
  // The run, where another server has cancelled it and nobody has begun a new
  // one since; else ABORTED.
  absl::StatusOr<model::SyncRun> CancelledElsewhere(
      storage::RunWriter& runs) const;
  absl::Status CommitUnder(
      const base::CallContext& context, bool told_once,
      absl::string_view checkpoint,
      absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function);

  // What a commit beside the body has come to.
  struct CommittedRun {
    absl::Status status;
    model::SyncRun before, after;
    std::string checkpoint;
  };

  Parts parts_;
  RejectedCounts rejected_;
  std::atomic<int64_t> requests_{0};
  order_manager::Call call_;
  order_manager::Call told_once_call_;
  absl::Status lost_;  // a commit beside the body failed
  std::future<CommittedRun> committing_;
  // At the end, as its threads may use all of these. Null until it is needed.
  std::unique_ptr<base::Executor> beside_;
};

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_PULL_SESSION_H_
