#include "base/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/secret_string.h"
#include "base/status_macros.h"

namespace oms_connector::base {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

absl::Status FromErrno(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

absl::Status CheckSafe(int file, const std::string& path, size_t size) {
  struct stat info;
  if (fstat(file, &info) != 0) return FromErrno("inspect", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is no regular file"));
  }
  if ((info.st_mode & kOthers) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is open to others; run: chmod 600 ", path));
  }
  if (static_cast<size_t>(info.st_size) != size) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " has ", info.st_size, " bytes instead of ", size,
                     "; restore it from its backup"));
  }
  return absl::OkStatus();
}

absl::Status WriteAll(int file, absl::string_view contents,
                      const std::string& path) {
  while (!contents.empty()) {
    const ssize_t written = write(file, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FromErrno("write", path);
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(file) == 0 ? absl::OkStatus() : FromErrno("flush", path);
}

// Makes a new name in a folder outlive a power cut.
absl::Status FlushFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return FromErrno("open", folder);
  const auto closer = absl::MakeCleanup([file] { close(file); });
  return fsync(file) == 0 ? absl::OkStatus() : FromErrno("flush", folder);
}

}  // namespace

absl::StatusOr<SecretString> ReadSecretFile(const std::string& path,
                                            size_t size) {
  // Without blocking, or a pipe in its place would hold us up for ever.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return FromErrno("open", path);
  const auto closer = absl::MakeCleanup([file] { close(file); });
  OMS_RETURN_IF_ERROR(CheckSafe(file, path, size));
  std::string contents(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    const ssize_t got = read(file, contents.data() + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FromErrno("read", path);
    if (got == 0) {
      return absl::UnavailableError(absl::StrCat(path, " shrank while read"));
    }
    filled += static_cast<size_t>(got);
  }
  return SecretString(std::move(contents));
}

absl::Status CreateSecretFile(const std::string& path,
                              const SecretString& contents) {
  // Written under another name first: link() then makes it appear whole, and
  // fails where the name is taken.
  std::string draft = absl::StrCat(path, ".XXXXXX");
  const int file = mkostemp(draft.data(), O_CLOEXEC);  // O_EXCL, mode 0600
  if (file < 0) return FromErrno("create", draft);
  const auto closer = absl::MakeCleanup([file, &draft] {
    close(file);
    unlink(draft.c_str());
  });
  OMS_RETURN_IF_ERROR(WriteAll(file, contents.Reveal(), draft));
  if (link(draft.c_str(), path.c_str()) != 0) return FromErrno("create", path);
  return FlushFolderOf(path);
}

}  // namespace oms_connector::base
