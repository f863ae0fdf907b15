// What storage/shipment_tables.h keeps, as plain rows: the nouns of
// model with what only the tables and the rules over them need.
#ifndef OMS_CONNECTOR_STORAGE_SHIPMENT_ROWS_H_
#define OMS_CONNECTOR_STORAGE_SHIPMENT_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "model/order.h"
#include "model/shipment.h"

namespace oms_connector::storage {

// One per connection: how far the mirror and the decisions have come.
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
  // Events up to this sequence may have been pruned.
  int64_t pruned_through = 0;
};

// Names that ids of the Order Manager stand for. The numbers are stored.
enum class NameKind { kSalesChannel = 1, kWarehouse = 2, kService = 3 };

struct ReferenceName {
  NameKind kind = NameKind::kSalesChannel;
  int64_t parent_id = 0;  // the provider of a service; 0 otherwise
  int64_t id = 0;
  std::string name;

  friend bool operator==(const ReferenceName& a, const ReferenceName& b) {
    return a.kind == b.kind && a.parent_id == b.parent_id && a.id == b.id &&
           a.name == b.name;
  }
};

// An order as mirrored.
struct StoredOrder {
  model::Order order;      // nothing but its id while it is not `known`
  bool known = true;       // read at least once
  bool readable = true;    // the last try to read it went well
  absl::Time read_time;    // of the last try; the epoch before the first
  absl::Time status_time;  // since when it has been in its status for us
  std::string cart_id;     // empty: no cart has its sales channel
  std::string family_key;  // under its cart's rule; empty where ids relate it
  bool released = false;   // its shipments went, so later parcels go at once
  bool pending = false;    // waits to be decided
};

// What a carrier was last resolved from.
struct CarrierInputs {
  std::string shipping_carrier;
  std::string tracking_number;
  std::string custom_field;  // the field's name; empty = none named
  std::string custom_text;

  friend bool operator==(const CarrierInputs& a, const CarrierInputs& b) {
    return a.shipping_carrier == b.shipping_carrier &&
           a.tracking_number == b.tracking_number &&
           a.custom_field == b.custom_field && a.custom_text == b.custom_text;
  }
};

// The last event of a shipment and what it told.
struct LastEvent {
  int64_t sequence = 0;
  model::EventKind kind = model::EventKind::kShipped;
  std::string tracking_number;
  std::string carrier_code;
  CarrierInputs inputs;
};

// A shipment: the Order Manager's record, and what was decided about it.
struct StoredShipment {
  model::ShipmentRecord record;
  std::string tracking_key;  // the tracking number normalised, for finding
  std::string cart_id;
  std::vector<int64_t> family_order_ids;
  model::Carrier carrier;
  std::vector<model::ShipmentItem> items;
  std::string warehouse_name;
  model::Delivery delivery;
  absl::Time state_time;  // since when `delivery.state` is what it is
  std::optional<LastEvent> last_event;  // unset = never handed out
};

// Conditions that must all hold; empty ones hold always.
struct ShipmentSearch {
  std::vector<model::DeliveryState> states;
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

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SHIPMENT_ROWS_H_
