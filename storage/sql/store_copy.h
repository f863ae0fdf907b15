#ifndef OMS_CONNECTOR_STORAGE_SQL_STORE_COPY_H_
#define OMS_CONNECTOR_STORAGE_SQL_STORE_COPY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// One table as it is on every database.
struct CopiedTable {
  absl::string_view name;
  absl::string_view key;      // its primary key's columns, "a, b"
  absl::string_view columns;  // all of them, "a, b, c"
  // One letter for each column: t text, i integer, r real, b bytes.
  absl::string_view kinds;
};

// Every table of the store, each after those that it refers to.
absl::Span<const CopiedTable> CopiedTables();

// Copies all rows of all tables, each in the order of its key, from the state
// that `from` sees into `to`, in one transaction, so all or nothing. Numbers,
// epochs, leases and checkpoints are copied as they are, so cursors that were
// given out stay valid. Both have the same schema version. The number of rows;
// FAILED_PRECONDITION when `to` holds connections already.
absl::StatusOr<int64_t> CopyTables(SqlConnection& from, SqlConnection& to);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_STORE_COPY_H_
