// Computes the levels of given SKUs anew from what is stored and writes those
// that differ.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_WRITER_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_WRITER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_claims.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// Everything that views and their levels are made from, as this transaction
// sees it. CONNECTION_NOT_FOUND when there is no such connection.
absl::StatusOr<InventoryContext> ReadContext(storage::ReadTransaction& txn,
                                             absl::string_view connection);

// Of `channels`, those whose numbers go to an earlier connection of the same
// account. None per warehouse.
absl::StatusOr<std::set<int64_t>> ReadChannelsInUse(
    storage::ReadTransaction& txn, const InventoryContext& context,
    const std::vector<model::ChannelName>& channels);

// ---- Whether a level differs (pure) ----------------------------------------

enum class LevelChange {
  kNone,
  // Only what makes no revision by itself: the master SKU behind a listing
  // SKU, or whose stock the derivation tells.
  kDerivationOnly,
  // State, reason, SKU, `available` or `clamped_at_zero`: a new revision.
  kRevised,
};

// `stored` null = there is none yet.
LevelChange CompareLevels(const model::StoredLevel* stored,
                          const ComputedLevel& computed);
// `stored` with what was computed; revision and time of the value are kept
// where the level is not revised.
model::StoredLevel ApplyLevel(const model::StoredLevel& stored,
                              LevelChange change,
                              const ComputedLevel& computed);

// ---- What was done ---------------------------------------------------------

// What was written of the connection's own levels: for the run's counts, and
// for the counts of withheld levels that locations keep.
class LevelTally {
 public:
  void AddUnchanged(int64_t count) { unchanged_ += count; }
  // A level went from one reason (nullopt = there was none) to another.
  void AddRevised(model::LocationKind kind, int64_t location_id,
                  std::optional<model::WithheldReason> before,
                  model::WithheldReason after);
  // Stores what locations keep and adds the rest to `counts`.
  absl::Status Close(storage::InventoryWriter& tables,
                     const std::string& connection, model::SyncCounts* counts);

 private:
  int64_t unchanged_ = 0;
  int64_t changed_ = 0;
  std::map<std::pair<model::LocationKind, int64_t>, int64_t> withheld_;
};

// ---- Computing -------------------------------------------------------------

// What there is to say of one key and location, with the level told now where
// there is one.
struct LevelOutcome {
  LevelKey key;
  std::optional<PlacedLevel> stored;
  ComputedLevel computed;
};
struct LevelOutcomes {
  std::vector<LevelOutcome> levels;  // ascending by key and location
  StockMap stock;                    // level_claims.h, LevelFacts
};
// What the levels of a view would be. Reads only.
absl::StatusOr<LevelOutcomes> ComputeKeys(storage::InventoryReader& reader,
                                          const InventoryContext& context,
                                          const View& view,
                                          const LevelScope& scope,
                                          absl::Time now);

LevelTerms TermsAt(const View& view, model::LocationKind kind, int64_t id,
                   absl::Time now);

// Computes the levels of the scope in a view that has levels and writes what
// differs, with new revisions of the connection. The caller has locked `state`
// (InventoryWriter::LockState) and stores it afterwards.
absl::Status RecomputeKeys(storage::WriteTransaction& txn,
                           const InventoryContext& context, const View& view,
                           const LevelScope& scope, absl::Time now,
                           model::InventoryState* state, LevelTally* tally);

// Of a cart with master SKUs: what it was told of the keys under listing SKUs
// is withheld, or forgotten where the connection's own levels say more.
absl::Status WithholdLeftKeys(storage::WriteTransaction& txn,
                              const InventoryContext& context, const View& view,
                              const std::vector<int64_t>& keys, absl::Time now,
                              model::InventoryState* state);

// `count` revisions, the first of them.
absl::StatusOr<int64_t> TakeRevisions(storage::WriteTransaction& txn,
                                      const std::string& connection,
                                      int64_t count,
                                      model::InventoryState* state);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_WRITER_H_
