#include "storage/sqlite/sqlite_backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "storage/schema/schema.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/lock_file.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/sqlite/store_identity.h"

namespace oms_connector::storage {
namespace {

// A copy without the free pages, made from one snapshot.
constexpr char kCopyInto[] = "VACUUM INTO $1";
constexpr size_t kCopyBytes = 1 << 20;  // at a time

absl::Status Refuse(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("Cannot copy the store to ", path, ": ", why, "."));
}

absl::Status RefuseRestore(const std::string& from, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("Cannot restore the store from ", from, ": ", why, "."));
}

// An empty file, held by this process alone until the object goes, and then
// removed. VACUUM INTO takes it for a new one; made by us, it is private from
// its first byte on. What a process that was killed has left under the name is
// in nobody's way, for its hold ended with it.
class PartialFile {
 public:
  static absl::StatusOr<std::unique_ptr<PartialFile>> Make(
      const std::string& path) {
    const int file =
        open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return Refuse(path, std::strerror(errno));
    auto made = absl::WrapUnique(new PartialFile(path, file));
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
      made->path_.clear();
      return Refuse(path, "another backup writes it");
    }
    if (ftruncate(file, 0) != 0) return Refuse(path, std::strerror(errno));
    return made;
  }
  ~PartialFile() {
    if (!path_.empty()) {
      for (const char* suffix : {"", "-wal", "-shm"}) {
        unlink(absl::StrCat(path_, suffix).c_str());
      }
    }
    close(file_);
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  int file() const { return file_; }

 private:
  PartialFile(std::string path, int file)
      : path_(std::move(path)), file_(file) {}

  std::string path_;
  const int file_;
};

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
  OMS_ASSIGN_OR_RETURN(auto connection,
                       OpenSqliteWriter(options, SqliteSchema()));
  OMS_RETURN_IF_ERROR(DrawStoreIdentity(*connection));
  OMS_RETURN_IF_ERROR(finish(*connection));
  connection.reset();
  // Closing writes the log back and removes it, and says nothing where it
  // cannot.
  if (std::filesystem::exists(absl::StrCat(copy, "-wal"))) {
    return absl::UnavailableError("its log cannot be written back");
  }
  return absl::OkStatus();
}

// Gives the copy its name, which must be free.
absl::Status Publish(const std::string& copy, const std::string& path) {
  OMS_RETURN_IF_ERROR(Sync(copy));
  if (link(copy.c_str(), path.c_str()) != 0) {
    return Refuse(path, std::strerror(errno));
  }
  return Sync(std::filesystem::path(path).parent_path().string());
}

// A file with a log of its own is half of a store; an empty one none at all.
absl::Status CheckSource(const std::string& source) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(source, error);
  if (error) return RefuseRestore(source, error.message());
  if (bytes == 0) return RefuseRestore(source, "it is empty");
  const std::string log = absl::StrCat(source, "-wal");
  if (!std::filesystem::exists(log) ||
      std::filesystem::file_size(log, error) == 0) {
    return absl::OkStatus();
  }
  return RefuseRestore(
      source, absl::StrCat("the log ", log,
                           " lies beside it, so it is not whole by itself; "
                           "make a copy of it with --backup_to first"));
}

absl::Status CopyFile(const std::string& source, const PartialFile& target) {
  const int file = open(source.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return RefuseRestore(source, std::strerror(errno));
  const absl::Cleanup closing = [file] { close(file); };
  std::string block(kCopyBytes, '\0');
  while (true) {
    const ssize_t got = read(file, block.data(), block.size());
    if (got == 0) return absl::OkStatus();
    if (got < 0) return RefuseRestore(source, std::strerror(errno));
    for (ssize_t done = 0; done < got;) {
      const ssize_t written =
          write(target.file(), block.data() + done, got - done);
      if (written < 0) return RefuseRestore(source, std::strerror(errno));
      done += written;
    }
  }
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
  OMS_ASSIGN_OR_RETURN(const auto partial, PartialFile::Make(copy));
  // SQLite counts writing the copy as writing.
  OMS_RETURN_IF_ERROR(connection->ExecuteScript("PRAGMA query_only = OFF"));
  const auto copied = connection->Execute(kCopyInto, {copy});
  if (!copied.ok()) return Refuse(path, copied.status().message());
  const absl::Status finished = Finish(options, copy, finish);
  if (!finished.ok()) return Refuse(path, finished.message());
  return Publish(copy, path);
}

absl::StatusOr<std::string> RestoreSqliteDatabase(
    const SqliteDatabaseOptions& options, const std::string& from,
    absl::FunctionRef<absl::Status(SqlConnection&)> finish) {
  OMS_ASSIGN_OR_RETURN(const std::string path,
                       CanonicalSqlitePath(options.path));
  OMS_ASSIGN_OR_RETURN(const std::string source, CanonicalSqlitePath(from));
  OMS_RETURN_IF_ERROR(CheckSource(source));
  OMS_ASSIGN_OR_RETURN(const auto lock,
                       LockFile::Take(absl::StrCat(path, ".lock")));
  const std::string copy = absl::StrCat(path, ".restoring");
  OMS_ASSIGN_OR_RETURN(const auto partial, PartialFile::Make(copy));
  OMS_RETURN_IF_ERROR(CopyFile(source, *partial));
  const absl::Status finished = Finish(options, copy, finish);
  if (!finished.ok()) return finished;
  OMS_RETURN_IF_ERROR(Sync(copy));
  const std::string aside =
      absl::StrCat(path, ".before-restore-",
                   absl::FormatTime("%Y%m%dT%H%M%SZ", options.clock->Now(),
                                    absl::UTCTimeZone()));
  bool found = false;
  // The log first: without its file it is nothing, beside another it is harm.
  for (const char* suffix : {"-wal", "-shm", ""}) {
    const std::string old = absl::StrCat(path, suffix);
    if (!std::filesystem::exists(old)) continue;
    if (rename(old.c_str(), absl::StrCat(aside, suffix).c_str()) != 0) {
      return Refuse(aside, std::strerror(errno));
    }
    found = true;
  }
  if (link(copy.c_str(), path.c_str()) != 0) {
    return Refuse(path, std::strerror(errno));
  }
  OMS_RETURN_IF_ERROR(Sync(std::filesystem::path(path).parent_path().string()));
  return found ? aside : "";
}

}  // namespace oms_connector::storage
