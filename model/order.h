// Orders and shipments as the Order Manager tells them. Of an order only what
// is used is kept: no names, no addresses but the country.
#ifndef OMS_CONNECTOR_MODEL_ORDER_H_
#define OMS_CONNECTOR_MODEL_ORDER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace oms_connector::model {

struct OrderLine {
  std::string listing_sku;
  std::string master_sku;
  int64_t quantity = 0;
  // The quantity as it came, where that is not a whole number ("2.5"):
  // `quantity` is then cut off towards zero.
  std::string quantity_text{};
  bool digital = false;  // nothing of it can be sent

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "listing_sku", &OrderLine::listing_sku);
    visit(2, "master_sku", &OrderLine::master_sku);
    visit(3, "quantity", &OrderLine::quantity);
    visit(4, "quantity_text", &OrderLine::quantity_text);
    visit(5, "digital", &OrderLine::digital);
  }
};

// How an order told its lines. Only an empty list says that there are none.
// The numbers are stored; never change them.
enum class OrderLinesForm {
  kAbsent = 0,
  kNull = 1,
  kEmpty = 2,
  kWhole = 3,
  kPartial = 4,  // some of them, or the list itself, could not be read
};

// What an order says of the content of one of its shipments.
struct OrderShipmentItems {
  int64_t shipment_id = 0;
  std::vector<OrderLine> items;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "shipment_id", &OrderShipmentItems::shipment_id);
    visit(2, "items", &OrderShipmentItems::items);
  }
};

struct Order {
  int64_t order_id = 0;
  std::string order_number;
  std::string status;  // orderStatus as told; unknown ones are kept as text
  int64_t sales_channel_id = 0;  // 0 when not told
  std::string ship_country;      // ISO 3166-1 alpha-2 where told
  std::optional<absl::Time> modify_time;
  std::array<std::string, 3> custom_fields;  // customField1..3
  std::vector<int64_t> related_order_ids;
  std::vector<OrderLine> lines;
  OrderLinesForm lines_form = OrderLinesForm::kAbsent;
  std::vector<OrderShipmentItems> shipment_items;
  bool external = false;
  bool suppress_channel_update = false;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "order_id", &Order::order_id);
    visit(2, "order_number", &Order::order_number);
    visit(3, "status", &Order::status);
    visit(4, "sales_channel_id", &Order::sales_channel_id);
    visit(5, "ship_country", &Order::ship_country);
    visit(6, "modify_time", &Order::modify_time);
    visit(7, "custom_fields", &Order::custom_fields);
    visit(8, "related_order_ids", &Order::related_order_ids);
    visit(9, "lines", &Order::lines);
    visit(10, "shipment_items", &Order::shipment_items);
    visit(11, "external", &Order::external);
    visit(12, "suppress_channel_update", &Order::suppress_channel_update);
    visit(13, "lines_form", &Order::lines_form);
  }
};

struct StoredOrder;

// Whether an order that was known is no longer there: the Order Manager has
// said so twice in a row.
bool IsGone(const StoredOrder& order);

// Whether nothing of it can be sent: it told an empty list of lines, or all of
// them, and each is digital. Lines that are absent or unreadable tell nothing.
bool HasNothingToSend(const Order& order);

// Whether nothing more is to come of an order in this status: SHIPPED,
// CANCELLED or PROCESSED_OUTSIDE_OF_SKUBANA.
bool IsFinished(const Order& order);

// Whether more can come of it although its parcels did not go: it is asked for
// once a day, whatever lists tell. One that is gone is so for a while.
bool IsOpen(const StoredOrder& order);

// A shipment record: one parcel with one tracking number.
struct ShipmentRecord {
  int64_t shipment_id = 0;
  int64_t order_id = 0;
  std::string order_number;
  bool is_return = false;        // type RETURN
  bool voided = false;           // deliveryStatus VOIDED
  std::string tracking_number;   // empty when none yet
  std::string shipping_carrier;  // as told; empty when absent
  int64_t shipping_provider_id = 0;
  int64_t shipping_service_id = 0;
  int64_t warehouse_id = 0;
  bool external = false;
  std::optional<absl::Time> ship_time;
  std::optional<absl::Time> create_time;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "shipment_id", &ShipmentRecord::shipment_id);
    visit(2, "order_id", &ShipmentRecord::order_id);
    visit(3, "order_number", &ShipmentRecord::order_number);
    visit(4, "is_return", &ShipmentRecord::is_return);
    visit(5, "voided", &ShipmentRecord::voided);
    visit(6, "tracking_number", &ShipmentRecord::tracking_number);
    visit(7, "shipping_carrier", &ShipmentRecord::shipping_carrier);
    visit(8, "shipping_provider_id", &ShipmentRecord::shipping_provider_id);
    visit(9, "shipping_service_id", &ShipmentRecord::shipping_service_id);
    visit(10, "warehouse_id", &ShipmentRecord::warehouse_id);
    visit(11, "external", &ShipmentRecord::external);
    visit(12, "ship_time", &ShipmentRecord::ship_time);
    visit(13, "create_time", &ShipmentRecord::create_time);
  }
};

// A name for a service id, from the providers list.
struct ShippingService {
  int64_t provider_id = 0;
  int64_t service_id = 0;
  std::string name;
};

// An order as the store keeps it.
struct StoredOrder {
  Order order;             // nothing but its id while it is not `known`
  bool known = true;       // read at least once
  bool readable = true;    // the last try to read it went well
  absl::Time read_time;    // of the last try; the epoch before the first
  absl::Time status_time;  // since when it has been in its status for us
  std::string cart_id;     // empty: no cart has its sales channel
  std::string family_key;  // under its cart's rule; empty where ids relate it
  // What decisions change of an order: kept beside the document, and so no part
  // of it.
  bool released = false;  // its shipments went, so later parcels go at once
  bool blocking = false;  // a family with held parcels waits for it
  // How often in a row the Order Manager said that there is none.
  int64_t times_missing = 0;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "order", &StoredOrder::order);
    visit(2, "known", &StoredOrder::known);
    visit(3, "readable", &StoredOrder::readable);
    visit(4, "read_time", &StoredOrder::read_time);
    visit(5, "status_time", &StoredOrder::status_time);
    visit(6, "cart_id", &StoredOrder::cart_id);
    visit(7, "family_key", &StoredOrder::family_key);
    visit(10, "times_missing", &StoredOrder::times_missing);
  }

  // What the store holds of it: set when it is read or written, so that a row
  // that has not changed is not written. No part of its value.
  struct InStore {
    std::string bytes;  // empty: it is new
    std::vector<int64_t> related_order_ids;
    bool open = false;
    bool released = false;
    bool blocking = false;
  } in_store;
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_ORDER_H_
