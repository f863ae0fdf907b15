// What becomes of one shipment: which event its cart is to hear, and in which
// state it is left. Pure.
//
// Before its first event a shipment follows the release rule's decision
// (release_rule.h). After it, only the difference between what was told and
// what is true now counts:
//
//   last event          now                                    event
//   SHIPPED, CORRECTED  voided                                 VOIDED
//   SHIPPED, CORRECTED  other tracking number or carrier       CORRECTED
//   SHIPPED, CORRECTED  no tracking number                     none
//   VOIDED              not voided, with a tracking number     SHIPPED
//   any                 the cart is not to be told             none
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_DELIVERY_DECISION_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_DELIVERY_DECISION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "domain/shipments/release_rule.h"
#include "model/shipment.h"

namespace oms_connector::shipments {

// A shipment that was handed out, as it stands now.
struct DeliveredShipment {
  model::EventKind last_kind = model::EventKind::kShipped;
  bool voided = false;
  bool has_tracking_number = true;
  // Its order is external, suppressed or processed outside.
  bool cart_is_not_told = false;
  // The Order Manager's carrier, the tracking number or the custom field is
  // another than when its carrier was last resolved.
  bool inputs_changed = false;
  // The tracking number or the resolved carrier is another than was told.
  bool differs_from_reported = false;
};

// An event to be made of a shipment as it is given, which is updated to what it
// is after the event: READY, with the event as its last.
struct NewEvent {
  model::StoredShipment* shipment = nullptr;
  model::EventKind kind = model::EventKind::kShipped;
  model::CarrierInputs inputs;  // what its carrier was resolved from
  std::string reason;           // why it went early, or empty
  // Events with the same text, other than "", were released together. A cart
  // sees only its own events, so groups are told apart by cart as well.
  std::string group;
};

// The event that is due, if any.
std::optional<model::EventKind> EventDue(const DeliveredShipment& shipment);

// Where a shipment that was never handed out stands after `decision`, which is
// not kRelease. `before` is where it stood; it keeps the time when it was first
// held.
model::Delivery DeliveryAfter(
    const model::Delivery& before, const ShipmentDecision& decision,
    const std::vector<model::BlockingOrder>& blocking_orders, absl::Time now);

// Where a shipment stands after an event. `reason` tells why it went although
// its family is not complete, or is empty.
model::Delivery DeliveryAfterEvent(const model::Delivery& before,
                                   absl::string_view reason);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_DELIVERY_DECISION_H_
