// Levels as a view would tell them now, from what is stored: for answers beside
// the feed, such as previews and explanations.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_TOLD_LEVEL_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_TOLD_LEVEL_H_

#include <string>

#include "absl/status/statusor.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_writer.h"
#include "model/inventory.h"
#include "model/settings.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// A level as a view tells it; its texts are looked up where it is shown.
struct ToldLevel {
  model::StoredLevel stored;
  bool locked_subtracted = false;
};

// The view of a cart, or the connection's own for "", under `settings`;
// CART_NOT_FOUND.
absl::StatusOr<View> ViewUnder(InventoryContext context,
                               const model::Settings& settings,
                               const std::string& cart);

// A level that is stored, as `view` tells it.
ToldLevel TellLevel(const View& view, const model::StoredLevel& stored);

// The level that a recompute would leave behind.
ToldLevel LevelUnder(const View& view, const LevelOutcome& outcome);

// With its SKUs, the name of its location and the stock behind it, as the feed
// tells it.
absl::StatusOr<model::InventoryLevel> DescribeLevel(
    storage::InventoryReader& reader, const InventoryContext& context,
    const std::string& cart, const ToldLevel& told);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_TOLD_LEVEL_H_
