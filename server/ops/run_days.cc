#include "server/ops/run_days.h"

#include <algorithm>
#include <optional>

#include "base/status_macros.h"

namespace oms_connector::server {
namespace {

constexpr int kRunsPerRead = 100;

// The number of the part of a day that a moment is in, since the epoch.
int64_t PartOf(absl::Time time) {
  return (time - absl::UnixEpoch()) / kTallyLength;
}

constexpr int64_t kParts = static_cast<int64_t>(DayOfRuns().size());

// Runs of both feeds that began at `from` or later, newest first.
absl::Status ReadRuns(storage::RunReader& reader, const std::string& connection,
                      absl::Time from, std::vector<model::SyncRun>* runs) {
  absl::Time before = absl::InfiniteFuture();
  std::string before_id;
  while (runs->size() < RunDays::kMostRuns) {
    OMS_ASSIGN_OR_RETURN(std::vector<model::SyncRun> page,
                         reader.ListRuns(connection, std::nullopt, before,
                                         before_id, kRunsPerRead));
    for (model::SyncRun& run : page) {
      if (run.start_time < from) return absl::OkStatus();
      before = run.start_time;
      before_id = run.run_id;
      runs->push_back(std::move(run));
    }
    if (page.size() < kRunsPerRead) break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunDays::Update(storage::Store& store,
                             const base::CallContext& context,
                             const model::Connection& connection,
                             absl::Time now) {
  Day& day = days_[connection.epoch];
  const absl::Time from =
      std::max(day.counted_until, now - kParts * kTallyLength);
  std::vector<model::SyncRun> runs;
  OMS_RETURN_IF_ERROR(
      store.Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        runs.clear();
        return ReadRuns(txn.runs(), connection.id, from, &runs);
      }));
  Count(runs, &day);
  day.parts.erase(day.parts.begin(),
                  day.parts.upper_bound(PartOf(now) - kParts));
  return absl::OkStatus();
}

void RunDays::Count(const std::vector<model::SyncRun>& newest_first, Day* day) {
  if (newest_first.empty()) return;
  // A run that is under way is looked at again, and what began after it.
  absl::Time counted_until = newest_first.front().start_time;
  for (const model::SyncRun& run : newest_first) {
    if (!run.end_time.has_value()) {
      counted_until = run.start_time;
      continue;
    }
    if (!day->counted.emplace(run.start_time, run.run_id).second) continue;
    RunTally& tally = day->parts[PartOf(*run.end_time)];
    ++tally.runs;
    if (run.state == model::SyncState::kFailed) ++tally.failed;
    tally.changed += run.counts.levels_changed + run.counts.products_changed;
  }
  day->counted_until = counted_until;
  day->counted.erase(day->counted.begin(),
                     day->counted.lower_bound({counted_until, ""}));
}

DayOfRuns RunDays::DayOf(const model::Connection& connection,
                         absl::Time now) const {
  DayOfRuns day;
  const auto found = days_.find(connection.epoch);
  if (found == days_.end()) return day;
  for (const auto& [part, tally] : found->second.parts) {
    const int64_t index = kParts - 1 - (PartOf(now) - part);
    if (index >= 0 && index < kParts) day[static_cast<size_t>(index)] = tally;
  }
  return day;
}

void RunDays::KeepOnly(const std::vector<model::Connection>& connections) {
  std::map<std::string, Day> kept;
  for (const model::Connection& connection : connections) {
    const auto found = days_.find(connection.epoch);
    if (found != days_.end()) kept.insert(days_.extract(found));
  }
  days_ = std::move(kept);
}

}  // namespace oms_connector::server
