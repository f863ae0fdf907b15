// One level from everything that claims its SKU at its location: whether it is
// published, which number, or why not. Pure; domain.md's rules of inventory
// live here and in level_diff.h.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CALCULATOR_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CALCULATOR_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "model/inventory.h"
#include "model/settings.h"

namespace oms_connector::inventory {

// A row that claims a SKU at a location: stock of a product in a warehouse, or
// a listing in a channel.
struct Claim {
  int64_t product_id = 0;
  int64_t listing_id = 0;  // 0 where the SKU is a master SKU of stock
  int64_t sku = 0;         // as this row spells it: its number in the store
  int64_t master_sku = 0;
  bool gone = false;  // absent from a complete full pull
  bool product_active = true;
  bool listing_active = true;
  bool push_inventory = true;
  // Stock under its master SKU in a view with listing SKUs.
  bool without_listing = false;
  // Per warehouse: on hand. Per channel: the Order Manager's number.
  std::optional<int64_t> quantity;
  std::optional<int64_t> locked;  // per warehouse
  absl::Time value_time;          // when the quantities were first read
};

// What the level is computed under.
struct LevelTerms {
  model::Settings settings;
  model::LocationKind location_kind = model::LocationKind::kSalesChannel;
  bool location_live = true;  // active, in its list, and seen by the view
  absl::Time now;
};

// The level that was handed out under the same SKU and location before.
struct EarlierLevel {
  int64_t sku = 0;
  int64_t master_sku = 0;
  int64_t product_id = 0;
  model::WithheldReason reason = model::WithheldReason::kNone;
};

struct ComputedLevel {
  int64_t sku = 0;
  int64_t master_sku = 0;
  int64_t product_id = 0;
  model::WithheldReason reason = model::WithheldReason::kNone;
  std::optional<int64_t> available;  // set exactly when published
  bool clamped_at_zero = false;
  absl::Time as_of_time;
};

// nullopt when there is nothing to say: nothing lively claims the SKU, and no
// level was handed out before.
//
// Several reasons at once: the one with the lowest number (api.md). Two claims
// that are neither of an inactive product nor inactive listings are ambiguous;
// without such, two claims of inactive products are. The SKU is spelled as the
// claim with the lowest product id spells it.
std::optional<ComputedLevel> ComputeLevel(
    const LevelTerms& terms, const std::vector<Claim>& claims,
    const std::optional<EarlierLevel>& earlier);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CALCULATOR_H_
