#ifndef OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_STATUS_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::storage {

// SQLite's result codes that mean something of their own to us. Source:
// https://www.sqlite.org/rescode.html; sqlite_connection.cc checks the numbers
// against the library's header.
namespace sqlite_code {
inline constexpr int kBusy = 5;
inline constexpr int kLocked = 6;
inline constexpr int kInterrupt = 9;
inline constexpr int kIoError = 10;
inline constexpr int kFull = 13;
inline constexpr int kCantOpen = 14;
inline constexpr int kCorrupt = 11;
inline constexpr int kNotADatabase = 26;
inline constexpr int kConstraintForeignKey = 787;
inline constexpr int kConstraintPrimaryKey = 1555;
inline constexpr int kConstraintUnique = 2067;
inline constexpr int kConstraintRowId = 2579;
inline constexpr int kIoErrorShmSize = 4874;
}  // namespace sqlite_code

// How long a caller should wait that was told STORE_BUSY.
inline constexpr absl::Duration kStoreBusyRetryDelay = absl::Seconds(1);

// The status, as storage/sql_connection.h lists them, for a failed call of the
// library. `code` is the extended result code, `system_errno` what the
// operating system said with it, `message` the library's text, which goes into
// the log only.
absl::Status SqliteStatus(int code, int system_errno,
                          absl::string_view message);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_STATUS_H_
