// The few shapes that most statements have.
//
//   OMS_RETURN_IF_ERROR(QueryOne(connection, kSelect, {id},
//       [&](const SqlRow& row) { name = row.String(0); }));
#ifndef OMS_CONNECTOR_STORAGE_SQL_SQL_QUERY_H_
#define OMS_CONNECTOR_STORAGE_SQL_SQL_QUERY_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

using SqlRowReader = absl::FunctionRef<void(const SqlRow&)>;

// Reads every row of the result.
absl::Status QueryEach(SqlConnection& connection, absl::string_view sql,
                       absl::Span<const SqlParam> params, SqlRowReader read);

// The ids in the first column.
absl::StatusOr<std::vector<int64_t>> QueryIds(
    SqlConnection& connection, absl::string_view sql,
    absl::Span<const SqlParam> params);

// Reads the only row; NOT_FOUND when there is none.
absl::Status QueryOne(SqlConnection& connection, absl::string_view sql,
                      absl::Span<const SqlParam> params, SqlRowReader read);

// Reads the only row; false when there is none.
absl::StatusOr<bool> QueryIfAny(SqlConnection& connection,
                                absl::string_view sql,
                                absl::Span<const SqlParam> params,
                                SqlRowReader read);

// Changes the only row; NOT_FOUND when none was changed.
absl::Status ExecuteOne(SqlConnection& connection, absl::string_view sql,
                        absl::Span<const SqlParam> params);

// Reads every row of a statement whose last parameter is one of `keys`, once
// for each key. `first` are the parameters before it.
absl::Status QueryKeys(SqlConnection& connection, absl::string_view sql,
                       absl::Span<const SqlParam> first,
                       std::vector<int64_t> keys, SqlRowReader read);

// The rows of a page of keys, said in two ways. Rows of one key come in the
// same order in both.
struct KeyPageStatements {
  // Those from one key to another, ascending, and how many at most: the last
  // three parameters.
  absl::string_view range;
  // Those of one key, the last parameter.
  absl::string_view one;
  int key_column = 0;  // where a row tells its key
};

// Each once, ascending.
std::vector<int64_t> Ascending(std::vector<int64_t> keys);

// Reads every row of `keys`, which ascend and differ: as a range where they lie
// close together, as those of a page do. Ascending.
absl::Status QueryKeyPage(SqlConnection& connection,
                          const KeyPageStatements& statements,
                          absl::Span<const SqlParam> first,
                          const std::vector<int64_t>& keys, SqlRowReader read);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SQL_QUERY_H_
