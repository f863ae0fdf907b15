#ifndef OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_BACKUP_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_BACKUP_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/sqlite_database.h"

namespace oms_connector::storage {

// Writes one consistent state of the store that `options` name into a new file
// `backup_path`, also while a server uses the store; it reads, so writers go on
// meanwhile. The file appears under its name when it is complete and on disk,
// readable by its owner alone. It is a store of its own: start a server on it
// to restore. `finish` has the copy to itself before that; what it writes is
// part of the backup, and an error of it ends the backup.
//
// FAILED_PRECONDITION, with a message for the operator, when the store cannot
// be read, when `backup_path` exists, or when it cannot be written.
absl::Status BackUpSqliteDatabase(
    const SqliteDatabaseOptions& options, const std::string& backup_path,
    absl::FunctionRef<absl::Status(SqlConnection&)> finish);

// Puts a copy of the file `from` in the place of the store that `options` name,
// which no server may have. What is there, with its log, is set aside under
// names of its own; the copy appears whole or not at all. `finish` as above.
//
// Where the old store was set aside; empty where there was none. Errors as
// above, and when `from` is no store of ours.
absl::StatusOr<std::string> RestoreSqliteDatabase(
    const SqliteDatabaseOptions& options, const std::string& from,
    absl::FunctionRef<absl::Status(SqlConnection&)> finish);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_BACKUP_H_
