// What an update makes of settings. Pure.
#ifndef OMS_CONNECTOR_MODEL_SETTINGS_MERGE_H_
#define OMS_CONNECTOR_MODEL_SETTINGS_MERGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "model/settings.h"

namespace oms_connector::model {

// `current` with the fields that `mask` names taken from `sent`; one that is
// named but not sent goes back to its default. Paths are those of the Settings
// message, e.g. "inventory.subtract_locked_quantity" or "shipment"; an empty
// mask names what was sent. INVALID_REQUEST as field_mask.h says.
absl::StatusOr<Settings> MergeSettings(const Settings& current,
                                       const PartialSettings& sent,
                                       absl::Span<const std::string> mask);

// Whether levels computed under `a` may differ from those under `b`.
bool SameInventorySettings(const Settings& a, const Settings& b);

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_SETTINGS_MERGE_H_
