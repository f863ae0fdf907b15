#include "storage/databases/open_store.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "storage/postgres/postgres_store.h"
#include "storage/sql/restore_mark.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/sqlite_backup.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/sqlite/sqlite_store.h"

namespace oms_connector::storage {
namespace {

constexpr int kEpochBytes = 16;

// The scheme alone: a URL may hold a password.
absl::string_view SchemeOf(absl::string_view url) {
  const size_t colon = url.find(':');
  return colon == absl::string_view::npos ? "" : url.substr(0, colon);
}

SqliteSynchronous SynchronousOf(const StoreOptions& options) {
  return options.sqlite_synchronous_full ? SqliteSynchronous::kFull
                                         : SqliteSynchronous::kNormal;
}

PostgresStoreOptions PostgresOptions(const StoreOptions& options) {
  PostgresStoreOptions postgres;
  postgres.url = options.url;
  postgres.readers = options.readers;
  postgres.writers = options.writers;
  postgres.decorate = options.decorate;
  postgres.clock = options.clock;
  postgres.sleeper = options.sleeper;
  postgres.ids = options.ids;
  return postgres;
}

absl::StatusOr<SqliteStoreOptions> SqliteOptions(const StoreOptions& options) {
  SqliteStoreOptions sqlite;
  OMS_ASSIGN_OR_RETURN(sqlite.path, SqlitePathOf(options.url));
  sqlite.synchronous = SynchronousOf(options);
  sqlite.readers = options.readers;
  sqlite.decorate = options.decorate;
  sqlite.clock = options.clock;
  sqlite.sleeper = options.sleeper;
  sqlite.ids = options.ids;
  return sqlite;
}

absl::Status Mark(const StoreOptions& options, SqlConnection& connection) {
  return MarkRestored(connection, options.ids->NewToken(kEpochBytes),
                      options.clock->Now());
}

}  // namespace

bool IsPostgresUrl(absl::string_view url) {
  return absl::StartsWith(url, "postgres://") ||
         absl::StartsWith(url, "postgresql://");
}

absl::StatusOr<std::string> SqlitePathOf(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "sqlite:") || url.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--store must be sqlite:PATH or, but for a backup, "
                     "postgres://HOST/DATABASE; not a URL of the kind \"",
                     SchemeOf(url), "\""));
  }
  return std::string(url);
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const StoreOptions& options) {
  if (IsPostgresUrl(options.url)) {
    return OpenPostgresStore(PostgresOptions(options));
  }
  OMS_ASSIGN_OR_RETURN(const SqliteStoreOptions sqlite, SqliteOptions(options));
  return OpenSqliteStore(sqlite);
}

absl::Status BackUpStore(const StoreOptions& options, const std::string& path) {
  SqliteDatabaseOptions database;
  OMS_ASSIGN_OR_RETURN(database.path, SqlitePathOf(options.url));
  if (database.path == kSqliteMemoryPath) {
    return absl::InvalidArgumentError("A store in memory has no backup.");
  }
  database.synchronous = SynchronousOf(options);
  database.clock = options.clock;
  database.sleeper = options.sleeper;
  return BackUpSqliteDatabase(
      database, path, [&](SqlConnection& copy) { return Mark(options, copy); });
}

absl::Status MarkStoreRestored(const StoreOptions& options) {
  if (IsPostgresUrl(options.url)) {
    OMS_ASSIGN_OR_RETURN(const auto connection,
                         OpenPostgresConnection(PostgresOptions(options)));
    return Mark(options, *connection);
  }
  OMS_ASSIGN_OR_RETURN(const SqliteStoreOptions sqlite, SqliteOptions(options));
  return UseSqliteStoreAlone(sqlite, [&](SqlConnection& connection) {
    return Mark(options, connection);
  });
}

}  // namespace oms_connector::storage
