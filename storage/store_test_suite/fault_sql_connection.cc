#include "storage/store_test_suite/fault_sql_connection.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

void FaultPlan::FailCall(int64_t n, absl::Status status,
                         bool loses_transaction) {
  absl::MutexLock lock(&mutex_);
  calls_left_ = n;
  always_ = false;
  fired_ = false;
  verdict_ = {std::move(status), loses_transaction};
}

void FaultPlan::FailAlways(absl::Status status) {
  FailCall(1, std::move(status));
  absl::MutexLock lock(&mutex_);
  always_ = true;
}

void FaultPlan::Clear() {
  absl::MutexLock lock(&mutex_);
  calls_left_ = 0;
  always_ = false;
}

bool FaultPlan::fired() const {
  absl::MutexLock lock(&mutex_);
  return fired_;
}

int64_t FaultPlan::calls() const {
  absl::MutexLock lock(&mutex_);
  return calls_;
}

int64_t FaultPlan::commits() const {
  absl::MutexLock lock(&mutex_);
  return commits_;
}

void FaultPlan::CountCommit() {
  absl::MutexLock lock(&mutex_);
  ++commits_;
}

FaultPlan::Verdict FaultPlan::NextCall() {
  absl::MutexLock lock(&mutex_);
  if (!always_) ++calls_;
  if (calls_left_ == 0) return {};
  if (!always_ && --calls_left_ > 0) return {};
  fired_ = true;
  return verdict_;
}

absl::Status FaultSqlConnection::NextCall() {
  FaultPlan::Verdict verdict = plan_->NextCall();
  if (verdict.loses_transaction) connection_->Rollback();
  return verdict.status;
}

absl::Status FaultSqlConnection::Begin(bool write,
                                       const base::CallContext& context) {
  OMS_RETURN_IF_ERROR(NextCall());
  return connection_->Begin(write, context);
}

void FaultSqlConnection::Bind(const base::CallContext& context) {
  connection_->Bind(context);
}

absl::Status FaultSqlConnection::Commit() {
  OMS_RETURN_IF_ERROR(NextCall());
  OMS_RETURN_IF_ERROR(connection_->Commit());
  plan_->CountCommit();
  return absl::OkStatus();
}

void FaultSqlConnection::Rollback() { connection_->Rollback(); }

bool FaultSqlConnection::InTransaction() const {
  return connection_->InTransaction();
}

absl::StatusOr<int64_t> FaultSqlConnection::Execute(
    absl::string_view sql, absl::Span<const SqlParam> params) {
  OMS_RETURN_IF_ERROR(NextCall());
  return connection_->Execute(sql, params);
}

absl::StatusOr<int64_t> FaultSqlConnection::ExecuteBatch(
    absl::string_view sql, const SqlParamRows& rows) {
  OMS_RETURN_IF_ERROR(NextCall());
  return connection_->ExecuteBatch(sql, rows);
}

absl::StatusOr<std::string> FaultSqlConnection::Snapshot() {
  OMS_RETURN_IF_ERROR(NextCall());
  return connection_->Snapshot();
}

absl::Status FaultSqlConnection::Query(absl::string_view sql,
                                       absl::Span<const SqlParam> params,
                                       SqlRowFunction row) {
  OMS_RETURN_IF_ERROR(NextCall());
  return connection_->Query(sql, params, row);
}

absl::Status FaultSqlConnection::QueryBatch(absl::string_view sql,
                                            const SqlParamRows& rows,
                                            SqlBatchRowFunction row) {
  OMS_RETURN_IF_ERROR(NextCall());
  return connection_->QueryBatch(sql, rows, row);
}

}  // namespace oms_connector::storage
