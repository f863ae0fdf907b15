#include "server/ops/fleet_watch.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/status_macros.h"
#include "model/connection.h"
#include "storage/store.h"

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
  // Series that alerts and dashboards name are there at the first scrape.
  const storage::StoreBytes bytes = storage::StoreBytesOf(store_url_);
  metrics_->SetStoreBytes(bytes.database, bytes.log);
  thread_ = std::thread([this] {
    const base::CallContext context(absl::InfiniteFuture(), stop_.token());
    do {
      if (!store_->writable()) (void)store_->Probe(context);
      const absl::Status status = Look(context);
      if (!status.ok() && !absl::IsCancelled(status)) {
        base::LogWarning("cannot look at how the connections fare",
                         {{"error", status.message()}});
      }
    } while (
        sleeper_
            ->Sleep(store_->writable() ? kInterval : kShortInterval, context)
            .ok());
  });
}

void FleetWatch::Stop() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const FleetLook> FleetWatch::last_look() const {
  absl::MutexLock lock(&mutex_);
  return last_look_;
}

absl::Status FleetWatch::Look(const base::CallContext& context) {
  auto look = std::make_shared<FleetLook>();
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(look->time, txn.Now());
        return absl::OkStatus();
      }));
  OMS_RETURN_IF_ERROR(LookAtConnections(context, look.get()));
  FleetFigures& figures = look->figures;
  if (!store_->writable()) {
    figures.inventory.connections_failing = figures.connections;
    figures.shipments.connections_failing = figures.connections;
  }
  metrics_->SetFleet(figures);
  look->bytes = storage::StoreBytesOf(store_url_);
  metrics_->SetStoreBytes(look->bytes.database, look->bytes.log);
  OMS_RETURN_IF_ERROR(LookAtDays(context, look.get()));
  absl::MutexLock lock(&mutex_);
  last_look_ = std::move(look);
  return absl::OkStatus();
}

absl::Status FleetWatch::LookAtConnections(const base::CallContext& context,
                                           FleetLook* look) {
  std::string last;
  while (true) {
    std::vector<model::Connection> connections;
    OMS_RETURN_IF_ERROR(store_->Read(
        context, [&](storage::ReadTransaction& txn) -> absl::Status {
          OMS_ASSIGN_OR_RETURN(connections, txn.connections().ListConnections(
                                                last, kConnectionsPerRead));
          return absl::OkStatus();
        }));
    if (connections.empty()) return absl::OkStatus();
    last = connections.back().id;
    for (const model::Connection& connection : connections) {
      OMS_ASSIGN_OR_RETURN(ConnectionLook one, LookAt(context, connection));
      AddConnection(one.health, look->time, &look->figures);
      if (look->connections.size() < kMaxShown) {
        look->connections.push_back(std::move(one));
      }
    }
  }
}

absl::Status FleetWatch::LookAtDays(const base::CallContext& context,
                                    FleetLook* look) {
  std::vector<model::Connection> shown;
  for (ConnectionLook& one : look->connections) {
    OMS_RETURN_IF_ERROR(
        days_.Update(*store_, context, one.connection, look->time));
    one.day = days_.DayOf(one.connection, look->time);
    shown.push_back(one.connection);
  }
  days_.KeepOnly(shown);
  return absl::OkStatus();
}

absl::StatusOr<ConnectionLook> FleetWatch::LookAt(
    const base::CallContext& context, const model::Connection& connection) {
  ConnectionLook look;
  look.connection = connection;
  OMS_ASSIGN_OR_RETURN(
      look.health, connections::ReadHealth(*store_, context, connection.id));
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            look.inventory_run,
            txn.runs().LatestRun(connection.id, model::Feed::kInventory));
        OMS_ASSIGN_OR_RETURN(
            look.shipment_run,
            txn.runs().LatestRun(connection.id, model::Feed::kShipments));
        return absl::OkStatus();
      }));
  return look;
}

}  // namespace oms_connector::server
