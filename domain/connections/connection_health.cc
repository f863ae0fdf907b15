#include "domain/connections/connection_health.h"

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "model/settings.h"

namespace oms_connector::connections {
namespace {

std::optional<absl::Duration> AgeOf(const std::optional<absl::Time>& time,
                                    absl::Time now) {
  if (!time.has_value()) return std::nullopt;
  return now - *time;
}

}  // namespace

absl::StatusOr<ConnectionHealth> ReadHealth(storage::Store& store,
                                            const base::CallContext& context,
                                            absl::string_view connection,
                                            absl::Time now) {
  ConnectionHealth health;
  OMS_RETURN_IF_ERROR(
      store.Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            health.inventory,
            txn.runs().GetPullStatus(connection, model::Feed::kInventory));
        OMS_ASSIGN_OR_RETURN(
            health.shipments,
            txn.runs().GetPullStatus(connection, model::Feed::kShipments));
        OMS_ASSIGN_OR_RETURN(const storage::InventoryState inventory,
                             txn.inventory().GetState(connection));
        if (inventory.gap_time.has_value()) {
          OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                               txn.connections().GetSettings(connection));
          // Per warehouse nothing is read by differences.
          health.delta_gap_suspected =
              settings.values.inventory_sync_mode ==
              model::InventorySyncMode::kPerSalesChannel;
        }
        OMS_ASSIGN_OR_RETURN(const storage::DeliveryHealth delivery,
                             txn.shipments().GetDeliveryHealth(connection));
        health.held_orders = delivery.held_orders;
        health.unconfirmed_shipments = delivery.unconfirmed_shipments;
        health.oldest_hold = AgeOf(delivery.oldest_hold, now);
        health.oldest_unconfirmed = AgeOf(delivery.oldest_unconfirmed, now);
        return absl::OkStatus();
      }));
  return health;
}

}  // namespace oms_connector::connections
