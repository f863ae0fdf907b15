// What levels of given SKUs are computed from: the rows that claim them, and
// what is stored of them now.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CLAIMS_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CLAIMS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_calculator.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// Where a level stands, whatever the view.
struct LevelKey {
  int64_t sku_key = 0;
  model::LocationKind kind = model::LocationKind::kWarehouse;
  int64_t location_id = 0;

  friend bool operator<(const LevelKey& a, const LevelKey& b) {
    return std::tie(a.sku_key, a.kind, a.location_id) <
           std::tie(b.sku_key, b.kind, b.location_id);
  }
};

// Which levels.
struct LevelScope {
  std::vector<int64_t> keys;  // of SKUs
  // Levels at other locations of the view's kind cannot have changed.
  std::optional<int64_t> only_location;
  // Also those of the mode that was left. They change once, so only a
  // recompute of everything looks at them.
  bool all_kinds = false;
};

// A level as it is stored, and whose row of stock it stands beside; unset: in
// the table of levels.
struct PlacedLevel {
  model::StoredLevel level;
  std::optional<int64_t> beside_product;
};

using ClaimMap = std::map<LevelKey, std::vector<Claim>>;
using LevelMap = std::map<LevelKey, PlacedLevel>;
// By warehouse and product.
using StockMap = std::map<std::pair<int64_t, int64_t>, model::StoredStock>;

struct LevelFacts {
  // Of the view's kind. Warehouses that the view does not see may be among
  // them, channels may not.
  ClaimMap claims;
  // What the view has told under its keys, the connection's own levels that a
  // cart sees or saw among them.
  LevelMap stored;
  // Of the keys, where the view is the connection's own.
  StockMap stock;
};

absl::StatusOr<LevelFacts> FindFacts(storage::InventoryReader& reader,
                                     const InventoryContext& context,
                                     const View& view, const LevelScope& scope);

// A claim of stock under its master SKU. Quantities that were read before
// `read_from`, when the warehouse was away, are not known.
Claim ClaimOf(const model::StoredStock& stock, bool product_active,
              absl::Time read_from);

// A product that the list lacks counts as active: only a flag withholds.
inline bool IsInactive(const model::ProductFlags& product) {
  return !product.active && !product.gone;
}

// What of the rows has changed; repetitions do no harm.
struct ChangedRows {
  std::vector<int64_t> product_ids;  // of stock, listings or products
  std::vector<int64_t> master_keys;  // before and after the change
  std::vector<int64_t> listing_keys;
  bool flags = false;  // a flag of the products themselves
};

// Every SKU key whose level can depend on the rows, in any of the views.
absl::StatusOr<std::vector<int64_t>> TouchedKeys(
    storage::InventoryReader& reader, const InventoryContext& context,
    const std::vector<View>& views, const ChangedRows& rows);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CLAIMS_H_
