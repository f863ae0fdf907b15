#include "server/convert/shipment_convert.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "server/convert/resource_names.h"
#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

// Pairs of what is the same here and there.
constexpr std::pair<model::EventKind, v1::ShipmentEvent::Kind> kKinds[] = {
    {model::EventKind::kShipped, v1::ShipmentEvent::KIND_SHIPPED},
    {model::EventKind::kCorrected, v1::ShipmentEvent::KIND_CORRECTED},
    {model::EventKind::kVoided, v1::ShipmentEvent::KIND_VOIDED},
};
constexpr std::pair<model::CarrierSource, v1::Carrier::Source> kSources[] = {
    {model::CarrierSource::kOrderManager, v1::Carrier::SOURCE_ORDER_MANAGER},
    {model::CarrierSource::kTrackingNumber,
     v1::Carrier::SOURCE_TRACKING_NUMBER},
    {model::CarrierSource::kCustomField, v1::Carrier::SOURCE_CUSTOM_FIELD},
    {model::CarrierSource::kUnresolved, v1::Carrier::SOURCE_UNRESOLVED},
};
constexpr std::pair<model::CarrierConfidence, v1::Carrier::Confidence>
    kConfidences[] = {
        {model::CarrierConfidence::kUnspecified,
         v1::Carrier::CONFIDENCE_UNSPECIFIED},
        {model::CarrierConfidence::kLow, v1::Carrier::CONFIDENCE_LOW},
        {model::CarrierConfidence::kMedium, v1::Carrier::CONFIDENCE_MEDIUM},
        {model::CarrierConfidence::kHigh, v1::Carrier::CONFIDENCE_HIGH},
};
constexpr std::pair<model::DeliveryState, v1::Delivery::State> kStates[] = {
    {model::DeliveryState::kHeld, v1::Delivery::STATE_HELD},
    {model::DeliveryState::kReady, v1::Delivery::STATE_READY},
    {model::DeliveryState::kConfirmed, v1::Delivery::STATE_CONFIRMED},
    {model::DeliveryState::kRejected, v1::Delivery::STATE_REJECTED},
    {model::DeliveryState::kNotRequired, v1::Delivery::STATE_NOT_REQUIRED},
};
constexpr std::pair<model::HoldReason, v1::Delivery::HoldReason>
    kHoldReasons[] = {
        {model::HoldReason::kNone, v1::Delivery::HOLD_REASON_UNSPECIFIED},
        {model::HoldReason::kNoTrackingNumber,
         v1::Delivery::HOLD_REASON_NO_TRACKING_NUMBER},
        {model::HoldReason::kWaitingForFamily,
         v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY},
        {model::HoldReason::kOrderUnreadable,
         v1::Delivery::HOLD_REASON_ORDER_UNREADABLE},
};

// Every noun stands in its table; 0, "unspecified", is never reached.
template <typename Noun, typename Wire, size_t kSize>
Wire ToWire(const std::pair<Noun, Wire> (&pairs)[kSize], Noun noun) {
  for (const auto& [here, there] : pairs) {
    if (here == noun) return there;
  }
  return static_cast<Wire>(0);
}

template <typename Noun, typename Wire, size_t kSize>
std::optional<Noun> FromWire(const std::pair<Noun, Wire> (&pairs)[kSize],
                             Wire wire) {
  for (const auto& [here, there] : pairs) {
    if (there == wire) return here;
  }
  return std::nullopt;
}

void SetCarrier(const model::Carrier& carrier, v1::Carrier* proto) {
  proto->set_code(carrier.code);
  proto->set_display_name(carrier.display_name);
  proto->set_source(ToWire(kSources, carrier.source));
  proto->set_rule(carrier.rule);
  proto->set_confidence(ToWire(kConfidences, carrier.confidence));
  for (const std::string& candidate : carrier.candidates) {
    proto->add_candidates(candidate);
  }
  proto->set_service(carrier.service);
}

void SetDelivery(const model::Delivery& delivery, v1::Delivery* proto) {
  proto->set_state(ToWire(kStates, delivery.state));
  proto->set_hold_reason(ToWire(kHoldReasons, delivery.hold_reason));
  if (delivery.hold_time.has_value()) {
    *proto->mutable_hold_time() = ToProto(*delivery.hold_time);
  }
  for (const model::BlockingOrder& order : delivery.blocking_orders) {
    v1::BlockingOrder& added = *proto->add_blocking_orders();
    added.set_order_id(order.order_id);
    added.set_order_number(order.order_number);
    added.set_status(order.status);
    *added.mutable_since_time() = ToProto(order.since_time);
  }
  proto->set_outcome_reason(delivery.outcome_reason);
  if (delivery.outcome_time.has_value()) {
    *proto->mutable_outcome_time() = ToProto(*delivery.outcome_time);
  }
}

}  // namespace

void ToProto(const model::Shipment& shipment, absl::string_view connection,
             v1::Shipment* proto) {
  proto->set_name(ShipmentName(connection, shipment.shipment_id));
  proto->set_shipment_id(shipment.shipment_id);
  proto->set_order_id(shipment.order_id);
  proto->set_order_number(shipment.order_number);
  proto->set_cart(shipment.cart_id);
  proto->mutable_family_order_ids()->Add(shipment.family_order_ids.begin(),
                                         shipment.family_order_ids.end());
  proto->set_tracking_number(shipment.tracking_number);
  SetCarrier(shipment.carrier, proto->mutable_carrier());
  for (const model::ShipmentItem& item : shipment.items) {
    v1::ShipmentItem& added = *proto->add_items();
    added.set_sku(item.sku);
    added.set_master_sku(item.master_sku);
    added.set_quantity(item.quantity);
    added.set_quantity_text(item.quantity_text);
  }
  if (shipment.ship_time.has_value()) {
    *proto->mutable_ship_time() = ToProto(*shipment.ship_time);
  }
  if (shipment.create_time.has_value()) {
    *proto->mutable_create_time() = ToProto(*shipment.create_time);
  }
  if (shipment.warehouse_id != 0) {
    proto->mutable_warehouse()->set_id(shipment.warehouse_id);
    proto->mutable_warehouse()->set_name(shipment.warehouse_name);
  }
  proto->set_external(shipment.external);
  SetDelivery(shipment.delivery, proto->mutable_delivery());
  if (shipment.state_time.has_value()) {
    *proto->mutable_delivery()->mutable_state_time() =
        ToProto(*shipment.state_time);
  }
}

v1::Shipment ToProto(const model::Shipment& shipment,
                     absl::string_view connection) {
  v1::Shipment proto;
  ToProto(shipment, connection, &proto);
  return proto;
}

void ToProto(const model::ShipmentEvent& event, absl::string_view connection,
             v1::ShipmentEvent* proto) {
  proto->set_sequence(event.sequence);
  proto->set_kind(ToWire(kKinds, event.kind));
  ToProto(event.shipment, connection, proto->mutable_shipment());
  *proto->mutable_event_time() = ToProto(event.event_time);
  proto->set_release_group(event.release_group);
  proto->set_release_group_size(event.release_group_size);
}

v1::Consumer ToProto(const model::Consumer& consumer, int64_t lag) {
  v1::Consumer proto;
  proto.set_name(consumer.name);
  proto.set_cart(consumer.cart_id);
  if (consumer.position_time.has_value()) {
    *proto.mutable_position_time() = ToProto(*consumer.position_time);
  }
  proto.set_lag(lag);
  return proto;
}

absl::StatusOr<model::ShipmentOutcome> OutcomeFromProto(
    const v1::ShipmentOutcome& proto, absl::string_view connection, int index) {
  // There are thousands of outcomes, and nearly all are good.
  const auto field = [index](absl::string_view name) {
    return absl::StrCat("outcomes[", index, "].", name);
  };
  const absl::StatusOr<ShipmentKey> key = ParseShipmentName("", proto.name());
  if (!key.ok()) return ParseShipmentName(field("name"), proto.name()).status();
  if (key->connection != connection) {
    return model::InvalidField(
        field("name"), "must name a shipment of the request's `connection`");
  }
  model::ShipmentOutcome outcome;
  outcome.shipment_id = key->shipment_id;
  if (proto.has_sequence()) {
    if (proto.sequence() < 1) {
      return model::InvalidField(
          field("sequence"),
          "must be the sequence of an event, or absent for the last one");
    }
    outcome.sequence = proto.sequence();
  }
  if (proto.result() != v1::ShipmentOutcome::RESULT_CONFIRMED &&
      proto.result() != v1::ShipmentOutcome::RESULT_REJECTED) {
    return model::InvalidField(field("result"),
                               "must be RESULT_CONFIRMED or RESULT_REJECTED");
  }
  outcome.confirmed = proto.result() == v1::ShipmentOutcome::RESULT_CONFIRMED;
  outcome.reason = proto.reason();
  return outcome;
}

absl::StatusOr<model::DeliveryState> DeliveryStateFromProto(
    v1::Delivery::State state, absl::string_view field) {
  const std::optional<model::DeliveryState> known = FromWire(kStates, state);
  if (known.has_value()) return *known;
  return model::InvalidField(field,
                             "must be STATE_HELD, STATE_READY, "
                             "STATE_CONFIRMED, STATE_REJECTED or "
                             "STATE_NOT_REQUIRED");
}

}  // namespace oms_connector::server
