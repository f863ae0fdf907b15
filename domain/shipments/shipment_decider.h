// Decides on shipments whose facts, family or settings have changed, in one
// transaction with the events that follow from it.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_DECIDER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_DECIDER_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "domain/shipments/family_decision.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/shipment.h"
#include "storage/store.h"

namespace oms_connector::shipments {

struct DecisionRequest {
  std::string connection;
  absl::Time now;
  // Members read before this are read again before their family is released.
  absl::Time fresh_since;
  // Where to go on among the pending orders.
  int64_t after = std::numeric_limits<int64_t>::min();
};

struct DecisionBatch {
  int64_t events = 0;  // how many were made
  bool more = false;   // call again, with `after` = last_order
  int64_t last_order = 0;
  // Members whose family would be released were they read just now. Their
  // family stays held, and pending.
  std::vector<int64_t> stale_orders;
  // Members that nobody has read yet, now asked for (replica.h).
  int64_t unknown_orders = 0;
  std::vector<DuplicateParcel> duplicates;
};

// Decides a batch of pending orders with their families. What a change of
// settings or carts, or the end of a max_hold, concerns is made pending first,
// in transactions of its own where it is much: `more` with no event.
// CONNECTION_NOT_FOUND; the store's errors.
absl::StatusOr<DecisionBatch> DecidePending(storage::WriteTransaction& txn,
                                            const DecisionRequest& request);

// Whether settings, carts or the end of a max_hold ask for decisions that no
// pull has to come first for.
absl::StatusOr<bool> DecisionIsDue(storage::ReadTransaction& txn,
                                   absl::string_view connection,
                                   absl::Time now);
bool DecisionIsDue(const model::Connection& connection,
                   const model::StoredSettings& settings,
                   const model::ShipmentState& state, absl::Time now);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_DECIDER_H_
