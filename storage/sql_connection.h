// The small promise that a database driver keeps, so that storage/sql can say
// each statement once. Implemented over sqlite3 (storage/sqlite) and libpq
// (storage/postgres), and wrapped by tests to make the n-th call fail.
//
// A statement is a constant text with parameters `$1`, `$2`, …, understood by
// both databases. It is prepared once per connection and kept, so texts must be
// constants: their number is what bounds the memory for them.
//
// A connection is used by one thread at a time.
//
// Errors: UNAVAILABLE with reason STORE_BUSY (locked, serialisation failure,
// deadlock, connection lost; the transaction may run again), RESOURCE_EXHAUSTED
// with STORE_FULL, ALREADY_EXISTS for a violated key, NOT_FOUND where the row
// that a foreign key names is missing, DEADLINE_EXCEEDED and CANCELLED from the
// context, INTERNAL for anything else. After an error the transaction may be
// gone (InTransaction); what came before in it is then undone.
#ifndef OMS_CONNECTOR_STORAGE_SQL_CONNECTION_H_
#define OMS_CONNECTOR_STORAGE_SQL_CONNECTION_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"

namespace oms_connector::storage {

// Bytes that are no text.
struct Blob {
  absl::string_view bytes;
};

// A value bound to a parameter. Views must outlive the call. Flags are bound
// as integers 0 and 1, times as microseconds since the epoch (SqlTime).
using SqlParam =
    std::variant<std::nullptr_t, int64_t, double, absl::string_view, Blob>;

inline SqlParam SqlBool(bool value) { return int64_t{value ? 1 : 0}; }
inline SqlParam SqlTime(absl::Time time) { return absl::ToUnixMicros(time); }
// An enumeration is kept as the number that model gives it.
template <typename Enum>
SqlParam SqlEnum(Enum value) {
  return static_cast<int64_t>(value);
}
// Whole microseconds.
inline SqlParam SqlDuration(absl::Duration duration) {
  return absl::ToInt64Microseconds(duration);
}
inline SqlParam SqlOptional(const std::optional<int64_t>& value) {
  return value.has_value() ? SqlParam(*value) : SqlParam(nullptr);
}
inline SqlParam SqlOptional(const std::optional<double>& value) {
  return value.has_value() ? SqlParam(*value) : SqlParam(nullptr);
}
inline SqlParam SqlOptionalTime(const std::optional<absl::Time>& time) {
  return time.has_value() ? SqlTime(*time) : SqlParam(nullptr);
}
inline SqlParam SqlOptionalDuration(
    const std::optional<absl::Duration>& duration) {
  return duration.has_value() ? SqlDuration(*duration) : SqlParam(nullptr);
}

// Parameters of one statement for many rows, side by side: the first row says
// how wide all are. Views must outlive the call, as with SqlParam.
class SqlParamRows {
 public:
  SqlParamRows() = default;
  SqlParamRows(std::initializer_list<std::initializer_list<SqlParam>> rows) {
    for (const std::initializer_list<SqlParam>& row : rows) push_back(row);
  }

  void reserve(size_t rows) { reserved_ = rows; }
  void push_back(std::initializer_list<SqlParam> row) {
    push_back(absl::MakeConstSpan(row.begin(), row.size()));
  }
  void push_back(absl::Span<const SqlParam> row) {
    if (params_.empty()) {
      width_ = row.size();
      params_.reserve(reserved_ * width_);
    }
    params_.insert(params_.end(), row.begin(), row.end());
  }

  bool empty() const { return params_.empty(); }
  size_t size() const { return empty() ? 0 : params_.size() / width_; }
  // Parameters of each.
  size_t width() const { return width_; }
  absl::Span<const SqlParam> operator[](size_t row) const {
    return Rows(row, 1);
  }
  // Those of several, one after the other.
  absl::Span<const SqlParam> Rows(size_t first, size_t count) const {
    return absl::MakeConstSpan(params_).subspan(first * width_, count * width_);
  }

 private:
  std::vector<SqlParam> params_;
  size_t width_ = 0;
  size_t reserved_ = 0;
};

// One row of a result; valid during the callback only. Columns count from 0.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Int64(int column) const = 0;  // 0 when null
  virtual double Double(int column) const = 0;
  virtual absl::string_view Text(int column) const = 0;   // "" when null
  virtual absl::string_view Bytes(int column) const = 0;  // "" when null

  bool Bool(int column) const { return Int64(column) != 0; }
  template <typename Enum>
  Enum As(int column) const {
    return static_cast<Enum>(Int64(column));
  }
  std::string String(int column) const { return std::string(Text(column)); }
  absl::Time Time(int column) const {
    return absl::FromUnixMicros(Int64(column));
  }
  absl::Duration Duration(int column) const {
    return absl::Microseconds(Int64(column));
  }
  std::optional<int64_t> OptionalInt64(int column) const {
    if (IsNull(column)) return std::nullopt;
    return Int64(column);
  }
  std::optional<double> OptionalDouble(int column) const {
    if (IsNull(column)) return std::nullopt;
    return Double(column);
  }
  std::optional<absl::Time> OptionalTime(int column) const {
    if (IsNull(column)) return std::nullopt;
    return Time(column);
  }
  std::optional<absl::Duration> OptionalDuration(int column) const {
    if (IsNull(column)) return std::nullopt;
    return Duration(column);
  }
};

using SqlRowFunction = absl::FunctionRef<absl::Status(const SqlRow&)>;
// With the number of the row of parameters that the row is for, from 0.
using SqlBatchRowFunction =
    absl::FunctionRef<absl::Status(size_t, const SqlRow&)>;

class SqlConnection {
 public:
  virtual ~SqlConnection() = default;

  // Transactions. Begin takes the write lock at once where `write` is true.
  // `context` bounds every statement until Commit or Rollback, or until Bind
  // puts another in its place. A Commit that fails leaves a transaction to be
  // rolled back; it is never cut short by the context.
  virtual absl::Status Begin(bool write, const base::CallContext& context) = 0;
  virtual void Bind(const base::CallContext& context) = 0;
  virtual absl::Status Commit() = 0;
  // Does nothing where there is no transaction.
  virtual void Rollback() = 0;
  // False also when the database itself has rolled back after an error.
  virtual bool InTransaction() const = 0;
  // The time by the clock of all who use the database: the database's own where
  // several machines do, else this process'. Within a transaction.
  virtual absl::StatusOr<absl::Time> Now() = 0;
  // A name for what a read transaction sees: where two of this process get the
  // same one, nothing was committed between them, by whomever. (SQLite notices
  // a tenth of a second late what another program has committed, which only a
  // hand at the file does.) Empty in a transaction that writes, and where a
  // commit that is under way may be seen or not. Within a transaction, which
  // fails with STORE_BUSY at its next statement, and is to be run again, where
  // it can no longer show what it has named.
  virtual absl::StatusOr<std::string> Snapshot() = 0;

  // Runs a statement that returns no rows; the number of rows that it changed.
  virtual absl::StatusOr<int64_t> Execute(
      absl::string_view sql, absl::Span<const SqlParam> params) = 0;
  // Runs one statement for each row of parameters, in order, in as few round
  // trips as the database allows; the number of rows changed in all.
  virtual absl::StatusOr<int64_t> ExecuteBatch(absl::string_view sql,
                                               const SqlParamRows& rows) = 0;
  // Calls `row` for each row of the result, in the statement's order, until it
  // returns an error, which Query then returns.
  virtual absl::Status Query(absl::string_view sql,
                             absl::Span<const SqlParam> params,
                             SqlRowFunction row) = 0;
  // Runs one statement for each row of parameters, in order, in as few round
  // trips as the database allows, and calls `row` as Query does.
  virtual absl::Status QueryBatch(absl::string_view sql,
                                  const SqlParamRows& rows,
                                  SqlBatchRowFunction row) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_CONNECTION_H_
