// Rows of stock, products, listings, sales channels and warehouses, from the
// answers of the Order Manager. Which fields a row cannot do without is told
// per function; all others are left out and noted where they cannot be read
// (row_fields.h).
//
// Each function reads `text`, the body of an answer, which it may change.
// DATA_LOSS where that is garbled.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_INVENTORY_READERS_H_
#define OMS_CONNECTOR_ORDER_MANAGER_INVENTORY_READERS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "model/inventory.h"
#include "order_manager/json_rows.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Needed: the id. An absent flag means active.
absl::StatusOr<Page<model::SalesChannel>> ReadSalesChannels(JsonRows& reader,
                                                            std::string* text);
absl::StatusOr<Page<model::Warehouse>> ReadWarehouses(JsonRows& reader,
                                                      std::string* text);

// productstocks/total of one warehouse, which its rows do not name. Needed:
// product id, master SKU, quantity on hand.
absl::StatusOr<Page<model::StockRow>> ReadStockTotals(JsonRows& reader,
                                                      std::string* text,
                                                      int64_t warehouse_id,
                                                      int64_t page);

// /v1/inventory of one warehouse: a row per product and stock location, each
// of which repeats the warehouse's totals. The rows of one product become one;
// where they differ, the last counts, for that was read last. Rows of another
// warehouse are left out.
absl::StatusOr<Page<model::StockRow>> ReadStockByLocation(JsonRows& reader,
                                                          std::string* text,
                                                          int64_t warehouse_id,
                                                          int64_t page);

// Needed: product id, master SKU.
absl::StatusOr<Page<model::Product>> ReadProducts(JsonRows& reader,
                                                  std::string* text,
                                                  int64_t page);

// Needed: listing id, listing SKU. Rows of another sales channel are left out.
absl::StatusOr<Page<model::Listing>> ReadListings(JsonRows& reader,
                                                  std::string* text,
                                                  int64_t sales_channel_id,
                                                  int64_t page);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_INVENTORY_READERS_H_
