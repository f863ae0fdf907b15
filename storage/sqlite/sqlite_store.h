#ifndef OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_STORE_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/store.h"

namespace oms_connector::storage {

struct SqliteStoreOptions {
  // The database file, made if missing; kSqliteMemoryPath keeps all in memory,
  // for tests, and loses it with the store.
  std::string path;
  SqliteSynchronous synchronous = SqliteSynchronous::kFull;
  // Reads that may run at once.
  int readers = 4;
  // What stands between the store and each of its connections; for tests that
  // make connections fail. Null = nothing.
  std::function<std::unique_ptr<SqlConnection>(std::unique_ptr<SqlConnection>)>
      decorate;
  // Not owned; outlive the store.
  base::Clock* clock = nullptr;
  base::Sleeper* sleeper = nullptr;
  base::IdGenerator* ids = nullptr;
};

// Opens the store and brings its schema up to date. Errors are
// FAILED_PRECONDITION with a message for the operator: another server has it
// open, it is not ours, newer than this program, or broken.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(
    const SqliteStoreOptions& options);

// Calls `function` with the one connection to the store's file, which must
// exist, while no server has it. Errors as above, and those of `function`.
absl::Status UseSqliteStoreAlone(
    const SqliteStoreOptions& options,
    absl::FunctionRef<absl::Status(SqlConnection&)> function);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_STORE_H_
