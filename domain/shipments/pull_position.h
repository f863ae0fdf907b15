// How far a pull of shipments has come, as the text of its checkpoint.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_PULL_POSITION_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_PULL_POSITION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::shipments {

// The parts of a pull, in their order. The numbers are stored.
enum class PullPhase {
  kOrders = 1,     // those modified lately
  kShipments = 2,  // those created lately
  kVoided = 3,     // those created in the last 90 days and voided
  kHeld = 4,       // each HELD one
  kDecide = 5,     // orders asked for by id, and the decisions
};

struct PullPosition {
  PullPhase phase = PullPhase::kOrders;
  int64_t page = 1;   // of the phase's list, 1-based
  int64_t after = 0;  // kHeld: the last shipment read again
  // Fixed when the pull started, so that its pages stay the same list.
  absl::Time start_time;
  absl::Time orders_from;     // modified since
  absl::Time shipments_from;  // created since
  // The latest modification time among the orders read; the epoch if none.
  absl::Time orders_seen;
  absl::Time shipments_to;  // the end of the last window of shipments
  // Orders modified since then are read once more by the next pull.
  absl::Time orders_again_from;
  // Where the window of shipments begins that is read now; the epoch before the
  // phase's first.
  absl::Time window_from;

  friend bool operator==(const PullPosition& a, const PullPosition& b);
};

// Whole microseconds are kept of times. nullopt for a text that is none of
// these.
std::string FormatPosition(const PullPosition& position);
std::optional<PullPosition> ParsePosition(absl::string_view text);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_PULL_POSITION_H_
