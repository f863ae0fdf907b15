#include "domain/inventory/level_diff.h"

namespace oms_connector::inventory {

LevelChange CompareLevels(const storage::StoredLevel* stored,
                          const ComputedLevel& computed) {
  if (stored == nullptr) return LevelChange::kRevised;
  const model::InventoryLevel& level = stored->level;
  if (level.withheld_reason != computed.reason || level.sku != computed.sku ||
      level.available != computed.available ||
      level.derivation.clamped_at_zero != computed.clamped_at_zero) {
    return LevelChange::kRevised;
  }
  if (level.master_sku != computed.master_sku ||
      stored->product_id != computed.product_id) {
    return LevelChange::kDerivationOnly;
  }
  return LevelChange::kNone;
}

storage::StoredLevel ApplyLevel(const storage::StoredLevel& stored,
                                LevelChange change,
                                const ComputedLevel& computed) {
  storage::StoredLevel result = stored;
  model::InventoryLevel& level = result.level;
  level.master_sku = computed.master_sku;
  result.product_id = computed.product_id;
  if (change != LevelChange::kRevised) return result;
  level.sku = computed.sku;
  level.withheld_reason = computed.reason;
  level.state = computed.reason == model::WithheldReason::kNone
                    ? model::LevelState::kPublished
                    : model::LevelState::kWithheld;
  level.available = computed.available;
  level.derivation.clamped_at_zero = computed.clamped_at_zero;
  level.as_of_time = computed.as_of_time;
  return result;
}

}  // namespace oms_connector::inventory
