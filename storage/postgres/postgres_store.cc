#include "storage/postgres/postgres_store.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/postgres/postgres_database.h"
#include "storage/postgres/postgres_session.h"
#include "storage/schema/schema.h"
#include "storage/sql/connection_pool.h"
#include "storage/sql/pooled_writer.h"
#include "storage/sql/sql_store.h"
#include "storage/sql/sql_transaction.h"
#include "storage/sql/sql_writer.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// Writes through a pool that it owns, apart from the readers', so that writers
// which wait for a row do not keep readers waiting.
class PostgresWriter final : public SqlWriter {
 public:
  PostgresWriter(std::unique_ptr<ConnectionPool> pool,
                 const PostgresStoreOptions& options)
      : pool_(std::move(pool)),
        writer_(pool_.get(), options.sleeper, options.ids) {}

  absl::Status Write(const base::CallContext& context,
                     WriteFunction function) override {
    return writer_.Write(context, function);
  }

 private:
  const std::unique_ptr<ConnectionPool> pool_;
  PooledWriter writer_;
};

PostgresConnection::Options ConnectionOptions(
    const PostgresStoreOptions& options) {
  PostgresConnection::Options connection;
  connection.url = options.url;
  connection.clock = options.clock;
  return connection;
}

std::unique_ptr<SqlConnection> MakeSession(
    const PostgresStoreOptions& options) {
  PostgresSession::Options session;
  session.connection = ConnectionOptions(options);
  session.shared_clock = options.shared_clock;
  session.clock = options.clock;
  session.sleeper = options.sleeper;
  session.ids = options.ids;
  return std::make_unique<PostgresSession>(session);
}

std::unique_ptr<ConnectionPool> MakePool(const PostgresStoreOptions& options,
                                         int size) {
  std::vector<std::unique_ptr<SqlConnection>> connections;
  for (int i = 0; i < std::max(1, size); ++i) {
    std::unique_ptr<SqlConnection> connection = MakeSession(options);
    if (options.decorate) connection = options.decorate(std::move(connection));
    connections.push_back(std::move(connection));
  }
  return std::make_unique<ConnectionPool>(std::move(connections),
                                          options.clock);
}

absl::Status Prepare(const PostgresStoreOptions& options) {
  return PreparePostgresDatabase(ConnectionOptions(options), PostgresSchema(),
                                 options.sleeper);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(
    const PostgresStoreOptions& options) {
  OMS_RETURN_IF_ERROR(Prepare(options));
  auto writer = std::make_unique<PostgresWriter>(
      MakePool(options, options.writers), options);
  return std::make_unique<SqlStore>(MakePool(options, options.readers),
                                    std::move(writer), options.sleeper,
                                    options.ids);
}

absl::StatusOr<std::unique_ptr<SqlConnection>> OpenPostgresConnection(
    const PostgresStoreOptions& options) {
  OMS_RETURN_IF_ERROR(Prepare(options));
  return MakeSession(options);
}

}  // namespace oms_connector::storage
