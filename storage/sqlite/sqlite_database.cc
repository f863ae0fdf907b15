#include "storage/sqlite/sqlite_database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "storage/schema/schema.h"
#include "storage/sql/sql_query.h"
#include "storage/sql/store_copy.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/sqlite_connection.h"

namespace oms_connector::storage {
namespace {

// What the header and the catalogue of a database file say.
struct FileIdentity {
  int64_t application_id = 0;
  int64_t schema_version = 0;
  int64_t tables = 0;

  bool fresh() const {
    return application_id == 0 && schema_version == 0 && tables == 0;
  }
};

absl::Status Refuse(const SqliteDatabaseOptions& options,
                    absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("Cannot use ", options.path, " as a store: ", why));
}

absl::StatusOr<int64_t> QueryNumber(SqliteConnection& connection,
                                    absl::string_view sql) {
  int64_t number = 0;
  OMS_RETURN_IF_ERROR(connection.Query(sql, {}, [&](const SqlRow& row) {
    number = row.Int64(0);
    return absl::OkStatus();
  }));
  return number;
}

absl::StatusOr<FileIdentity> ReadIdentity(SqliteConnection& connection) {
  FileIdentity identity;
  OMS_ASSIGN_OR_RETURN(identity.application_id,
                       QueryNumber(connection, "PRAGMA application_id"));
  OMS_ASSIGN_OR_RETURN(identity.schema_version,
                       QueryNumber(connection, "PRAGMA user_version"));
  OMS_ASSIGN_OR_RETURN(
      identity.tables,
      QueryNumber(connection, "SELECT count(*) FROM sqlite_schema"));
  return identity;
}

// Made by us, so that nobody else may read it; SQLite gives its own files
// beside it the same mode.
absl::Status MakePrivateFile(const SqliteDatabaseOptions& options) {
  const int file =
      open(options.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Refuse(options, absl::StrCat(std::strerror(errno), "."));
  close(file);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> Connect(
    const SqliteDatabaseOptions& options) {
  SqliteConnection::Options connection_options;
  connection_options.path = options.path;
  connection_options.clock = options.clock;
  connection_options.sleeper = options.sleeper;
  connection_options.commits = options.commits;
  auto connection = SqliteConnection::Open(connection_options);
  if (!connection.ok()) return Refuse(options, connection.status().message());
  return connection;
}

// The newest version that this program knows.
int64_t KnownVersion(absl::Span<const SchemaStep> schema) {
  return schema.empty() ? 0 : schema.back().number;
}

absl::StatusOr<FileIdentity> CheckIdentity(const SqliteDatabaseOptions& options,
                                           absl::Span<const SchemaStep> schema,
                                           SqliteConnection& connection) {
  absl::StatusOr<FileIdentity> identity = ReadIdentity(connection);
  if (!identity.ok()) {
    return Refuse(options,
                  absl::StrCat("it cannot be read as a database. If it is one "
                               "of ours, restore a backup. (",
                               identity.status().message(), ")"));
  }
  if (identity->fresh()) return identity;
  if (identity->application_id != kSqliteApplicationId) {
    return Refuse(options, "it is a database of another program.");
  }
  if (identity->schema_version > KnownVersion(schema)) {
    return Refuse(
        options,
        absl::StrCat("its schema has version ", identity->schema_version,
                     ", this program knows up to ", KnownVersion(schema),
                     ". Run the newer program."));
  }
  return identity;
}

// A pull comes back to the ends of some twenty trees with each commit; in the
// 2 MiB that SQLite takes by itself they do not stay. Readers do with those.
// What pages were before a statement that puts many rows is kept until its end,
// in memory.
constexpr char kWriterMemory[] =
    "PRAGMA cache_size = -12000;"  // KiB
    "PRAGMA temp_store = MEMORY;";

absl::Status SetPragmas(const SqliteDatabaseOptions& options,
                        SqliteConnection& connection) {
  // SQLite's own comments in the header of a hostile file are not trusted; the
  // log is cut back after a burst.
  OMS_RETURN_IF_ERROR(connection.ExecuteScript(
      absl::StrCat("PRAGMA foreign_keys = ON;"
                   "PRAGMA trusted_schema = OFF;"
                   "PRAGMA cell_size_check = ON;"
                   "PRAGMA journal_size_limit = 67108864;"
                   "PRAGMA wal_autocheckpoint = ",
                   kMostLogPages)));
  return connection.ExecuteScript(options.synchronous ==
                                          SqliteSynchronous::kFull
                                      ? "PRAGMA synchronous = FULL"
                                      : "PRAGMA synchronous = NORMAL");
}

absl::Status UseWriteAheadLog(const SqliteDatabaseOptions& options,
                              SqliteConnection& connection) {
  if (options.path == kSqliteMemoryPath) return absl::OkStatus();
  std::string mode;
  OMS_RETURN_IF_ERROR(
      connection.Query("PRAGMA journal_mode = WAL", {}, [&](const SqlRow& row) {
        mode = row.String(0);
        return absl::OkStatus();
      }));
  if (mode == "wal") return absl::OkStatus();
  return Refuse(options,
                "its file system does not allow a write-ahead log. Put it on "
                "a local disk.");
}

// The numbers in the header cannot be bound as parameters; they are ours.
absl::Status ApplyStep(const SchemaStep& step, SqliteConnection& connection) {
  OMS_RETURN_IF_ERROR(connection.Begin(/*write=*/true, base::CallContext()));
  absl::Status status = connection.ExecuteScript(std::string(step.sql));
  if (status.ok()) {
    status = connection.ExecuteScript(
        absl::StrCat("PRAGMA application_id = ", kSqliteApplicationId,
                     "; PRAGMA user_version = ", step.number));
  }
  if (status.ok()) status = connection.Commit();
  if (!status.ok()) connection.Rollback();
  return status;
}

absl::Status Migrate(const SqliteDatabaseOptions& options, int64_t from,
                     absl::Span<const SchemaStep> schema,
                     SqliteConnection& connection) {
  for (const SchemaStep& step : schema) {
    if (step.number <= from) continue;
    const absl::Status status = ApplyStep(step, connection);
    if (!status.ok()) {
      return Refuse(options,
                    absl::StrCat("schema step ", step.name,
                                 " failed, nothing of it was applied. (",
                                 status.message(), ")"));
    }
  }
  return absl::OkStatus();
}

// Tables in the order in which the schema made them: each after those that it
// refers to.
constexpr char kListColumns[] = R"(
    SELECT tables.name, columns.name, columns.type, columns.pk
    FROM sqlite_schema AS tables
      JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'
      AND tables.name <> 'store_identity'
    ORDER BY tables.rowid, columns.cid)";

ColumnKind KindOf(absl::string_view type) {
  if (type == "INTEGER") return ColumnKind::kInteger;
  if (type == "REAL") return ColumnKind::kReal;
  return type == "BLOB" ? ColumnKind::kBytes : ColumnKind::kText;
}

}  // namespace

absl::StatusOr<std::string> CanonicalSqlitePath(const std::string& path) {
  if (path == kSqliteMemoryPath) return path;
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(
      std::filesystem::absolute(path, error), error);
  if (!error && !path.empty()) return canonical.string();
  return absl::FailedPreconditionError(absl::StrCat(
      "Cannot use \"", path, "\" as a store: it is not the path of a file."));
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> OpenSqliteWriter(
    const SqliteDatabaseOptions& options, absl::Span<const SchemaStep> schema) {
  if (options.path != kSqliteMemoryPath) {
    OMS_RETURN_IF_ERROR(MakePrivateFile(options));
  }
  OMS_ASSIGN_OR_RETURN(auto connection, Connect(options));
  OMS_ASSIGN_OR_RETURN(const FileIdentity identity,
                       CheckIdentity(options, schema, *connection));
  OMS_RETURN_IF_ERROR(UseWriteAheadLog(options, *connection));
  OMS_RETURN_IF_ERROR(SetPragmas(options, *connection));
  OMS_RETURN_IF_ERROR(connection->ExecuteScript(kWriterMemory));
  OMS_RETURN_IF_ERROR(
      Migrate(options, identity.schema_version, schema, *connection));
  return connection;
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> OpenSqliteReader(
    const SqliteDatabaseOptions& options, absl::Span<const SchemaStep> schema) {
  if (access(options.path.c_str(), R_OK | W_OK) != 0) {
    return Refuse(options, absl::StrCat(std::strerror(errno), "."));
  }
  OMS_ASSIGN_OR_RETURN(auto connection, Connect(options));
  OMS_ASSIGN_OR_RETURN(const FileIdentity identity,
                       CheckIdentity(options, schema, *connection));
  if (identity.fresh()) return Refuse(options, "it is empty.");
  OMS_RETURN_IF_ERROR(SetPragmas(options, *connection));
  OMS_RETURN_IF_ERROR(connection->ExecuteScript("PRAGMA query_only = ON"));
  return connection;
}

absl::StatusOr<std::vector<CopiedTable>> ListSqliteTables(
    SqlConnection& connection) {
  std::vector<CopiedTable> tables;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection, kListColumns, {}, [&](const SqlRow& row) {
        if (tables.empty() || tables.back().name != row.Text(0)) {
          tables.emplace_back().name = row.String(0);
        }
        CopiedTable& table = tables.back();
        table.columns.push_back({row.String(1), KindOf(row.Text(2))});
        const auto place = static_cast<size_t>(row.Int64(3));
        if (place == 0) return;  // not of the key
        if (table.key.size() < place) table.key.resize(place);
        table.key[place - 1] = row.String(1);
      }));
  return tables;
}

}  // namespace oms_connector::storage
