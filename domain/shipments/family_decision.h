// Applies the rules to one family that was loaded: which of its shipments get
// an event, and where the others stand. Pure but for the rows it updates.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_DECISION_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_DECISION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/delivery_decision.h"
#include "domain/shipments/order_family.h"
#include "domain/shipments/release_rule.h"
#include "model/settings.h"

namespace oms_connector::shipments {

struct DecisionTime {
  absl::Time now;
  absl::Time fresh_since;  // shipment_decider.h
};

// Two records of one order with one tracking number: perhaps one parcel that
// was entered twice. Both are handed out; people should look.
struct DuplicateParcel {
  int64_t order_id = 0;
  int64_t shipment_id = 0;
  int64_t earlier_shipment_id = 0;
  std::string tracking_number;
};

struct FamilyResult {
  // Pointers into the loaded orders.
  std::vector<NewEvent> events;
  std::vector<int64_t> blocking_orders;     // held parcels wait for them
  std::vector<int64_t> stale_orders;        // shipment_decider.h
  std::vector<int64_t> unknown_orders;      // members waited for, never read
  std::optional<absl::Time> hold_end;       // when a max_hold of it ends first
  std::vector<DuplicateParcel> duplicates;  // found only now
};

// Decides on the shipments of those members of `family` whose own family it
// is, and updates their rows in `orders`; `released` of the orders too.
FamilyResult DecideFamily(const std::vector<int64_t>& family,
                          const CartDirectory& directory,
                          const model::Settings& settings, DecisionTime time,
                          LoadedOrders& orders);

// Brings what the cart sees of a shipment that was never handed out up to date:
// cart, carrier, items, names, family.
void RefreshView(const LoadedOrder& order, const CartDirectory& directory,
                 const model::Settings& settings,
                 model::StoredShipment& shipment);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_DECISION_H_
