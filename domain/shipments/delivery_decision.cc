#include "domain/shipments/delivery_decision.h"

namespace oms_connector::shipments {
namespace {

constexpr absl::string_view kVoidedBefore = "voided before it was handed out";

}  // namespace

std::optional<model::EventKind> EventDue(const DeliveredShipment& shipment) {
  if (shipment.cart_is_not_told) return std::nullopt;
  if (shipment.last_kind == model::EventKind::kVoided) {
    if (shipment.voided || !shipment.has_tracking_number) return std::nullopt;
    return model::EventKind::kShipped;
  }
  if (shipment.voided) return model::EventKind::kVoided;
  if (!shipment.has_tracking_number) return std::nullopt;
  if (shipment.inputs_changed && shipment.differs_from_reported) {
    return model::EventKind::kCorrected;
  }
  return std::nullopt;
}

model::Delivery DeliveryAfter(
    const model::Delivery& before, const ShipmentDecision& decision,
    const std::vector<model::BlockingOrder>& blocking_orders, absl::Time now) {
  model::Delivery after;
  after.hold_time = before.hold_time;
  if (decision.action == ReleaseAction::kHold) {
    after.state = model::DeliveryState::kHeld;
    after.hold_reason = decision.hold_reason;
    // One in the future was noted while the clock was wrong.
    if (!after.hold_time.has_value() || *after.hold_time > now) {
      after.hold_time = now;
    }
    if (decision.hold_reason == model::HoldReason::kWaitingForFamily) {
      after.blocking_orders = blocking_orders;
    }
    return after;
  }
  after.state = model::DeliveryState::kNotRequired;
  after.outcome_reason = decision.action == ReleaseAction::kNeverShown
                             ? std::string(kVoidedBefore)
                             : decision.outcome_reason;
  return after;
}

model::Delivery DeliveryAfterEvent(const model::Delivery& before,
                                   absl::string_view reason) {
  model::Delivery after;
  after.state = model::DeliveryState::kReady;
  after.hold_time = before.hold_time;
  after.outcome_reason = std::string(reason);
  after.outcome_time = before.outcome_time;
  return after;
}

}  // namespace oms_connector::shipments
