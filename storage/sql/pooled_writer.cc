#include "storage/sql/pooled_writer.h"

#include "absl/status/status.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "storage/sql/connection_pool.h"
#include "storage/sql/sql_transaction.h"

namespace oms_connector::storage {

absl::Status PooledWriter::Write(const base::CallContext& context,
                                 WriteFunction function) {
  return retry_.Run(context, [&]() -> absl::Status {
    OMS_ASSIGN_OR_RETURN(ConnectionPool::Loan loan, pool_->Borrow(context));
    return RunWriteTransaction(*loan, context, function);
  });
}

}  // namespace oms_connector::storage
