#include "fake_order_manager/generator.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "fake_order_manager/tracking_numbers.h"

namespace oms_connector::testing_support {
namespace {

constexpr int64_t kFirstProductId = 1001;
constexpr int64_t kFirstChannelId = 7;
constexpr int64_t kFirstListingId = 700'001;

struct Word {
  absl::string_view text;
  absl::string_view code;
};

constexpr Word kBrands[] = {{"Northwind", "NWD"}, {"Alder & Ash", "ALD"},
                            {"Harbour", "HBR"},   {"Summit Trail", "SMT"},
                            {"Foxglove", "FOX"},  {"Kestrel", "KST"}};
constexpr Word kArticles[] = {{"T-Shirt", "TEE"},    {"Hoodie", "HOD"},
                              {"Mug", "MUG"},        {"Daypack", "BAG"},
                              {"Wool Socks", "SOC"}, {"Water Bottle", "BOT"},
                              {"Beanie", "BEA"},     {"Rain Jacket", "JKT"},
                              {"Candle", "CND"},     {"Trail Shoes", "SHO"}};
constexpr Word kColours[] = {{"Navy", "NVY"}, {"Forest", "FOR"},
                             {"Sand", "SND"}, {"Charcoal", "CHA"},
                             {"Rust", "RST"}, {"Cream", "CRM"}};
constexpr Word kSizes[] = {
    {"Small", "S"}, {"Medium", "M"}, {"Large", "L"}, {"Extra Large", "XL"}};

constexpr std::pair<absl::string_view, Word> kCities[] = {
    {"Reno", {"NV", "US"}},        {"Columbus", {"OH", "US"}},
    {"Mississauga", {"ON", "CA"}}, {"Dallas", {"TX", "US"}},
    {"Montreal", {"QC", "CA"}},    {"Savannah", {"GA", "US"}}};

constexpr Word kChannels[] = {{"Shopify US", "SHOPIFY"},
                              {"Amazon.ca", "AMAZON"},
                              {"Wholesale Portal", "MANUAL"},
                              {"eBay", "EBAY"}};

template <typename T, size_t kSize>
const T& Pick(const T (&choices)[kSize], std::mt19937_64& random) {
  return choices[Below(random, kSize)];
}

// The name of the `index`-th of `names`; numbered once they are used up.
std::string Numbered(absl::string_view name, int64_t index, int64_t names) {
  if (index < names) return std::string(name);
  return absl::StrCat(name, " ", index / names + 1);
}

void Measure(std::mt19937_64& random, Product& product) {
  product.weight = static_cast<double>(1 + Below(random, 200)) / 10;
  product.length = 4 + Below(random, 20);
  product.width = 3 + Below(random, 15);
  product.height = 1 + Below(random, 10);
}

Product MakeProduct(int64_t id, absl::Time now, std::mt19937_64& random) {
  const Word& brand = Pick(kBrands, random);
  const Word& article = Pick(kArticles, random);
  const Word& colour = Pick(kColours, random);
  const Word& size = Pick(kSizes, random);
  Product product;
  product.product_id = id;
  product.master_sku = absl::StrCat(brand.code, "-", article.code, "-",
                                    colour.code, "-", size.code, "-", id);
  product.name = absl::StrCat(brand.text, " ", article.text, ", ", colour.text,
                              ", ", size.text);
  product.active = Below(random, 25) != 0;
  product.bundle = Below(random, 50) == 0;
  if (product.bundle) product.type = "BUNDLE_KIT";
  product.brand = std::string(brand.text);
  product.description = absl::StrCat("The ", colour.text, " ", article.text,
                                     " by ", brand.text, ".");
  product.upc = absl::StrFormat("8%011d", id * 7919 % 100'000'000'000);
  product.mpn = absl::StrCat(article.code, id);
  Measure(random, product);
  product.map_price =
      Money{absl::StrFormat("%d.%02d", 9 + Below(random, 90), 99), "USD"};
  product.categories = {std::string(article.text)};
  if (Below(random, 5) == 0) product.labels = {"seasonal"};
  product.image_urls = {
      {id * 10, absl::StrCat("https://images.example.com/", id, ".jpg"), 1}};
  product.created = now - absl::Hours(24 * 30);
  product.modified = now - absl::Seconds(Below(random, 30 * 24 * 3600));
  return product;
}

Stock MakeStock(int64_t product_id, int64_t warehouse_id,
                std::mt19937_64& random) {
  Stock stock;
  stock.product_id = product_id;
  stock.warehouse_id = warehouse_id;
  const bool is_empty = Below(random, 20) == 0;
  stock.on_hand = is_empty ? 0 : 1 + Below(random, 250);
  stock.locked = is_empty ? 0 : Below(random, stock.on_hand / 4 + 1);
  stock.in_transit = Below(random, 8) == 0 ? 24 * (1 + Below(random, 5)) : 0;
  if (Below(random, 4) != 0) return stock;
  stock.locations.resize(2);
  for (size_t i = 0; i < 2; ++i) {
    StockLocation& shelf = stock.locations[i];
    shelf.stock_location_id = (product_id * 1000 + warehouse_id) * 10 + i;
    shelf.location = absl::StrFormat("A-%02d-%d", Below(random, 60), i + 1);
  }
  stock.locations[0].quantity = stock.on_hand / 2;
  stock.locations[0].quantity_locked = *stock.locked;
  stock.locations[1].quantity = stock.on_hand - stock.on_hand / 2;
  return stock;
}

// What all warehouses together could still sell.
int64_t FreeStock(const FakeWorld& world, int64_t product_id) {
  int64_t free = 0;
  for (const auto& [warehouse_id, warehouse] : world.warehouses) {
    const auto stock = world.stock.find({warehouse_id, product_id});
    if (stock == world.stock.end()) continue;
    free += stock->second.on_hand - stock->second.locked.value_or(0);
  }
  return std::max<int64_t>(free, 0);
}

Listing MakeListing(const FakeWorld& world, const Product& product,
                    int64_t channel_id, absl::Time now,
                    std::mt19937_64& random) {
  Listing listing;
  listing.master_sku = product.master_sku;
  listing.listing_sku =
      channel_id == kFirstChannelId
          ? product.master_sku
          : absl::StrCat("c", channel_id, "-",
                         absl::AsciiStrToLower(product.master_sku));
  listing.product_id = product.product_id;
  listing.sales_channel_id = channel_id;
  listing.active = Below(random, 40) != 0;
  listing.push_inventory = Below(random, 50) != 0;
  listing.created = product.created;
  listing.last_modified = now - absl::Seconds(Below(random, 30 * 24 * 3600));
  listing.quantity = FreeStock(world, product.product_id);
  listing.quantity_modified = listing.last_modified;
  return listing;
}

}  // namespace

void AddWarehouses(int64_t count, FakeWorld& world) {
  const int64_t names = std::size(kCities);
  for (int64_t i = 0; i < count; ++i) {
    const auto& [city, region] = kCities[i % names];
    Warehouse warehouse;
    warehouse.warehouse_id = i + 1;
    warehouse.name = Numbered(city, i, names);
    warehouse.type = i == 0 ? "DIRECT_FULFILLMENT" : "THIRD_PARTY_LOGISTICS";
    warehouse.address = {std::string(city), std::string(region.text),
                         std::string(region.code)};
    world.Put(std::move(warehouse));
  }
}

void AddSalesChannels(int64_t count, FakeWorld& world) {
  const int64_t names = std::size(kChannels);
  for (int64_t i = 0; i < count; ++i) {
    SalesChannel channel;
    channel.sales_channel_id = kFirstChannelId + i;
    channel.name = Numbered(kChannels[i % names].text, i, names);
    channel.type = std::string(kChannels[i % names].code);
    channel.company_name = "Northwind Traders";
    world.Put(std::move(channel));
  }
}

void AddProducts(int64_t count, absl::Time now, std::mt19937_64& random,
                 FakeWorld& world) {
  for (int64_t i = 0; i < count; ++i) {
    world.Put(MakeProduct(kFirstProductId + i, now, random));
  }
}

void AddStock(std::mt19937_64& random, FakeWorld& world) {
  for (const auto& [warehouse_id, warehouse] : world.warehouses) {
    for (const auto& [product_id, product] : world.products) {
      if (product.bundle) continue;
      world.Put(MakeStock(product_id, warehouse_id, random));
    }
  }
}

void AddListings(absl::Time now, std::mt19937_64& random, FakeWorld& world) {
  int64_t next_id = kFirstListingId;
  for (const auto& [channel_id, channel] : world.sales_channels) {
    for (const auto& [product_id, product] : world.products) {
      if (channel_id != kFirstChannelId && Below(random, 3) == 0) continue;
      Listing listing = MakeListing(world, product, channel_id, now, random);
      listing.listing_id = next_id++;
      world.Put(std::move(listing));
    }
  }
}

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

FakeWorld GenerateWorld(const WorldPlan& plan, absl::Time now) {
  FakeWorld world;
  std::mt19937_64 random(static_cast<uint64_t>(plan.seed));
  // Whole seconds, as the Order Manager writes its times.
  now = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  AddWarehouses(plan.warehouses, world);
  AddSalesChannels(plan.channels, world);
  AddProducts(plan.products, now, random, world);
  AddStock(random, world);
  AddListings(now, random, world);
  AddProviders(world);
  AddOrders(plan.orders, now, random, world);
  return world;
}

}  // namespace oms_connector::testing_support
