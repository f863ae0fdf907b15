#include "storage/sql/sql_query.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// A page of keys is read as one range while the range holds at most so many
// times as many rows; what lies beyond is looked up.
constexpr size_t kRangeSlack = 2;
// Fewer keys are looked up at once.
constexpr size_t kRangeFrom = 16;

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

absl::StatusOr<std::vector<int64_t>> QueryIds(
    SqlConnection& connection, absl::string_view sql,
    absl::Span<const SqlParam> params) {
  std::vector<int64_t> ids;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection, sql, params,
                [&](const SqlRow& row) { ids.push_back(row.Int64(0)); }));
  return ids;
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

std::vector<int64_t> Ascending(std::vector<int64_t> keys) {
  // As they come nearly always.
  if (!std::is_sorted(keys.begin(), keys.end())) {
    std::sort(keys.begin(), keys.end());
  }
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

absl::Status QueryKeys(SqlConnection& connection, absl::string_view sql,
                       absl::Span<const SqlParam> first,
                       std::vector<int64_t> keys, SqlRowReader read) {
  if (keys.empty()) return absl::OkStatus();
  // In the order of the key: rows that are asked for one after the other lie
  // on the same pages.
  keys = Ascending(std::move(keys));
  SqlParamRows rows;
  rows.reserve(keys.size());
  std::vector<SqlParam> params(first.begin(), first.end());
  params.emplace_back();
  for (const int64_t key : keys) {
    params.back() = key;
    rows.push_back(params);
  }
  return connection.QueryBatch(sql, rows, [&](size_t, const SqlRow& row) {
    read(row);
    return absl::OkStatus();
  });
}

absl::Status QueryKeyPage(SqlConnection& connection,
                          const KeyPageStatements& statements,
                          absl::Span<const SqlParam> first,
                          const std::vector<int64_t>& keys, SqlRowReader read) {
  auto next = keys.begin();  // the first that is not read to its end
  size_t of_next = 0;        // its rows that were read
  if (keys.size() >= kRangeFrom) {
    const size_t limit = kRangeSlack * keys.size();
    std::vector<SqlParam> params(first.begin(), first.end());
    params.insert(params.end(),
                  {keys.front(), keys.back(), static_cast<int64_t>(limit)});
    size_t count = 0;
    int64_t last = 0;
    OMS_RETURN_IF_ERROR(
        QueryEach(connection, statements.range, params, [&](const SqlRow& row) {
          ++count;
          last = row.Int64(statements.key_column);
          while (next != keys.end() && *next < last) {
            ++next;
            of_next = 0;
          }
          if (next == keys.end() || *next != last) return;
          ++of_next;
          read(row);
        }));
    if (count < limit) return absl::OkStatus();
    // The last key may have more rows than were read.
  }
  return QueryKeys(connection, statements.one, first, {next, keys.end()},
                   [&](const SqlRow& row) {
                     if (of_next > 0) {
                       --of_next;
                     } else {
                       read(row);
                     }
                   });
}

}  // namespace oms_connector::storage
