#include "storage/sql/sql_query.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

absl::Status NoSuchRow() {
  return absl::NotFoundError("There is no such row.");
}

}  // namespace

absl::Status QueryEach(SqlConnection& connection, absl::string_view sql,
                       absl::Span<const SqlParam> params, SqlRowReader read) {
  return connection.Query(sql, params, [&](const SqlRow& row) {
    read(row);
    return absl::OkStatus();
  });
}

absl::Status QueryOne(SqlConnection& connection, absl::string_view sql,
                      absl::Span<const SqlParam> params, SqlRowReader read) {
  OMS_ASSIGN_OR_RETURN(const bool found,
                       QueryIfAny(connection, sql, params, read));
  return found ? absl::OkStatus() : NoSuchRow();
}

absl::StatusOr<bool> QueryIfAny(SqlConnection& connection,
                                absl::string_view sql,
                                absl::Span<const SqlParam> params,
                                SqlRowReader read) {
  bool found = false;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection, sql, params, [&](const SqlRow& row) {
        found = true;
        read(row);
      }));
  return found;
}

absl::Status ExecuteOne(SqlConnection& connection, absl::string_view sql,
                        absl::Span<const SqlParam> params) {
  OMS_ASSIGN_OR_RETURN(const int64_t changed, connection.Execute(sql, params));
  return changed > 0 ? absl::OkStatus() : NoSuchRow();
}

absl::Status QueryKeys(SqlConnection& connection, absl::string_view sql,
                       absl::Span<const SqlParam> first,
                       std::vector<int64_t> keys, SqlRowReader read) {
  if (keys.empty()) return absl::OkStatus();
  // In the order of the key: rows that are asked for one after the other lie
  // on the same pages.
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::vector<SqlParam> params;
  params.reserve(keys.size() * (first.size() + 1));
  for (const int64_t key : keys) {
    params.insert(params.end(), first.begin(), first.end());
    params.push_back(key);
  }
  return connection.QueryBatch(sql, first.size() + 1, params,
                               [&](size_t, const SqlRow& row) {
                                 read(row);
                                 return absl::OkStatus();
                               });
}

}  // namespace oms_connector::storage
