// GET /v1/saleschannels and GET /v1/warehouses: the places that levels are
// assigned to. Neither is paged. Seen in working clients.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_LOCATION_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_LOCATION_READER_H_

#include "model/inventory.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// [{salesChannelId, name, type, active, ...}]; an id is required.
Page<model::SalesChannel> ReadSalesChannels(const JsonDocument& document);

// [{warehouseId, name, active, type, ...}]; an id is required.
Page<model::Warehouse> ReadWarehouses(const JsonDocument& document);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_LOCATION_READER_H_
