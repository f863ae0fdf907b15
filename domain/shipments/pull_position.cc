#include "domain/shipments/pull_position.h"

#include <algorithm>

#include "storage/run_tables.h"

namespace oms_connector::shipments {
namespace {

// The last window ends so long after our clock and the Order Manager's, as
// theirs and ours differ.
constexpr absl::Duration kWindowMargin = absl::Hours(24);

// A past moment that lies in the future was noted while the clock was wrong. It
// counts as never.
std::optional<absl::Time> Past(std::optional<absl::Time> time,
                               absl::Time limit) {
  return time.has_value() && *time > limit ? std::nullopt : time;
}

}  // namespace

PullPosition FirstPosition(const model::ShipmentState& state,
                           absl::Time earliest_shipment_time, absl::Time now,
                           absl::Time their_now) {
  // Nobody knows which of the two clocks is wrong: what is read begins by the
  // one that is behind, and ends by the one that is ahead.
  const absl::Time behind = std::min(now, their_now);
  const absl::Time ahead = std::max(now, their_now);
  const absl::Time earliest = EarliestRead(earliest_shipment_time, behind);
  const std::optional<absl::Time> shipments =
      Past(state.shipments_read_through, now);
  PullPosition position;
  position.start_time = now;
  position.orders_again_from =
      Past(state.orders_read_through, ahead).value_or(earliest);
  position.orders_from =
      std::min(position.orders_again_from,
               state.orders_again_from.value_or(absl::InfiniteFuture())) -
      kOrderOverlap;
  position.shipments_from =
      shipments.has_value()
          ? std::max(earliest, std::min(*shipments, behind) - kShipmentOverlap)
          : earliest;
  // A clock that is years ahead must not make windows for years.
  position.shipments_to = std::min(ahead, now + kVoidWindow) + kWindowMargin;
  return position;
}

absl::Time EarliestRead(absl::Time earliest_shipment_time, absl::Time now) {
  return earliest_shipment_time > now ? now - kShipmentOverlap
                                      : earliest_shipment_time;
}

std::string EncodePosition(const PullPosition& position) {
  return storage::CheckpointOf(position);
}

std::optional<PullPosition> DecodePosition(absl::string_view checkpoint) {
  PullPosition position;
  const bool known = storage::ReadCheckpoint(checkpoint, &position) &&
                     position.phase >= PullPhase::kOrders &&
                     position.phase <= PullPhase::kDecide && position.page >= 1;
  if (!known) return std::nullopt;
  return position;
}

}  // namespace oms_connector::shipments
