#ifndef OMS_CONNECTOR_STORAGE_SQL_STORE_COPY_H_
#define OMS_CONNECTOR_STORAGE_SQL_STORE_COPY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

enum class ColumnKind { kInteger, kReal, kText, kBytes };

struct CopiedColumn {
  std::string name;
  ColumnKind kind = ColumnKind::kInteger;
};

// A table as the catalogue of a database tells it.
struct CopiedTable {
  std::string name;
  std::vector<CopiedColumn> columns;
  std::vector<std::string> key;  // the columns of its primary key, in order
};

// Copies all rows of `tables`, each in the order of its key, from the state
// that `from` sees into `to`, in one transaction, so all or nothing. Numbers,
// epochs, leases and checkpoints are copied as they are, so cursors that were
// given out stay valid. Each table stands after those that it refers to, and is
// the same on both sides. The number of rows; FAILED_PRECONDITION when `to`
// holds connections already.
absl::StatusOr<int64_t> CopyTables(const std::vector<CopiedTable>& tables,
                                   SqlConnection& from, SqlConnection& to);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_STORE_COPY_H_
