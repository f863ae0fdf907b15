#include "storage/sql/store_copy.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// Rows that are held in memory and sent together.
constexpr size_t kRowsAtOnce = 1000;

constexpr char kCountConnections[] = "SELECT count(*) FROM connections";

// A value that outlives the row it was read from.
struct Bytes {
  std::string bytes;
};
using Value = std::variant<std::nullptr_t, int64_t, double, std::string, Bytes>;

Value ValueAt(const SqlRow& row, int column, ColumnKind kind) {
  if (row.IsNull(column)) return nullptr;
  switch (kind) {
    case ColumnKind::kInteger:
      return row.Int64(column);
    case ColumnKind::kReal:
      return row.Double(column);
    case ColumnKind::kBytes:
      return Bytes{std::string(row.Bytes(column))};
    case ColumnKind::kText:
      break;
  }
  return row.String(column);
}

struct ToParam {
  SqlParam operator()(std::nullptr_t) const { return nullptr; }
  SqlParam operator()(int64_t value) const { return value; }
  SqlParam operator()(double value) const { return value; }
  SqlParam operator()(const std::string& text) const {
    return absl::string_view(text);
  }
  SqlParam operator()(const Bytes& bytes) const { return Blob{bytes.bytes}; }
};

// The statements are put together from names of our own schema alone.
std::string ColumnList(const CopiedTable& table) {
  return absl::StrJoin(table.columns, ", ",
                       [](std::string* out, const CopiedColumn& column) {
                         absl::StrAppend(out, column.name);
                       });
}

std::string SelectFrom(const CopiedTable& table) {
  return absl::StrCat("SELECT ", ColumnList(table), " FROM ", table.name,
                      " ORDER BY ", absl::StrJoin(table.key, ", "));
}

std::string InsertInto(const CopiedTable& table) {
  std::string params;
  for (size_t i = 1; i <= table.columns.size(); ++i) {
    absl::StrAppend(&params, i == 1 ? "$" : ", $", i);
  }
  return absl::StrCat("INSERT INTO ", table.name, " (", ColumnList(table),
                      ") VALUES (", params, ")");
}

// Collects rows and sends them on together.
class TableWriter {
 public:
  TableWriter(const CopiedTable& table, SqlConnection& to)
      : table_(table), insert_(InsertInto(table)), to_(to) {}

  absl::Status Add(const SqlRow& row) {
    std::vector<Value>& values = rows_.emplace_back();
    values.reserve(table_.columns.size());
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      values.push_back(
          ValueAt(row, static_cast<int>(i), table_.columns[i].kind));
    }
    return rows_.size() < kRowsAtOnce ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    SqlParamRows params;
    params.reserve(rows_.size());
    std::vector<SqlParam> row;
    for (const std::vector<Value>& values : rows_) {
      row.clear();
      for (const Value& value : values) {
        row.push_back(std::visit(ToParam(), value));
      }
      params.push_back(row);
    }
    OMS_RETURN_IF_ERROR(to_.ExecuteBatch(insert_, params).status());
    count_ += static_cast<int64_t>(rows_.size());
    rows_.clear();
    return absl::OkStatus();
  }

  int64_t count() const { return count_; }

 private:
  const CopiedTable& table_;
  const std::string insert_;
  SqlConnection& to_;
  std::vector<std::vector<Value>> rows_;
  int64_t count_ = 0;
};

absl::StatusOr<int64_t> CopyTable(const CopiedTable& table, SqlConnection& from,
                                  SqlConnection& to) {
  TableWriter writer(table, to);
  OMS_RETURN_IF_ERROR(from.Query(SelectFrom(table), {}, [&](const SqlRow& row) {
    return writer.Add(row);
  }));
  OMS_RETURN_IF_ERROR(writer.Flush());
  base::LogInfo("copied a table",
                {{"table", table.name}, {"rows", writer.count()}});
  return writer.count();
}

absl::Status CheckEmpty(SqlConnection& to) {
  int64_t connections = 0;
  OMS_RETURN_IF_ERROR(
      QueryOne(to, kCountConnections, {},
               [&](const SqlRow& row) { connections = row.Int64(0); }));
  if (connections == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "The store to copy to holds connections already. Copy into an empty "
      "one.");
}

absl::StatusOr<int64_t> CopyAll(const std::vector<CopiedTable>& tables,
                                SqlConnection& from, SqlConnection& to) {
  OMS_RETURN_IF_ERROR(from.Begin(/*write=*/false, base::CallContext()));
  OMS_RETURN_IF_ERROR(to.Begin(/*write=*/true, base::CallContext()));
  OMS_RETURN_IF_ERROR(CheckEmpty(to));
  int64_t rows = 0;
  for (const CopiedTable& table : tables) {
    OMS_ASSIGN_OR_RETURN(const int64_t copied, CopyTable(table, from, to));
    rows += copied;
  }
  OMS_RETURN_IF_ERROR(to.Commit());
  return rows;
}

}  // namespace

absl::StatusOr<int64_t> CopyTables(const std::vector<CopiedTable>& tables,
                                   SqlConnection& from, SqlConnection& to) {
  const absl::StatusOr<int64_t> rows = CopyAll(tables, from, to);
  if (!rows.ok()) to.Rollback();
  from.Rollback();
  return rows;
}

}  // namespace oms_connector::storage
