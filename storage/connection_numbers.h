// The number of a connection: the key of its rows in all tables. Each is given
// once and never again, so rows of a deleted connection are never taken for
// those of another with its id.
#ifndef OMS_CONNECTOR_STORAGE_CONNECTION_NUMBERS_H_
#define OMS_CONNECTOR_STORAGE_CONNECTION_NUMBERS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Lives as long as one transaction of `sql`, which it does not own.
class ConnectionNumbers {
 public:
  explicit ConnectionNumbers(SqlConnection& sql) : sql_(sql) {}

  // The number of a connection; 0, which is nobody's, where there is none. Asks
  // the database once for several calls with one id in a row.
  absl::StatusOr<int64_t> Find(absl::string_view id);
  // For a write of its rows: NOT_FOUND where there is none.
  absl::StatusOr<int64_t> Require(absl::string_view id);
  // The next number, for a connection that is to be inserted. Creators take
  // turns until their transactions end.
  absl::StatusOr<int64_t> Take();
  // Leaves the rows of a connection that is deleted to DeletedConnections.
  absl::Status Delete(int64_t number);
  // To be called when the number was read with something else.
  void Learn(absl::string_view id, int64_t number) {
    id_ = std::string(id);
    number_ = number;
  }

 private:
  SqlConnection& sql_;
  std::string id_;
  int64_t number_ = 0;  // of id_; 0 = not known
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_CONNECTION_NUMBERS_H_
