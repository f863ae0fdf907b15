#include "domain/connections/connection_health.h"

#include <algorithm>

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

// A cart that both feeds cannot serve is told once.
void AddRun(const std::optional<model::SyncRun>& run,
            ConnectionHealth* health) {
  if (!run.has_value()) return;
  health->rejected_rows += run->counts.rows_rejected;
  const absl::Duration difference =
      run->clock_difference.value_or(absl::ZeroDuration());
  if (absl::AbsDuration(difference) > kToldDifference) {
    health->clock_difference = difference;
  }
  for (const model::CartError& error : run->cart_errors) {
    const bool told = std::any_of(
        health->cart_errors.begin(), health->cart_errors.end(),
        [&](const auto& known) { return known.cart_id == error.cart_id; });
    if (!told) health->cart_errors.push_back(error);
  }
}

}  // namespace

absl::StatusOr<ConnectionHealth> ReadHealth(storage::Store& store,
                                            const base::CallContext& context,
                                            absl::string_view connection) {
  ConnectionHealth health;
  OMS_RETURN_IF_ERROR(
      store.Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        health = {};
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        model::InventoryState inventory;
        OMS_ASSIGN_OR_RETURN(
            const model::FeedStatus inventory_feed,
            txn.runs().GetFeedStatus(connection, model::Feed::kInventory,
                                     &inventory));
        AddRun(inventory_feed.latest_run, &health);
        health.inventory = model::BelievedAt(inventory_feed.pull, now);
        OMS_ASSIGN_OR_RETURN(
            const model::FeedStatus shipment_feed,
            txn.runs().GetFeedStatus(connection, model::Feed::kShipments));
        AddRun(shipment_feed.latest_run, &health);
        health.shipments = model::BelievedAt(shipment_feed.pull, now);
        OMS_ASSIGN_OR_RETURN(health.levels_without_number,
                             txn.inventory().CountUnknownLevels(connection));
        if (inventory.gap_time.has_value()) {
          OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                               txn.connections().GetSettings(connection));
          // Per warehouse nothing is read by differences.
          health.delta_gap_suspected =
              settings.values.inventory_sync_mode ==
              model::InventorySyncMode::kPerSalesChannel;
        }
        OMS_ASSIGN_OR_RETURN(const model::DeliveryHealth delivery,
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
