// What is known of stock: the rows as the Order Manager tells them, and the
// levels that are computed from them for carts.
//
// Quantities are whole units of a product, 64-bit. "SKU key" is a SKU folded
// for comparison (base/text_fold.h): master and listing SKUs are compared
// without regard to case and kept as the Order Manager wrote them.
#ifndef OMS_CONNECTOR_MODEL_INVENTORY_H_
#define OMS_CONNECTOR_MODEL_INVENTORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "model/fields.h"

namespace oms_connector::model {

// ---- Rows of the Order Manager -------------------------------------------

struct SalesChannel {
  int64_t id = 0;
  std::string name;
  std::string type;
  bool active = true;  // an absent flag counts as active
};

struct Warehouse {
  int64_t id = 0;
  std::string name;
  bool active = true;
  std::string type;
};

// What the Order Manager tells of a product's stock.
struct StockQuantities {
  int64_t on_hand = 0;
  std::optional<int64_t> locked;  // absent when the Order Manager gives null
};
inline bool SameQuantities(const StockQuantities& a, const StockQuantities& b) {
  return a.on_hand == b.on_hand && a.locked == b.locked;
}

// Stock of one product in one warehouse.
struct StockRow : StockQuantities {
  int64_t warehouse_id = 0;
  int64_t product_id = 0;
  std::string master_sku;
};

// An amount of money, kept as the decimal text that was read.
struct Money {
  std::string currency_code;  // ISO 4217
  std::string amount;         // "12.90"

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "currency_code", &Money::currency_code);
    visit(2, "amount", &Money::amount);
  }
};

struct Product {
  int64_t product_id = 0;
  std::string master_sku;
  std::string name;
  std::string type;      // CORE_PRODUCT, BUNDLE_KIT, ... kept as text
  bool active = true;    // an absent flag counts as active
  bool digital = false;  // nothing of it can be sent
  std::string brand;
  std::string description;
  std::string upc;
  std::string mpn;
  std::optional<double> weight, length, width, height;  // the account's units
  std::optional<Money> map_price;
  std::vector<std::string> categories, labels, image_urls;
  std::optional<absl::Time> create_time, modify_time;
  // Set by the store: the position in the connection's feed.
  int64_t revision = 0;

  // The details: what no rule looks at. The rest are columns of the store.
  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "name", &Product::name);
    visit(2, "type", &Product::type);
    visit(3, "brand", &Product::brand);
    visit(4, "description", &Product::description);
    visit(5, "upc", &Product::upc);
    visit(6, "mpn", &Product::mpn);
    visit(7, "weight", &Product::weight);
    visit(8, "length", &Product::length);
    visit(9, "width", &Product::width);
    visit(10, "height", &Product::height);
    visit(11, "map_price", &Product::map_price);
    visit(12, "categories", &Product::categories);
    visit(13, "labels", &Product::labels);
    visit(14, "image_urls", &Product::image_urls);
    visit(15, "create_time", &Product::create_time);
    visit(16, "modify_time", &Product::modify_time);
    visit(17, "digital", &Product::digital);
  }
};

inline constexpr char kVirtualProduct[] = "VIRTUAL_PRODUCT";

// Whether nothing of it is ever sent.
inline bool IsDigital(const Product& product) {
  return product.digital ||
         absl::EqualsIgnoreCase(product.type, kVirtualProduct);
}

// A product offered in a sales channel under the channel's own SKU.
struct Listing {
  int64_t listing_id = 0;
  std::string listing_sku;
  std::string master_sku;
  int64_t product_id = 0;  // 0 when the Order Manager does not name it
  int64_t sales_channel_id = 0;
  bool active = true;
  bool push_inventory = true;  // an absent flag counts as true
};

// A number that the Order Manager has computed for a listing.
struct ListingQuantity {
  int64_t listing_id = 0;
  std::string listing_sku;
  std::string master_sku;
  int64_t sales_channel_id = 0;
  int64_t quantity = 0;
  std::optional<absl::Time> last_modified{};
};

// ---- Levels ---------------------------------------------------------------

// The numbers of these enums are stored; never change them.
enum class LocationKind { kSalesChannel = 1, kWarehouse = 2 };
enum class LevelState { kPublished = 1, kWithheld = 2 };
enum class LevelSource { kChannelAllocation = 1, kWarehouseStock = 2 };

// Why a level is not published. Where several hold, the one with the lowest
// number is told (api.md, "Several at once").
enum class WithheldReason {
  kNone = 0,
  kModeChanged = 1,
  kAbsentFromFullPull = 2,
  kInactiveLocation = 3,
  kAmbiguousSku = 4,
  kInactiveProduct = 5,
  kInactiveListing = 6,
  kPushDisabled = 7,
  kNoListing = 8,
  kQuantityUnknown = 9,
};

struct Location {
  LocationKind kind = LocationKind::kWarehouse;
  int64_t id = 0;
  std::string name;  // not part of the key
};

// How a number came about; answers "why is it 7?".
struct Derivation {
  LevelSource source = LevelSource::kWarehouseStock;
  // As told, `locked` also where it is not subtracted; per warehouse only.
  std::optional<StockQuantities> stock;
  bool locked_subtracted = false;
  bool clamped_at_zero = false;
};

// The quantity to publish for one SKU at one location, in one view. A view is
// what one cart sees, or (empty) all locations with master SKUs.
struct InventoryLevel {
  std::string view;  // cart id; empty = the connection's own view
  std::string sku;   // the SKU that the view uses
  std::string master_sku;
  Location location;
  std::optional<int64_t> available;  // absent while withheld
  LevelState state = LevelState::kPublished;
  WithheldReason withheld_reason = WithheldReason::kNone;
  Derivation derivation;
  absl::Time as_of_time;  // when this value was first read
  int64_t revision = 0;   // set by the store
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_INVENTORY_H_
