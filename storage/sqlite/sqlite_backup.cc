#include "storage/sqlite/sqlite_backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "storage/schema/schema.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_database.h"

namespace oms_connector::storage {
namespace {

// A copy without the free pages, made from one snapshot.
constexpr char kCopyInto[] = "VACUUM INTO $1";

absl::Status Refuse(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("Cannot back up to ", path, ": ", why, "."));
}

// An empty file is what VACUUM INTO takes for a new one; made by us, it is
// private from its first byte on.
absl::Status MakeEmptyFile(const std::string& path) {
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Refuse(path, std::strerror(errno));
  close(file);
  return absl::OkStatus();
}

// Waits until a file, or the names in a folder, are on disk.
absl::Status Sync(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Refuse(path, std::strerror(errno));
  const absl::Cleanup closing = [file] { close(file); };
  if (fsync(file) != 0) return Refuse(path, std::strerror(errno));
  return absl::OkStatus();
}

// The connection is closed, and what it did is in the file, at the end.
absl::Status Finish(const SqliteDatabaseOptions& original,
                    const std::string& copy,
                    absl::FunctionRef<absl::Status(SqlConnection&)> finish) {
  SqliteDatabaseOptions options = original;
  options.path = copy;
  OMS_ASSIGN_OR_RETURN(const auto connection,
                       OpenSqliteWriter(options, SqliteSchema()));
  return finish(*connection);
}

// Gives the copy its name, which must be free.
absl::Status Publish(const std::string& copy, const std::string& path) {
  OMS_RETURN_IF_ERROR(Sync(copy));
  if (link(copy.c_str(), path.c_str()) != 0) {
    return Refuse(path, std::strerror(errno));
  }
  return Sync(std::filesystem::path(path).parent_path().string());
}

}  // namespace

absl::Status BackUpSqliteDatabase(
    const SqliteDatabaseOptions& options, const std::string& backup_path,
    absl::FunctionRef<absl::Status(SqlConnection&)> finish) {
  OMS_ASSIGN_OR_RETURN(const std::string path,
                       CanonicalSqlitePath(backup_path));
  if (std::filesystem::exists(path)) return Refuse(path, "it exists already");
  OMS_ASSIGN_OR_RETURN(auto connection,
                       OpenSqliteReader(options, SqliteSchema()));
  const std::string copy = absl::StrCat(path, ".partial");
  OMS_RETURN_IF_ERROR(MakeEmptyFile(copy));
  const absl::Cleanup remove = [&copy] { unlink(copy.c_str()); };
  // SQLite counts writing the copy as writing.
  OMS_RETURN_IF_ERROR(connection->ExecuteScript("PRAGMA query_only = OFF"));
  const auto copied = connection->Execute(kCopyInto, {copy});
  if (!copied.ok()) return Refuse(path, copied.status().message());
  const absl::Status finished = Finish(options, copy, finish);
  if (!finished.ok()) return Refuse(path, finished.message());
  return Publish(copy, path);
}

}  // namespace oms_connector::storage
