#include "domain/inventory/pull_replica.h"

#include <cstddef>
#include <string>
#include <utility>

#include "base/status_macros.h"

namespace oms_connector::inventory {
namespace {

// Rows of stock that have changed wait for so many of them (20 ms of the
// writer), and how far a pull has come for so long: what is read once more
// after a crash.
constexpr size_t kRowsOfACommit = 4000;
constexpr absl::Duration kCheckpointInterval = absl::Seconds(1);

absl::Status StoreNothing(ReplicaWriter&) { return absl::OkStatus(); }

}  // namespace

void PullReplica::Begin(const PullPosition& position,
                        InventoryContext context) {
  position_ = position;
  context_ = std::move(context);
}

absl::Status PullReplica::Commit(const PullPosition& position,
                                 WriteFunction write, bool told_once) {
  ReplicaRun run;
  run.connection = session_.connection().id;
  run.run_id = session_.run().run_id;
  run.now = session_.Now();
  InventoryContext context;
  model::InventoryState state;
  // What cannot be stored is dropped (domain rule 10 of inventory).
  const WaitingStock waiting = std::exchange(waiting_, {});
  const auto function = [&](storage::WriteTransaction& txn) -> absl::Status {
    OMS_ASSIGN_OR_RETURN(ReplicaWriter writer, ReplicaWriter::Open(txn, run));
    OMS_RETURN_IF_ERROR(
        writer.PutStock(waiting.warehouse_id, waiting.rows, &known_));
    OMS_RETURN_IF_ERROR(write(writer));
    if (writer.has_put_products()) known_.Clear();
    context = writer.context();
    state = writer.state();
    return writer.Close(&session_.run());
  };
  const std::string checkpoint = EncodePosition(position);
  OMS_RETURN_IF_ERROR(told_once ? session_.CommitToldOnce(checkpoint, function)
                                : session_.Commit(checkpoint, function));
  position_ = position;
  commit_time_ = run.now;
  context_ = std::move(context);
  state_ = std::move(state);
  return absl::OkStatus();
}

absl::Status PullReplica::StoreWaiting() {
  return waiting_.rows.empty() ? absl::OkStatus()
                               : Commit(position_, StoreNothing);
}

absl::Status PullReplica::GoOn(const PullPosition& position) {
  position_ = position;
  const bool due = waiting_.rows.size() >= kRowsOfACommit ||
                   session_.Now() - commit_time_ >= kCheckpointInterval;
  return due ? Commit(position_, StoreNothing) : absl::OkStatus();
}

absl::Status PullReplica::StoreProducts(
    const PullPosition& position, const std::vector<model::Product>& rows) {
  NotStored<model::Product> found;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            found, FindNotStored(txn, session_.connection().id, rows));
        return absl::OkStatus();
      }));
  if (found.rows.empty()) return GoOn(position);
  return Commit(position, [&](ReplicaWriter& writer) {
    return writer.PutProducts(found.rows);
  });
}

absl::Status PullReplica::StoreListings(
    const PullPosition& position, int64_t channel,
    const std::vector<model::Listing>& rows) {
  NotStored<model::Listing> found;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            found, FindNotStored(txn, session_.connection().id, channel, rows));
        return absl::OkStatus();
      }));
  if (!IsPerWarehouse(context_)) {
    session_.run().counts.levels_unchanged += found.unchanged;
  }
  if (found.rows.empty()) return GoOn(position);
  return Commit(position, [&](ReplicaWriter& writer) {
    OMS_ASSIGN_OR_RETURN(const std::vector<model::RejectedRow> rejected,
                         writer.PutListings(channel, found.rows));
    session_.AddRejected(rejected);
    return absl::OkStatus();
  });
}

absl::Status PullReplica::StoreStock(const PullPosition& position,
                                     const std::vector<model::StockRow>& rows) {
  waiting_.warehouse_id = position.id;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            const int64_t unchanged,
            AddChanges(txn, session_.connection().id, rows, &waiting_));
        session_.run().counts.levels_unchanged += unchanged;
        return absl::OkStatus();
      }));
  return GoOn(position);
}

}  // namespace oms_connector::inventory
