#include "tests/endpoints/sql_counter.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/call_context.h"

namespace oms_connector::testing_support {
namespace {

// A group commit parts its functions by savepoints.
bool IsSavepoint(absl::string_view sql) {
  return absl::StartsWith(sql, "SAVEPOINT") ||
         absl::StartsWith(sql, "RELEASE SAVEPOINT") ||
         absl::StartsWith(sql, "ROLLBACK TO SAVEPOINT");
}

}  // namespace

class CountingSqlConnection final : public storage::SqlConnection {
 public:
  CountingSqlConnection(std::unique_ptr<storage::SqlConnection> connection,
                        SqlCounter* counter)
      : connection_(std::move(connection)), counter_(counter) {}

  absl::Status Begin(bool write, const base::CallContext& context) override {
    counter_->CountBegin(write);
    return connection_->Begin(write, context);
  }
  void Bind(const base::CallContext& context) override {
    connection_->Bind(context);
  }
  absl::Status Commit() override { return connection_->Commit(); }
  void Rollback() override { connection_->Rollback(); }
  bool InTransaction() const override { return connection_->InTransaction(); }
  absl::StatusOr<absl::Time> Now() override { return connection_->Now(); }
  // Travels with BEGIN where the database is asked for it.
  absl::StatusOr<std::string> Snapshot() override {
    return connection_->Snapshot();
  }

  absl::StatusOr<int64_t> Execute(
      absl::string_view sql,
      absl::Span<const storage::SqlParam> params) override {
    absl::StatusOr<int64_t> changed = connection_->Execute(sql, params);
    SqlCounts more;
    more.rows_changed = changed.ok() ? *changed : 0;
    counter_->CountStatement(sql, more);
    return changed;
  }
  absl::StatusOr<int64_t> ExecuteBatch(
      absl::string_view sql, const storage::SqlParamRows& rows) override {
    absl::StatusOr<int64_t> changed = connection_->ExecuteBatch(sql, rows);
    SqlCounts more;
    more.batch_rows = static_cast<int64_t>(rows.size());
    more.rows_changed = changed.ok() ? *changed : 0;
    counter_->CountStatement(sql, more);
    return changed;
  }
  absl::Status Query(absl::string_view sql,
                     absl::Span<const storage::SqlParam> params,
                     storage::SqlRowFunction row) override {
    SqlCounts more;
    more.reads = 1;
    absl::Status status =
        connection_->Query(sql, params, [&](const storage::SqlRow& each) {
          ++more.rows_read;
          return row(each);
        });
    counter_->CountStatement(sql, more);
    return status;
  }
  absl::Status QueryBatch(absl::string_view sql,
                          const storage::SqlParamRows& rows,
                          storage::SqlBatchRowFunction row) override {
    SqlCounts more;
    more.reads = 1;
    more.batch_rows = static_cast<int64_t>(rows.size());
    absl::Status status = connection_->QueryBatch(
        sql, rows, [&](size_t index, const storage::SqlRow& each) {
          ++more.rows_read;
          return row(index, each);
        });
    counter_->CountStatement(sql, more);
    return status;
  }

 private:
  const std::unique_ptr<storage::SqlConnection> connection_;
  SqlCounter* const counter_;
};

std::function<std::unique_ptr<storage::SqlConnection>(
    std::unique_ptr<storage::SqlConnection>)>
SqlCounter::decorator() {
  return [this](std::unique_ptr<storage::SqlConnection> connection) {
    return std::make_unique<CountingSqlConnection>(std::move(connection), this);
  };
}

SqlCounts SqlCounter::counts() const {
  absl::MutexLock lock(&mutex_);
  return counts_;
}

void SqlCounter::Reset() {
  absl::MutexLock lock(&mutex_);
  counts_ = {};
  texts_.clear();
}

std::map<std::string, int64_t> SqlCounter::texts() const {
  absl::MutexLock lock(&mutex_);
  return {texts_.begin(), texts_.end()};
}

std::string SqlCounter::Report() const {
  const SqlCounts counts = this->counts();
  std::string report =
      absl::StrCat(counts.transactions, " transactions, ", counts.statements,
                   " statements, ", counts.rows_read, " rows read, ",
                   counts.rows_changed, " rows changed\n");
  for (const auto& [text, times] : texts()) {
    absl::StrAppend(&report, times, " x ", absl::StripAsciiWhitespace(text),
                    "\n");
  }
  return report;
}

void SqlCounter::CountBegin(bool write) {
  absl::MutexLock lock(&mutex_);
  ++counts_.transactions;
  if (write) ++counts_.write_transactions;
}

void SqlCounter::CountStatement(absl::string_view sql, const SqlCounts& more) {
  if (IsSavepoint(sql)) return;
  absl::MutexLock lock(&mutex_);
  ++counts_.statements;
  counts_.reads += more.reads;
  counts_.batch_rows += more.batch_rows;
  counts_.rows_read += more.rows_read;
  counts_.rows_changed += more.rows_changed;
  const auto found = texts_.find(sql);
  if (found != texts_.end()) {
    ++found->second;
  } else {
    texts_.emplace(std::string(sql), 1);
  }
}

}  // namespace oms_connector::testing_support
