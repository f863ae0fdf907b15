// How far a pull of shipments has come, and the document of it that is kept as
// the checkpoint. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_PULL_POSITION_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_PULL_POSITION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/shipment.h"

namespace oms_connector::shipments {

inline constexpr absl::Duration kOrderOverlap = absl::Minutes(10);
inline constexpr absl::Duration kShipmentOverlap = absl::Hours(7 * 24);
inline constexpr absl::Duration kVoidWindow = absl::Hours(90 * 24);

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

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "phase", &PullPosition::phase);
    visit(2, "page", &PullPosition::page);
    visit(3, "after", &PullPosition::after);
    visit(4, "start_time", &PullPosition::start_time);
    visit(5, "orders_from", &PullPosition::orders_from);
    visit(6, "shipments_from", &PullPosition::shipments_from);
    visit(7, "orders_seen", &PullPosition::orders_seen);
    visit(8, "shipments_to", &PullPosition::shipments_to);
    visit(9, "window_from", &PullPosition::window_from);
    visit(10, "orders_again_from", &PullPosition::orders_again_from);
  }
};

// Where a pull begins that has nowhere to go on from, by what the store says
// was read, the connection's earliest_shipment_time, our clock and the Order
// Manager's.
PullPosition FirstPosition(const model::ShipmentState& state,
                           absl::Time earliest_shipment_time, absl::Time now,
                           absl::Time their_now);
// Shipments created from then on are read: one that lies ahead is a clock's
// fault.
absl::Time EarliestRead(absl::Time earliest_shipment_time, absl::Time now);

// Whole microseconds are kept of times.
std::string EncodePosition(const PullPosition& position);
// nullopt for what is no such document, the empty one included.
std::optional<PullPosition> DecodePosition(absl::string_view checkpoint);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_PULL_POSITION_H_
