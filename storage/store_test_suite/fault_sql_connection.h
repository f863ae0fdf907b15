#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_FAULT_SQL_CONNECTION_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_FAULT_SQL_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Which call of the connections that share it fails, and how. Thread-safe.
//
//   FaultPlan faults;
//   faults.FailCall(3, model::StoreFull());
//   ... // a transaction over FaultSqlConnections
//   if (!faults.fired()) ...  // it made fewer than three calls
class FaultPlan {
 public:
  // The `n`-th call from now on (1 = the next) returns `status` and does
  // nothing else; with `loses_transaction` the database also rolls back, as
  // SQLite does when the disk is full. Once only.
  void FailCall(int64_t n, absl::Status status, bool loses_transaction = false);
  // Every call fails until the next FailCall or Clear.
  void FailAlways(absl::Status status);
  void Clear();
  // Whether a call has failed since FailCall.
  bool fired() const;
  // Calls so far, one that failed among them, without those of FailAlways: how
  // often a server tries that is as good as dead is nobody's matter.
  int64_t calls() const;
  // Commits that have succeeded, for as long as the plan lives.
  int64_t commits() const;

 private:
  friend class FaultSqlConnection;
  struct Verdict {
    absl::Status status;
    bool loses_transaction = false;
  };
  Verdict NextCall();
  void CountCommit();

  mutable absl::Mutex mutex_;
  int64_t calls_left_ ABSL_GUARDED_BY(mutex_) = 0;  // 0 = none fails
  bool always_ ABSL_GUARDED_BY(mutex_) = false;
  bool fired_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t commits_ ABSL_GUARDED_BY(mutex_) = 0;
  Verdict verdict_ ABSL_GUARDED_BY(mutex_);
};

// Passes every call on to another connection unless the plan has it fail.
// Rollback never fails, as for every connection.
class FaultSqlConnection final : public SqlConnection {
 public:
  // Does not own `plan`.
  FaultSqlConnection(std::unique_ptr<SqlConnection> connection, FaultPlan* plan)
      : connection_(std::move(connection)), plan_(plan) {}

  absl::Status Begin(bool write, const base::CallContext& context) override;
  void Bind(const base::CallContext& context) override;
  absl::Status Commit() override;
  void Rollback() override;
  bool InTransaction() const override;
  absl::StatusOr<absl::Time> Now() override { return connection_->Now(); }
  absl::StatusOr<std::string> Snapshot() override;
  absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                  absl::Span<const SqlParam> params) override;
  absl::StatusOr<int64_t> ExecuteBatch(absl::string_view sql,
                                       const SqlParamRows& rows) override;
  absl::Status Query(absl::string_view sql, absl::Span<const SqlParam> params,
                     SqlRowFunction row) override;
  absl::Status QueryBatch(absl::string_view sql, const SqlParamRows& rows,
                          SqlBatchRowFunction row) override;

 private:
  absl::Status NextCall();

  const std::unique_ptr<SqlConnection> connection_;
  FaultPlan* const plan_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_FAULT_SQL_CONNECTION_H_
