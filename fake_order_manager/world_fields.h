// The fields of every row of the fake's world, each named once, in the words
// of the Order Manager. Reading a data file, writing one and answering a
// request all walk the same list:
//
//   VisitWireFields(product, [](const char* name, const auto& value) { … });
//
// VisitWireFields names what an answer carries; VisitOwnFields what stands in
// data files only, because answers tell it elsewhere or not at all.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_FIELDS_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_FIELDS_H_

#include <type_traits>

#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {

// Enables an overload for `Row` and `const Row` alike.
template <typename T, typename Row>
using IfRow =
    std::enable_if_t<std::is_same_v<std::remove_const_t<T>, Row>, int>;

template <typename T, typename Visitor, IfRow<T, SalesChannel> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("salesChannelId", row.sales_channel_id);
  visit("name", row.name);
  visit("type", row.type);
  visit("active", row.active);
  visit("companyName", row.company_name);
}

template <typename T, typename Visitor, IfRow<T, Address> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("city", row.city);
  visit("state", row.state);
  visit("country", row.country);
}

template <typename T, typename Visitor, IfRow<T, Warehouse> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("warehouseId", row.warehouse_id);
  visit("name", row.name);
  visit("active", row.active);
  visit("type", row.type);
  visit("salesChannelId", row.sales_channel_id);
  visit("address", row.address);
}

template <typename T, typename Visitor, IfRow<T, Money> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("amount", row.amount);
  visit("currency", row.currency);
}

template <typename T, typename Visitor, IfRow<T, Image> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("id", row.id);
  visit("url", row.url);
  visit("rank", row.rank);
}

template <typename T, typename Visitor, IfRow<T, Product> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("productId", row.product_id);
  visit("masterSku", row.master_sku);
  visit("name", row.name);
  visit("type", row.type);
  visit("active", row.active);
  visit("bundle", row.bundle);
  visit("digital", row.digital);
  visit("brand", row.brand);
  visit("description", row.description);
  visit("upc", row.upc);
  visit("mpn", row.mpn);
  visit("weight", row.weight);
  visit("length", row.length);
  visit("width", row.width);
  visit("height", row.height);
  visit("mapPrice", row.map_price);
  visit("categories", row.categories);
  visit("labels", row.labels);
  visit("imageUrls", row.image_urls);
  visit("createdDate", row.created);
  visit("modifiedDate", row.modified);
}

template <typename T, typename Visitor, IfRow<T, Listing> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("listingId", row.listing_id);
  visit("listingSku", row.listing_sku);
  visit("masterSku", row.master_sku);
  visit("productId", row.product_id);
  visit("salesChannelId", row.sales_channel_id);
  visit("active", row.active);
  visit("pushInventory", row.push_inventory);
  visit("created", row.created);
  visit("lastModified", row.last_modified);
}

template <typename T, typename Visitor, IfRow<T, Listing> = 0>
void VisitOwnFields(T& row, Visitor&& visit) {
  visit("quantity", row.quantity);
  visit("quantityModified", row.quantity_modified);
}

template <typename T, typename Visitor, IfRow<T, StockLocation> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("stockLocationId", row.stock_location_id);
  visit("location", row.location);
  visit("active", row.active);
  visit("pickable", row.pickable);
  visit("receivable", row.receivable);
  visit("quantity", row.quantity);
  visit("quantityLocked", row.quantity_locked);
}

template <typename T, typename Visitor, IfRow<T, Stock> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("onHandQuantity", row.on_hand);
  visit("lockedQuantity", row.locked);
  visit("inTransitQuantity", row.in_transit);
}

template <typename T, typename Visitor, IfRow<T, Stock> = 0>
void VisitOwnFields(T& row, Visitor&& visit) {
  visit("productId", row.product_id);
  visit("warehouseId", row.warehouse_id);
  visit("masterSku", row.master_sku);
  visit("locations", row.locations);
}

template <typename T, typename Visitor, IfRow<T, CancelReason> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("type", row.type);
  visit("details", row.details);
}

template <typename T, typename Visitor, IfRow<T, Order> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("orderId", row.order_id);
  visit("orderNumber", row.order_number);
  visit("orderType", row.order_type);
  visit("orderStatus", row.order_status);
  visit("unresolvedStatus", row.unresolved_status);
  visit("cancelReason", row.cancel_reason);
  visit("createdDate", row.created);
  visit("modifiedDate", row.modified);
  visit("orderDate", row.order_date);
  visit("shipDate", row.ship_date);
  visit("holdUntilDate", row.hold_until_date);
  visit("shipCountry", row.ship_country);
  visit("requestedShippingService", row.requested_shipping_service);
  visit("customField1", row.custom_field1);
  visit("customField2", row.custom_field2);
  visit("customField3", row.custom_field3);
  visit("external", row.external);
  visit("suppressChannelUpdate", row.suppress_channel_update);
}

template <typename T, typename Visitor, IfRow<T, OrderItem> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("orderItemId", row.order_item_id);
  visit("listingSku", row.listing_sku);
  visit("quantityOrdered", row.quantity);
}

template <typename T, typename Visitor, IfRow<T, OrderItem> = 0>
void VisitOwnFields(T& row, Visitor&& visit) {
  visit("masterSku", row.master_sku);
}

template <typename T, typename Visitor, IfRow<T, Order> = 0>
void VisitOwnFields(T& row, Visitor&& visit) {
  visit("salesChannelId", row.sales_channel_id);
  visit("warehouseId", row.warehouse_id);
  visit("orderItems", row.items);
  visit("relatedOrderIds", row.related_order_ids);
}

template <typename T, typename Visitor, IfRow<T, ShipMethod> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("shippingCarrier", row.shipping_carrier);
  visit("shippingProviderId", row.shipping_provider_id);
  visit("shippingServiceId", row.shipping_service_id);
  visit("packageTypeId", row.package_type_id);
}

template <typename T, typename Visitor, IfRow<T, ShippedItem> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("listingSku", row.listing_sku);
  visit("quantity", row.quantity);
}

template <typename T, typename Visitor, IfRow<T, Shipment> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("shipmentId", row.shipment_id);
  visit("orderId", row.order_id);
  visit("orderNumber", row.order_number);
  visit("type", row.type);
  visit("created", row.created);
  visit("shipDate", row.ship_date);
  visit("received", row.received);
  visit("external", row.external);
  visit("warehouseId", row.warehouse_id);
  visit("trackingNumber", row.tracking_number);
  visit("deliveryStatus", row.delivery_status);
  visit("shipMethod", row.ship_method);
  visit("carrierFee", row.carrier_fee);
}

template <typename T, typename Visitor, IfRow<T, Shipment> = 0>
void VisitOwnFields(T& row, Visitor&& visit) {
  visit("items", row.items);
}

template <typename T, typename Visitor, IfRow<T, ShippingService> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("shippingServiceId", row.shipping_service_id);
  visit("serviceCode", row.service_code);
  visit("serviceName", row.service_name);
  visit("shippingCarrier", row.shipping_carrier);
}

template <typename T, typename Visitor, IfRow<T, ShippingProvider> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("shippingProviderId", row.shipping_provider_id);
  visit("name", row.name);
  visit("shippingServices", row.shipping_services);
}

template <typename T, typename Visitor, IfRow<T, WireStyle> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("numbersAsStrings", row.numbers_as_strings);
  visit("nullObjectsAsLists", row.null_objects_as_lists);
  visit("nullsAbsent", row.nulls_absent);
  visit("unknownFields", row.unknown_fields);
  visit("times", row.times);
}

// How data files name the time styles, in the order of the enum.
inline constexpr const char* kTimeStyles[] = {"seconds", "fractions", "offset"};

template <typename T>
inline constexpr bool kHasOwnFields =
    std::is_same_v<std::remove_const_t<T>, Listing> ||
    std::is_same_v<std::remove_const_t<T>, Stock> ||
    std::is_same_v<std::remove_const_t<T>, OrderItem> ||
    std::is_same_v<std::remove_const_t<T>, Order> ||
    std::is_same_v<std::remove_const_t<T>, Shipment>;

// Everything a data file holds of a row.
template <typename T, typename Visitor>
void VisitAllFields(T& row, Visitor&& visit) {
  VisitWireFields(row, visit);
  if constexpr (kHasOwnFields<T>) VisitOwnFields(row, visit);
}

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_FIELDS_H_
