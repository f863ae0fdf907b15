#include "tests/support/catalogue_generator.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "tests/support/tracking_numbers.h"

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

}  // namespace oms_connector::testing_support
