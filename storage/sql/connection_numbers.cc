#include "storage/connection_numbers.h"

#include "base/status_macros.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

constexpr char kFindNumber[] =
    "SELECT number FROM connections WHERE connection = $1";

constexpr char kTakeNumber[] = R"(
    INSERT INTO last_connection_number (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = last_connection_number.number + 1
    RETURNING number)";

constexpr char kInsertNumber[] =
    "INSERT INTO connection_numbers (number, deleted) VALUES ($1, 0)";

constexpr char kDeleteNumber[] =
    "UPDATE connection_numbers SET deleted = 1 WHERE number = $1";

}  // namespace

absl::StatusOr<int64_t> ConnectionNumbers::Find(absl::string_view id) {
  if (number_ != 0 && id_ == id) return number_;
  number_ = 0;
  id_ = std::string(id);
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kFindNumber, {id},
                [&](const SqlRow& row) { number_ = row.Int64(0); }));
  return number_;
}

absl::StatusOr<int64_t> ConnectionNumbers::Require(absl::string_view id) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, Find(id));
  if (number == 0) return absl::NotFoundError("There is no such connection.");
  return number;
}

absl::StatusOr<int64_t> ConnectionNumbers::Take() {
  int64_t taken = 0;
  OMS_RETURN_IF_ERROR(QueryOne(
      sql_, kTakeNumber, {}, [&](const SqlRow& row) { taken = row.Int64(0); }));
  OMS_RETURN_IF_ERROR(sql_.Execute(kInsertNumber, {taken}).status());
  number_ = 0;
  return taken;
}

absl::Status ConnectionNumbers::Delete(int64_t number) {
  number_ = 0;
  return ExecuteOne(sql_, kDeleteNumber, {number});
}

}  // namespace oms_connector::storage
