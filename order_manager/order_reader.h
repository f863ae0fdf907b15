// GET /v1.1/orders and GET /v1.1/orders/{orderId}: {orderId, orderNumber,
// orderStatus, salesChannel{salesChannelId}, modifiedDate, shipCountry,
// customField1..3, relatedOrderIds[], orderItems[{listingSku,
// product{masterSku}, quantityOrdered}], shipments[{shipmentId,
// items[{listingSku, quantity}]}], shipment{...}, external,
// suppressChannelUpdate, ...}. Seen in working clients. No names and no
// addresses but the country are read.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_ORDER_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_ORDER_READER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "model/order.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Required: the order id. A status that we do not know is kept as it is. Lines
// without any SKU or without a quantity above 0 are left out; where a
// shipment's item names no master SKU, the order's line with the same listing
// SKU does, if there is just one.
Page<model::Order> ReadOrders(const JsonDocument& document, int64_t page);

// The answer for one order, bare or as the one row of a list. DATA_LOSS, saying
// why, where it cannot be read or is of another order; NOT_FOUND where the list
// is empty.
absl::StatusOr<model::Order> ReadOrder(const JsonDocument& document,
                                       int64_t order_id);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_ORDER_READER_H_
