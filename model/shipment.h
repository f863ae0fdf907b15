// Shipments as the connector hands them out, and the events of their feed.
#ifndef OMS_CONNECTOR_MODEL_SHIPMENT_H_
#define OMS_CONNECTOR_MODEL_SHIPMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "model/carrier.h"
#include "model/inventory.h"

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
};

struct Delivery {
  DeliveryState state = DeliveryState::kHeld;
  HoldReason hold_reason = HoldReason::kNone;
  std::optional<absl::Time> hold_time;  // when it was first held
  std::vector<BlockingOrder> blocking_orders;
  std::string outcome_reason;
  std::optional<absl::Time> outcome_time;
};

struct ShipmentItem {
  std::string sku;  // the SKU that the cart uses
  std::string master_sku;
  int64_t quantity = 0;
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
};

struct ShipmentEvent {
  int64_t sequence = 0;  // set by the store, in commit order
  EventKind kind = EventKind::kShipped;
  // As it was when the event was made, but `delivery`, which is as it is now.
  Shipment shipment;
  absl::Time event_time;
  int64_t release_group = 0;  // equal for what was released together
  int32_t release_group_size = 1;
};

// What a cart said of a shipment.
struct ShipmentOutcome {
  int64_t shipment_id = 0;
  std::optional<int64_t> sequence;  // the event that it answers
  bool confirmed = true;            // false = rejected
  std::string reason;
};

// A named reader of the feed whose position the server keeps.
struct Consumer {
  std::string name;      // [a-z][a-z0-9-]{0,62}
  std::string cart_id;   // bound at its first poll; empty = all carts
  int64_t position = 0;  // the last sequence that it has acknowledged
  std::optional<absl::Time> position_time;
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_SHIPMENT_H_
