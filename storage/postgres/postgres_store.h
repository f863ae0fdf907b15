#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_STORE_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/sql_connection.h"
#include "storage/store.h"

namespace oms_connector::storage {

struct PostgresStoreOptions {
  // A libpq URL: "postgres://oms@db1,db2/oms". Of several hosts the one that
  // takes writes is used.
  std::string url;
  // Reads and writes that may run at once; together, what this server may take
  // of the database's connections. Each connects when it is first needed.
  int readers = 4;
  int writers = 4;
  // What stands between the store and each of its connections; for tests that
  // make connections fail. Null = nothing.
  std::function<std::unique_ptr<SqlConnection>(std::unique_ptr<SqlConnection>)>
      decorate;
  // What transactions tell the time by in place of the database's clock; for
  // tests, whose time passes when they say so. Null = the database's.
  base::Clock* shared_clock = nullptr;
  // Not owned; outlive the store.
  base::Clock* clock = nullptr;
  base::Sleeper* sleeper = nullptr;
  base::IdGenerator* ids = nullptr;
};

// Opens the store and brings its schema up to date. Any number of servers may
// have it open. INVALID_ARGUMENT for a URL that cannot be read; otherwise
// FAILED_PRECONDITION with a message for the operator.
//
// A server that is lost is waited for: calls take up to five seconds longer,
// then end as STORE_BUSY, and all is well again once it, or another host of the
// URL, takes writes.
absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(
    const PostgresStoreOptions& options);

// One connection to such a store, for copying into it. Errors as above.
absl::StatusOr<std::unique_ptr<SqlConnection>> OpenPostgresConnection(
    const PostgresStoreOptions& options);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_STORE_H_
