#include "server/ops/scheduler.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/backoff.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "domain/feeds/pull_schedule.h"

namespace oms_connector::server {
namespace {

// Connections are looked at in pages, so that one tick's memory is bounded.
constexpr int kConnectionsPerRead = 100;
// Pulls whose turn has come may wait for a thread; so soon is looked again
// whether there is one.
constexpr absl::Duration kShortestSleep = absl::Milliseconds(50);
// Rows that one transaction of the pruning removes, so that calls that write
// do not wait long behind it.
constexpr int kRowsPerPrune = 1000;
// Such transactions between two looks at the connections: pulls that are due
// begin in time while millions of rows of a deleted connection go.
constexpr int kDeletesPerTick = 20;

}  // namespace

Scheduler::Scheduler(Options options, storage::Store* store,
                     feeds::PullRunner* runner, base::Clock* clock,
                     base::Sleeper* sleeper, base::IdGenerator* ids)
    : options_(options),
      store_(store),
      runner_(runner),
      clock_(clock),
      sleeper_(sleeper),
      ids_(ids) {}

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
    } while (sleeper_->Sleep(UntilNextTick(), context).ok());
  });
}

void Scheduler::Stop() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

absl::Status Scheduler::Tick(const base::CallContext& context) {
  const absl::Time now = clock_->SteadyNow();
  if (now >= next_look_) {
    next_look_ = now + options_.tick;
    if (options_.pull) OMS_RETURN_IF_ERROR(Look(context));
  }
  BeginPulls(context);
  OMS_RETURN_IF_ERROR(PruneDeleted(context));
  if (now < next_prune_) return absl::OkStatus();
  next_prune_ = now + options_.prune_interval;
  return Prune(context);
}

absl::Duration Scheduler::UntilNextTick() const {
  if (more_deleted_) return kShortestSleep;
  const absl::Time now = clock_->SteadyNow();
  absl::Time next = std::min(next_look_, now + options_.tick);
  for (const auto& [key, turn] : turns_) next = std::min(next, turn.begin);
  return std::max(next - now, kShortestSleep);
}

// ---- Turns -----------------------------------------------------------------

absl::Status Scheduler::Look(const base::CallContext& context) {
  Turns turns;
  std::string last;
  do {
    OMS_RETURN_IF_ERROR(LookAtSome(context, &last, &turns));
  } while (!last.empty());
  DrawLots(&turns);
  turns_ = std::move(turns);
  return absl::OkStatus();
}

// Connections after `last`, which becomes empty when there are none left.
absl::Status Scheduler::LookAtSome(const base::CallContext& context,
                                   std::string* last, Turns* turns) {
  std::vector<std::pair<Key, Turn>> seen;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        seen.clear();
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        OMS_ASSIGN_OR_RETURN(
            const std::vector<model::Connection> connections,
            txn.connections().ListConnections(*last, kConnectionsPerRead));
        for (const model::Connection& connection : connections) {
          for (const model::Feed feed :
               {model::Feed::kInventory, model::Feed::kShipments}) {
            OMS_ASSIGN_OR_RETURN(Turn turn, TurnOf(txn, connection, feed, now));
            seen.emplace_back(Key(connection.id, feed), std::move(turn));
          }
        }
        return absl::OkStatus();
      }));
  *last = seen.empty() ? "" : seen.back().first.first;
  turns->insert(seen.begin(), seen.end());
  return absl::OkStatus();
}

absl::StatusOr<Scheduler::Turn> Scheduler::TurnOf(
    storage::ReadTransaction& txn, const model::Connection& connection,
    model::Feed feed, absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const auto latest,
                       txn.runs().LatestRun(connection.id, feed));
  OMS_ASSIGN_OR_RETURN(const model::PullStatus status,
                       txn.runs().GetPullStatus(connection.id, feed));
  OMS_ASSIGN_OR_RETURN(const model::PullLease lease,
                       txn.runs().GetLease(connection.id, feed));
  const absl::Duration interval = feed == model::Feed::kInventory
                                      ? connection.inventory_interval
                                      : connection.shipment_interval;
  Turn turn;
  turn.connection = connection;
  if (latest.has_value()) turn.after_run = latest->run_id;
  turn.after_failure =
      latest.has_value() && latest->state == model::SyncState::kFailed;
  turn.due = feeds::NextPullTime(latest, status, lease, interval, now);
  turn.begin = clock_->SteadyNow() + (turn.due - now);
  return turn;
}

// A lot that was drawn stays until the pull it was drawn for has begun.
void Scheduler::DrawLots(Turns* turns) {
  const absl::Time now = clock_->SteadyNow();
  for (auto& [key, turn] : *turns) {
    const auto drawn = turns_.find(key);
    if (drawn != turns_.end() && drawn->second.due == turn.due &&
        drawn->second.after_run == turn.after_run) {
      turn.begin = drawn->second.begin;
      continue;
    }
    if (options_.spread <= absl::ZeroDuration()) continue;
    const double random = base::ToUnitInterval(ids_->NewUint64());
    turn.begin = std::max(turn.begin, now) + random * options_.spread;
  }
}

void Scheduler::BeginPulls(const base::CallContext& context) {
  const absl::Time now = clock_->SteadyNow();
  std::vector<std::pair<absl::Time, Key>> due;
  for (const auto& [key, turn] : turns_) {
    if (turn.begin <= now) due.emplace_back(turn.begin, key);
  }
  std::sort(due.begin(), due.end());
  for (const auto& [begin, key] : due) {
    const auto turn = turns_.find(key);
    if (!runner_->HasRoom(turn->second.connection, turn->second.after_failure,
                          options_.max_pulls, options_.max_doubtful_pulls,
                          options_.max_pulls_of_account)) {
      continue;
    }
    const absl::Status status = BeginPull(context, key, turn->second);
    turns_.erase(turn);
    if (status.ok() || absl::IsNotFound(status)) continue;
    base::LogWarning("scheduled pull could not start",
                     {{"connection", key.first}, {"error", status.message()}});
  }
}

absl::Status Scheduler::BeginPull(const base::CallContext& context,
                                  const Key& key, const Turn& turn) {
  feeds::PullRequest request;
  request.connection = key.first;
  request.feed = key.second;
  request.trigger = model::SyncTrigger::kSchedule;
  request.after_run = turn.after_run;
  return runner_->JoinOrStart(context, request).status();
}

absl::Status Scheduler::PruneDeleted(const base::CallContext& context) {
  more_deleted_ = false;
  // Most often there is nothing to write.
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(more_deleted_, txn.connections().HasDeletedRows());
        return absl::OkStatus();
      }));
  for (int i = 0; i < kDeletesPerTick && more_deleted_; ++i) {
    OMS_RETURN_IF_ERROR(store_->Write(
        context, [&](storage::WriteTransaction& txn) -> absl::Status {
          OMS_ASSIGN_OR_RETURN(const int64_t removed,
                               txn.connections().PruneDeleted(kRowsPerPrune));
          more_deleted_ = removed > 0;
          return absl::OkStatus();
        }));
  }
  return absl::OkStatus();
}

absl::Status Scheduler::Prune(const base::CallContext& context) {
  absl::Time before;
  int64_t pruned = 0;
  do {
    OMS_RETURN_IF_ERROR(store_->Write(
        context, [&](storage::WriteTransaction& txn) -> absl::Status {
          OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
          before = now - options_.retention;
          OMS_ASSIGN_OR_RETURN(
              const int64_t history,
              txn.connections().PruneConnections(now, before, kRowsPerPrune));
          OMS_ASSIGN_OR_RETURN(const int64_t runs,
                               txn.runs().PruneRuns(before, kRowsPerPrune));
          pruned = history + runs;
          return absl::OkStatus();
        }));
  } while (pruned >= kRowsPerPrune);
  std::string last;
  do {
    std::vector<std::string> ids;
    OMS_RETURN_IF_ERROR(store_->Read(
        context, [&](storage::ReadTransaction& txn) -> absl::Status {
          ids.clear();
          OMS_ASSIGN_OR_RETURN(
              const std::vector<model::Connection> connections,
              txn.connections().ListConnections(last, kConnectionsPerRead));
          for (const auto& connection : connections) {
            ids.push_back(connection.id);
          }
          return absl::OkStatus();
        }));
    for (const std::string& id : ids) {
      OMS_RETURN_IF_ERROR(PruneShipments(context, id, before));
    }
    last = ids.empty() ? "" : ids.back();
  } while (!last.empty());
  return absl::OkStatus();
}

absl::Status Scheduler::PruneShipments(const base::CallContext& context,
                                       const std::string& connection,
                                       absl::Time before) {
  storage::ShipmentWriter::PrunePosition position;
  while (!position.done) {
    storage::ShipmentWriter::PrunePosition next;
    const absl::Status status =
        store_->Write(context, [&](storage::WriteTransaction& txn) {
          next = position;
          return txn.shipments()
              .PruneShipments(connection, before, kRowsPerPrune, next)
              .status();
        });
    // It was deleted meanwhile.
    if (absl::IsNotFound(status)) return absl::OkStatus();
    OMS_RETURN_IF_ERROR(status);
    position = next;
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::server
