#ifndef OMS_CONNECTOR_STORAGE_SQL_CONNECTION_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_CONNECTION_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "model/connection.h"
#include "model/remembered_request.h"
#include "model/settings.h"
#include "storage/connection_tables.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The tables of storage/connection_tables.h in SQL. Lives as long as one
// transaction of `sql`, which it does not own.
class SqlConnectionTables final : public ConnectionWriter {
 public:
  SqlConnectionTables(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  absl::StatusOr<model::Connection> GetConnection(
      absl::string_view id) override;
  absl::StatusOr<std::vector<model::Connection>> ListConnections(
      absl::string_view after, int limit) override;
  absl::StatusOr<model::StoredSettings> GetSettings(
      absl::string_view connection) override;
  absl::StatusOr<model::ConnectionHeads> GetHeads(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<model::Connection>> ListEarlierOfAccount(
      const model::Connection& connection) override;
  absl::StatusOr<std::vector<model::SettingsChange>> ListSettingsChanges(
      absl::string_view connection, int64_t before, int limit) override;
  absl::StatusOr<std::optional<model::RememberedRequest>> FindRequest(
      const model::RequestKey& key, absl::Time now) override;
  absl::StatusOr<bool> HasDeletedRows() override;

  absl::Status InsertConnection(const model::Connection& connection,
                                const model::StoredSettings& settings) override;
  absl::Status UpdateConnection(const model::Connection& connection) override;
  absl::Status DeleteConnection(absl::string_view id) override;
  absl::Status UpdateSettings(absl::string_view connection,
                              const model::StoredSettings& settings,
                              bool new_view) override;
  absl::Status AppendSettingsChange(
      absl::string_view connection,
      const model::SettingsChange& change) override;
  absl::Status RememberRequest(
      const model::RequestKey& key,
      const model::RememberedRequest& request) override;
  absl::StatusOr<int64_t> PruneConnections(absl::Time now,
                                           absl::Time changes_before,
                                           int limit) override;
  absl::StatusOr<int64_t> PruneDeleted(int limit) override;
  absl::StatusOr<int64_t> TakeRevisions(absl::string_view connection,
                                        int64_t count) override;
  absl::StatusOr<int64_t> TakeSequences(absl::string_view connection,
                                        int64_t count) override;

 private:
  // A row of `connections` with its counters, documents unread.
  struct Row {
    std::string id;
    std::string epoch;
    std::string sealed_under;
    int64_t view_generation = 0;
    std::string document;
    std::string settings;
    model::ConnectionHeads heads;
  };
  // Deletes at most `limit` that expired.
  absl::StatusOr<int64_t> ForgetRequests(absl::Time now, int limit);
  static Row RowAt(const SqlRow& row);
  static absl::StatusOr<model::Connection> ConnectionOf(const Row& row);

  // The row of a connection, read once for several calls with one id in a row.
  absl::StatusOr<const Row*> ReadRow(absl::string_view id);
  absl::StatusOr<std::vector<model::Connection>> List(
      absl::string_view sql, absl::Span<const SqlParam> params);
  // The last of the `count` numbers taken.
  absl::StatusOr<int64_t> Take(absl::string_view sql, absl::string_view id,
                               int64_t count);

  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
  std::optional<Row> row_;  // the last one read; dropped by every change
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_CONNECTION_TABLES_H_
