// The tables as maps: what storage/connection_tables.h and storage/run_tables.h
// promise, said again so plainly that it can be checked by reading. Tests hold
// every store against it.
#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_MAP_TABLES_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_MAP_TABLES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/remembered_request.h"
#include "model/settings.h"
#include "model/sync_run.h"

namespace oms_connector::storage {

struct MapPull {
  model::PullLease lease;
  std::string checkpoint;
  model::PullStatus status;
};

// All that is kept of one connection.
struct MapConnection {
  int64_t number = 0;  // in the order of creation
  model::Connection connection;
  model::StoredSettings settings;
  std::vector<model::SettingsChange> changes;  // oldest first
  int64_t last_change = 0;
  int64_t last_revision = 0;
  int64_t last_sequence = 0;
  // By principal, rpc, request id.
  std::map<std::tuple<std::string, std::string, std::string>,
           model::RememberedRequest>
      requests;
  std::map<std::string, model::SyncRun> runs;
  std::map<model::Feed, MapPull> pulls;
};

// Copied to keep the state before a transaction.
using MapState = std::map<std::string, MapConnection, std::less<>>;

class MapConnectionTables {
 public:
  explicit MapConnectionTables(MapState& state) : state_(state) {}

  absl::StatusOr<model::Connection> GetConnection(absl::string_view id);
  absl::StatusOr<std::vector<model::Connection>> ListConnections(
      absl::string_view after, int limit);
  absl::StatusOr<model::StoredSettings> GetSettings(
      absl::string_view connection);
  absl::StatusOr<model::ConnectionHeads> GetHeads(absl::string_view connection);
  // In the order of ids: it does not know which was created first.
  absl::StatusOr<std::vector<model::Connection>> ListEarlierOfAccount(
      const model::Connection& connection);
  absl::StatusOr<std::vector<model::SettingsChange>> ListSettingsChanges(
      absl::string_view connection, int64_t before, int limit);
  absl::StatusOr<std::optional<model::RememberedRequest>> FindRequest(
      const model::RequestKey& key, absl::Time now);
  absl::Status InsertConnection(const model::Connection& connection,
                                const model::StoredSettings& settings);
  absl::Status UpdateConnection(const model::Connection& connection);
  absl::Status DeleteConnection(absl::string_view id);
  absl::Status UpdateSettings(absl::string_view connection,
                              const model::StoredSettings& settings,
                              bool new_view);
  absl::Status AppendSettingsChange(absl::string_view connection,
                                    const model::SettingsChange& change);
  absl::Status RememberRequest(const model::RequestKey& key,
                               const model::RememberedRequest& request);
  // Knows no order among equal times, so it takes no account of `limit`.
  absl::StatusOr<int64_t> PruneConnections(absl::Time now,
                                           absl::Time changes_before,
                                           int limit);
  // A connection that is deleted leaves nothing here.
  absl::StatusOr<bool> HasDeletedRows() { return false; }
  absl::StatusOr<int64_t> PruneDeleted(int) { return 0; }
  absl::StatusOr<int64_t> TakeRevisions(absl::string_view connection,
                                        int64_t count);
  absl::StatusOr<int64_t> TakeSequences(absl::string_view connection,
                                        int64_t count);

 private:
  MapState& state_;
};

class MapRunTables {
 public:
  explicit MapRunTables(MapState& state) : state_(state) {}

  absl::StatusOr<model::SyncRun> GetRun(absl::string_view connection,
                                        absl::string_view run_id);
  absl::StatusOr<std::vector<model::SyncRun>> ListRuns(
      absl::string_view connection, std::optional<model::Feed> feed,
      absl::Time before_start, absl::string_view before_id, int limit);
  absl::StatusOr<model::FeedStatus> GetFeedStatus(absl::string_view connection,
                                                  model::Feed feed);
  absl::StatusOr<std::optional<model::SyncRun>> LatestRun(
      absl::string_view connection, model::Feed feed);
  absl::StatusOr<model::PullLease> GetLease(absl::string_view connection,
                                            model::Feed feed);
  absl::StatusOr<std::string> GetCheckpoint(absl::string_view connection,
                                            model::Feed feed);
  absl::StatusOr<model::PullStatus> GetPullStatus(absl::string_view connection,
                                                  model::Feed feed);
  absl::StatusOr<model::PullLease> AcquireLease(absl::string_view connection,
                                                model::Feed feed,
                                                const model::PullLease& lease,
                                                absl::Time now);
  absl::Status RenewLease(absl::string_view connection, model::Feed feed,
                          const model::PullFence& fence,
                          absl::Time expire_time);
  absl::Status CheckFence(absl::string_view connection, model::Feed feed,
                          const model::PullFence& fence);
  absl::Status ReleaseLease(absl::string_view connection, model::Feed feed,
                            const model::PullFence& fence);
  absl::Status PutRun(absl::string_view connection, const model::SyncRun& run);
  absl::Status PutCheckpoint(absl::string_view connection, model::Feed feed,
                             absl::string_view checkpoint);
  absl::Status PutPullStatus(absl::string_view connection, model::Feed feed,
                             const model::PullStatus& status);
  absl::StatusOr<int64_t> PruneRuns(absl::Time before, int limit);

 private:
  absl::StatusOr<MapPull*> PullOf(absl::string_view connection,
                                  model::Feed feed);
  absl::StatusOr<MapPull*> HeldPull(absl::string_view connection,
                                    model::Feed feed,
                                    const model::PullFence& fence);

  MapState& state_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_MAP_TABLES_H_
