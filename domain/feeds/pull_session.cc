#include "domain/feeds/pull_session.h"

#include <algorithm>
#include <chrono>  // NOLINT: std::future waits by it
#include <optional>
#include <utility>

#include "base/status_macros.h"

namespace oms_connector::feeds {

bool BelievesList(absl::string_view list, bool doubtful,
                  std::vector<std::string>* doubted) {
  const auto doubt = std::find(doubted->begin(), doubted->end(), list);
  if (doubtful && doubt == doubted->end()) {
    doubted->emplace_back(list);
    return false;
  }
  if (doubt != doubted->end()) doubted->erase(doubt);
  return true;
}

PullSession::PullSession(Parts parts) : parts_(std::move(parts)) {
  call_.account = {parts_.connection.id,
                   parts_.connection.order_manager.base_url,
                   parts_.connection.order_manager.path_prefix, parts_.token};
  call_.context = parts_.context;
  call_.on_request = [this] { requests_.fetch_add(1); };
  call_.quota_patience = parts_.quota_patience;
  told_once_call_ = call_;
  told_once_call_.context = parts_.late_context;
}

void PullSession::StartOver() {
  parts_.resumed = false;
  parts_.checkpoint.clear();
}

void PullSession::AddRejected(const std::vector<model::RejectedRow>& rows) {
  parts_.run.counts.rows_rejected += static_cast<int64_t>(rows.size());
  for (const model::RejectedRow& row : rows) {
    ++rejected_[row.endpoint];
    if (parts_.run.rejected_rows.size() < model::kMaxKeptRunDetails) {
      parts_.run.rejected_rows.push_back(row);
    }
  }
}

void PullSession::AddNotes(const std::vector<model::RowNote>& notes) {
  parts_.run.counts.rows_noted += static_cast<int64_t>(notes.size());
  for (const model::RowNote& note : notes) {
    if (parts_.run.notes.size() >= model::kMaxKeptRunDetails) return;
    parts_.run.notes.push_back(note);
  }
}

void PullSession::NoteDoubtedList(absl::string_view endpoint) {
  model::RowNote note;
  note.endpoint = std::string(endpoint);
  note.text =
      "The list is empty, which it was not before. The run goes on with what "
      "was known; the next pull believes a list that is empty again.";
  AddNotes({note});
}

void PullSession::NoteServerTime(std::optional<absl::Time> server_time) {
  if (!server_time.has_value()) return;
  parts_.run.clock_difference = *server_time - Now();
}

absl::Status PullSession::Commit(
    absl::string_view checkpoint,
    absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function) {
  return CommitUnder(parts_.context, /*told_once=*/false, checkpoint, function);
}

absl::Status PullSession::CommitToldOnce(
    absl::string_view checkpoint,
    absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function) {
  return CommitUnder(parts_.late_context, /*told_once=*/true, checkpoint,
                     function);
}

absl::StatusOr<model::SyncRun> PullSession::CancelledElsewhere(
    storage::RunWriter& runs) const {
  const std::string& id = parts_.connection.id;
  // To end the run, that server has taken the lease and given it back. This
  // locks it, so that nobody begins meanwhile.
  OMS_RETURN_IF_ERROR(
      runs.CheckFence(id, parts_.run.feed, {"", parts_.fence.number + 1}));
  // A connection that was made anew has other runs.
  absl::StatusOr<model::SyncRun> ended = runs.GetRun(id, parts_.run.run_id);
  if (absl::IsNotFound(ended.status()) ||
      (ended.ok() && ended->state != model::SyncState::kCancelled)) {
    return absl::AbortedError("The run was not cancelled, but taken over.");
  }
  return ended;
}

absl::Status PullSession::CommitUnder(
    const base::CallContext& context, bool told_once,
    absl::string_view checkpoint,
    absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function) {
  OMS_RETURN_IF_ERROR(EndCommit());
  const model::SyncRun before = parts_.run;
  const RejectedCounts rejected_before = rejected_;
  const std::string& id = parts_.connection.id;
  const absl::Status status =
      parts_.store->Write(context, [&](storage::WriteTransaction& txn) {
        parts_.run = before;
        rejected_ = rejected_before;
        std::optional<model::SyncRun> ended;
        absl::Status allowed =
            txn.runs().CheckFence(id, before.feed, parts_.fence);
        if (told_once && absl::IsAborted(allowed)) {
          OMS_ASSIGN_OR_RETURN(ended, CancelledElsewhere(txn.runs()));
          allowed = absl::OkStatus();
        }
        OMS_RETURN_IF_ERROR(allowed);
        OMS_RETURN_IF_ERROR(function(txn));
        model::SyncRun run = RunAsItStands();
        if (ended.has_value()) {
          run.state = ended->state;
          run.end_time = ended->end_time;
          run.error = ended->error;
          return txn.runs().PutRun(id, run);
        }
        OMS_RETURN_IF_ERROR(txn.runs().PutRun(id, run));
        return txn.runs().PutCheckpoint(id, before.feed, checkpoint);
      });
  if (!status.ok()) {
    parts_.run = before;
    rejected_ = rejected_before;
    return status;
  }
  parts_.checkpoint = std::string(checkpoint);
  return absl::OkStatus();
}

void PullSession::BeginCommit(
    std::string checkpoint,
    std::function<absl::Status(storage::WriteTransaction&, model::SyncRun*)>
        function) {
  CommittedRun run;
  run.before = RunAsItStands();
  run.checkpoint = std::move(checkpoint);
  const auto task = std::make_shared<std::packaged_task<CommittedRun()>>(
      [this, run = std::move(run), function = std::move(function)]() mutable {
        const std::string& id = parts_.connection.id;
        run.status = parts_.store->Write(
            parts_.context, [&](storage::WriteTransaction& txn) {
              run.after = run.before;
              const model::Feed feed = run.before.feed;
              OMS_RETURN_IF_ERROR(
                  txn.runs().CheckFence(id, feed, parts_.fence));
              OMS_RETURN_IF_ERROR(function(txn, &run.after));
              OMS_RETURN_IF_ERROR(txn.runs().PutRun(id, run.after));
              return txn.runs().PutCheckpoint(id, feed, run.checkpoint);
            });
        return std::move(run);
      });
  committing_ = task->get_future();
  if (parts_.pages_ahead == 0 || !RunBeside([task] { (*task)(); })) (*task)();
}

bool PullSession::RunBeside(absl::AnyInvocable<void()> task) {
  if (beside_ == nullptr) {
    const int threads = parts_.pages_ahead + 1;
    beside_ = std::make_unique<base::Executor>("pull-beside", threads,
                                               static_cast<size_t>(threads));
  }
  return beside_->TrySubmit(std::move(task));
}

bool PullSession::committing() const {
  return committing_.valid() && committing_.wait_for(std::chrono::seconds(0)) ==
                                    std::future_status::timeout;
}

absl::Status PullSession::EndCommit() {
  if (!committing_.valid()) return lost_;
  const CommittedRun run = committing_.get();
  if (!run.status.ok()) {
    lost_ = run.status;
    return lost_;
  }
  model::SyncCounts::VisitFields([&](int, absl::string_view, auto field) {
    parts_.run.counts.*field +=
        run.after.counts.*field - run.before.counts.*field;
  });
  parts_.run.delta_gap_suspected = run.after.delta_gap_suspected;
  parts_.checkpoint = run.checkpoint;
  return absl::OkStatus();
}

model::SyncRun PullSession::RunAsItStands() const {
  model::SyncRun run = parts_.run;
  run.counts.requests += requests_.load();
  return run;
}

}  // namespace oms_connector::feeds
