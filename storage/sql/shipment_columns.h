// How lists and nouns of a shipment are written into its columns, alike in the
// tables of shipments and of events.
#ifndef OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_COLUMNS_H_
#define OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_COLUMNS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "model/carrier.h"
#include "model/shipment.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Rows of sku, master sku, quantity.
std::string PackShipmentItems(const std::vector<model::ShipmentItem>& items);
std::vector<model::ShipmentItem> UnpackShipmentItems(absl::string_view packed);

// Rows of order id, order number, status, microseconds since the epoch.
std::string PackBlockingOrders(const std::vector<model::BlockingOrder>& orders);
std::vector<model::BlockingOrder> UnpackBlockingOrders(
    absl::string_view packed);

// Seven columns from `column` on: code, name, source, rule, confidence,
// candidates (packed texts), service.
inline constexpr int kCarrierColumns = 7;
model::Carrier ReadCarrier(const SqlRow& row, int column);

// Six columns from `column` on: state, hold reason, hold time, blocking orders,
// outcome reason, outcome time.
inline constexpr int kDeliveryColumns = 6;
model::Delivery ReadDelivery(const SqlRow& row, int column);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_COLUMNS_H_
