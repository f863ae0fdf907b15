#ifndef OMS_CONNECTOR_STORAGE_SQL_CONNECTION_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_CONNECTION_TABLES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/settings.h"
#include "storage/connection_tables.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The tables of storage/connection_tables.h in SQL. Lives as long as one
// transaction of `connection`, which it does not own.
class SqlConnectionTables final : public ConnectionWriter {
 public:
  SqlConnectionTables(SqlConnection& connection, ConnectionNumbers& numbers)
      : connection_(connection), numbers_(numbers) {}

  absl::StatusOr<model::Connection> GetConnection(
      absl::string_view id) override;
  absl::StatusOr<std::vector<model::Connection>> ListConnections(
      absl::string_view after, int limit) override;
  absl::StatusOr<model::StoredSettings> GetSettings(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<model::SettingsChange>> ListSettingsChanges(
      absl::string_view connection, int64_t before, int limit) override;
  absl::StatusOr<std::optional<RememberedRequest>> FindRequest(
      const RequestKey& key, absl::Time now) override;

  absl::Status InsertConnection(const model::Connection& connection,
                                const model::StoredSettings& settings) override;
  absl::Status UpdateConnection(const model::Connection& connection) override;
  absl::Status DeleteConnection(absl::string_view id) override;
  absl::Status UpdateSettings(absl::string_view connection,
                              const model::StoredSettings& settings) override;
  absl::Status AppendSettingsChange(
      absl::string_view connection,
      const model::SettingsChange& change) override;
  absl::Status RememberRequest(const RequestKey& key,
                               const RememberedRequest& request) override;
  absl::StatusOr<int64_t> PruneConnections(absl::Time now,
                                           absl::Time changes_before,
                                           int limit) override;
  absl::StatusOr<int64_t> TakeRevisions(absl::string_view connection,
                                        int64_t count) override;
  absl::StatusOr<int64_t> TakeSequences(absl::string_view connection,
                                        int64_t count) override;

 private:
  absl::Status InsertCarts(const model::Connection& connection);
  // Adds the carts to `connections`, which are ascending and without gaps.
  absl::Status ReadCarts(std::vector<model::Connection>& connections);

  SqlConnection& connection_;
  ConnectionNumbers& numbers_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_CONNECTION_TABLES_H_
