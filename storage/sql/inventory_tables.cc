#include "storage/sql/inventory_tables.h"

#include "storage/sql_connection.h"

namespace oms_connector::storage {

SqlInventoryTables::SqlInventoryTables(SqlConnection& connection)
    : connection_(connection) {}

}  // namespace oms_connector::storage
