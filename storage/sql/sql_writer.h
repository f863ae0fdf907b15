#ifndef OMS_CONNECTOR_STORAGE_SQL_SQL_WRITER_H_
#define OMS_CONNECTOR_STORAGE_SQL_SQL_WRITER_H_

#include "absl/status/status.h"
#include "base/call_context.h"
#include "storage/sql/sql_transaction.h"

namespace oms_connector::storage {

// How a store brings write transactions to its database: one after another
// with a common commit (GroupCommitWriter), or each on a connection of its own
// (PooledWriter). Promises what Store::Write does. Thread-safe.
class SqlWriter {
 public:
  virtual ~SqlWriter() = default;
  virtual absl::Status Write(const base::CallContext& context,
                             WriteFunction function) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SQL_WRITER_H_
