// Whether a level computed now differs from the one stored. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_DIFF_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_DIFF_H_

#include "domain/inventory/level_calculator.h"
#include "storage/store.h"

namespace oms_connector::inventory {

enum class LevelChange {
  kNone,
  // Only what makes no revision by itself: the master SKU behind a listing
  // SKU, or whose stock the derivation tells.
  kDerivationOnly,
  // State, reason, SKU, `available` or `clamped_at_zero`: a new revision.
  kRevised,
};

// `stored` null = there is none yet.
LevelChange CompareLevels(const storage::StoredLevel* stored,
                          const ComputedLevel& computed);

// `stored` with what was computed; revision and time of the value are kept
// where the level is not revised.
storage::StoredLevel ApplyLevel(const storage::StoredLevel& stored,
                                LevelChange change,
                                const ComputedLevel& computed);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_DIFF_H_
