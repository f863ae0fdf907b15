// What a pull of inventory stores, and how far it has come: page by page what
// differs from what is stored, with the checkpoint that says where to go on.
//
// Rows that are as they were are nearly all of them, and need neither the
// writer nor a commit.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_REPLICA_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_REPLICA_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "domain/feeds/pull_session.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/known_skus.h"
#include "domain/inventory/pull_position.h"
#include "domain/inventory/replica_writer.h"
#include "model/inventory.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// Rows that differ from what is stored, until they are.
struct WaitingRows {
  WaitingStock stock;
  std::vector<model::Product> products;  // as they came
  absl::flat_hash_set<int64_t> product_ids;
  size_t product_bytes = 0;

  size_t size() const { return stock.rows.size() + products.size(); }
};

// Those that are being stored, and what holds afterwards.
struct StoringRows {
  WaitingRows rows;
  InventoryContext context;
  model::InventoryState state;
};

// Used by one thread. Owns neither the store nor the session.
class PullReplica {
 public:
  using WriteFunction = absl::FunctionRef<absl::Status(ReplicaWriter&)>;

  PullReplica(storage::Store& store, feeds::PullSession& session,
              size_t rows_of_a_commit)
      : store_(store), session_(session), rows_of_a_commit_(rows_of_a_commit) {}
  PullReplica(const PullReplica&) = delete;
  PullReplica& operator=(const PullReplica&) = delete;
  ~PullReplica() { session_.EndCommit().IgnoreError(); }

  // Where the pull goes on; before anything else.
  void Begin(const PullPosition& position, InventoryContext context);

  // The next thing to read.
  const PullPosition& reached() const { return position_; }
  // As of the last commit.
  const InventoryContext& context() const { return context_; }
  const model::InventoryState& state() const { return state_; }

  // Stores what waits and what `write` does, together with `position`; of what
  // is `told_once`, also after the pull was told to stop.
  absl::Status Commit(const PullPosition& position, WriteFunction write,
                      bool told_once = false);
  // What waits, if anything does, and what is being stored.
  absl::Status StoreWaiting();
  // Begins to store what waits, unless something is being stored.
  absl::Status BeginWaiting();

  // A page that leads on to `position`, of products, of listings of a channel,
  // or of stock of the position's warehouse. Products and rows of stock that
  // have changed wait for others.
  absl::Status StoreProducts(const PullPosition& position,
                             const std::vector<model::Product>& rows);
  absl::Status StoreListings(const PullPosition& position, int64_t channel,
                             const std::vector<model::Listing>& rows);
  absl::Status StoreStock(const PullPosition& position,
                          const std::vector<model::StockRow>& rows);

 private:
  // Goes on to `position`, which is stored when it is worth a commit.
  absl::Status GoOn(const PullPosition& position);
  ReplicaRun RunOf() const;
  // Stores the rows and what `write` does, and notes what holds afterwards.
  absl::Status Store(storage::WriteTransaction& txn, const ReplicaRun& run,
                     WriteFunction write, StoringRows* storing,
                     model::SyncRun* counted);
  void AddWaiting(model::Product row);
  // Of these nothing is known before they are stored.
  bool Waits(const model::Product& row) const;
  // Waits for what is being stored.
  absl::Status Settle();

  storage::Store& store_;
  feeds::PullSession& session_;
  const size_t rows_of_a_commit_;
  PullPosition position_;
  absl::Time commit_time_ = absl::InfinitePast();
  InventoryContext context_;
  model::InventoryState state_;
  WaitingRows waiting_;
  KnownProducts known_;
  KnownSkus known_skus_;  // the reading thread's
  // What is being stored beside the reading of further pages, and what that has
  // come to: the committing thread's, `known_` as well, until Settle; but for
  // the ids, which the reading looks at.
  std::optional<StoringRows> storing_;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_REPLICA_H_
