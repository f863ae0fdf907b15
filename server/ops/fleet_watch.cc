#include "server/ops/fleet_watch.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/status_macros.h"
#include "model/connection.h"

namespace oms_connector::server {
namespace {

// Connections are looked at in pages, so that one look's memory is bounded.
constexpr int kConnectionsPerRead = 200;

void AddFeed(const model::PullStatus& status, absl::Time now,
             FeedFigures* figures) {
  if (!status.last_error.ok()) ++figures->connections_failing;
  if (!status.last_success_time.has_value()) {
    ++figures->connections_never_pulled;
    return;
  }
  figures->oldest_success =
      std::max(figures->oldest_success, now - *status.last_success_time);
}

}  // namespace

void AddConnection(const connections::ConnectionHealth& health, absl::Time now,
                   FleetFigures* figures) {
  constexpr absl::Duration kNone = absl::ZeroDuration();
  ++figures->connections;
  AddFeed(health.inventory, now, &figures->inventory);
  AddFeed(health.shipments, now, &figures->shipments);
  if (health.delta_gap_suspected) ++figures->delta_gaps_suspected;
  figures->held_orders += health.held_orders;
  figures->unconfirmed_shipments += health.unconfirmed_shipments;
  figures->oldest_hold =
      std::max(figures->oldest_hold, health.oldest_hold.value_or(kNone));
  figures->oldest_unconfirmed = std::max(
      figures->oldest_unconfirmed, health.oldest_unconfirmed.value_or(kNone));
}

FleetWatch::~FleetWatch() { Stop(); }

void FleetWatch::Start() {
  thread_ = std::thread([this] {
    const base::CallContext context(absl::InfiniteFuture(), stop_.token());
    do {
      const absl::Status status = Look(context);
      if (!status.ok() && !absl::IsCancelled(status)) {
        base::LogWarning("cannot look at how the connections fare",
                         {{"error", status.message()}});
      }
    } while (sleeper_->Sleep(kInterval, context).ok());
  });
}

void FleetWatch::Stop() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

absl::Status FleetWatch::Look(const base::CallContext& context) {
  FleetFigures figures;
  const absl::Time now = clock_->Now();
  std::string last;
  while (true) {
    std::vector<model::Connection> connections;
    OMS_RETURN_IF_ERROR(store_->Read(
        context, [&](storage::ReadTransaction& txn) -> absl::Status {
          OMS_ASSIGN_OR_RETURN(connections, txn.connections().ListConnections(
                                                last, kConnectionsPerRead));
          return absl::OkStatus();
        }));
    if (connections.empty()) break;
    last = connections.back().id;
    for (const model::Connection& connection : connections) {
      OMS_ASSIGN_OR_RETURN(
          const connections::ConnectionHealth health,
          connections::ReadHealth(*store_, context, connection.id, now));
      AddConnection(health, now, &figures);
    }
  }
  metrics_->SetFleet(figures);
  return absl::OkStatus();
}

}  // namespace oms_connector::server
