#include "tests/support/order_generator.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/support/tracking_numbers.h"

namespace oms_connector::testing_support {
namespace {

constexpr int64_t kFirstOrderId = 50'001;
constexpr int64_t kFirstShipmentId = 90'001;
constexpr int kSecondsToPlaceIn = 6 * 24 * 3600;

// A carrier as shipments name it, the provider's service that ships with it,
// and how its numbers are made.
struct CarrierChoice {
  absl::string_view code;
  int64_t provider_id;
  int64_t service_id;
  std::string (*number)(std::mt19937_64&);
};

constexpr CarrierChoice kCarriers[] = {
    {"UPS", 31, 3101, UpsNumber},
    {"FEDEX", 31, 3102, FedexNumber},
    {"USPS", 32, 3201, UspsNumber},
    {"OTHER_CARRIER", 33, 3301, PurolatorNumber},
    {"OTHER_CARRIER", 33, 3302, IntelcomNumber},
    {"OTHER_CARRIER", 33, 3303, AmazonNumber},
    {"OTHER_CARRIER", 33, 3304, DynamexNumber},
};

constexpr const char* kUnshippedStatuses[] = {
    "AWAITING_SHIPMENT", "PENDING_FULFILLMENT", "AWAITING_3PL_EXPORT",
    "ON_HOLD",           "CANCELLED",           "AWAITING_PAYMENT"};

template <typename T, size_t kSize>
const T& Pick(const T (&choices)[kSize], std::mt19937_64& random) {
  return choices[Below(random, kSize)];
}

void AddProvider(int64_t id, std::string name,
                 std::vector<ShippingService> services, FakeWorld& world) {
  ShippingProvider provider;
  provider.shipping_provider_id = id;
  provider.name = std::move(name);
  provider.shipping_services = std::move(services);
  world.Put(std::move(provider));
}

// Listings by position: a map cannot be picked from.
std::vector<const Listing*> ListingsOf(const FakeWorld& world) {
  std::vector<const Listing*> listings;
  for (const auto& [id, listing] : world.listings) {
    listings.push_back(&listing);
  }
  return listings;
}

Order MakeOrder(int64_t id, const Listing& listing, absl::Time now,
                std::mt19937_64& random) {
  Order order;
  order.order_id = id;
  order.order_number = absl::StrCat("NW-", id);
  order.sales_channel_id = listing.sales_channel_id;
  order.order_date = now - absl::Seconds(Below(random, kSecondsToPlaceIn));
  order.created = order.order_date;
  order.ship_country = Below(random, 4) == 0 ? "CA" : "US";
  order.requested_shipping_service = "Standard";
  order.items = {
      {id * 10, listing.listing_sku, listing.master_sku, 1 + Below(random, 3)}};
  order.order_status =
      Below(random, 3) == 0 ? Pick(kUnshippedStatuses, random) : "SHIPPED";
  order.modified = order.created;
  return order;
}

// Parts of a split are one order in the shopper's eyes: one number, one time,
// each naming the part before it.
void JoinSplit(const Order& before, Order& order) {
  order.order_number = absl::StrCat(before.order_number, "-S");
  order.sales_channel_id = before.sales_channel_id;
  order.order_date = before.order_date;
  order.created = before.created;
  order.modified = before.created;
  order.related_order_ids = {before.order_id};
}

Shipment MakeShipment(int64_t id, const Order& order, absl::Time now,
                      std::mt19937_64& random) {
  const CarrierChoice& carrier = Pick(kCarriers, random);
  Shipment shipment;
  shipment.shipment_id = id;
  shipment.order_id = order.order_id;
  shipment.order_number = order.order_number;
  shipment.created = order.created + (now - order.created) / 2;
  shipment.created =
      absl::FromUnixSeconds(absl::ToUnixSeconds(shipment.created));
  shipment.ship_date = shipment.created;
  shipment.warehouse_id = order.warehouse_id;
  shipment.tracking_number = carrier.number(random);
  shipment.ship_method = {std::string(carrier.code), carrier.provider_id,
                          carrier.service_id, 1};
  shipment.carrier_fee =
      Money{absl::StrCat(4 + Below(random, 20), ".50"), "USD"};
  shipment.delivery_status = Below(random, 3) == 0 ? "DELIVERED" : "IN_TRANSIT";
  if (Below(random, 40) == 0) shipment.delivery_status = "VOIDED";
  if (Below(random, 40) == 0) shipment.type = "RETURN";
  for (const OrderItem& item : order.items) {
    shipment.items.push_back({item.listing_sku, item.quantity});
  }
  return shipment;
}

void ShipOrder(absl::Time now, std::mt19937_64& random, Order& order,
               FakeWorld& world) {
  const int parcels = Below(random, 6) == 0 ? 2 : 1;
  for (int i = 0; i < parcels; ++i) {
    const int64_t id = kFirstShipmentId + world.shipments.size();
    const Shipment& shipment = world.Put(MakeShipment(id, order, now, random));
    order.ship_date = shipment.ship_date;
    order.modified = shipment.created;
  }
}

}  // namespace

void AddProviders(FakeWorld& world) {
  AddProvider(31, "ShipStation",
              {{3101, "ups_ground", "UPS Ground", "UPS"},
               {3102, "fedex_home", "FedEx Home Delivery", "FEDEX"}},
              world);
  AddProvider(32, "Stamps.com",
              {{3201, "usps_priority", "USPS Priority Mail", "USPS"}}, world);
  AddProvider(33, "Regional couriers",
              {{3301, "puro_ground", "Purolator Ground", "OTHER_CARRIER"},
               {3302, "intelcom", "Intelcom Last Mile", "OTHER_CARRIER"},
               {3303, "amzl", "Amazon Shipping", "OTHER_CARRIER"},
               {3304, "dynamex", "Dynamex Same Day", "OTHER_CARRIER"}},
              world);
  world.carriers = {"UPS",         "FEDEX",       "USPS",
                    "DHL_EXPRESS", "CANADA_POST", "OTHER_CARRIER"};
}

void AddOrders(int64_t count, absl::Time now, std::mt19937_64& random,
               FakeWorld& world) {
  const std::vector<const Listing*> listings = ListingsOf(world);
  if (listings.empty()) return;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t id = kFirstOrderId + i;
    const Listing& listing = *listings[Below(random, listings.size())];
    Order order = MakeOrder(id, listing, now, random);
    if (i > 0 && Below(random, 6) == 0) {
      JoinSplit(world.orders.at(id - 1), order);
    }
    if (!world.warehouses.empty()) {
      order.warehouse_id = 1 + Below(random, world.warehouses.size());
    }
    if (order.order_status == "SHIPPED") ShipOrder(now, random, order, world);
    world.Put(std::move(order));
  }
}

}  // namespace oms_connector::testing_support
