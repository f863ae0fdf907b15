#include "storage/sqlite/sqlite_status.h"

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "model/errors.h"

namespace oms_connector::storage {
namespace {

// The low byte of an extended code is the primary one.
int Primary(int code) { return code & 0xff; }

// A quota on disk space tells itself by errno alone; a full disk may also be
// met first where shared memory is laid out.
bool IsFull(int code, int system_errno) {
  if (Primary(code) == sqlite_code::kFull) return true;
  if (code == sqlite_code::kIoErrorShmSize) return true;
  return Primary(code) == sqlite_code::kIoError &&
         (system_errno == ENOSPC || system_errno == EDQUOT);
}

}  // namespace

absl::Status SqliteStatus(int code, int system_errno,
                          absl::string_view message) {
  if (IsFull(code, system_errno)) return model::StoreFull();
  switch (code) {
    case sqlite_code::kConstraintPrimaryKey:
    case sqlite_code::kConstraintUnique:
    case sqlite_code::kConstraintRowId:
      return absl::AlreadyExistsError("A row with this key exists already.");
    case sqlite_code::kConstraintForeignKey:
      return absl::NotFoundError("The row that this one belongs to is gone.");
  }
  switch (Primary(code)) {
    case sqlite_code::kBusy:
    case sqlite_code::kLocked:
      return model::StoreBusy(kStoreBusyRetryDelay);
  }
  return model::Internal(
      absl::StrCat("SQLite failed with code ", code, ": ", message));
}

}  // namespace oms_connector::storage
