#include "domain/feeds/run_lease.h"

#include <optional>
#include <utility>

#include "base/status_macros.h"

namespace oms_connector::feeds {
namespace {

// A lease taken only to end somebody else's run need not last.
constexpr absl::Duration kMomentaryLease = absl::Seconds(1);

bool IsHeld(const model::PullLease& lease, absl::Time now) {
  return !lease.run_id.empty() &&
         model::IsToCome(lease.expire_time, now, model::kLongestLease);
}

bool GoesOn(const model::SyncRun& latest, const NewRun& wanted) {
  if (latest.state != model::SyncState::kPartial &&
      latest.state != model::SyncState::kFailed) {
    return false;
  }
  return wanted.kind == model::SyncKind::kIncremental ||
         latest.kind == model::SyncKind::kFull;
}

BodyEnd ServerDied() {
  return {absl::CancelledError(), StopReason::kServerStops};
}

model::SyncRun Fresh(const NewRun& wanted, absl::Time now) {
  model::SyncRun run;
  run.run_id = wanted.run_id;
  run.feed = wanted.feed;
  run.kind = wanted.kind;
  run.trigger = wanted.trigger;
  run.start_time = now;
  return run;
}

// The run that keeps a new one from being started, if any.
absl::StatusOr<std::optional<model::SyncRun>> FindInTheWay(
    storage::RunReader& runs, const NewRun& wanted, absl::Time now,
    const std::optional<model::SyncRun>& latest) {
  OMS_ASSIGN_OR_RETURN(const model::PullLease held,
                       runs.GetLease(wanted.connection, wanted.feed));
  if (IsHeld(held, now)) {
    OMS_ASSIGN_OR_RETURN(model::SyncRun running,
                         runs.GetRun(wanted.connection, held.run_id));
    return std::optional<model::SyncRun>(std::move(running));
  }
  if (wanted.after_run.has_value() && latest.has_value() &&
      latest->run_id != *wanted.after_run) {
    return latest;
  }
  const bool waits =
      latest.has_value() && latest->state == model::SyncState::kPartial &&
      latest->resume_time.has_value() &&
      model::IsToCome(*latest->resume_time, now, model::kLongestResume) &&
      // One that ended in the future was told to wait while the clock was
      // wrong.
      !model::LiesAhead(latest->end_time.value_or(now), now);
  return waits ? latest : std::nullopt;
}

// Makes and stores the run whose lease is taken, after `latest`.
absl::Status Begin(storage::WriteTransaction& txn, const NewRun& wanted,
                   std::optional<model::SyncRun> latest, LeasedRun* result) {
  storage::RunWriter& runs = txn.runs();
  model::SyncRun& run = result->run;
  run = Fresh(wanted, result->now);
  // Known until this run has read the Order Manager's lists itself.
  if (latest.has_value()) {
    run.cart_errors = latest->cart_errors;
    run.clock_difference = latest->clock_difference;
  }
  // "The latest run" must stay the latest when the clock stands or goes back.
  if (latest.has_value() && latest->start_time >= run.start_time) {
    run.start_time = latest->start_time + absl::Microseconds(1);
  }
  if (latest.has_value() && latest->state == model::SyncState::kRunning) {
    const BodyEnd end = ServerDied();
    EndRun(end.status, end.stop, wanted.connection, result->now, &*latest);
    OMS_RETURN_IF_ERROR(runs.PutRun(wanted.connection, *latest));
    run.trigger = model::SyncTrigger::kTakeover;
  }
  if (latest.has_value() && GoesOn(*latest, wanted)) {
    OMS_ASSIGN_OR_RETURN(result->checkpoint,
                         runs.GetCheckpoint(wanted.connection, wanted.feed));
    result->resumed = !result->checkpoint.empty();
    run.kind = latest->kind;
  } else {
    OMS_RETURN_IF_ERROR(runs.PutCheckpoint(wanted.connection, wanted.feed, ""));
  }
  return runs.PutRun(wanted.connection, run);
}

}  // namespace

absl::StatusOr<LeasedRun> TakeRun(storage::WriteTransaction& txn,
                                  const NewRun& wanted) {
  storage::RunWriter& runs = txn.runs();
  LeasedRun result;
  OMS_ASSIGN_OR_RETURN(result.now, txn.Now());
  OMS_ASSIGN_OR_RETURN(std::optional<model::SyncRun> latest,
                       runs.LatestRun(wanted.connection, wanted.feed));
  OMS_ASSIGN_OR_RETURN(const std::optional<model::SyncRun> standing,
                       FindInTheWay(runs, wanted, result.now, latest));
  if (standing.has_value()) {
    result.run = *standing;
    return result;
  }
  model::PullLease lease;
  lease.run_id = wanted.run_id;
  lease.holder = wanted.holder;
  lease.expire_time = result.now + wanted.lease_duration;
  OMS_ASSIGN_OR_RETURN(lease, runs.AcquireLease(wanted.connection, wanted.feed,
                                                lease, result.now));
  if (lease.run_id != wanted.run_id) {  // somebody was faster
    OMS_ASSIGN_OR_RETURN(result.run,
                         runs.GetRun(wanted.connection, lease.run_id));
    return result;
  }
  result.taken = true;
  result.after_failure =
      latest.has_value() && latest->state == model::SyncState::kFailed;
  result.fence = model::FenceOf(lease);
  OMS_RETURN_IF_ERROR(Begin(txn, wanted, latest, &result));
  return result;
}

absl::Status EndLeasedRun(storage::WriteTransaction& txn,
                          absl::string_view connection, const BodyEnd& end,
                          const model::PullFence& fence, model::SyncRun* run) {
  storage::RunWriter& runs = txn.runs();
  OMS_RETURN_IF_ERROR(runs.CheckFence(connection, run->feed, fence));
  OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
  EndRun(end.status, end.stop, connection, now, run);
  OMS_RETURN_IF_ERROR(runs.PutRun(connection, *run));
  if (run->state == model::SyncState::kSucceeded ||
      run->state == model::SyncState::kCancelled) {
    OMS_RETURN_IF_ERROR(runs.PutCheckpoint(connection, run->feed, ""));
  }
  OMS_ASSIGN_OR_RETURN(const model::PullStatus before,
                       runs.GetPullStatus(connection, run->feed));
  OMS_RETURN_IF_ERROR(runs.PutPullStatus(connection, run->feed,
                                         PullStatusAfter(before, *run, now)));
  return runs.ReleaseLease(connection, run->feed, fence);
}

absl::Status TakeOverAndEnd(storage::WriteTransaction& txn,
                            absl::string_view connection, const BodyEnd& end,
                            absl::string_view holder, model::SyncRun run) {
  storage::RunWriter& runs = txn.runs();
  OMS_ASSIGN_OR_RETURN(const model::PullLease theirs,
                       runs.GetLease(connection, run.feed));
  // It may have ended meanwhile, and another one have begun.
  if (!theirs.run_id.empty() && theirs.run_id != run.run_id) {
    return absl::OkStatus();
  }
  OMS_ASSIGN_OR_RETURN(const model::SyncRun stored,
                       runs.GetRun(connection, run.run_id));
  if (stored.state != model::SyncState::kRunning) return absl::OkStatus();
  if (!theirs.run_id.empty()) {
    OMS_RETURN_IF_ERROR(
        runs.ReleaseLease(connection, run.feed, model::FenceOf(theirs)));
  }
  model::PullLease ours;
  ours.run_id = run.run_id;
  ours.holder = std::string(holder);
  OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
  ours.expire_time = now + kMomentaryLease;
  OMS_ASSIGN_OR_RETURN(ours,
                       runs.AcquireLease(connection, run.feed, ours, now));
  return EndLeasedRun(txn, connection, end, model::FenceOf(ours), &run);
}

absl::Status EndDeadRuns(storage::WriteTransaction& txn,
                         absl::string_view connection, absl::string_view holder,
                         bool sole_server) {
  OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
  for (const model::Feed feed :
       {model::Feed::kInventory, model::Feed::kShipments}) {
    OMS_ASSIGN_OR_RETURN(std::optional<model::SyncRun> latest,
                         txn.runs().LatestRun(connection, feed));
    if (!latest.has_value() || latest->state != model::SyncState::kRunning) {
      continue;
    }
    OMS_ASSIGN_OR_RETURN(const model::PullLease lease,
                         txn.runs().GetLease(connection, feed));
    if (!sole_server && IsHeld(lease, now)) continue;
    OMS_RETURN_IF_ERROR(TakeOverAndEnd(txn, connection, ServerDied(), holder,
                                       *std::move(latest)));
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::feeds
