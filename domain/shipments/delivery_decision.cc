#include "domain/shipments/delivery_decision.h"

namespace oms_connector::shipments {
namespace {

constexpr absl::string_view kVoidedBefore = "voided before it was handed out";

}  // namespace

std::optional<model::EventKind> EventDue(const HandedOut& shipment) {
  if (shipment.cart_is_not_told) return std::nullopt;
  if (shipment.last_kind == model::EventKind::kVoided) {
    if (shipment.voided || !shipment.has_tracking_number) return std::nullopt;
    return model::EventKind::kShipped;
  }
  if (shipment.voided) return model::EventKind::kVoided;
  if (!shipment.has_tracking_number) return std::nullopt;
  if (shipment.inputs_changed && shipment.differs_from_told) {
    return model::EventKind::kCorrected;
  }
  return std::nullopt;
}

model::Delivery DeliveryAfter(
    const model::Delivery& before, const ShipmentVerdict& verdict,
    const std::vector<model::BlockingOrder>& blocking_orders, absl::Time now) {
  model::Delivery after;
  after.hold_time = before.hold_time;
  if (verdict.action == ReleaseAction::kHold) {
    after.state = model::DeliveryState::kHeld;
    after.hold_reason = verdict.hold_reason;
    if (!after.hold_time.has_value()) after.hold_time = now;
    if (verdict.hold_reason == model::HoldReason::kWaitingForFamily) {
      after.blocking_orders = blocking_orders;
    }
    return after;
  }
  after.state = model::DeliveryState::kNotRequired;
  after.outcome_reason = verdict.action == ReleaseAction::kNeverShown
                             ? std::string(kVoidedBefore)
                             : verdict.outcome_reason;
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
