#ifndef OMS_CONNECTOR_STORAGE_SQL_CONNECTION_POOL_H_
#define OMS_CONNECTOR_STORAGE_SQL_CONNECTION_POOL_H_

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// A fixed number of database connections, each lent to one thread at a time.
//
//   OMS_ASSIGN_OR_RETURN(ConnectionPool::Loan loan, pool.Borrow(context));
//   return RunReadTransaction(*loan, context, function);
//
// Thread-safe. Must outlive its loans.
class ConnectionPool {
 public:
  // Gives the connection back when it goes.
  class Returner {
   public:
    explicit Returner(ConnectionPool* pool = nullptr) : pool_(pool) {}
    void operator()(SqlConnection* connection) const;

   private:
    ConnectionPool* pool_;
  };
  using Loan = std::unique_ptr<SqlConnection, Returner>;

  // At least one connection. Does not own `clock`.
  ConnectionPool(std::vector<std::unique_ptr<SqlConnection>> connections,
                 base::Clock* clock);

  // Waits for a free connection as long as `context` allows:
  // DEADLINE_EXCEEDED, CANCELLED.
  absl::StatusOr<Loan> Borrow(const base::CallContext& context);

 private:
  absl::StatusOr<Loan> WaitAndBorrow(const base::CallContext& context);
  Loan Lend() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Return(SqlConnection* connection);

  base::Clock* const clock_;
  const std::vector<std::unique_ptr<SqlConnection>> connections_;
  absl::Mutex mutex_;
  std::vector<SqlConnection*> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_CONNECTION_POOL_H_
