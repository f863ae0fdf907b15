// GET /v1/listings: [{listingId, listingSku, masterSku, productId,
// salesChannelId, active, pushInventory, created, lastModified}]. Seen in
// working clients. The listing SKU is the channel's own for the product.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_LISTING_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_LISTING_READER_H_

#include <cstdint>

#include "model/inventory.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Required: listing id and listing SKU. A row of another channel is rejected;
// one that names none is of the channel that was asked for.
Page<model::Listing> ReadListings(const JsonDocument& document,
                                  int64_t sales_channel_id, int64_t page);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_LISTING_READER_H_
