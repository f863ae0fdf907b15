#include "domain/inventory/pull_replica.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "model/size_estimate.h"

namespace oms_connector::inventory {
namespace {

// How far a pull has come waits for so long: what is read once more after a
// crash.
constexpr absl::Duration kCheckpointInterval = absl::Seconds(1);
// Of products that wait, as each may have 1 MiB.
constexpr size_t kBytesOfACommit = 4 << 20;

absl::Status StoreNothing(ReplicaWriter&) { return absl::OkStatus(); }

}  // namespace

void PullReplica::Begin(const PullPosition& position,
                        InventoryContext context) {
  position_ = position;
  context_ = std::move(context);
}

absl::Status PullReplica::Commit(const PullPosition& position,
                                 WriteFunction write, bool told_once) {
  OMS_RETURN_IF_ERROR(Settle());
  const ReplicaRun run = RunOf();
  // What cannot be stored is dropped (domain rule 10 of inventory).
  StoringRows storing;
  storing.rows = std::exchange(waiting_, {});
  const auto function = [&](storage::WriteTransaction& txn) {
    return Store(txn, run, write, &storing, &session_.run());
  };
  const std::string checkpoint = EncodePosition(position);
  OMS_RETURN_IF_ERROR(told_once ? session_.CommitToldOnce(checkpoint, function)
                                : session_.Commit(checkpoint, function));
  position_ = position;
  commit_time_ = run.now;
  context_ = std::move(storing.context);
  state_ = std::move(storing.state);
  return absl::OkStatus();
}

ReplicaRun PullReplica::RunOf() const {
  return {session_.connection().id, session_.run().run_id, session_.Now()};
}

absl::Status PullReplica::Settle() {
  OMS_RETURN_IF_ERROR(session_.EndCommit());
  if (!storing_.has_value()) return absl::OkStatus();
  context_ = std::move(storing_->context);
  state_ = std::move(storing_->state);
  storing_.reset();
  return absl::OkStatus();
}

absl::Status PullReplica::Store(storage::WriteTransaction& txn,
                                const ReplicaRun& run, WriteFunction write,
                                StoringRows* storing, model::SyncRun* counted) {
  const WaitingRows& rows = storing->rows;
  OMS_ASSIGN_OR_RETURN(ReplicaWriter writer, ReplicaWriter::Open(txn, run));
  if (!rows.products.empty()) {
    OMS_RETURN_IF_ERROR(writer.PutProducts(rows.products));
    known_.Clear();
  }
  OMS_RETURN_IF_ERROR(
      writer.PutStock(rows.stock.warehouse_id, rows.stock.rows, &known_));
  OMS_RETURN_IF_ERROR(write(writer));
  if (writer.has_put_products()) known_.Clear();
  storing->context = writer.context();
  storing->state = writer.state();
  return writer.Close(counted);
}

absl::Status PullReplica::StoreWaiting() {
  return waiting_.size() == 0 ? Settle() : Commit(position_, StoreNothing);
}

absl::Status PullReplica::BeginWaiting() {
  if (waiting_.size() == 0 || session_.committing()) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(Settle());
  StoringRows* const storing = &storing_.emplace();
  storing->rows = std::exchange(waiting_, {});
  waiting_.stock.warehouse_id = storing->rows.stock.warehouse_id;
  const ReplicaRun run = RunOf();
  commit_time_ = run.now;
  session_.BeginCommit(EncodePosition(position_),
                       [this, run, storing](storage::WriteTransaction& txn,
                                            model::SyncRun* counted) {
                         return Store(txn, run, StoreNothing, storing, counted);
                       });
  return absl::OkStatus();
}

absl::Status PullReplica::GoOn(const PullPosition& position) {
  position_ = position;
  if (waiting_.size() >= rows_of_a_commit_ ||
      waiting_.product_bytes >= kBytesOfACommit) {
    OMS_RETURN_IF_ERROR(Settle());
    return BeginWaiting();
  }
  const bool due = session_.Now() - commit_time_ >= kCheckpointInterval;
  return due ? Commit(position, StoreNothing) : absl::OkStatus();
}

absl::Status PullReplica::StoreProducts(
    const PullPosition& position, const std::vector<model::Product>& rows) {
  for (const model::Product& row : rows) {
    if (Waits(row)) AddWaiting(row);
  }
  NotStored<model::Product> found;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            found, FindNotStored(txn, session_.connection().id, rows));
        return absl::OkStatus();
      }));
  for (model::Product& row : found.rows) AddWaiting(std::move(row));
  return GoOn(position);
}

void PullReplica::AddWaiting(model::Product row) {
  waiting_.product_ids.insert(row.product_id);
  waiting_.product_bytes += model::EstimatedBytes(row);
  waiting_.products.push_back(std::move(row));
}

bool PullReplica::Waits(const model::Product& row) const {
  return waiting_.product_ids.contains(row.product_id) ||
         (storing_.has_value() &&
          storing_->rows.product_ids.contains(row.product_id));
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
  waiting_.stock.warehouse_id = position.id;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            const int64_t unchanged,
            AddChanges(txn, session_.connection().id, rows,
                       storing_.has_value() ? &storing_->rows.stock : nullptr,
                       &known_skus_, &waiting_.stock));
        session_.run().counts.levels_unchanged += unchanged;
        return absl::OkStatus();
      }));
  return GoOn(position);
}

}  // namespace oms_connector::inventory
