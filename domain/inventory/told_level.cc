#include "domain/inventory/told_level.h"

#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "model/errors.h"

namespace oms_connector::inventory {

absl::StatusOr<View> ViewUnder(InventoryContext context,
                               const model::Settings& settings,
                               const std::string& cart) {
  context.settings = settings;
  for (View& view : BuildViews(context)) {
    if (view.id == cart) return std::move(view);
  }
  return model::CartNotFound(context.connection.id, cart);
}

ToldLevel TellLevel(const View& view, const model::StoredLevel& stored) {
  return {stored, stored.kind == model::LocationKind::kWarehouse &&
                      view.settings.subtract_locked_quantity};
}

ToldLevel LevelUnder(const View& view, const LevelOutcome& outcome) {
  model::StoredLevel base;
  base.sku_key = outcome.key.sku_key;
  base.kind = outcome.key.kind;
  base.location_id = outcome.key.location_id;
  const bool exists = outcome.stored.has_value();
  if (exists) base = outcome.stored->level;
  const LevelChange change =
      CompareLevels(exists ? &base : nullptr, outcome.computed);
  return TellLevel(view, ApplyLevel(base, change, outcome.computed));
}

absl::StatusOr<model::InventoryLevel> DescribeLevel(
    storage::InventoryReader& reader, const InventoryContext& context,
    const std::string& cart, const ToldLevel& told) {
  const model::StoredLevel& stored = told.stored;
  OMS_ASSIGN_OR_RETURN(std::vector<std::string> texts,
                       reader.GetSkuTexts(context.connection.id,
                                          {stored.sku, stored.master_sku}));
  const bool in_warehouse = stored.kind == model::LocationKind::kWarehouse;
  model::InventoryLevel level;
  level.view = cart;
  level.sku = std::move(texts[0]);
  level.master_sku = std::move(texts[1]);
  level.location = {stored.kind, stored.location_id,
                    LocationName(context, stored.kind, stored.location_id)};
  level.available = stored.value.available;
  level.withheld_reason = stored.value.reason;
  level.state = stored.value.reason == model::WithheldReason::kNone
                    ? model::LevelState::kPublished
                    : model::LevelState::kWithheld;
  level.derivation.source = in_warehouse
                                ? model::LevelSource::kWarehouseStock
                                : model::LevelSource::kChannelAllocation;
  level.derivation.locked_subtracted = told.locked_subtracted;
  level.derivation.clamped_at_zero = stored.value.clamped_at_zero;
  level.as_of_time = stored.value.as_of_time;
  level.revision = stored.value.revision;
  if (!in_warehouse) return level;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::StoredStock> stock,
      reader.FindStockAt(context.connection.id, {stored.location_id},
                         {stored.product_id}));
  if (!stock.empty()) level.derivation.stock = stock.front();
  return level;
}

}  // namespace oms_connector::inventory
