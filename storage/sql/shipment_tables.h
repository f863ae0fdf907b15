#ifndef OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_

#include "storage/shipment_tables.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The tables of storage/shipment_tables.h in SQL. Lives as long as one
// transaction of `connection`, which it does not own.
class SqlShipmentTables final : public ShipmentWriter {
 public:
  explicit SqlShipmentTables(SqlConnection& connection);

 private:
  [[maybe_unused]] SqlConnection& connection_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_
