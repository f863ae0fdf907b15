#include "server/ops/run_reporter.h"

#include "absl/strings/str_cat.h"
#include "base/log.h"

namespace oms_connector::server {
namespace {

absl::Duration TookOf(const model::SyncRun& run) {
  return run.end_time.value_or(run.start_time) - run.start_time;
}

std::string TextOf(const absl::Status& error) {
  if (error.ok()) return "";
  return absl::StrCat(absl::StatusCodeToString(error.code()), ": ",
                      error.message());
}

bool Failed(const model::SyncRun& run) {
  return run.state == model::SyncState::kFailed;
}

}  // namespace

void RunReporter::RunEnded(const std::string& connection,
                           const model::SyncRun& run,
                           const feeds::RejectedCounts& rejected,
                           const absl::Status& stored) {
  Count(run, rejected);
  const auto [speak, silent] = TakeTurn(connection, run, clock_->Now());
  if (!stored.ok()) {
    base::LogError("the end of a pull could not be stored",
                   {{"connection", connection},
                    {"feed", model::NameOf(run.feed)},
                    {"run", run.run_id},
                    {"error", stored}});
  }
  if (!speak) return;
  const auto log = Failed(run) ? base::LogError : base::LogInfo;
  const model::SyncCounts& counts = run.counts;
  log("pull ended",
      {{"connection", connection},
       {"feed", model::NameOf(run.feed)},
       {"run", run.run_id},
       {"state", model::NameOf(run.state)},
       {"full", run.kind == model::SyncKind::kFull},
       {"took", TookOf(run)},
       {"requests", counts.requests},
       {"pages", counts.pages},
       {"rows", counts.rows},
       {"changed", counts.levels_changed + counts.products_changed},
       {"rejected", counts.rows_rejected},
       {"cart_errors", static_cast<int64_t>(run.cart_errors.size())},
       {"failed_before", silent},
       {"error", TextOf(run.error)}});
}

void RunReporter::Count(const model::SyncRun& run,
                        const feeds::RejectedCounts& rejected) {
  const char* const feed = model::NameOf(run.feed);
  metrics_->PullEnded(feed, model::NameOf(run.state), TookOf(run),
                      run.counts.requests);
  for (const auto& [endpoint, rows] : rejected) {
    metrics_->RowsRejected(feed, endpoint, rows);
  }
  if (!run.cart_errors.empty()) {
    metrics_->CartsFailed(feed, static_cast<int64_t>(run.cart_errors.size()));
  }
}

std::pair<bool, int64_t> RunReporter::TakeTurn(const std::string& connection,
                                               const model::SyncRun& run,
                                               absl::Time now) {
  absl::MutexLock lock(&mutex_);
  const auto key = std::make_pair(connection, run.feed);
  if (!Failed(run)) {
    // Only a success ends a row of failures; PARTIAL and CANCELLED do not tell.
    if (run.state != model::SyncState::kSucceeded) return {true, 0};
    const auto found = failures_.find(key);
    if (found == failures_.end()) return {true, 0};
    const int64_t silent = found->second.silent;
    failures_.erase(found);
    return {true, silent};
  }
  last_errors_.push_front(
      {now, connection, run.feed, run.run_id, TextOf(run.error)});
  if (last_errors_.size() > kKeptErrors) last_errors_.pop_back();
  Failures& failures = failures_[key];
  // A clock that was set back silences nothing.
  if (absl::AbsDuration(now - failures.logged) < kRepeat) {
    ++failures.silent;
    return {false, 0};
  }
  failures.logged = now;
  return {true, std::exchange(failures.silent, 0)};
}

std::vector<FailedRun> RunReporter::last_errors() const {
  absl::MutexLock lock(&mutex_);
  return {last_errors_.begin(), last_errors_.end()};
}

}  // namespace oms_connector::server
