#ifndef OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_

#include "storage/inventory_tables.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The tables of storage/inventory_tables.h in SQL. Lives as long as one
// transaction of `connection`, which it does not own.
class SqlInventoryTables final : public InventoryWriter {
 public:
  explicit SqlInventoryTables(SqlConnection& connection);

 private:
  [[maybe_unused]] SqlConnection& connection_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_
