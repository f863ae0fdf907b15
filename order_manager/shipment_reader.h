// GET /v1/shipments: [{shipmentId, orderId, orderNumber, type, created,
// shipDate, external, warehouseId, trackingNumber, deliveryStatus,
// shipMethod{shippingCarrier, shippingProviderId, shippingServiceId}, ...}].
// Seen in working clients. One tracking number per record: a second parcel is a
// second record.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_SHIPMENT_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_SHIPMENT_READER_H_

#include <cstdint>

#include "model/order.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Required: shipment id and order id. `type` RETURN and `deliveryStatus` VOIDED
// count in any case of letters; other values, known or not, say nothing.
Page<model::ShipmentRecord> ReadShipments(const JsonDocument& document,
                                          int64_t page);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_SHIPMENT_READER_H_
