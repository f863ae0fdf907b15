#include "storage/databases/open_store.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/postgres/postgres_store.h"
#include "storage/schema/schema.h"
#include "storage/sql/restore_mark.h"
#include "storage/sql/sql_query.h"
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
  return options.commits_wait_for_disk ? SqliteSynchronous::kFull
                                       : SqliteSynchronous::kNormal;
}

PostgresStoreOptions PostgresOptions(const StoreOptions& options) {
  PostgresStoreOptions postgres;
  postgres.url = options.url;
  postgres.readers = options.readers;
  postgres.writers = options.writers;
  postgres.decorate = options.decorate;
  postgres.shared_clock = options.shared_clock;
  postgres.clock = options.clock;
  postgres.sleeper = options.sleeper;
  postgres.ids = options.ids;
  return postgres;
}

absl::StatusOr<SqliteStoreOptions> SqliteOptions(const StoreOptions& options) {
  SqliteStoreOptions sqlite;
  OMS_ASSIGN_OR_RETURN(sqlite.path, LocalFileOf(options.url));
  sqlite.synchronous = SynchronousOf(options);
  sqlite.readers = options.readers;
  sqlite.decorate = options.decorate;
  sqlite.clock = options.clock;
  sqlite.sleeper = options.sleeper;
  sqlite.ids = options.ids;
  return sqlite;
}

constexpr char kCountConnections[] = "SELECT count(*) FROM connections";

absl::Status CountConnections(SqlConnection& connection, StoreFacts* facts) {
  return QueryOne(connection, kCountConnections, {}, [&](const SqlRow& row) {
    facts->connections = row.Int64(0);
  });
}

int64_t BytesOf(const std::string& path) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(bytes);
}

absl::StatusOr<StoreFacts> InspectSqlite(const StoreOptions& options) {
  StoreFacts facts;
  SqliteDatabaseOptions database;
  OMS_ASSIGN_OR_RETURN(const std::string path, LocalFileOf(options.url));
  OMS_ASSIGN_OR_RETURN(database.path, CanonicalSqlitePath(path));
  if (BytesOf(database.path) == 0) return facts;
  database.clock = options.clock;
  database.sleeper = options.sleeper;
  OMS_ASSIGN_OR_RETURN(const auto connection,
                       OpenSqliteReader(database, SqliteSchema()));
  facts.exists = true;
  const StoreBytes bytes = StoreBytesOf(options.url);
  facts.bytes = bytes.database + bytes.log;
  OMS_RETURN_IF_ERROR(CountConnections(*connection, &facts));
  return facts;
}

// A database that lacks our tables is one where they will be made.
absl::StatusOr<StoreFacts> InspectPostgres(const StoreOptions& options) {
  PostgresConnection::Options postgres;
  postgres.url = options.url;
  postgres.clock = options.clock;
  OMS_ASSIGN_OR_RETURN(const auto connection,
                       PostgresConnection::Open(postgres));
  StoreFacts facts;
  facts.exists = CountConnections(*connection, &facts).ok();
  return facts;
}

absl::Status Mark(const StoreOptions& options, SqlConnection& connection) {
  return MarkRestored(connection, options.ids->NewToken(kEpochBytes),
                      options.clock->Now());
}

// The file of a store that we copy ourselves.
absl::StatusOr<SqliteDatabaseOptions> OwnFileOf(const StoreOptions& options,
                                                absl::string_view flag) {
  if (IsSharedStore(options.url)) {
    return absl::InvalidArgumentError(absl::StrCat(
        flag,
        " is for SQLite stores. Back a PostgreSQL store up and restore "
        "it with the tools of the database (pg_dump, pg_basebackup), and run "
        "--mark_restored before the first server starts on what was restored"));
  }
  SqliteDatabaseOptions database;
  OMS_ASSIGN_OR_RETURN(database.path, LocalFileOf(options.url));
  if (database.path == kSqliteMemoryPath) {
    return absl::InvalidArgumentError("A store in memory has no backup.");
  }
  database.synchronous = SynchronousOf(options);
  database.clock = options.clock;
  database.sleeper = options.sleeper;
  return database;
}

}  // namespace

bool IsSharedStore(absl::string_view url) {
  return absl::StartsWith(url, "postgres://") ||
         absl::StartsWith(url, "postgresql://");
}

absl::StatusOr<std::string> LocalFileOf(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "sqlite:") || url.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--store must be ", kStoreUrls,
                     "; not a URL of the kind \"", SchemeOf(url), "\""));
  }
  return std::string(url);
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const StoreOptions& options) {
  if (IsSharedStore(options.url)) {
    return OpenPostgresStore(PostgresOptions(options));
  }
  OMS_ASSIGN_OR_RETURN(const SqliteStoreOptions sqlite, SqliteOptions(options));
  return OpenSqliteStore(sqlite);
}

StoreBytes StoreBytesOf(absl::string_view url) {
  const absl::StatusOr<std::string> path = LocalFileOf(url);
  if (!path.ok()) return {};
  return {BytesOf(*path), BytesOf(absl::StrCat(*path, "-wal"))};
}

absl::StatusOr<StoreFacts> InspectStore(const StoreOptions& options) {
  return IsSharedStore(options.url) ? InspectPostgres(options)
                                    : InspectSqlite(options);
}

absl::Status BackUpStore(const StoreOptions& options, const std::string& path) {
  OMS_ASSIGN_OR_RETURN(const SqliteDatabaseOptions database,
                       OwnFileOf(options, "--backup_to"));
  return BackUpSqliteDatabase(
      database, path, [&](SqlConnection& copy) { return Mark(options, copy); });
}

absl::StatusOr<std::string> RestoreStore(const StoreOptions& options,
                                         const std::string& from) {
  OMS_ASSIGN_OR_RETURN(const SqliteDatabaseOptions database,
                       OwnFileOf(options, "--restore_from"));
  return RestoreSqliteDatabase(
      database, from, [&](SqlConnection& copy) { return Mark(options, copy); });
}

absl::Status MarkStoreRestored(const StoreOptions& options) {
  if (IsSharedStore(options.url)) {
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
