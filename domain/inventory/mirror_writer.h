// Stores what was read from the Order Manager and computes the levels that
// depend on it, within one write transaction.
//
//   session.Commit(checkpoint, [&](storage::WriteTransaction& txn) {
//     OMS_ASSIGN_OR_RETURN(MirrorWriter writer, MirrorWriter::Open(txn, run));
//     OMS_RETURN_IF_ERROR(writer.PutStock(12, rows));
//     return writer.Close(&session.run());
//   });
//
// Rows are compared with those stored: an unchanged row writes nothing, and an
// unchanged level gets no revision.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_MIRROR_WRITER_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_MIRROR_WRITER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_claims.h"
#include "domain/inventory/level_writer.h"
#include "model/inventory.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// What the writer must know of the run.
struct MirrorRun {
  std::string connection;
  std::string run_id;
  bool full = false;  // rows are marked as seen by the newest full pull
  absl::Time now;
};

// What became of a row that a complete full pull did not see.
enum class Verdict {
  kKeep,    // it is there, or nobody can tell
  kMissed,  // another full pull that misses it as well will conclude
  kGone,
};

class MirrorWriter {
 public:
  // Locks the connection's inventory state. CONNECTION_NOT_FOUND.
  static absl::StatusOr<MirrorWriter> Open(storage::WriteTransaction& txn,
                                           MirrorRun run);

  storage::InventoryState& state() { return state_; }
  const InventoryContext& context() const { return context_; }
  storage::WriteTransaction& txn() { return *txn_; }

  // Whole lists. Those missing from it count as not listed any more, unless
  // some rows of the list could not be read (`complete` false).
  absl::Status PutSalesChannels(const std::vector<model::SalesChannel>& rows,
                                bool complete);
  absl::Status PutWarehouses(const std::vector<model::Warehouse>& rows,
                             bool complete);

  // Of several rows with one id the last counts.
  absl::Status PutStock(int64_t warehouse_id,
                        const std::vector<model::StockRow>& rows);
  absl::Status PutProducts(const std::vector<model::Product>& rows);
  // Returns the rows that were refused because they are of another channel.
  absl::StatusOr<std::vector<model::RejectedRow>> PutListings(
      int64_t sales_channel_id, const std::vector<model::Listing>& rows);
  // Numbers of listings of `channels`; the others are refused, and so are
  // numbers that name no listing in a way that can be understood.
  absl::StatusOr<std::vector<model::RejectedRow>> PutNumbers(
      const std::set<int64_t>& channels,
      const std::vector<model::ListingQuantity>& rows);

  // Gives each row that the newest full pull has not seen its verdict.
  absl::Status JudgeUnseenStock(
      int64_t warehouse_id,
      const std::function<Verdict(const storage::StoredStock&)>& judge);
  absl::Status JudgeUnseenProducts(
      const std::function<Verdict(const storage::StoredProduct&)>& judge);
  absl::Status JudgeUnseenListings(
      int64_t sales_channel_id,
      const std::function<Verdict(const storage::StoredListing&)>& judge);

  // Stores the state and adds what was done to the run's counts.
  absl::Status Close(model::SyncRun* run);

 private:
  MirrorWriter(storage::WriteTransaction* txn, MirrorRun run)
      : txn_(txn), run_(std::move(run)) {}

  const std::string& connection() const { return run_.connection; }
  storage::Presence Seen(const storage::Presence& before) const;
  // Levels are computed at the end of the run, all at once.
  bool deferred() const;
  absl::Status Recompute(const ChangedRows& rows,
                         std::optional<int64_t> only_location);
  // The listing that a number is for; 0 where that cannot be told.
  absl::StatusOr<int64_t> ListingOf(const model::ListingQuantity& row);
  absl::Status PutNumbersOf(
      int64_t channel,
      const std::map<int64_t, const model::ListingQuantity*>& numbers);
  // A location that came, went or changed its flag, or a cart that matches
  // another channel, changes whole views.
  void ViewsMayHaveChanged();

  storage::WriteTransaction* txn_;
  MirrorRun run_;
  storage::InventoryState state_;
  InventoryContext context_;
  std::vector<View> views_;
  LevelTally tally_;
  int64_t products_changed_ = 0;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_MIRROR_WRITER_H_
