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

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SQL_QUERY_H_
