// Levels and products on the wire.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_INVENTORY_CONVERT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_INVENTORY_CONVERT_H_

#include "model/inventory.h"
#include "oms_connector/v1/inventory.pb.h"
#include "oms_connector/v1/products.pb.h"

namespace oms_connector::server {

// Into messages that are empty, where they stand: pages are made on an arena.

// `available` is absent exactly while the level is withheld.
void ToProto(const model::InventoryLevel& level, v1::InventoryLevel* proto);

void ToProto(const model::Product& product, v1::Product* proto);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_INVENTORY_CONVERT_H_
