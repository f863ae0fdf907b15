#include "storage/sqlite/store_identity.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "storage/sql/sql_query.h"
#include "storage/sqlite/sqlite_connection.h"

namespace oms_connector::storage {
namespace {

constexpr char kReadIdentity[] = "SELECT id FROM store_identity";
constexpr char kDrawIdentity[] =
    "UPDATE store_identity SET id = lower(hex(randomblob(16)))";
constexpr char kOpen[] = "open";
constexpr char kClosed[] = "closed";
constexpr char kNormal[] = "normal";

// The words of the note in the lock file, "key=value" each.
std::map<std::string, std::string> ReadWords(const LockFile& lock) {
  std::map<std::string, std::string> words;
  const std::string note = lock.ReadNote();
  for (const absl::string_view word : absl::StrSplit(note, ' ')) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(word, absl::MaxSplits('=', 1));
    words.insert(pair);
  }
  return words;
}

// Another one after each start of the machine; empty where it does not tell.
std::string BootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id;
}

std::string FileNumber(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return "";
  return absl::StrCat(info.st_dev, ":", info.st_ino);
}

std::string LogOf(const SqliteDatabaseOptions& options) {
  return absl::StrCat(options.path, "-wal");
}

absl::StatusOr<std::string> IdentityOf(SqlConnection& connection) {
  std::string id;
  OMS_RETURN_IF_ERROR(QueryOne(connection, kReadIdentity, {},
                               [&](const SqlRow& row) { id = row.String(0); }));
  return id;
}

// What the file says without its log; empty where that cannot be read, as in
// a file whose first pages are still in the log.
std::string IdentityWithoutLog(const SqliteDatabaseOptions& options) {
  SqliteConnection::Options alone;
  alone.path = options.path;
  alone.without_log = true;
  alone.clock = options.clock;
  alone.sleeper = options.sleeper;
  const auto connection = SqliteConnection::Open(alone);
  if (!connection.ok()) return "";
  return IdentityOf(**connection).value_or("");
}

}  // namespace

absl::Status CheckLogBelongs(const LockFile& lock,
                             const SqliteDatabaseOptions& options) {
  std::error_code error;
  const std::uintmax_t bytes =
      std::filesystem::file_size(LogOf(options), error);
  if (error || bytes == 0) return absl::OkStatus();
  std::map<std::string, std::string> words = ReadWords(lock);
  if (words["id"].empty()) return absl::OkStatus();
  const std::string identity = IdentityWithoutLog(options);
  if (words["file"] == FileNumber(options.path) &&
      (identity.empty() || identity == words["id"])) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "Cannot use ", options.path,
      " as a store: it is not the file that the "
      "log ",
      LogOf(options),
      " was written for; a copy has taken its place, "
      "and the two together would be a mixture. To use the copy, move the log "
      "and ",
      options.path,
      "-shm away, or let --restore_from=FILE do all of "
      "it. If both files were moved here together, remove ",
      options.path, ".lock."));
}

bool MayHaveLostCommits(const LockFile& lock) {
  std::map<std::string, std::string> words = ReadWords(lock);
  return words["state"] == kOpen && words["synchronous"] == kNormal &&
         words["boot"] != BootId();
}

absl::Status NoteOpen(const LockFile& lock,
                      const SqliteDatabaseOptions& options,
                      SqlConnection& connection) {
  OMS_ASSIGN_OR_RETURN(const std::string id, IdentityOf(connection));
  lock.WriteNote(absl::StrCat(
      "id=", id, " file=", FileNumber(options.path), " boot=", BootId(),
      " synchronous=",
      options.synchronous == SqliteSynchronous::kNormal ? kNormal : "full",
      " state=", kOpen));
  return absl::OkStatus();
}

void NoteClosed(const LockFile& lock) {
  std::map<std::string, std::string> words = ReadWords(lock);
  lock.WriteNote(absl::StrCat("id=", words["id"], " file=", words["file"],
                              " state=", kClosed));
}

absl::Status DrawStoreIdentity(SqlConnection& connection) {
  return connection.Execute(kDrawIdentity, {}).status();
}

}  // namespace oms_connector::storage
