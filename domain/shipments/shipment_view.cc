#include "domain/shipments/shipment_view.h"

#include <algorithm>

#include "base/text_fold.h"
#include "domain/carriers/carrier_fallback.h"
#include "domain/shipments/custom_field.h"

namespace oms_connector::shipments {
namespace {

const std::vector<model::OrderLine>& ContentOf(const model::Order& order,
                                               int64_t shipment_id) {
  for (const model::OrderShipmentItems& shipment : order.shipment_items) {
    if (shipment.shipment_id == shipment_id && !shipment.items.empty()) {
      return shipment.items;
    }
  }
  return order.lines;
}

std::string MasterSkuOf(const model::OrderLine& item,
                        const model::Order& order) {
  if (!item.master_sku.empty() || item.listing_sku.empty()) {
    return item.master_sku;
  }
  const std::string wanted = base::FoldCase(item.listing_sku);
  for (const model::OrderLine& line : order.lines) {
    if (base::FoldCase(line.listing_sku) == wanted) return line.master_sku;
  }
  return "";
}

}  // namespace

model::CarrierInputs InputsOf(const model::ShipmentRecord& record,
                              const model::Order& order,
                              const model::Cart* cart) {
  model::CarrierInputs inputs;
  inputs.shipping_carrier = record.shipping_carrier;
  inputs.tracking_number = record.tracking_number;
  if (cart != nullptr) inputs.custom_field = cart->carrier_custom_field;
  inputs.custom_text = std::string(CustomFieldText(order, inputs.custom_field));
  return inputs;
}

bool InputsChanged(const model::CarrierInputs& then,
                   const model::ShipmentRecord& record,
                   const model::Order& order) {
  return then.shipping_carrier != record.shipping_carrier ||
         then.tracking_number != record.tracking_number ||
         then.custom_text != CustomFieldText(order, then.custom_field);
}

model::Carrier CarrierOf(const model::CarrierInputs& inputs,
                         const model::ShipmentRecord& record,
                         const model::Order& order, const model::Cart* cart,
                         const model::Settings& settings,
                         const CartDirectory& directory) {
  carriers::CarrierEvidence evidence;
  evidence.order_manager_carrier = inputs.shipping_carrier;
  evidence.tracking_number = inputs.tracking_number;
  evidence.destination_country = order.ship_country;
  evidence.custom_field_text = inputs.custom_text;
  model::Carrier carrier = carriers::ResolveCarrier(
      evidence, settings.parse_carrier_fallback,
      cart == nullptr ? std::vector<std::string>() : cart->carrier_candidates);
  carrier.service = directory.ServiceName(record.shipping_provider_id,
                                          record.shipping_service_id);
  return carrier;
}

std::vector<model::ShipmentItem> ItemsOf(const model::Order& order,
                                         int64_t shipment_id,
                                         model::SkuSource source) {
  std::vector<model::ShipmentItem> items;
  for (const model::OrderLine& content : ContentOf(order, shipment_id)) {
    model::ShipmentItem item;
    item.master_sku = MasterSkuOf(content, order);
    item.quantity = content.quantity;
    item.quantity_text = content.quantity_text;
    const bool listing = source == model::SkuSource::kListingSku;
    item.sku = listing ? content.listing_sku : item.master_sku;
    if (item.sku.empty()) {
      item.sku = listing ? item.master_sku : content.listing_sku;
    }
    items.push_back(std::move(item));
  }
  return items;
}

model::Shipment ShipmentOf(const model::StoredShipment& stored) {
  const model::ShipmentRecord& record = stored.record;
  model::Shipment shipment;
  shipment.shipment_id = record.shipment_id;
  shipment.order_id = record.order_id;
  shipment.order_number = record.order_number;
  shipment.cart_id = stored.cart_id;
  shipment.family_order_ids = stored.family_order_ids;
  shipment.tracking_number = record.tracking_number;
  shipment.carrier = stored.carrier;
  shipment.items = stored.items;
  shipment.ship_time = record.ship_time;
  shipment.create_time = record.create_time;
  shipment.warehouse_id = record.warehouse_id;
  shipment.warehouse_name = stored.warehouse_name;
  shipment.external = record.external;
  shipment.delivery = stored.delivery;
  shipment.state_time = stored.state_time;
  return shipment;
}

bool HasTrackingNumber(const model::ShipmentRecord& record) {
  return !base::Trim(record.tracking_number).empty();
}

}  // namespace oms_connector::shipments
