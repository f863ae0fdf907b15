#ifndef OMS_CONNECTOR_STORAGE_SQL_RUN_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_RUN_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/sync_run.h"
#include "storage/run_tables.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The tables of storage/run_tables.h in SQL. Lives as long as one transaction
// of `sql`, which it does not own.
class SqlRunTables final : public RunWriter {
 public:
  SqlRunTables(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  absl::StatusOr<model::SyncRun> GetRun(absl::string_view connection,
                                        absl::string_view run_id) override;
  absl::StatusOr<std::vector<model::SyncRun>> ListRuns(
      absl::string_view connection, std::optional<model::Feed> feed,
      absl::Time before_start, absl::string_view before_id, int limit) override;
  absl::StatusOr<model::FeedStatus> GetFeedStatus(absl::string_view connection,
                                                  model::Feed feed) override;
  absl::StatusOr<std::optional<model::SyncRun>> LatestRun(
      absl::string_view connection, model::Feed feed) override;
  absl::StatusOr<model::PullLease> GetLease(absl::string_view connection,
                                            model::Feed feed) override;
  absl::StatusOr<std::string> GetCheckpoint(absl::string_view connection,
                                            model::Feed feed) override;
  absl::StatusOr<model::PullStatus> GetPullStatus(absl::string_view connection,
                                                  model::Feed feed) override;

  absl::StatusOr<model::PullLease> AcquireLease(absl::string_view connection,
                                                model::Feed feed,
                                                const model::PullLease& lease,
                                                absl::Time now) override;
  absl::Status RenewLease(absl::string_view connection, model::Feed feed,
                          const model::PullFence& fence,
                          absl::Time expire_time) override;
  absl::Status CheckFence(absl::string_view connection, model::Feed feed,
                          const model::PullFence& fence) override;
  absl::Status ReleaseLease(absl::string_view connection, model::Feed feed,
                            const model::PullFence& fence) override;
  absl::Status PutRun(absl::string_view connection,
                      const model::SyncRun& run) override;
  absl::Status PutCheckpoint(absl::string_view connection, model::Feed feed,
                             absl::string_view checkpoint) override;
  absl::Status PutPullStatus(absl::string_view connection, model::Feed feed,
                             const model::PullStatus& status) override;
  absl::StatusOr<int64_t> PruneRuns(absl::Time before, int limit) override;

 private:
  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_RUN_TABLES_H_
