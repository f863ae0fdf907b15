// The rows that a store keeps of inventory, where they are more than the Order
// Manager tells: when a value was first read, the level beside it, whether a
// pull has missed it.
//
// A SKU is kept as a number: each spelling has one of its own, and those that
// differ in case only share a key, which is the number of the first of them.
// The empty SKU is 0, as number and as key.
#ifndef OMS_CONNECTOR_MODEL_INVENTORY_ROWS_H_
#define OMS_CONNECTOR_MODEL_INVENTORY_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/fields.h"
#include "model/inventory.h"

namespace oms_connector::model {

// A named time of the pulling room: what was read completely, and when that
// reading began.
struct SourceMark {
  std::string source;
  absl::Time time = absl::UnixEpoch();
  // Up to when its changes are known, by the Order Manager's clock; and up to
  // when they were before it was read last.
  std::optional<absl::Time> modified_through{};
  std::optional<absl::Time> known_before{};

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "source", &SourceMark::source);
    visit(2, "time", &SourceMark::time);
    visit(3, "modified_through", &SourceMark::modified_through);
    visit(4, "known_before", &SourceMark::known_before);
  }
};

// One per connection; a default-made one where nothing was stored yet.
struct InventoryState {
  // The view_generation (Connection) under which all levels are
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
  std::optional<absl::Time> ModifiedThrough(absl::string_view source) const;
  std::optional<absl::Time> KnownBefore(absl::string_view source) const;
  void SetMark(absl::string_view source, absl::Time time,
               std::optional<absl::Time> modified_through = std::nullopt);
  void EraseMark(absl::string_view source);

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
  Location location;  // with its name
  std::string type;
  bool active = true;
  bool listed = true;  // whether the last list of the Order Manager had it
  // How many of the connection's own levels stand withheld there. Put leaves
  // it as it is; AddWithheld changes it.
  int64_t withheld = 0;
  // No cart wanted it when that was looked at last, or it was not active or not
  // listed.
  bool away = false;
  // Since when it is back. Of a warehouse: rows whose quantities were read
  // before are not to be believed. Of a channel: unset again once its numbers
  // were told, and until then none is.
  std::optional<absl::Time> read_from{};
  // Of a channel: an earlier connection of the account acknowledges it.
  bool numbers_in_use = false;
};

// The view of a cart: its levels, or where it sees the connection's own.
struct StoredView {
  int64_t view = 0;
  std::string cart_id;
};

// A location of a cart that sees the connection's own levels.
struct ViewLocation {
  int64_t view = 0;
  LocationKind kind = LocationKind::kWarehouse;
  int64_t location_id = 0;
  bool shown = true;     // false: not any more
  int64_t revision = 0;  // since when
};

// All of a connection.
struct StoredViews {
  std::vector<StoredView> views;        // ascending by number
  std::vector<ViewLocation> locations;  // of these, ascending
};

struct Sku {
  int64_t number = 0;
  int64_t key = 0;
};

// What stands beside a row's quantities of a level.
struct LevelValue {
  int64_t revision = 0;              // 0 = there is no level
  std::optional<int64_t> available;  // absent while withheld
  WithheldReason reason = WithheldReason::kNone;
  bool clamped_at_zero = false;
  absl::Time as_of_time;

  bool exists() const { return revision != 0; }
};

struct StoredStock : StockQuantities {
  int64_t warehouse_id = 0;
  int64_t product_id = 0;
  Sku sku;
  std::string master_sku;  // the text of `sku`; not written
  absl::Time value_time;   // when these quantities were first read
  bool missed = false;     // a complete full pull has missed it
  bool gone = false;       // concluded: not in the Order Manager any more
  // The connection's own level of this SKU at this warehouse, where it tells
  // of this row.
  LevelValue level;
};

// Stock that was read lately and that no full pull has missed since.
struct StandingStock : StockQuantities {
  int64_t product_id = 0;
  int64_t sku = 0;               // its number
  absl::string_view master_sku;  // its text, where somebody has looked it up
};

// The columns of a product that levels depend on.
struct ProductFlags {
  int64_t product_id = 0;
  Sku sku;
  bool active = true;
  bool missed = false;
  bool gone = false;
  int64_t revision = 0;  // 0 while it is not in the feed
  // The text of `sku`, from FindProductFlags only; not written.
  std::string master_sku;
};

struct StoredProduct {
  ProductFlags flags;
  std::string details;  // as DetailsOf gives them
};

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
  LocationKind kind = LocationKind::kWarehouse;
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

struct PlacedLevel {
  LocationPlace place;
  // Unset: the row that was looked at here has no level of the location.
  std::optional<InventoryLevel> level;
};

inline std::optional<absl::Time> InventoryState::MarkOf(
    absl::string_view source) const {
  for (const SourceMark& mark : marks) {
    if (mark.source == source) return mark.time;
  }
  return std::nullopt;
}

inline std::optional<absl::Time> InventoryState::ModifiedThrough(
    absl::string_view source) const {
  for (const SourceMark& mark : marks) {
    if (mark.source == source) return mark.modified_through;
  }
  return std::nullopt;
}

inline std::optional<absl::Time> InventoryState::KnownBefore(
    absl::string_view source) const {
  for (const SourceMark& mark : marks) {
    if (mark.source == source) return mark.known_before;
  }
  return std::nullopt;
}

inline void InventoryState::SetMark(
    absl::string_view source, absl::Time time,
    std::optional<absl::Time> modified_through) {
  const std::optional<absl::Time> before = ModifiedThrough(source);
  EraseMark(source);
  marks.push_back({std::string(source), time, modified_through, before});
}

inline void InventoryState::EraseMark(absl::string_view source) {
  marks.erase(std::remove_if(marks.begin(), marks.end(),
                             [&](const SourceMark& mark) {
                               return mark.source == source;
                             }),
              marks.end());
}

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_INVENTORY_ROWS_H_
