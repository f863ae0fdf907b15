#ifndef OMS_CONNECTOR_STORAGE_SQL_POOLED_WRITER_H_
#define OMS_CONNECTOR_STORAGE_SQL_POOLED_WRITER_H_

#include "absl/status/status.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/sql/busy_retry.h"
#include "storage/sql/connection_pool.h"
#include "storage/sql/sql_transaction.h"
#include "storage/sql/sql_writer.h"

namespace oms_connector::storage {

// Runs each function on the caller's thread, in a transaction of its own on a
// connection of `pool`: for databases that let several write at once.
class PooledWriter final : public SqlWriter {
 public:
  // Does not own what it is given.
  PooledWriter(ConnectionPool* pool, base::Sleeper* sleeper,
               base::IdGenerator* ids)
      : pool_(pool), retry_(sleeper, ids) {}

  absl::Status Write(const base::CallContext& context,
                     WriteFunction function) override;

 private:
  ConnectionPool* const pool_;
  BusyRetry retry_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_POOLED_WRITER_H_
