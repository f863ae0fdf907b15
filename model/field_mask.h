// Which fields an update writes. Pure; the rules are AIP-134's and AIP-161's as
// api.md states them for UpdateSettings and UpdateConnection.
#ifndef OMS_CONNECTOR_MODEL_FIELD_MASK_H_
#define OMS_CONNECTOR_MODEL_FIELD_MASK_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace oms_connector::model {

// The leaf fields that an update with `mask` writes, out of `leaves` (dotted
// paths, e.g. "inventory.subtract_locked_quantity"):
//   * an empty mask: those of `present`, the leaves that the message has;
//   * "*", alone: all of them;
//   * otherwise every leaf that is named, or lies under a named message.
// A leaf that is written but not present goes back to its default.
//
// INVALID_REQUEST naming `update_mask` for "*" beside other paths and for each
// path that names nothing that can be written.
absl::StatusOr<std::set<std::string>> ExpandMask(
    absl::Span<const std::string> mask, absl::Span<const std::string> leaves,
    const std::set<std::string>& present);

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_FIELD_MASK_H_
