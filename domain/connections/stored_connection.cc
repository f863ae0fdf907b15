#include "domain/connections/stored_connection.h"

#include "absl/status/status.h"
#include "model/errors.h"

namespace oms_connector::connections {
namespace {

template <typename Row>
absl::StatusOr<Row> OrConnectionNotFound(absl::StatusOr<Row> row,
                                         absl::string_view connection) {
  if (absl::IsNotFound(row.status())) {
    return model::ConnectionNotFound(connection);
  }
  return row;
}

}  // namespace

absl::StatusOr<model::Connection> FindConnection(storage::ReadTransaction& txn,
                                                 absl::string_view connection) {
  return OrConnectionNotFound(txn.connections().GetConnection(connection),
                              connection);
}

absl::StatusOr<model::StoredSettings> FindSettings(
    storage::ReadTransaction& txn, absl::string_view connection) {
  return OrConnectionNotFound(txn.connections().GetSettings(connection),
                              connection);
}

}  // namespace oms_connector::connections
