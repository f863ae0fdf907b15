// Orders, shipments and the names of shipping services, from the answers of the
// Order Manager. Which fields a row cannot do without is told per function; all
// others are left out and noted where they cannot be read (row_fields.h).
//
// Each function reads `text`, the body of an answer, which it may change.
// DATA_LOSS where that is garbled.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_SHIPMENT_READERS_H_
#define OMS_CONNECTOR_ORDER_MANAGER_SHIPMENT_READERS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "model/order.h"
#include "order_manager/json_rows.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Needed: the order id. A line lives by a SKU and a quantity, which is cut off
// where it is not whole; the order tells whether all lines are there.
absl::StatusOr<Page<model::Order>> ReadOrders(JsonRows& reader,
                                              std::string* text, int64_t page);

// What answers the question for one order: that order, bare or in a list.
absl::StatusOr<Page<model::Order>> ReadOneOrder(JsonRows& reader,
                                                std::string* text);
// The answer with the order that was asked for alone; where no row is that
// order and none was rejected, that is why it is. NOT_FOUND where no row came.
absl::StatusOr<Page<model::Order>> FindOrder(Page<model::Order> answer,
                                             int64_t order_id);

// Needed: shipment id, order id, and a tracking number that can be read where
// there is one.
absl::StatusOr<Page<model::ShipmentRecord>> ReadShipments(JsonRows& reader,
                                                          std::string* text,
                                                          int64_t page);

// Needed: the provider's id. A service lives by its id and a name or code.
absl::StatusOr<Page<model::ShippingService>> ReadShippingServices(
    JsonRows& reader, std::string* text);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_SHIPMENT_READERS_H_
