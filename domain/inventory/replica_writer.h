// Stores what was read from the Order Manager and computes the levels that
// depend on it, within one write transaction.
//
//   session.Commit(checkpoint, [&](storage::WriteTransaction& txn) {
//     OMS_ASSIGN_OR_RETURN(ReplicaWriter writer,
//                          ReplicaWriter::Open(txn, run));
//     OMS_RETURN_IF_ERROR(writer.PutProducts(rows));
//     return writer.Close(&session.run());
//   });
//
// Rows are compared with those stored first: one that is as it was costs its
// reading and nothing else. Of one that has changed the row is written once,
// with its level beside it; rows of other products are looked at only where
// they share its SKU.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_REPLICA_WRITER_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_REPLICA_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/known_skus.h"
#include "domain/inventory/level_claims.h"
#include "domain/inventory/level_writer.h"
#include "model/inventory.h"
#include "model/inventory_rows.h"
#include "model/sync_run.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// What the writer must know of the run.
struct ReplicaRun {
  std::string connection;
  std::string run_id;
  absl::Time now;
};

// Rows that a complete full pull did not see.
struct MissedRows {
  // Another full pull that misses them as well will conclude.
  std::vector<int64_t> missed;
  std::vector<int64_t> gone;
};

// Rows of a warehouse that differ from what is stored, until they are.
struct WaitingStock {
  int64_t warehouse_id = 0;
  std::vector<model::StockRow> rows;  // as they came; of one product the last
  absl::flat_hash_set<int64_t> products;  // theirs
};

// What is stored of products that stock was looked up by, so that the next
// warehouse need not ask again. Products are written by the run that holds the
// lease alone, so it stays true until that run writes some.
class KnownProducts {
 public:
  // nullptr where it is not known here.
  const model::ProductFlags* Find(int64_t product_id) const {
    const auto found = products_.find(product_id);
    return found == products_.end() ? nullptr : &found->second;
  }
  // Keeps so many, some 4 MiB; pages come in the order of ids, so those of the
  // first pages are met again.
  void Add(const std::vector<model::ProductFlags>& products) {
    for (const model::ProductFlags& product : products) {
      if (products_.size() >= kMost) return;
      products_.insert_or_assign(product.product_id, product);
    }
  }
  void Clear() { products_.clear(); }

 private:
  static constexpr size_t kMost = 25'000;
  absl::flat_hash_map<int64_t, model::ProductFlags> products_;
};

// Adds the rows of a page that are not stored yet, and those of products that
// wait already or are being stored, of which nothing is known yet; returns how
// many other products it holds. What waits is compared once more when it is
// put. `storing` may be nullptr.
absl::StatusOr<int64_t> AddChanges(storage::ReadTransaction& txn,
                                   const std::string& connection,
                                   const std::vector<model::StockRow>& rows,
                                   const WaitingStock* storing,
                                   KnownSkus* known, WaitingStock* waiting);

// Rows of a page that differ from what is stored, or may; the latest of each.
template <typename Row>
struct NotStored {
  std::vector<Row> rows;
  int64_t unchanged = 0;  // those that do not
};
absl::StatusOr<NotStored<model::Product>> FindNotStored(
    storage::ReadTransaction& txn, const std::string& connection,
    const std::vector<model::Product>& rows);
// Those of other channels are among them.
absl::StatusOr<NotStored<model::Listing>> FindNotStored(
    storage::ReadTransaction& txn, const std::string& connection,
    int64_t sales_channel_id, const std::vector<model::Listing>& rows);

class ReplicaWriter {
 public:
  // Locks the connection's inventory state. CONNECTION_NOT_FOUND.
  static absl::StatusOr<ReplicaWriter> Open(storage::WriteTransaction& txn,
                                            ReplicaRun run);

  model::InventoryState& state() { return state_; }
  const InventoryContext& context() const { return context_; }
  // Whether products may be others than before.
  bool has_put_products() const { return has_put_products_; }
  storage::WriteTransaction& txn() { return *txn_; }

  // Whole lists. Those missing from it count as not listed any more, unless
  // some rows of the list could not be read (`complete` false). An empty list
  // where there was something is not believed until the next one is empty as
  // well: false, and nothing is changed.
  absl::StatusOr<bool> PutSalesChannels(
      const std::vector<model::SalesChannel>& rows, bool complete);
  absl::StatusOr<bool> PutWarehouses(const std::vector<model::Warehouse>& rows,
                                     bool complete);

  // All levels are to be computed anew, from the first, whatever recompute is
  // half done.
  void RecomputeAtTheEnd();

  // Of several rows with one id (of stock: one product) the last counts.
  // Products are looked up in `known` first, and added to it.
  absl::Status PutStock(int64_t warehouse_id,
                        const std::vector<model::StockRow>& rows,
                        KnownProducts* known);
  absl::Status PutProducts(const std::vector<model::Product>& rows);
  // Returns the rows that were refused because they are of another channel.
  absl::StatusOr<std::vector<model::RejectedRow>> PutListings(
      int64_t sales_channel_id, const std::vector<model::Listing>& rows);
  // Numbers of listings of `channels`; the others are refused, and so are
  // numbers that name no listing in a way that can be understood. Of several
  // numbers of one listing the one modified last counts, where all say when
  // that was; else the last.
  absl::StatusOr<std::vector<model::RejectedRow>> PutNumbers(
      const std::set<int64_t>& channels,
      const std::vector<model::ListingQuantity>& rows);

  // Numbers that were told once and could not be read: a gap is suspected, and
  // the listings, where they can be found, have no number until they are told
  // one again.
  absl::Status ForgetNumbers(
      const std::set<int64_t>& channels,
      const std::vector<order_manager::ListingRef>& unread);

  // The numbers of a channel that came back count again, as what has changed
  // since was told by now.
  absl::Status BelieveNumbers(int64_t channel);

  // What follows from not having been seen.
  absl::Status ConcludeStock(int64_t warehouse_id, const MissedRows& rows);
  absl::Status ConcludeProducts(const MissedRows& rows);
  absl::Status ConcludeListings(int64_t sales_channel_id,
                                const MissedRows& rows);

  // How many levels stand withheld at the locations that are pulled.
  absl::StatusOr<int64_t> CountWithheld(model::SyncCounts* counts);
  // Stores the state, where it has changed, and adds what was done to the
  // run's counts.
  absl::Status Close(model::SyncRun* run);

 private:
  struct ChangedStock {
    model::StoredStock after;
    std::optional<model::StoredStock> before;
    bool product_active = true;  // as far as levels ask
  };

  ReplicaWriter(storage::WriteTransaction* txn, ReplicaRun run)
      : txn_(txn), run_(std::move(run)) {}

  const std::string& connection() const { return run_.connection; }
  const View& own() const { return views_.front(); }
  bool per_warehouse() const;
  // Levels are computed at the end of the run, all at once.
  bool deferred() const;
  absl::StatusOr<bool> PutLocations(std::vector<model::StoredLocation> rows,
                                    model::LocationKind kind, bool complete);
  // Whether an empty list is to be believed; remembers that one came.
  bool BelievesList(const std::vector<model::StoredLocation>& rows,
                    model::LocationKind kind, bool complete);
  absl::StatusOr<std::vector<ChangedStock>> ChangesOfStock(
      int64_t warehouse_id, const std::vector<const model::StockRow*>& rows);
  // Finds which products are inactive, and the SKUs that are not known yet.
  absl::Status LookUpProducts(KnownProducts* known,
                              std::vector<ChangedStock>* changes);
  // Writes rows with their levels; the keys whose levels depend on more than
  // these rows are left to do.
  absl::StatusOr<std::vector<int64_t>> WriteStock(
      std::vector<ChangedStock> changes);
  // Computes the levels of keys in the connection's own view, and in those of
  // carts with listing SKUs.
  absl::Status RecomputeOwn(const std::vector<int64_t>& keys,
                            std::optional<int64_t> only_location);
  absl::Status RecomputeListed(const std::vector<int64_t>& keys,
                               std::optional<int64_t> only_location);
  absl::Status RecomputeInParts(const View& view,
                                const std::vector<int64_t>& keys,
                                std::optional<int64_t> only_location);
  bool HasListedViews() const;
  absl::Status ForgetFutureNumbers();
  absl::Status ProductsChanged(const std::vector<int64_t>& product_ids,
                               const std::vector<int64_t>& master_keys);
  absl::Status ListingsChanged(int64_t channel,
                               const std::vector<model::StoredListing>& rows);
  // The listing that a number is for; 0 where that cannot be told.
  absl::StatusOr<int64_t> ListingOf(int64_t listing_id,
                                    absl::string_view listing_sku,
                                    int64_t channel);
  absl::Status PutNumbersOf(
      int64_t channel,
      const std::map<int64_t, const model::ListingQuantity*>& numbers);
  // A location that came, went or changed its flag, or a cart that matches
  // another channel, changes whole views.
  void ViewsMayHaveChanged();

  storage::WriteTransaction* txn_;
  ReplicaRun run_;
  model::InventoryState state_;
  model::InventoryState stored_state_;
  InventoryContext context_;
  std::vector<View> views_;
  LevelTally tally_;
  int64_t products_changed_ = 0;
  bool has_put_products_ = false;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_REPLICA_WRITER_H_
