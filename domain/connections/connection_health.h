// How a connection fares: how fresh its feeds are, what is held and what its
// carts have not answered.
#ifndef OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_HEALTH_H_
#define OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_HEALTH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::connections {

// Clocks that differ by less are nothing to tell anybody of.
inline constexpr absl::Duration kToldDifference = absl::Minutes(1);

struct ConnectionHealth {
  model::PullStatus inventory;
  model::PullStatus shipments;
  int64_t held_orders = 0;            // orders with at least one HELD shipment
  int64_t unconfirmed_shipments = 0;  // READY: no cart has answered yet
  // How long the oldest of each has waited; unset where there is none.
  std::optional<absl::Duration> oldest_hold;
  std::optional<absl::Duration> oldest_unconfirmed;
  // Differences of listing quantities may have been missed (order_manager.h,
  // AcknowledgeInventory).
  bool delta_gap_suspected = false;
  // Levels that stand withheld because nobody has told their quantity.
  int64_t levels_without_number = 0;
  // How far the Order Manager's clock is ahead of ours, or behind it where
  // negative, when it was seen last; unset up to kToldDifference.
  std::optional<absl::Duration> clock_difference;
  int64_t rejected_rows = 0;                  // of the latest run of each feed
  std::vector<model::CartError> cart_errors;  // of the latest runs
};

// All zero for a connection that does not exist; the store's errors.
absl::StatusOr<ConnectionHealth> ReadHealth(storage::Store& store,
                                            const base::CallContext& context,
                                            absl::string_view connection);

}  // namespace oms_connector::connections

#endif  // OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_HEALTH_H_
