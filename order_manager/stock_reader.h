// Stock of one warehouse, from either of two endpoints. Seen in working
// clients.
//
// GET /v1/productstocks/total: [{product{productId, masterSku, ...},
// onHandQuantity, lockedQuantity, ...}]. With `warehouseId` the numbers are
// that warehouse's. Physical stock only: what could be built of a kit's parts
// is not in it.
//
// GET /v1/inventory: a row per product and shelf, {product{...},
// stockLocation{warehouseId}, warehouseStockTotals{onHandQuantity,
// lockedQuantity}, ...}. The totals are the warehouse's and stand on each of
// its rows again: adding them up would count twice.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_STOCK_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_STOCK_READER_H_

#include <cstdint>

#include "model/inventory.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Required: product id, master SKU, on hand. A locked quantity of null is
// absent in the row.
Page<model::StockRow> ReadStockTotals(const JsonDocument& document,
                                      int64_t warehouse_id, int64_t page);

// The same; rows of one product become one, with what the last of them says.
// `row_count` counts them all. A row of another warehouse is rejected.
Page<model::StockRow> ReadStockByLocation(const JsonDocument& document,
                                          int64_t warehouse_id, int64_t page);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_STOCK_READER_H_
