#include "storage/sql/connection_pool.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/status_macros.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

ConnectionPool::ConnectionPool(
    std::vector<std::unique_ptr<SqlConnection>> connections, base::Clock* clock)
    : clock_(clock), connections_(std::move(connections)) {
  for (const auto& connection : connections_) free_.push_back(connection.get());
}

absl::StatusOr<ConnectionPool::Loan> ConnectionPool::Borrow(
    const base::CallContext& context) {
  {
    absl::MutexLock lock(&mutex_);
    if (!free_.empty()) {
      OMS_RETURN_IF_ERROR(context.Check(clock_->SteadyNow()));
      return Lend();
    }
  }
  return WaitAndBorrow(context);
}

absl::StatusOr<ConnectionPool::Loan> ConnectionPool::WaitAndBorrow(
    const base::CallContext& context) {
  bool cancelled = false;  // guarded by mutex_
  const base::CancellationRegistration registration =
      context.cancellation().OnCancel([this, &cancelled] {
        absl::MutexLock lock(&mutex_);
        cancelled = true;
      });
  absl::MutexLock lock(&mutex_);
  const auto free_or_cancelled = [this, &cancelled] {
    mutex_.AssertReaderHeld();
    return !free_.empty() || cancelled;
  };
  // The wait is on the machine's time, so the clock that counts has a last
  // word on the deadline.
  for (;;) {
    const absl::Time now = clock_->SteadyNow();
    OMS_RETURN_IF_ERROR(context.Check(now));
    if (!free_.empty()) break;
    mutex_.AwaitWithTimeout(absl::Condition(&free_or_cancelled),
                            context.Remaining(now));
  }
  return Lend();
}

ConnectionPool::Loan ConnectionPool::Lend() {
  Loan loan(free_.back(), Returner(this));
  free_.pop_back();
  return loan;
}

void ConnectionPool::Return(SqlConnection* connection) {
  absl::MutexLock lock(&mutex_);
  free_.push_back(connection);
}

void ConnectionPool::Returner::operator()(SqlConnection* connection) const {
  pool_->Return(connection);
}

}  // namespace oms_connector::storage
