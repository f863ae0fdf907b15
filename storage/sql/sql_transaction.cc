#include "storage/sql/sql_transaction.h"

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "storage/sql_connection.h"
#include "storage/store.h"

namespace oms_connector::storage {
namespace {

template <typename Transaction>
absl::Status RunTransaction(
    SqlConnection& connection, bool write, const base::CallContext& context,
    absl::FunctionRef<absl::Status(Transaction&)> function) {
  OMS_RETURN_IF_ERROR(connection.Begin(write, context));
  Transaction transaction(connection);
  absl::Status status = function(transaction);
  if (status.ok() && !connection.InTransaction()) {
    status = model::Internal("a failed statement was passed over");
  }
  if (status.ok()) status = connection.Commit();
  if (!status.ok()) connection.Rollback();
  return status;
}

}  // namespace

absl::Status RunWriteTransaction(SqlConnection& connection,
                                 const base::CallContext& context,
                                 WriteFunction function) {
  return RunTransaction(connection, /*write=*/true, context, function);
}

absl::Status RunReadTransaction(SqlConnection& connection,
                                const base::CallContext& context,
                                ReadFunction function) {
  return RunTransaction(connection, /*write=*/false, context, function);
}

}  // namespace oms_connector::storage
