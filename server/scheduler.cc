#include "server/scheduler.h"

#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/status_macros.h"
#include "domain/pulls/pull_schedule.h"

namespace oms_connector::server {
namespace {

// Connections are looked at in pages, so that one tick's memory is bounded.
constexpr int kConnectionsPerRead = 200;
// Rows that one transaction of the pruning removes, so that calls that write
// do not wait long behind it.
constexpr int kRowsPerPrune = 1000;

}  // namespace

Scheduler::Scheduler(Options options, storage::Store* store,
                     pulls::PullRunner* runner, base::Clock* clock,
                     base::Sleeper* sleeper)
    : options_(options),
      store_(store),
      runner_(runner),
      clock_(clock),
      sleeper_(sleeper) {}

Scheduler::~Scheduler() { Stop(); }

void Scheduler::Start() {
  thread_ = std::thread([this] {
    const base::CallContext context(absl::InfiniteFuture(), stop_.token());
    do {
      const absl::Status status = Tick(context);
      if (!status.ok() && !absl::IsCancelled(status)) {
        base::LogWarning("scheduler could not look at the store",
                         {{"error", status.message()}});
      }
    } while (sleeper_->Sleep(options_.tick, context).ok());
  });
}

void Scheduler::Stop() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

absl::Status Scheduler::Tick(const base::CallContext& context) {
  const absl::Time now = clock_->Now();
  if (options_.pull) OMS_RETURN_IF_ERROR(PullWhatIsDue(context, now));
  if (now < next_prune_) return absl::OkStatus();
  next_prune_ = now + options_.prune_interval;
  return Prune(context, now);
}

absl::Status Scheduler::PullWhatIsDue(const base::CallContext& context,
                                      absl::Time now) {
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
      for (const model::Feed feed :
           {model::Feed::kInventory, model::Feed::kShipments}) {
        const absl::Status status = PullIfDue(context, now, connection, feed);
        if (status.ok() || absl::IsNotFound(status)) continue;
        base::LogWarning(
            "scheduled pull could not start",
            {{"connection", connection.id}, {"error", status.message()}});
      }
    }
  }
}

absl::Status Scheduler::PullIfDue(const base::CallContext& context,
                                  absl::Time now,
                                  const model::Connection& connection,
                                  model::Feed feed) {
  std::optional<model::SyncRun> latest;
  model::PullStatus status;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(latest, txn.runs().LatestRun(connection.id, feed));
        OMS_ASSIGN_OR_RETURN(status,
                             txn.runs().GetPullStatus(connection.id, feed));
        return absl::OkStatus();
      }));
  const absl::Duration interval = feed == model::Feed::kInventory
                                      ? connection.inventory_interval
                                      : connection.shipment_interval;
  if (pulls::NextPullTime(latest, status, interval) > now) {
    return absl::OkStatus();
  }
  pulls::PullRequest request;
  request.connection = connection.id;
  request.feed = feed;
  request.trigger = model::SyncTrigger::kSchedule;
  return runner_->JoinOrStart(context, request).status();
}

absl::Status Scheduler::Prune(const base::CallContext& context,
                              absl::Time now) {
  const absl::Time before = now - options_.retention;
  int64_t pruned = 0;
  do {
    OMS_RETURN_IF_ERROR(store_->Write(
        context, [&](storage::WriteTransaction& txn) -> absl::Status {
          OMS_ASSIGN_OR_RETURN(
              const int64_t history,
              txn.connections().PruneConnections(now, before, kRowsPerPrune));
          OMS_ASSIGN_OR_RETURN(const int64_t runs,
                               txn.runs().PruneRuns(before, kRowsPerPrune));
          OMS_ASSIGN_OR_RETURN(
              const int64_t shipments,
              txn.shipments().PruneShipments(before, kRowsPerPrune));
          pruned = history + runs + shipments;
          return absl::OkStatus();
        }));
  } while (pruned >= kRowsPerPrune);
  return absl::OkStatus();
}

}  // namespace oms_connector::server
