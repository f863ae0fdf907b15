// Opens our database with SQLite: checks that it is ours, brings its schema up
// to date, and sets what every connection of ours relies on (write-ahead log,
// foreign keys, how hard a commit is pressed onto the disk).
//
// All errors here are met at start-up and are FAILED_PRECONDITION with a
// message for the operator, who may see paths. A file of another program, of a
// newer version, or that is no database is refused and left as it was.
#ifndef OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_DATABASE_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "storage/schema/schema.h"
#include "storage/sql/store_copy.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/commit_count.h"
#include "storage/sqlite/sqlite_connection.h"

namespace oms_connector::storage {

// "OMSC", kept in the database's header.
inline constexpr int kSqliteApplicationId = 0x4f4d5343;
inline constexpr char kSqliteMemoryPath[] = ":memory:";

// A log with so many pages is written back into the file by the commit that
// finds it so.
inline constexpr int kMostLogPages = 2000;

// What a commit waits for. kFull: the disk, so that a committed change outlives
// a loss of power. kNormal: the operating system, so that it outlives a crash
// of the program; faster by an order of magnitude.
enum class SqliteSynchronous { kFull, kNormal };

struct SqliteDatabaseOptions {
  std::string path;  // absolute, or kSqliteMemoryPath
  SqliteSynchronous synchronous = SqliteSynchronous::kFull;
  // Not owned; outlive the connections.
  base::Clock* clock = nullptr;
  base::Sleeper* sleeper = nullptr;
  // Of the connections that are opened together; see SqliteConnection.
  std::shared_ptr<CommitCount> commits;
};

// One absolute name for the file, whatever the links to it, so that one lock
// file keeps it; kSqliteMemoryPath stays as it is. FAILED_PRECONDITION for what
// is no path of a file.
absl::StatusOr<std::string> CanonicalSqlitePath(const std::string& path);

// The connection that writes. Makes the file, readable by its owner alone, and
// applies the steps of `schema` that it lacks. Call it before the readers are
// opened, and hold the lock file.
absl::StatusOr<std::unique_ptr<SqliteConnection>> OpenSqliteWriter(
    const SqliteDatabaseOptions& options, absl::Span<const SchemaStep> schema);

// A connection that refuses to write, to a database that exists already, also
// one that another process has open.
absl::StatusOr<std::unique_ptr<SqliteConnection>> OpenSqliteReader(
    const SqliteDatabaseOptions& options, absl::Span<const SchemaStep> schema);

// The tables of a database as its catalogue tells them, each after those that
// it refers to.
absl::StatusOr<std::vector<CopiedTable>> ListSqliteTables(
    SqlConnection& connection);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_DATABASE_H_
