#include "storage/store_test_suite/map_tables.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/sync_run.h"

namespace oms_connector::storage {
namespace {

absl::Status Missing() { return absl::NotFoundError("missing"); }

absl::StatusOr<MapConnection*> Find(MapState& state, absl::string_view id) {
  const auto found = state.find(id);
  if (found == state.end()) return Missing();
  return &found->second;
}

auto RequestId(const model::RequestKey& key) {
  return std::make_tuple(key.principal, key.rpc, key.request_id);
}

// Keeps the first `limit`.
template <typename Noun>
std::vector<Noun> First(std::vector<Noun> nouns, int limit) {
  if (nouns.size() > static_cast<size_t>(limit)) nouns.resize(limit);
  return nouns;
}

auto StartAndId(const model::SyncRun& run) {
  return std::make_tuple(run.start_time, run.run_id);
}

}  // namespace

absl::StatusOr<model::Connection> MapConnectionTables::GetConnection(
    absl::string_view id) {
  OMS_ASSIGN_OR_RETURN(const MapConnection* kept, Find(state_, id));
  return kept->connection;
}

absl::StatusOr<std::vector<model::Connection>>
MapConnectionTables::ListConnections(absl::string_view after, int limit) {
  std::vector<model::Connection> found;
  for (auto it = state_.upper_bound(after); it != state_.end(); ++it) {
    found.push_back(it->second.connection);
  }
  return First(found, limit);
}

absl::StatusOr<model::StoredSettings> MapConnectionTables::GetSettings(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const MapConnection* kept, Find(state_, connection));
  return kept->settings;
}

absl::StatusOr<model::ConnectionHeads> MapConnectionTables::GetHeads(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const MapConnection* kept, Find(state_, connection));
  return model::ConnectionHeads{kept->last_revision, kept->last_sequence};
}

absl::StatusOr<std::vector<model::Connection>>
MapConnectionTables::ListEarlierOfAccount(const model::Connection& connection) {
  const model::OrderManagerAccount& account = connection.order_manager;
  OMS_ASSIGN_OR_RETURN(const MapConnection* own, Find(state_, connection.id));
  std::map<int64_t, const model::Connection*> earlier;
  for (const auto& [id, kept] : state_) {
    const model::OrderManagerAccount& other = kept.connection.order_manager;
    if (kept.number < own->number && other.base_url == account.base_url &&
        other.token_fingerprint == account.token_fingerprint) {
      earlier[kept.number] = &kept.connection;
    }
  }
  std::vector<model::Connection> found;
  for (const auto& [number, each] : earlier) found.push_back(*each);
  return found;
}

absl::StatusOr<std::vector<model::SettingsChange>>
MapConnectionTables::ListSettingsChanges(absl::string_view connection,
                                         int64_t before, int limit) {
  std::vector<model::SettingsChange> changes;
  const auto kept = Find(state_, connection);
  if (!kept.ok()) return changes;
  for (const model::SettingsChange& change : (*kept)->changes) {
    if (before != 0 && change.change_id >= before) continue;
    changes.insert(changes.begin(), change);
  }
  return First(changes, limit);
}

absl::StatusOr<std::optional<model::RememberedRequest>>
MapConnectionTables::FindRequest(const model::RequestKey& key, absl::Time now) {
  const auto kept = Find(state_, key.connection);
  if (!kept.ok()) return std::nullopt;
  const auto found = (*kept)->requests.find(RequestId(key));
  if (found == (*kept)->requests.end()) return std::nullopt;
  const absl::Time expiry = found->second.expire_time;
  if (expiry <= now || expiry > now + model::kRequestIdLifetime) {
    return std::nullopt;
  }
  return found->second;
}

absl::Status MapConnectionTables::InsertConnection(
    const model::Connection& connection,
    const model::StoredSettings& settings) {
  if (state_.count(connection.id) > 0) {
    return absl::AlreadyExistsError("taken");
  }
  int64_t last = 0;
  for (const auto& [id, other] : state_) last = std::max(last, other.number);
  MapConnection& kept = state_[connection.id];
  kept.number = last + 1;
  kept.connection = connection;
  kept.settings = settings;
  return absl::OkStatus();
}

absl::Status MapConnectionTables::UpdateConnection(
    const model::Connection& connection) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, connection.id));
  model::Connection updated = connection;
  updated.epoch = kept->connection.epoch;
  updated.create_time = kept->connection.create_time;
  kept->connection = std::move(updated);
  return absl::OkStatus();
}

absl::Status MapConnectionTables::DeleteConnection(absl::string_view id) {
  const auto found = state_.find(id);
  if (found == state_.end()) return Missing();
  state_.erase(found);
  return absl::OkStatus();
}

absl::Status MapConnectionTables::UpdateSettings(
    absl::string_view connection, const model::StoredSettings& settings,
    bool new_view) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, connection));
  kept->settings = settings;
  if (new_view) ++kept->connection.view_generation;
  return absl::OkStatus();
}

absl::Status MapConnectionTables::AppendSettingsChange(
    absl::string_view connection, const model::SettingsChange& change) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, connection));
  kept->changes.push_back(change);
  kept->changes.back().change_id = ++kept->last_change;
  return absl::OkStatus();
}

absl::Status MapConnectionTables::RememberRequest(
    const model::RequestKey& key, const model::RememberedRequest& request) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, key.connection));
  kept->requests[RequestId(key)] = request;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> MapConnectionTables::PruneConnections(
    absl::Time now, absl::Time changes_before, int) {
  int64_t gone = 0;
  for (auto& [id, kept] : state_) {
    for (auto it = kept.requests.begin(); it != kept.requests.end();) {
      const bool expired = it->second.expire_time <= now;
      it = expired ? kept.requests.erase(it) : std::next(it);
      gone += expired ? 1 : 0;
    }
    const auto old = std::remove_if(
        kept.changes.begin(), kept.changes.end(), [&](const auto& change) {
          return change.change_time < changes_before;
        });
    gone += kept.changes.end() - old;
    kept.changes.erase(old, kept.changes.end());
  }
  return gone;
}

absl::StatusOr<int64_t> MapConnectionTables::TakeRevisions(
    absl::string_view connection, int64_t count) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, connection));
  return (kept->last_revision += count) - count + 1;
}

absl::StatusOr<int64_t> MapConnectionTables::TakeSequences(
    absl::string_view connection, int64_t count) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, connection));
  return (kept->last_sequence += count) - count + 1;
}

absl::StatusOr<model::SyncRun> MapRunTables::GetRun(
    absl::string_view connection, absl::string_view run_id) {
  OMS_ASSIGN_OR_RETURN(const MapConnection* kept, Find(state_, connection));
  const auto found = kept->runs.find(std::string(run_id));
  if (found == kept->runs.end()) return Missing();
  return found->second;
}

absl::StatusOr<std::vector<model::SyncRun>> MapRunTables::ListRuns(
    absl::string_view connection, std::optional<model::Feed> feed,
    absl::Time before_start, absl::string_view before_id, int limit) {
  std::vector<model::SyncRun> runs;
  const auto kept = Find(state_, connection);
  if (!kept.ok()) return runs;
  const auto before = std::make_tuple(before_start, std::string(before_id));
  for (const auto& [id, run] : (*kept)->runs) {
    if (feed.value_or(run.feed) == run.feed && StartAndId(run) < before) {
      runs.push_back(run);
    }
  }
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) {
    return StartAndId(a) > StartAndId(b);
  });
  return First(runs, limit);
}

absl::StatusOr<model::FeedStatus> MapRunTables::GetFeedStatus(
    absl::string_view connection, model::Feed feed) {
  model::FeedStatus status;
  OMS_ASSIGN_OR_RETURN(status.lease, GetLease(connection, feed));
  OMS_ASSIGN_OR_RETURN(status.pull, GetPullStatus(connection, feed));
  OMS_ASSIGN_OR_RETURN(status.latest_run, LatestRun(connection, feed));
  return status;
}

absl::StatusOr<std::optional<model::SyncRun>> MapRunTables::LatestRun(
    absl::string_view connection, model::Feed feed) {
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::SyncRun> runs,
      ListRuns(connection, feed, absl::InfiniteFuture(), "", 1));
  if (runs.empty()) return std::nullopt;
  return runs.front();
}

absl::StatusOr<MapPull*> MapRunTables::PullOf(absl::string_view connection,
                                              model::Feed feed) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, connection));
  return &kept->pulls[feed];
}

absl::StatusOr<MapPull*> MapRunTables::HeldPull(absl::string_view connection,
                                                model::Feed feed,
                                                const model::PullFence& fence) {
  const auto pull = PullOf(connection, feed);
  const bool held = pull.ok() && !(*pull)->lease.run_id.empty() &&
                    (*pull)->lease.run_id == fence.run_id &&
                    (*pull)->lease.fence == fence.number;
  if (!held) return absl::AbortedError("not in force");
  return pull;
}

absl::StatusOr<model::PullLease> MapRunTables::GetLease(
    absl::string_view connection, model::Feed feed) {
  const auto pull = PullOf(connection, feed);
  return pull.ok() ? (*pull)->lease : model::PullLease{};
}

absl::StatusOr<std::string> MapRunTables::GetCheckpoint(
    absl::string_view connection, model::Feed feed) {
  const auto pull = PullOf(connection, feed);
  return pull.ok() ? (*pull)->checkpoint : "";
}

absl::StatusOr<model::PullStatus> MapRunTables::GetPullStatus(
    absl::string_view connection, model::Feed feed) {
  const auto pull = PullOf(connection, feed);
  return pull.ok() ? (*pull)->status : model::PullStatus{};
}

absl::StatusOr<model::PullLease> MapRunTables::AcquireLease(
    absl::string_view connection, model::Feed feed,
    const model::PullLease& lease, absl::Time now) {
  OMS_ASSIGN_OR_RETURN(MapPull * pull, PullOf(connection, feed));
  if (pull->lease.run_id.empty() ||
      !model::IsToCome(pull->lease.expire_time, now, model::kLongestLease)) {
    const int64_t fence = pull->lease.fence + 1;
    pull->lease = lease;
    pull->lease.fence = fence;
  }
  return pull->lease;
}

absl::Status MapRunTables::RenewLease(absl::string_view connection,
                                      model::Feed feed,
                                      const model::PullFence& fence,
                                      absl::Time expire_time) {
  OMS_ASSIGN_OR_RETURN(MapPull * pull, HeldPull(connection, feed, fence));
  pull->lease.expire_time = expire_time;
  return absl::OkStatus();
}

absl::Status MapRunTables::CheckFence(absl::string_view connection,
                                      model::Feed feed,
                                      const model::PullFence& fence) {
  return HeldPull(connection, feed, fence).status();
}

absl::Status MapRunTables::ReleaseLease(absl::string_view connection,
                                        model::Feed feed,
                                        const model::PullFence& fence) {
  OMS_ASSIGN_OR_RETURN(MapPull * pull, HeldPull(connection, feed, fence));
  pull->lease = model::PullLease{"", "", fence.number, absl::UnixEpoch()};
  return absl::OkStatus();
}

absl::Status MapRunTables::PutRun(absl::string_view connection,
                                  const model::SyncRun& run) {
  OMS_ASSIGN_OR_RETURN(MapConnection * kept, Find(state_, connection));
  kept->runs[run.run_id] = run;
  return absl::OkStatus();
}

absl::Status MapRunTables::PutCheckpoint(absl::string_view connection,
                                         model::Feed feed,
                                         absl::string_view checkpoint) {
  OMS_ASSIGN_OR_RETURN(MapPull * pull, PullOf(connection, feed));
  pull->checkpoint = std::string(checkpoint);
  return absl::OkStatus();
}

absl::Status MapRunTables::PutPullStatus(absl::string_view connection,
                                         model::Feed feed,
                                         const model::PullStatus& status) {
  OMS_ASSIGN_OR_RETURN(MapPull * pull, PullOf(connection, feed));
  pull->status = status;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> MapRunTables::PruneRuns(absl::Time before, int) {
  int64_t gone = 0;
  for (auto& [id, kept] : state_) {
    for (const model::Feed feed :
         {model::Feed::kInventory, model::Feed::kShipments}) {
      OMS_ASSIGN_OR_RETURN(
          const std::vector<model::SyncRun> runs,
          ListRuns(id, feed, absl::InfiniteFuture(), "", 1000));
      for (size_t i = 1; i < runs.size(); ++i) {
        if (runs[i].state == model::SyncState::kRunning) continue;
        if (runs[i].start_time < before)
          gone += kept.runs.erase(runs[i].run_id);
      }
    }
  }
  return gone;
}

}  // namespace oms_connector::storage
