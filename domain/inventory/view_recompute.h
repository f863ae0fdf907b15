// Brings all levels of a connection up to its settings and carts, from stored
// stock, in bounded steps that survive a restart. No request is sent.
//
// A recompute is pending while the levels were computed under an older
// view_generation, or while a location came, went or changed its flag.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_VIEW_RECOMPUTE_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_VIEW_RECOMPUTE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_writer.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// Whether stored levels are of older settings or carts than those in force;
// such levels must not be shown.
bool LevelsAreOutdated(const InventoryContext& context,
                       const model::InventoryState& state);
bool RecomputeIsPending(const InventoryContext& context,
                        const model::InventoryState& state);

// The run that will compute all levels at its end, if it is running; else
// empty.
absl::StatusOr<std::string> DeferringRun(storage::ReadTransaction& txn,
                                         const std::string& connection,
                                         const model::InventoryState& state,
                                         absl::Time now);

// Of the warehouses among `returned` (NoteReturns), no row counts as read after
// `now`, whatever the clock said when it was.
absl::Status ForgetFutureReadings(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<model::StoredLocation>& returned, absl::Time now);

// Does the next step of a pending recompute, and starts it anew where settings
// or carts have changed again meanwhile. True when nothing is pending any
// more. Locks and stores the state.
absl::StatusOr<bool> RecomputeStep(storage::WriteTransaction& txn,
                                   const std::string& connection,
                                   absl::Time now, model::SyncCounts* counts);

// Brings the feed positions of products up to the settings: a product is in
// the feed (revision > 0) exactly while product data is downloaded and it is
// not left out as inactive. One that enters gets a new revision. Returns how
// many changed; changes `products` in place and stores nothing but revisions
// taken in `state`.
absl::StatusOr<int64_t> PlaceInFeed(
    storage::WriteTransaction& txn, const InventoryContext& context,
    const std::vector<model::ProductFlags*>& products,
    model::InventoryState* state);
bool BelongsInFeed(const model::Settings& settings,
                   const model::ProductFlags& product);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_VIEW_RECOMPUTE_H_
