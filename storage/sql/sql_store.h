#ifndef OMS_CONNECTOR_STORAGE_SQL_SQL_STORE_H_
#define OMS_CONNECTOR_STORAGE_SQL_SQL_STORE_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "storage/sql/busy_retry.h"
#include "storage/sql/connection_pool.h"
#include "storage/sql/sql_writer.h"
#include "storage/store.h"

namespace oms_connector::storage {

// The store over any database with a driver. Reads run on the caller's thread,
// each on a connection of `readers`; writes as `writer` does them.
class SqlStore final : public Store {
 public:
  // `readers` may be what `writer` uses as well; `writer` goes first. Does not
  // own the sleeper and the ids.
  SqlStore(std::unique_ptr<ConnectionPool> readers,
           std::unique_ptr<SqlWriter> writer, base::Sleeper* sleeper,
           base::IdGenerator* ids);

  absl::Status Read(
      const base::CallContext& context,
      absl::FunctionRef<absl::Status(ReadTransaction&)> function) override;
  absl::Status Write(
      const base::CallContext& context,
      absl::FunctionRef<absl::Status(WriteTransaction&)> function) override;

 private:
  BusyRetry retry_;
  const std::unique_ptr<ConnectionPool> readers_;
  const std::unique_ptr<SqlWriter> writer_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SQL_STORE_H_
