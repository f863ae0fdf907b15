// What a fake Order Manager knows: plain structs, one per kind of row, in maps
// ordered by id so that answers are the same from one run to the next.
//
//   FakeWorld world;
//   Product tee;
//   tee.product_id = 10;
//   tee.master_sku = "TEE-RED";
//   world.Put(tee);
//   world.SetStock(/*product_id=*/10, /*warehouse_id=*/1, /*on_hand=*/7);
//
// Times are whatever the mutator writes: nothing here reads a clock. An empty
// string, an empty optional and an InfinitePast time are written as JSON null.
// Not thread-safe; FakeOrderManager::Mutate guards the one it serves.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace oms_connector::testing_support {

// Fields of one answered row that are replaced by text of the test's choice,
// which need not be JSON. Keys are dotted paths of the answer
// ("product.masterSku"), values are written verbatim (`null`, `"12"`, `NaN`);
// an empty value leaves the field out.
using RawFields = std::map<std::string, std::string>;

struct SalesChannel {
  int64_t sales_channel_id = 0;
  std::string name;
  std::string type = "SHOPIFY";
  bool active = true;
  std::string company_name;
  RawFields raw;
};

struct Address {
  std::string city;
  std::string state;
  std::string country;
};

struct Warehouse {
  int64_t warehouse_id = 0;
  std::string name;
  bool active = true;
  std::string type = "DIRECT_FULFILLMENT";
  std::optional<int64_t> sales_channel_id;
  Address address;
  RawFields raw;
};

struct Money {
  std::string amount;  // Decimal text.
  std::string currency;
};

struct Image {
  int64_t id = 0;
  std::string url;
  int64_t rank = 0;
};

struct Product {
  int64_t product_id = 0;
  std::string master_sku;
  std::string name;
  std::string type = "CORE_PRODUCT";
  bool active = true;
  bool bundle = false;
  bool digital = false;
  std::string brand;
  std::string description;
  std::string upc;
  std::string mpn;
  std::optional<double> weight;
  std::optional<double> length;
  std::optional<double> width;
  std::optional<double> height;
  std::optional<Money> map_price;
  std::vector<std::string> categories;
  std::vector<std::string> labels;
  std::vector<Image> image_urls;
  absl::Time created = absl::InfinitePast();
  absl::Time modified = absl::InfinitePast();
  RawFields raw;
};

// One shelf of a warehouse. /v1/inventory answers one row for each.
struct StockLocation {
  int64_t stock_location_id = 0;
  std::string location;
  bool active = true;
  bool pickable = true;
  bool receivable = true;
  int64_t quantity = 0;
  int64_t quantity_locked = 0;
};

// Stock of one product in one warehouse. The totals are stated, not summed
// from the locations, so that a test can make them disagree.
struct Stock {
  int64_t product_id = 0;
  int64_t warehouse_id = 0;
  std::string master_sku;  // Empty = that of its product.
  int64_t on_hand = 0;
  std::optional<int64_t> locked = 0;
  std::optional<int64_t> in_transit = 0;
  std::vector<StockLocation> locations;
  RawFields raw;
};

struct Listing {
  int64_t listing_id = 0;
  std::string listing_sku;
  std::string master_sku;
  std::optional<int64_t> product_id;
  int64_t sales_channel_id = 0;
  bool active = true;
  bool push_inventory = true;
  absl::Time created = absl::InfinitePast();
  absl::Time last_modified = absl::InfinitePast();
  // The channel's number, told by acknowledge alone; absent = never told.
  // Touching quantity_modified makes acknowledge tell it again.
  std::optional<int64_t> quantity;
  absl::Time quantity_modified = absl::InfinitePast();
  RawFields raw;
};

struct CancelReason {
  std::string type;
  std::string details;
};

struct OrderItem {
  int64_t order_item_id = 0;
  std::string listing_sku;
  std::string master_sku;
  int64_t quantity = 1;
};

struct Order {
  int64_t order_id = 0;
  std::string order_number;
  std::string order_type = "SALES_CHANNEL";
  std::string order_status = "AWAITING_SHIPMENT";
  std::string unresolved_status;
  std::optional<CancelReason> cancel_reason;
  std::optional<int64_t> sales_channel_id;
  std::optional<int64_t> warehouse_id;
  absl::Time created = absl::InfinitePast();
  absl::Time modified = absl::InfinitePast();
  absl::Time order_date = absl::InfinitePast();
  absl::Time ship_date = absl::InfinitePast();
  absl::Time hold_until_date = absl::InfinitePast();
  std::string ship_country = "US";
  std::string requested_shipping_service;
  std::vector<OrderItem> items;
  std::string custom_field1;
  std::string custom_field2;
  std::string custom_field3;
  std::vector<int64_t> related_order_ids;  // Empty is written as null.
  bool external = false;
  bool suppress_channel_update = false;
  RawFields raw;
};

struct ShipMethod {
  std::string shipping_carrier;
  std::optional<int64_t> shipping_provider_id;
  std::optional<int64_t> shipping_service_id;
  std::optional<int64_t> package_type_id;
};

struct ShippedItem {
  std::string listing_sku;
  int64_t quantity = 1;
};

struct Shipment {
  int64_t shipment_id = 0;
  int64_t order_id = 0;
  std::string order_number;
  std::string type = "FULFILLMENT";
  absl::Time created = absl::InfinitePast();
  absl::Time ship_date = absl::InfinitePast();
  bool received = false;
  bool external = false;
  std::optional<int64_t> warehouse_id;
  std::string tracking_number;
  std::string delivery_status = "UNKNOWN";
  ShipMethod ship_method;
  std::optional<Money> carrier_fee;
  std::vector<ShippedItem> items;  // Told inside the order only.
  RawFields raw;
};

struct ShippingService {
  int64_t shipping_service_id = 0;
  std::string service_code;
  std::string service_name;
  std::string shipping_carrier;
};

struct ShippingProvider {
  int64_t shipping_provider_id = 0;
  std::string name;
  std::vector<ShippingService> shipping_services;
  RawFields raw;
};

enum class TimeStyle {
  kSeconds,    // 2026-08-17T10:00:00Z
  kFractions,  // 2026-08-17T10:00:00.123Z
  kOffset,     // 2026-08-17T12:00:00+02:00
};

// How loosely every row is written; the Order Manager does all of these.
struct WireStyle {
  bool numbers_as_strings = false;
  bool null_objects_as_lists = false;  // An absent map becomes [].
  bool nulls_absent = false;
  bool unknown_fields = false;  // Adds fields nobody has documented.
  TimeStyle times = TimeStyle::kSeconds;
};

struct FakeWorld {
  std::map<int64_t, SalesChannel> sales_channels;
  std::map<int64_t, Warehouse> warehouses;
  std::map<int64_t, Product> products;
  // Keyed by {warehouse_id, product_id}: one warehouse's rows lie together.
  std::map<std::pair<int64_t, int64_t>, Stock> stock;
  std::map<int64_t, Listing> listings;
  std::map<int64_t, Order> orders;
  std::map<int64_t, Shipment> shipments;
  std::map<int64_t, ShippingProvider> providers;
  std::vector<std::string> carriers;
  WireStyle style;

  // Rows that lists leave out, by their ids. Who asks for them by id or SKU
  // finds them.
  struct Hidden {
    std::set<int64_t> products;  // and their stock
    std::set<int64_t> listings;
    std::set<int64_t> orders;
    std::set<int64_t> shipments;
  };
  Hidden hidden;
  // Rows of one page at most, whatever the limit that is asked for.
  int64_t longest_page = 1000;
  // Parameters of requests for rows that are passed over.
  std::set<std::string> ignored_parameters;
  // Whether answers have a Date.
  bool tells_time = true;

  // Adds the row or replaces the one with its id. The reference lives as long
  // as the row does.
  SalesChannel& Put(SalesChannel row);
  Warehouse& Put(Warehouse row);
  Product& Put(Product row);
  Stock& Put(Stock row);
  Listing& Put(Listing row);
  Order& Put(Order row);
  Shipment& Put(Shipment row);
  ShippingProvider& Put(ShippingProvider row);

  // Sets the totals; a difference of on-hand or locked goes to the first
  // location, where there is one, so that the sum over locations still agrees.
  Stock& SetStock(int64_t product_id, int64_t warehouse_id, int64_t on_hand,
                  std::optional<int64_t> locked = 0);

  // Sets the channel's number and the time that makes acknowledge tell it.
  // False where there is no such listing.
  bool SetChannelQuantity(int64_t listing_id, int64_t quantity,
                          absl::Time modified);

  // What the row tells; empty where neither it nor a product does.
  std::string MasterSkuOf(const Stock& row) const;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_H_
