#include "storage/sql/sql_store.h"

#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "storage/sql/connection_pool.h"
#include "storage/sql/sql_transaction.h"
#include "storage/sql/sql_writer.h"
#include "storage/store.h"

namespace oms_connector::storage {

SqlStore::SqlStore(std::unique_ptr<ConnectionPool> readers,
                   std::unique_ptr<SqlWriter> writer, base::Sleeper* sleeper,
                   base::IdGenerator* ids)
    : retry_(sleeper, ids),
      readers_(std::move(readers)),
      writer_(std::move(writer)) {}

absl::Status SqlStore::Read(
    const base::CallContext& context,
    absl::FunctionRef<absl::Status(ReadTransaction&)> function) {
  return retry_.Run(context, [&]() -> absl::Status {
    OMS_ASSIGN_OR_RETURN(ConnectionPool::Loan loan, readers_->Borrow(context));
    return RunReadTransaction(*loan, context, function);
  });
}

absl::Status SqlStore::Write(
    const base::CallContext& context,
    absl::FunctionRef<absl::Status(WriteTransaction&)> function) {
  return writer_->Write(context, function);
}

}  // namespace oms_connector::storage
