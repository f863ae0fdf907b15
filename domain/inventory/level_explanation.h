// Why a level is the number it is, or withheld: every level of one SKU, each
// with all that claims it. From stored stock; stores nothing and calls nobody.
//
//   OMS_ASSIGN_OR_RETURN(
//       const LevelExplanations found,
//       ExplainLevel(store, context, {"acme", /*cart=*/"", "TEE-1"}, now));
//   for (const LevelExplanation& one : found.levels) Print(one.text);
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_EXPLANATION_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_EXPLANATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "model/inventory.h"
#include "storage/store.h"

namespace oms_connector::inventory {

struct LevelQuestion {
  std::string connection;
  std::string cart;  // empty = all locations, master SKUs
  std::string sku;   // master or listing SKU, in any case
};

// A row of the Order Manager that claims the SKU of a level.
struct ExplainedClaim {
  int64_t product_id = 0;  // 0 = the listing does not name its product
  int64_t listing_id = 0;  // 0 = no listing plays a part
  std::string master_sku;
  std::string listing_sku;  // empty without a listing
  bool product_active = true;
  bool listing_active = true;
  bool push_inventory = true;
  bool gone = false;  // absent from a complete full pull
  // Per warehouse; absent otherwise.
  std::optional<int64_t> on_hand, locked;
  // Per channel: the Order Manager's number; absent while it is not known.
  std::optional<int64_t> quantity;
  absl::Time value_time;  // when these quantities were first read
};

struct LevelExplanation {
  // Under the settings in force, as the feed tells it once it has caught up.
  model::InventoryLevel level;
  std::vector<ExplainedClaim> claims;  // by product and listing
  // When its quantity was first read, or when it was withheld.
  absl::Time change_time;
  std::string text;  // a sentence or two for people
};

struct LevelExplanations {
  std::vector<LevelExplanation> levels;  // by SKU and location
  bool cut = false;                      // there are more levels or claims
};

// A SKU that many rows claim, at many locations, must not make an answer that
// no client takes.
inline constexpr size_t kMaxExplainedLevels = 500;
inline constexpr size_t kMaxClaimsOfALevel = 50;

// CONNECTION_NOT_FOUND, CART_NOT_FOUND, the store's. No levels for a SKU that
// nothing stored bears.
absl::StatusOr<LevelExplanations> ExplainLevel(storage::Store& store,
                                               const base::CallContext& context,
                                               const LevelQuestion& question,
                                               absl::Time now);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_EXPLANATION_H_
