#include "storage/sql/shipment_tables.h"

#include "storage/sql_connection.h"

namespace oms_connector::storage {

SqlShipmentTables::SqlShipmentTables(SqlConnection& connection)
    : connection_(connection) {}

}  // namespace oms_connector::storage
