// What is known of stock: the rows as the Order Manager tells them, the levels
// computed from them, and how far pulling and computing have come.
//
// A SKU is kept as a number: each spelling has one of its own, and those that
// differ in case only share a key, which is the number of the first of them.
// The empty SKU is 0, as number and as key. Rows to be written bear numbers
// that AddSkus gave in the same connection.
//
// Lists of keys or ids to find may be of any length and hold repetitions; what
// is found comes in no particular order, unless said otherwise. A Put inserts
// rows or replaces them whole.
#ifndef OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
#define OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/inventory.h"
#include "storage/document.h"

namespace oms_connector::storage {

// A named time of the pulling room: what was read completely, and when that
// reading began.
struct SourceMark {
  std::string source;
  absl::Time time = absl::UnixEpoch();

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "source", &SourceMark::source);
    visit(2, "time", &SourceMark::time);
  }
};

// One per connection; a default-made one where nothing was stored yet.
struct InventoryState {
  // The view_generation (model::Connection) under which all levels are
  // computed; 0 = none yet.
  int64_t computed_generation = 0;
  // A recompute under way: for which generation, and after which step and key
  // it goes on. No step = from the start.
  int64_t target_generation = 0;
  std::string position_step;
  int64_t position_key = 0;
  // Warehouses or channels came, went or changed their flag: levels must be
  // computed anew, though those stored may be read meanwhile.
  bool locations_changed = false;
  // The run that computes all levels at its end and none before; empty = none.
  std::string deferred_by_run;
  // Of the account that was pulled last.
  std::string base_url;
  std::string token_fingerprint;
  std::optional<absl::Time> last_complete_full_time;
  // Numbers were asked for and the answer is not stored yet.
  std::optional<absl::Time> acknowledge_in_flight;
  // Since when differences may be missing; unset = none are.
  std::optional<absl::Time> gap_time;
  int64_t last_revision = 0;  // the newest that inventory has taken
  std::vector<SourceMark> marks;
  // Lists that came empty where there had been something, and were not
  // believed: their sources.
  std::vector<std::string> doubted_lists;

  // The time of a source; nullopt = it was never read.
  std::optional<absl::Time> MarkOf(absl::string_view source) const;
  void SetMark(absl::string_view source, absl::Time time);

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "computed_generation", &InventoryState::computed_generation);
    visit(2, "target_generation", &InventoryState::target_generation);
    visit(3, "position_step", &InventoryState::position_step);
    visit(4, "position_key", &InventoryState::position_key);
    visit(5, "locations_changed", &InventoryState::locations_changed);
    visit(6, "deferred_by_run", &InventoryState::deferred_by_run);
    visit(7, "base_url", &InventoryState::base_url);
    visit(8, "last_complete_full_time",
          &InventoryState::last_complete_full_time);
    visit(9, "acknowledge_in_flight", &InventoryState::acknowledge_in_flight);
    visit(10, "gap_time", &InventoryState::gap_time);
    visit(11, "last_revision", &InventoryState::last_revision);
    visit(12, "marks", &InventoryState::marks);
    visit(13, "doubted_lists", &InventoryState::doubted_lists);
    visit(14, "token_fingerprint", &InventoryState::token_fingerprint);
  }
};

// A sales channel or a warehouse.
struct StoredLocation {
  model::Location location;  // with its name
  std::string type;
  bool active = true;
  bool listed = true;  // whether the last list of the Order Manager had it
  // How many of the connection's own levels stand withheld there. Put leaves
  // it as it is; AddWithheld changes it.
  int64_t withheld = 0;
};

// The view of a cart: its levels, or where it sees the connection's own.
struct StoredView {
  int64_t view = 0;
  std::string cart_id;
};

// A location of a cart that sees the connection's own levels.
struct ViewLocation {
  int64_t view = 0;
  model::LocationKind kind = model::LocationKind::kWarehouse;
  int64_t location_id = 0;
  bool shown = true;     // false: not any more
  int64_t revision = 0;  // since when
};

struct Sku {
  int64_t number = 0;
  int64_t key = 0;
};

// What stands beside a row's quantities of a level.
struct LevelValue {
  int64_t revision = 0;              // 0 = there is no level
  std::optional<int64_t> available;  // absent while withheld
  model::WithheldReason reason = model::WithheldReason::kNone;
  bool clamped_at_zero = false;
  absl::Time as_of_time;

  bool exists() const { return revision != 0; }
};

struct StoredStock {
  int64_t warehouse_id = 0;
  int64_t product_id = 0;
  Sku sku;
  std::string master_sku;  // the text of `sku`; not written
  int64_t on_hand = 0;
  std::optional<int64_t> locked;
  absl::Time value_time;  // when these quantities were first read
  bool missed = false;    // a complete full pull has missed it
  bool gone = false;      // concluded: not in the Order Manager any more
  // The connection's own level of this SKU at this warehouse, where it tells
  // of this row.
  LevelValue level;
};

// The columns of a product that levels depend on.
struct ProductFlags {
  int64_t product_id = 0;
  Sku sku;
  bool active = true;
  bool missed = false;
  bool gone = false;
  int64_t revision = 0;  // 0 while it is not in the feed
};

struct StoredProduct {
  ProductFlags flags;
  std::string details;  // as DetailsOf gives them
};

// The details of a product as they are kept: equal bytes are equal details.
inline std::string DetailsOf(const model::Product& product) {
  return EncodeDocument(product);
}

struct StoredListing {
  int64_t sales_channel_id = 0;
  int64_t listing_id = 0;
  Sku sku;
  Sku master;
  int64_t product_id = 0;  // 0 = not named
  bool active = true;
  bool push_inventory = true;
  bool known = true;  // false: only a number was told, the listing is unread
  std::optional<int64_t> quantity;
  absl::Time value_time;                // when this quantity was first read
  std::optional<absl::Time> told_time;  // when one was last told
  bool missed = false;
  bool gone = false;
};

// A level that stands in the table of levels.
struct StoredLevel {
  int64_t view = 0;  // 0 = the connection's own
  int64_t sku_key = 0;
  model::LocationKind kind = model::LocationKind::kWarehouse;
  int64_t location_id = 0;
  int64_t sku = 0;
  int64_t master_sku = 0;
  int64_t product_id = 0;  // whose stock the derivation tells
  LevelValue value;
};

// SKU keys that are ambiguous, and the first of them as they are spelled.
struct AmbiguousSkus {
  int64_t count = 0;
  std::vector<std::string> first;
};

// A place among the levels of one location, in the order of their rows: first
// those beside stock by product, then the others by SKU key.
struct LocationPlace {
  bool beside_stock = true;
  int64_t after = std::numeric_limits<int64_t>::min();  // product id or key
};

inline std::optional<absl::Time> InventoryState::MarkOf(
    absl::string_view source) const {
  for (const SourceMark& mark : marks) {
    if (mark.source == source) return mark.time;
  }
  return std::nullopt;
}

inline void InventoryState::SetMark(absl::string_view source, absl::Time time) {
  for (SourceMark& mark : marks) {
    if (mark.source != source) continue;
    mark.time = time;
    return;
  }
  marks.push_back({std::string(source), time});
}

struct PlacedLevel {
  LocationPlace place;
  // Unset: the row that was looked at here has no level of the location.
  std::optional<model::InventoryLevel> level;
};

class InventoryReader {
 public:
  virtual ~InventoryReader() = default;

  virtual absl::StatusOr<InventoryState> GetState(
      absl::string_view connection) = 0;
  // Ascending by kind and id.
  virtual absl::StatusOr<std::vector<StoredLocation>> ListLocations(
      absl::string_view connection) = 0;
  // Ascending by number.
  virtual absl::StatusOr<std::vector<StoredView>> ListViews(
      absl::string_view connection) = 0;
  // Of all carts, ascending by view, kind and id.
  virtual absl::StatusOr<std::vector<ViewLocation>> ListViewLocations(
      absl::string_view connection) = 0;

  // The numbers of spellings, in the order asked; the key is also told of a
  // spelling that is new itself, and {0, 0} of one whose key is.
  virtual absl::StatusOr<std::vector<Sku>> FindSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts) = 0;
  // The spellings of numbers, in the order asked; "" for one that there is not.
  virtual absl::StatusOr<std::vector<std::string>> GetSkuTexts(
      absl::string_view connection, const std::vector<int64_t>& numbers) = 0;
  // Every key that was ever used, ascending, after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListSkuKeys(
      absl::string_view connection, int64_t after, int limit) = 0;

  // Of one warehouse, ascending by product. `product_ids` ascend.
  virtual absl::StatusOr<std::vector<StoredStock>> FindStock(
      absl::string_view connection, int64_t warehouse_id,
      const std::vector<int64_t>& product_ids) = 0;
  // Of all the warehouses and products.
  virtual absl::StatusOr<std::vector<StoredStock>> FindStockAt(
      absl::string_view connection, const std::vector<int64_t>& warehouse_ids,
      const std::vector<int64_t>& product_ids) = 0;
  // Which products may have stock under the keys, as (key, product).
  virtual absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>>
  FindStockProducts(absl::string_view connection,
                    const std::vector<int64_t>& sku_keys) = 0;

  virtual absl::StatusOr<std::vector<StoredProduct>> FindProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;
  virtual absl::StatusOr<std::vector<ProductFlags>> FindProductFlags(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;
  virtual absl::StatusOr<std::vector<ProductFlags>> FindProductsBySku(
      absl::string_view connection, const std::vector<int64_t>& sku_keys) = 0;

  virtual absl::StatusOr<std::vector<StoredListing>> FindListings(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& listing_ids) = 0;
  virtual absl::StatusOr<std::vector<StoredListing>> FindListingsBySku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& sku_keys) = 0;
  virtual absl::StatusOr<std::vector<StoredListing>> FindListingsByMasterSku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& master_keys) = 0;
  // In all channels.
  virtual absl::StatusOr<std::vector<StoredListing>> FindListingsOfProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;
  // Listings of a channel that were told no number after `since`; those that
  // are gone, unread or inactive do not count.
  virtual absl::StatusOr<int64_t> CountUntoldListings(
      absl::string_view connection, int64_t sales_channel_id,
      absl::Time since) = 0;

  // Ids of rows that are not gone (of listings: and were read), ascending,
  // after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListStockIds(
      absl::string_view connection, int64_t warehouse_id, int64_t after,
      int limit) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> ListProductIds(
      absl::string_view connection, int64_t after, int limit) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> ListListingIds(
      absl::string_view connection, int64_t sales_channel_id, int64_t after,
      int limit) = 0;

  // Levels of the keys in the table of levels.
  virtual absl::StatusOr<std::vector<StoredLevel>> FindLevels(
      absl::string_view connection, int64_t view,
      const std::vector<int64_t>& sku_keys) = 0;
  // The keys of one view's levels in that table, ascending, after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListLevelKeys(
      absl::string_view connection, int64_t view, int64_t after, int limit) = 0;

  // The feed, ascending by revision, after `after`: levels of a view, the
  // connection's own with those beside stock; and products. Levels come
  // without view and location name, with the quantities in stock now; whether
  // locked ones were subtracted is for the caller to say.
  virtual absl::StatusOr<std::vector<model::InventoryLevel>> ListLevels(
      absl::string_view connection, int64_t view, int64_t after, int limit) = 0;
  virtual absl::StatusOr<std::vector<model::Product>> ListChangedProducts(
      absl::string_view connection, int64_t after, int limit) = 0;
  // The connection's own levels at one location, after `after`; none only at
  // the end. Looks at `limit` rows at most.
  virtual absl::StatusOr<std::vector<PlacedLevel>> ListLevelsAt(
      absl::string_view connection, model::LocationKind kind,
      int64_t location_id, const LocationPlace& after, int limit) = 0;
  // Ascending by id, after `after`.
  virtual absl::StatusOr<std::vector<StoredProduct>> ListProducts(
      absl::string_view connection, int64_t after, int limit) = 0;
  virtual absl::StatusOr<AmbiguousSkus> CountAmbiguousSkus(
      absl::string_view connection, int limit) = 0;
};

class InventoryWriter : public InventoryReader {
 public:
  // Reads the state and keeps other writers of this connection's inventory
  // waiting until the transaction ends. To be called before anything is
  // computed from what is stored.
  virtual absl::StatusOr<InventoryState> LockState(
      absl::string_view connection) = 0;
  virtual absl::Status PutState(absl::string_view connection,
                                const InventoryState& state) = 0;

  virtual absl::Status PutLocations(
      absl::string_view connection,
      const std::vector<StoredLocation>& locations) = 0;
  virtual absl::Status AddWithheld(absl::string_view connection,
                                   const model::Location& location,
                                   int64_t count) = 0;
  // Gives a cart its view.
  virtual absl::StatusOr<int64_t> AddView(absl::string_view connection,
                                          absl::string_view cart_id) = 0;
  // With its levels and locations.
  virtual absl::Status DeleteView(absl::string_view connection,
                                  int64_t view) = 0;
  virtual absl::Status PutViewLocations(
      absl::string_view connection,
      const std::vector<ViewLocation>& locations) = 0;
  virtual absl::Status DeleteViewLocations(absl::string_view connection,
                                           int64_t view) = 0;

  // The numbers of spellings, in the order given; new ones where there are
  // none yet.
  virtual absl::StatusOr<std::vector<Sku>> AddSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts) = 0;
  virtual absl::Status PutStock(absl::string_view connection,
                                const std::vector<StoredStock>& rows) = 0;
  // (key, product), those that are there already too.
  virtual absl::Status AddStockProducts(
      absl::string_view connection,
      const std::vector<std::pair<int64_t, int64_t>>& pairs) = 0;
  virtual absl::Status PutProducts(absl::string_view connection,
                                   const std::vector<StoredProduct>& rows) = 0;
  virtual absl::Status PutListings(absl::string_view connection,
                                   const std::vector<StoredListing>& rows) = 0;
  virtual absl::Status PutLevels(absl::string_view connection,
                                 const std::vector<StoredLevel>& levels) = 0;
  // By view, key and location.
  virtual absl::Status DeleteLevels(absl::string_view connection,
                                    const std::vector<StoredLevel>& levels) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
