#include "storage/databases/copy_store.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "storage/databases/open_store.h"
#include "storage/postgres/postgres_store.h"
#include "storage/schema/schema.h"
#include "storage/sql/store_copy.h"
#include "storage/sqlite/sqlite_database.h"

namespace oms_connector::storage {

absl::StatusOr<int64_t> CopyStore(const StoreOptions& options,
                                  const std::string& to_url) {
  if (!IsSharedStore(to_url)) {
    return absl::InvalidArgumentError(
        "--copy_store_to must be postgres://HOST/DATABASE.");
  }
  SqliteDatabaseOptions sqlite;
  OMS_ASSIGN_OR_RETURN(sqlite.path, LocalFileOf(options.url));
  sqlite.clock = options.clock;
  sqlite.sleeper = options.sleeper;
  OMS_ASSIGN_OR_RETURN(const auto from,
                       OpenSqliteReader(sqlite, SqliteSchema()));
  PostgresStoreOptions postgres;
  postgres.url = to_url;
  postgres.clock = options.clock;
  postgres.sleeper = options.sleeper;
  postgres.ids = options.ids;
  OMS_ASSIGN_OR_RETURN(const auto to, OpenPostgresConnection(postgres));
  OMS_ASSIGN_OR_RETURN(const std::vector<CopiedTable> tables,
                       ListSqliteTables(*from));
  return CopyTables(tables, *from, *to);
}

}  // namespace oms_connector::storage
