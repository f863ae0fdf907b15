#ifndef OMS_CONNECTOR_STORAGE_SQL_SQL_TRANSACTION_H_
#define OMS_CONNECTOR_STORAGE_SQL_SQL_TRANSACTION_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/call_context.h"
#include "storage/sql_connection.h"
#include "storage/store.h"

namespace oms_connector::storage {

using WriteFunction = absl::FunctionRef<absl::Status(WriteTransaction&)>;
using ReadFunction = absl::FunctionRef<absl::Status(ReadTransaction&)>;

// Begins a transaction, runs `function` once, and commits, or rolls back when
// anything fails, whose status is returned.
absl::Status RunWriteTransaction(SqlConnection& connection,
                                 const base::CallContext& context,
                                 WriteFunction function);
absl::Status RunReadTransaction(SqlConnection& connection,
                                const base::CallContext& context,
                                ReadFunction function);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SQL_TRANSACTION_H_
