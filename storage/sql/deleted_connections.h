// What is left of connections that were deleted: rows under numbers that no
// connection has any more. They may be millions, and go some at a time.
#ifndef OMS_CONNECTOR_STORAGE_SQL_DELETED_CONNECTIONS_H_
#define OMS_CONNECTOR_STORAGE_SQL_DELETED_CONNECTIONS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The number of a deleted connection that has rows yet; 0 = there is none.
absl::StatusOr<int64_t> NextDeletedConnection(SqlConnection& sql);

// Removes about `limit` rows of such connections; 0 = none is left.
absl::StatusOr<int64_t> RemoveDeletedRows(SqlConnection& sql, int limit);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_DELETED_CONNECTIONS_H_
