#ifndef OMS_CONNECTOR_STORAGE_SQL_RESTORE_MARK_H_
#define OMS_CONNECTOR_STORAGE_SQL_RESTORE_MARK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Makes a copy of a store fit to take the store's place, in one transaction.
// What the store did after the copy was taken is not in it, so
//
// * cursors given out before do not count any more (CURSOR_EXPIRED): their
//   positions will be reached again, by other events;
// * every connection is suspected of a gap in its channel numbers as of `now`:
//   the Order Manager tells each change once, and has told it to the store.
//
// `epoch` is a random text, the new epoch of all connections.
absl::Status MarkRestored(SqlConnection& connection, absl::string_view epoch,
                          absl::Time now);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_RESTORE_MARK_H_
