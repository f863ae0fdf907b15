#include "model/size_estimate.h"

#include <string>
#include <vector>

namespace oms_connector::model {
namespace {

// A tag and a length, or a tag and a number, of the contract's encoding.
constexpr size_t kField = 12;
// A timestamp within its field.
constexpr size_t kTime = 24;
// "connections/{connection}/shipments/{shipment_id}", at its longest.
constexpr size_t kName = 128;
// The numbers, flags, times and nested messages that each item has room for.
constexpr size_t kLevelNumbers = 16 * kField + kTime;
constexpr size_t kProductNumbers = 12 * kField + 2 * kTime;
constexpr size_t kEventNumbers = 24 * kField + 5 * kTime + kName;

size_t Text(const std::string& text) { return kField + text.size(); }

size_t Texts(const std::vector<std::string>& texts) {
  size_t bytes = 0;
  for (const std::string& text : texts) bytes += Text(text);
  return bytes;
}

size_t CarrierBytes(const Carrier& carrier) {
  return Text(carrier.code) + Text(carrier.display_name) + Text(carrier.rule) +
         Text(carrier.service) + Texts(carrier.candidates);
}

size_t DeliveryBytes(const Delivery& delivery) {
  size_t bytes = Text(delivery.outcome_reason);
  for (const BlockingOrder& order : delivery.blocking_orders) {
    bytes += 2 * kField + kTime + Text(order.order_number) + Text(order.status);
  }
  return bytes;
}

}  // namespace

size_t EstimatedBytes(const InventoryLevel& level) {
  return kLevelNumbers + Text(level.sku) + Text(level.master_sku) +
         Text(level.location.name);
}

size_t EstimatedBytes(const Product& product) {
  size_t bytes = kProductNumbers + Texts(product.categories) +
                 Texts(product.labels) + Texts(product.image_urls);
  for (const std::string* text :
       {&product.master_sku, &product.name, &product.type, &product.brand,
        &product.description, &product.upc, &product.mpn}) {
    bytes += Text(*text);
  }
  if (product.map_price.has_value()) {
    bytes += kField + Text(product.map_price->currency_code) +
             Text(product.map_price->amount);
  }
  return bytes;
}

size_t EstimatedBytes(const ShipmentEvent& event) {
  const Shipment& shipment = event.shipment;
  size_t bytes = kEventNumbers + shipment.family_order_ids.size() * kField +
                 CarrierBytes(shipment.carrier) +
                 DeliveryBytes(shipment.delivery);
  for (const std::string* text :
       {&shipment.order_number, &shipment.cart_id, &shipment.tracking_number,
        &shipment.warehouse_name}) {
    bytes += Text(*text);
  }
  for (const ShipmentItem& item : shipment.items) {
    bytes += 2 * kField + Text(item.sku) + Text(item.master_sku);
  }
  return bytes;
}

}  // namespace oms_connector::model
