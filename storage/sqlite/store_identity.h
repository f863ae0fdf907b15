// Knows a store's file again, so that what happened to it between two servers
// is noticed: a copy that took its place beside the log of the old file, or a
// loss of power while commits did not wait for the disk.
//
//   OMS_ASSIGN_OR_RETURN(auto lock, LockFile::Take(path + ".lock"));
//   OMS_RETURN_IF_ERROR(CheckLogBelongs(*lock, database));
//   ... open it ...
//   if (MayHaveLostCommits(*lock)) MarkRestored(...);
//   NoteOpen(*lock, database, *connection);
//   ... close it ...
//   NoteClosed(*lock);
//
// What is known stands in the lock file.
#ifndef OMS_CONNECTOR_STORAGE_SQLITE_STORE_IDENTITY_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_STORE_IDENTITY_H_

#include <string>

#include "absl/status/status.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/lock_file.h"
#include "storage/sqlite/sqlite_database.h"

namespace oms_connector::storage {

// FAILED_PRECONDITION, with what to do, when a log lies beside the file that
// was written for another one: read together they would be a mixture of both.
absl::Status CheckLogBelongs(const LockFile& lock,
                             const SqliteDatabaseOptions& options);

// Whether the last server's commits did not wait for the disk, and the machine
// was started anew before that server had ended.
bool MayHaveLostCommits(const LockFile& lock);

// Call when the store is open, and when it has been closed.
absl::Status NoteOpen(const LockFile& lock,
                      const SqliteDatabaseOptions& options,
                      SqlConnection& connection);
void NoteClosed(const LockFile& lock);

// Makes the file another one than it was a copy of.
absl::Status DrawStoreIdentity(SqlConnection& connection);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_STORE_IDENTITY_H_
