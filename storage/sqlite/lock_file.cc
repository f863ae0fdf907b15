#include "storage/sqlite/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::storage {
namespace {

constexpr size_t kMaxNoteBytes = 1024;

}  // namespace

absl::StatusOr<std::unique_ptr<LockFile>> LockFile::Take(
    const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Cannot make the lock file ", path, ": ", std::strerror(errno), "."));
  }
  auto lock = absl::WrapUnique(new LockFile(file));
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return absl::FailedPreconditionError(
        absl::StrCat("Another server uses this store (it holds ", path,
                     "). Stop it first, or give this one a store of its own."));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("Cannot lock ", path, ": ", std::strerror(errno), "."));
}

std::string LockFile::ReadNote() const {
  std::string note(kMaxNoteBytes, '\0');
  const ssize_t got = pread(file_, note.data(), note.size(), 0);
  note.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return note;
}

void LockFile::WriteNote(const std::string& note) const {
  if (ftruncate(file_, 0) != 0) return;
  const ssize_t written = pwrite(file_, note.data(), note.size(), 0);
  if (written == static_cast<ssize_t>(note.size())) fsync(file_);
}

LockFile::~LockFile() { close(file_); }

}  // namespace oms_connector::storage
