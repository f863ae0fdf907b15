// Shipments as the connector hands them out, and the events of their feed.
#ifndef OMS_CONNECTOR_MODEL_SHIPMENT_H_
#define OMS_CONNECTOR_MODEL_SHIPMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "model/carrier.h"
#include "model/order.h"

namespace oms_connector::model {

// The numbers of these enums are stored; never change them.
enum class DeliveryState {
  kHeld = 1,         // not handed out yet, `hold_reason` says why
  kReady = 2,        // handed out, no answer of the cart yet
  kConfirmed = 3,    // the cart has taken it
  kRejected = 4,     // the cart has refused it, `outcome_reason` says why
  kNotRequired = 5,  // the cart is not to be told (external, suppressed)
};
enum class HoldReason {
  kNone = 0,
  kNoTrackingNumber = 1,
  kWaitingForFamily = 2,
  kOrderUnreadable = 3,
};
enum class EventKind { kShipped = 1, kCorrected = 2, kVoided = 3 };

// A member of a family that keeps it from being released.
struct BlockingOrder {
  int64_t order_id = 0;
  std::string order_number;
  std::string status;     // as the Order Manager says; empty when unreadable
  absl::Time since_time;  // since when it has been in that status for us

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "order_id", &BlockingOrder::order_id);
    visit(2, "order_number", &BlockingOrder::order_number);
    visit(3, "status", &BlockingOrder::status);
    visit(4, "since_time", &BlockingOrder::since_time);
  }
};

struct Delivery {
  DeliveryState state = DeliveryState::kHeld;
  HoldReason hold_reason = HoldReason::kNone;
  std::optional<absl::Time> hold_time;  // when it was first held
  std::vector<BlockingOrder> blocking_orders;
  std::string outcome_reason;
  std::optional<absl::Time> outcome_time;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "state", &Delivery::state);
    visit(2, "hold_reason", &Delivery::hold_reason);
    visit(3, "hold_time", &Delivery::hold_time);
    visit(4, "blocking_orders", &Delivery::blocking_orders);
    visit(5, "outcome_reason", &Delivery::outcome_reason);
    visit(6, "outcome_time", &Delivery::outcome_time);
  }
};

struct ShipmentItem {
  std::string sku;  // the SKU that the cart uses
  std::string master_sku;
  int64_t quantity = 0;  // cut off towards zero, as in OrderLine
  // As it came, where it is no whole number.
  std::string quantity_text{};

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "sku", &ShipmentItem::sku);
    visit(2, "master_sku", &ShipmentItem::master_sku);
    visit(3, "quantity", &ShipmentItem::quantity);
    visit(4, "quantity_text", &ShipmentItem::quantity_text);
  }
};

struct Shipment {
  int64_t shipment_id = 0;
  int64_t order_id = 0;
  std::string order_number;
  std::string cart_id;  // empty: no cart has this order's sales channel
  std::vector<int64_t> family_order_ids;  // ascending, its own included
  std::string tracking_number;
  Carrier carrier;
  std::vector<ShipmentItem> items;
  std::optional<absl::Time> ship_time;
  std::optional<absl::Time> create_time;
  int64_t warehouse_id = 0;
  std::string warehouse_name;
  bool external = false;
  Delivery delivery;
  // Since when `delivery.state` is what it is now: a column of its own, and so
  // no part of the document.
  std::optional<absl::Time> state_time{};

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "shipment_id", &Shipment::shipment_id);
    visit(2, "order_id", &Shipment::order_id);
    visit(3, "order_number", &Shipment::order_number);
    visit(4, "cart_id", &Shipment::cart_id);
    visit(5, "family_order_ids", &Shipment::family_order_ids);
    visit(6, "tracking_number", &Shipment::tracking_number);
    visit(7, "carrier", &Shipment::carrier);
    visit(8, "items", &Shipment::items);
    visit(9, "ship_time", &Shipment::ship_time);
    visit(10, "create_time", &Shipment::create_time);
    visit(11, "warehouse_id", &Shipment::warehouse_id);
    visit(12, "warehouse_name", &Shipment::warehouse_name);
    visit(13, "external", &Shipment::external);
    visit(14, "delivery", &Shipment::delivery);
  }
};

struct ShipmentEvent {
  int64_t sequence = 0;  // set by the store, in commit order
  EventKind kind = EventKind::kShipped;
  // As it was when the event was made, but `delivery`, which is as it is now.
  Shipment shipment;
  absl::Time event_time;
  int64_t release_group = 0;  // equal for what was released together
  int32_t release_group_size = 1;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "sequence", &ShipmentEvent::sequence);
    visit(2, "kind", &ShipmentEvent::kind);
    visit(3, "shipment", &ShipmentEvent::shipment);
    visit(4, "event_time", &ShipmentEvent::event_time);
    visit(5, "release_group", &ShipmentEvent::release_group);
    visit(6, "release_group_size", &ShipmentEvent::release_group_size);
  }
};

// What a cart said of a shipment.
struct ShipmentOutcome {
  int64_t shipment_id = 0;
  std::optional<int64_t> sequence;  // the event that it answers
  bool confirmed = true;            // false = rejected
  std::string reason;
};

// What was wrong with an outcome. The numbers are stored; never change them.
enum class OutcomeFault {
  kNone = 0,
  kShipmentNotFound = 1,
  kNotHandedOut = 2,
  kSequenceTooLate = 3,
  kReasonTooLong = 4,
};

struct RefusedOutcome {
  int64_t index = 0;
  OutcomeFault fault = OutcomeFault::kNone;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "index", &RefusedOutcome::index);
    visit(2, "fault", &RefusedOutcome::fault);
  }
};

// What is remembered of an answer: it may have thousands of errors, whose texts
// are made again.
struct RefusedOutcomes {
  std::vector<RefusedOutcome> outcomes;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "outcomes", &RefusedOutcomes::outcomes);
  }
};

// A named reader of the feed whose position the server keeps.
struct Consumer {
  std::string name;      // [a-z][a-z0-9-]{0,62}
  std::string cart_id;   // bound at its first poll; empty = all carts
  int64_t position = 0;  // the last sequence that it has acknowledged
  std::optional<absl::Time> position_time;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "name", &Consumer::name);
    visit(2, "cart_id", &Consumer::cart_id);
    visit(3, "position", &Consumer::position);
    visit(4, "position_time", &Consumer::position_time);
  }
};

// What a carrier was last resolved from.
struct CarrierInputs {
  std::string shipping_carrier;
  std::string tracking_number;
  std::string custom_field;  // the field's name; empty = none named
  std::string custom_text;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "shipping_carrier", &CarrierInputs::shipping_carrier);
    visit(2, "tracking_number", &CarrierInputs::tracking_number);
    visit(3, "custom_field", &CarrierInputs::custom_field);
    visit(4, "custom_text", &CarrierInputs::custom_text);
  }
};

// The last event of a shipment and what it told.
struct LastEvent {
  int64_t sequence = 0;
  EventKind kind = EventKind::kShipped;
  std::string tracking_number;
  std::string carrier_code;
  CarrierInputs inputs;
  bool replayed{};  // it repeats an earlier one

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "sequence", &LastEvent::sequence);
    visit(2, "kind", &LastEvent::kind);
    visit(3, "tracking_number", &LastEvent::tracking_number);
    visit(4, "carrier_code", &LastEvent::carrier_code);
    visit(5, "inputs", &LastEvent::inputs);
    visit(6, "replayed", &LastEvent::replayed);
  }
};

// What a decision makes of a record: how its cart is shown it.
struct ShipmentView {
  std::string cart_id;
  std::vector<int64_t> family_order_ids;
  Carrier carrier;
  std::vector<ShipmentItem> items;
  std::string warehouse_name;
  std::optional<LastEvent> last_event;  // unset = never handed out

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "cart_id", &ShipmentView::cart_id);
    visit(2, "family_order_ids", &ShipmentView::family_order_ids);
    visit(3, "carrier", &ShipmentView::carrier);
    visit(4, "items", &ShipmentView::items);
    visit(5, "warehouse_name", &ShipmentView::warehouse_name);
    visit(6, "last_event", &ShipmentView::last_event);
  }
};

// A shipment as the store keeps it: the Order Manager's record, and what was
// decided about it. Each part has a document of its own, so that a decision
// does not write the record again, and a cart's answer neither of the others.
struct StoredShipment : ShipmentView {
  ShipmentRecord record;
  std::string tracking_key;  // the tracking number normalised, for finding
  Delivery delivery;
  absl::Time state_time;  // since when `delivery.state` is what it is
  // False: read, but nothing was decided about it yet; view and delivery are
  // empty and not stored.
  bool decided = true;

  // As StoredOrder::in_store.
  struct InStore {
    std::string record_bytes;  // empty: it is new
    bool numbered = false;     // the record tells its order's number
    bool decided = false;      // the others are set
    std::string view_bytes;
    std::string delivery_bytes;
    absl::Time state_time;
    int64_t order_id = 0;
    DeliveryState state = DeliveryState::kHeld;
    bool held = false;  // and decided: it counts among the held ones
  } in_store;
};

// The part of a stored shipment that a cart's answer changes.
struct StoredDelivery {
  int64_t shipment_id = 0;
  std::string cart_id;
  int64_t last_sequence = 0;  // 0 = never handed out
  Delivery delivery;
  absl::Time state_time;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "shipment_id", &StoredDelivery::shipment_id);
    visit(2, "cart_id", &StoredDelivery::cart_id);
    visit(3, "last_sequence", &StoredDelivery::last_sequence);
    visit(4, "delivery", &StoredDelivery::delivery);
    visit(5, "state_time", &StoredDelivery::state_time);
  }

  // As StoredOrder::in_store.
  struct InStore {
    DeliveryState state = DeliveryState::kHeld;
  } in_store;
};

// The part of what was never handed out that is being made pending
// (ShipmentState). The numbers are stored.
enum class UndeliveredPass {
  kNone = 0,
  kHeld = 1,         // kNotRequired comes next
  kNotRequired = 2,  // nothing comes next
  kHeldOnly = 3,     // nothing comes next
};

// One per connection: how far the replica and the decisions have come.
struct ShipmentState {
  // The Order Manager's orders were read up to this modification time, its
  // shipment records up to this creation time. Unset = never.
  std::optional<absl::Time> orders_read_through;
  std::optional<absl::Time> shipments_read_through;
  // What the last decisions were made under: etags of the connection and of
  // its settings. What the orders' carts and family keys were computed under.
  std::string decided_under;
  std::string keyed_under;
  // The earliest moment at which a max_hold ends. Unset = none.
  std::optional<absl::Time> next_hold_end;
  // Carts and keys are being computed anew under this etag, up to this order.
  std::string keying_under;
  int64_t keyed_after = 0;
  // What was never handed out is being made pending, up to this shipment.
  UndeliveredPass undelivered_pass = UndeliveredPass::kNone;
  int64_t undelivered_after = 0;
  // Parcels created up to then may have been pruned; they are not taken up
  // again.
  std::optional<absl::Time> forgotten_through;
  // Orders modified since then were read once only, and are read once more:
  // rows can move to pages already read, or be away for a moment.
  std::optional<absl::Time> orders_again_from;
  // The etag of the connection whose carts the cart_errors of the newest runs
  // tell of. Empty = no run has looked.
  std::string carts_checked_under;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "orders_read_through", &ShipmentState::orders_read_through);
    visit(2, "shipments_read_through", &ShipmentState::shipments_read_through);
    visit(3, "decided_under", &ShipmentState::decided_under);
    visit(4, "keyed_under", &ShipmentState::keyed_under);
    visit(5, "next_hold_end", &ShipmentState::next_hold_end);
    visit(6, "keying_under", &ShipmentState::keying_under);
    visit(7, "keyed_after", &ShipmentState::keyed_after);
    visit(8, "undelivered_pass", &ShipmentState::undelivered_pass);
    visit(9, "undelivered_after", &ShipmentState::undelivered_after);
    visit(10, "forgotten_through", &ShipmentState::forgotten_through);
    visit(11, "orders_again_from", &ShipmentState::orders_again_from);
    visit(12, "carts_checked_under", &ShipmentState::carts_checked_under);
  }
};

// A name that an id of the Order Manager stands for.
struct ReferenceName {
  int64_t parent_id = 0;  // the provider of a service; 0 otherwise
  int64_t id = 0;
  std::string name;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "parent_id", &ReferenceName::parent_id);
    visit(2, "id", &ReferenceName::id);
    visit(3, "name", &ReferenceName::name);
  }
};

// The names of one connection, each list by (parent, id).
struct ReferenceNames {
  std::vector<ReferenceName> sales_channels;
  std::vector<ReferenceName> warehouses;
  std::vector<ReferenceName> services;
  // Lists that came empty though there were names, and were not believed.
  std::vector<std::string> doubted_lists;
  // Sales channels were read whole once, so one that is not there is missing.
  bool channels_read = false;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "sales_channels", &ReferenceNames::sales_channels);
    visit(2, "warehouses", &ReferenceNames::warehouses);
    visit(3, "services", &ReferenceNames::services);
    visit(4, "doubted_lists", &ReferenceNames::doubted_lists);
    visit(5, "channels_read", &ReferenceNames::channels_read);
  }
};

// What a poll shows of a connection beside its events: one row.
struct ShipmentSummary {
  ShipmentState state;      // default-constructed while nothing was stored
  int64_t held_orders = 0;  // orders with at least one HELD shipment
  int64_t ready_shipments = 0;
  int64_t last_sequence = 0;  // of the feed; 0 while it is empty
};

// Conditions that must all hold; empty ones hold always.
struct ShipmentSearch {
  std::vector<DeliveryState> states;
  std::string order_number;
  std::string tracking_key;  // a normalised tracking number
  std::string cart_id;
  std::optional<absl::Time> in_state_since;  // at this time or before
};

// What the health of a connection tells about its shipments.
struct DeliveryHealth {
  int64_t held_orders = 0;            // orders with at least one HELD shipment
  int64_t unconfirmed_shipments = 0;  // READY
  std::optional<absl::Time> oldest_hold;         // since when, of the HELD
  std::optional<absl::Time> oldest_unconfirmed;  // since when, of the READY
};

// Two ids that belong together.
struct IdPair {
  int64_t first = 0;
  int64_t second = 0;
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_SHIPMENT_H_
