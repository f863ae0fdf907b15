// GET /v1.1/products: [{productId, masterSku, name, type, active, brand,
// description, upc, mpn, weight, length, width, height,
// mapPrice{amount, currency}, categories[], labels[],
// imageUrls[{id, url, rank}], createdDate, modifiedDate, ...}]. Seen in working
// clients; that "inactive product" means `active` false here is our reading.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_PRODUCT_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_PRODUCT_READER_H_

#include <cstdint>

#include "model/inventory.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Required: product id and master SKU. Images come by rank; categories and
// labels may be texts or objects with a `name`.
Page<model::Product> ReadProducts(const JsonDocument& document, int64_t page);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_PRODUCT_READER_H_
