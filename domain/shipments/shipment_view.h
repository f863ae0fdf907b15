// What a shipment looks like to its cart: its carrier, its items, its names.
// All pure.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_VIEW_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_VIEW_H_

#include <cstdint>
#include <vector>

#include "domain/shipments/cart_directory.h"
#include "model/carrier.h"
#include "model/connection.h"
#include "model/order.h"
#include "model/settings.h"
#include "model/shipment.h"

namespace oms_connector::shipments {

// What the carrier is resolved from, now. `cart` may be null.
model::CarrierInputs InputsOf(const model::ShipmentRecord& record,
                              const model::Order& order,
                              const model::Cart* cart);

// Whether the Order Manager's carrier, the tracking number, or the text of the
// custom field that was looked at then, is another now. That the cart names
// another field is no such change.
bool InputsChanged(const model::CarrierInputs& then,
                   const model::ShipmentRecord& record,
                   const model::Order& order);

// The carrier by the setting Parse Carrier Fallback, with the service's name.
model::Carrier CarrierOf(const model::CarrierInputs& inputs,
                         const model::ShipmentRecord& record,
                         const model::Order& order, const model::Cart* cart,
                         const model::Settings& settings,
                         const CartDirectory& directory);

// What is in the parcel: as the order tells for this shipment, else the order's
// lines, else nothing. A master SKU that the parcel does not tell is taken from
// the order's line with the same listing SKU. `sku` is the one of `source`; the
// other one where the Order Manager does not give that.
std::vector<model::ShipmentItem> ItemsOf(const model::Order& order,
                                         int64_t shipment_id,
                                         model::SkuSource source);

// The shipment as it is stored, for handing out.
model::Shipment ShipmentOf(const model::StoredShipment& stored);

// Whether it has a tracking number that is more than blanks.
bool HasTrackingNumber(const model::ShipmentRecord& record);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_VIEW_H_
