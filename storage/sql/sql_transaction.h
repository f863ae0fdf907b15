#ifndef OMS_CONNECTOR_STORAGE_SQL_SQL_TRANSACTION_H_
#define OMS_CONNECTOR_STORAGE_SQL_SQL_TRANSACTION_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql/connection_tables.h"
#include "storage/sql/inventory_tables.h"
#include "storage/sql/run_tables.h"
#include "storage/sql/shipment_tables.h"
#include "storage/sql_connection.h"
#include "storage/store.h"

namespace oms_connector::storage {

using WriteFunction = absl::FunctionRef<absl::Status(WriteTransaction&)>;
using ReadFunction = absl::FunctionRef<absl::Status(ReadTransaction&)>;

// All tables over one connection that is within a transaction.
class SqlTransaction final : public WriteTransaction {
 public:
  explicit SqlTransaction(SqlConnection& connection)
      : sql_(connection),
        numbers_(connection),
        connections_(connection, numbers_),
        runs_(connection, numbers_),
        inventory_(connection, numbers_),
        shipments_(connection, numbers_) {}

  SqlConnectionTables& connections() override { return connections_; }
  SqlRunTables& runs() override { return runs_; }
  SqlInventoryTables& inventory() override { return inventory_; }
  SqlShipmentTables& shipments() override { return shipments_; }
  absl::StatusOr<absl::Time> Now() override { return sql_.Now(); }

 private:
  SqlConnection& sql_;
  ConnectionNumbers numbers_;
  SqlConnectionTables connections_;
  SqlRunTables runs_;
  SqlInventoryTables inventory_;
  SqlShipmentTables shipments_;
};

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
