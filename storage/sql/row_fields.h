// Reads the columns of a row one after the other, in the order in which a
// statement names them, so that nobody counts columns.
//
//   RowFields fields(row);
//   stock.product_id = fields.Int64();
//   stock.locked = fields.OptionalInt64();
#ifndef OMS_CONNECTOR_STORAGE_SQL_ROW_FIELDS_H_
#define OMS_CONNECTOR_STORAGE_SQL_ROW_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Valid as long as the row.
class RowFields {
 public:
  explicit RowFields(const SqlRow& row) : row_(row) {}

  int64_t Int64() { return row_.Int64(next_++); }
  bool Bool() { return row_.Bool(next_++); }
  absl::Time Time() { return row_.Time(next_++); }
  absl::string_view Text() { return row_.Text(next_++); }
  std::string String() { return row_.String(next_++); }
  std::string Bytes() { return std::string(row_.Bytes(next_++)); }
  std::optional<int64_t> OptionalInt64() { return row_.OptionalInt64(next_++); }
  std::optional<absl::Time> OptionalTime() {
    return row_.OptionalTime(next_++);
  }
  template <typename Enum>
  Enum As() {
    return row_.As<Enum>(next_++);
  }

 private:
  const SqlRow& row_;
  int next_ = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_ROW_FIELDS_H_
