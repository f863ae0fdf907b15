// GET /v1/shipment/providers: [{shippingProviderId, name,
// shippingServices[{shippingServiceId, serviceCode, serviceName,
// shippingCarrier}]}]. Not paged. Seen in working clients.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_PROVIDER_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_PROVIDER_READER_H_

#include "model/order.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// One row per service, named by its name or else its code; `row_count` and
// `rejected` speak of providers. Services without id or name are left out.
Page<model::ShippingService> ReadShippingServices(const JsonDocument& document);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_PROVIDER_READER_H_
