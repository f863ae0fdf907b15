#include "domain/inventory/view_recompute.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace oms_connector::inventory {
namespace {

using model::ViewLocation;

// Keys, or products, of one step: some 10 ms of work, so that a writer who
// waits is not held up for long.
constexpr int kKeysOfStep = 500;

// Steps in order: one for each view, then the products.
constexpr char kProductsStep[] = "products";

std::string StepOf(const View& view) {
  return absl::StrCat("levels/", view.id);
}

// Makes the views of new carts and deletes those of carts that are gone.
absl::Status SyncViews(storage::WriteTransaction& txn,
                       const InventoryContext& context) {
  const std::string& id = context.connection.id;
  for (const model::StoredView& stored : context.views) {
    const bool wanted = std::any_of(context.connection.carts.begin(),
                                    context.connection.carts.end(),
                                    [&](const model::Cart& cart) {
                                      return cart.cart_id == stored.cart_id;
                                    });
    if (wanted) continue;
    OMS_RETURN_IF_ERROR(txn.inventory().DeleteView(id, stored.view));
  }
  for (const model::Cart& cart : context.connection.carts) {
    if (ViewNumber(context, cart.cart_id) != 0) continue;
    OMS_RETURN_IF_ERROR(txn.inventory().AddView(id, cart.cart_id).status());
  }
  return absl::OkStatus();
}

// What carts with master SKUs gain and lose: a row for each location, at whose
// revision the feed tells all of its levels (inventory_feed.h). Locations of
// the mode that was left stay as they are, as their levels say MODE_CHANGED.
absl::Status SyncViewLocations(storage::WriteTransaction& txn,
                               const InventoryContext& context,
                               model::InventoryState* state) {
  std::vector<ViewLocation> changed;
  for (const View& view : BuildViews(context)) {
    if (!view.sees_own_levels()) continue;
    std::map<int64_t, bool> stored;
    for (const ViewLocation& location : context.view_locations) {
      if (location.view == view.number &&
          location.kind == view.location_kind()) {
        stored[location.location_id] = location.shown;
      }
    }
    const auto set = [&](int64_t location, bool shown) {
      changed.push_back({view.number, view.location_kind(), location, shown});
    };
    for (const int64_t location : view.shown) {
      const auto found = stored.find(location);
      if (found == stored.end() || !found->second) set(location, true);
    }
    for (const auto& [location, shown] : stored) {
      if (shown && view.shown.count(location) == 0) set(location, false);
    }
  }
  const std::string& id = context.connection.id;
  OMS_ASSIGN_OR_RETURN(
      int64_t revision,
      TakeRevisions(txn, id, static_cast<int64_t>(changed.size()), state));
  for (ViewLocation& location : changed) {
    OMS_ASSIGN_OR_RETURN(const std::vector<model::PlacedLevel> first,
                         txn.inventory().ListLevelsAt(
                             id, location.kind, location.location_id, {}, 1));
    // Where there is no level yet, each is told when it comes.
    location.revision = first.empty() && location.shown ? 0 : revision++;
  }
  return txn.inventory().PutViewLocations(id, changed);
}

absl::Status Begin(storage::WriteTransaction& txn, InventoryContext context,
                   absl::Time now, model::InventoryState* state) {
  const std::string id = context.connection.id;
  // Carts may have dropped locations, or taken them up again.
  const std::vector<model::StoredLocation> returned =
      NoteReturns(now, &context, state);
  OMS_RETURN_IF_ERROR(ForgetFutureReadings(txn, id, returned, now));
  OMS_RETURN_IF_ERROR(txn.inventory().PutLocations(id, returned));
  OMS_RETURN_IF_ERROR(SyncViews(txn, context));
  OMS_ASSIGN_OR_RETURN(model::StoredViews views, txn.inventory().ListViews(id));
  context.views = std::move(views.views);
  context.view_locations = std::move(views.locations);
  OMS_RETURN_IF_ERROR(SyncViewLocations(txn, context, state));
  state->target_generation = context.connection.view_generation;
  state->position_step = StepOf(BuildViews(context).front());
  state->position_key = 0;
  return absl::OkStatus();
}

absl::Status LevelStep(storage::WriteTransaction& txn,
                       const InventoryContext& context,
                       const std::vector<View>& views,
                       std::vector<View>::const_iterator view, absl::Time now,
                       model::InventoryState* state,
                       model::SyncCounts* counts) {
  const std::string& id = context.connection.id;
  LevelScope scope;
  scope.all_kinds = true;
  OMS_ASSIGN_OR_RETURN(
      scope.keys,
      view->has_levels()
          ? txn.inventory().ListSkuKeys(id, state->position_key, kKeysOfStep)
          : txn.inventory().ListLevelKeys(id, view->number, state->position_key,
                                          kKeysOfStep));
  if (scope.keys.empty()) {
    const auto next = std::next(view);
    state->position_step = next == views.end() ? kProductsStep : StepOf(*next);
    state->position_key = 0;
    return absl::OkStatus();
  }
  state->position_key = scope.keys.back();
  if (!view->has_levels()) {
    return WithholdLeftKeys(txn, context, *view, scope.keys, now, state);
  }
  LevelTally tally;
  OMS_RETURN_IF_ERROR(
      RecomputeKeys(txn, context, *view, scope, now, state, &tally));
  return tally.Close(txn.inventory(), id, counts);
}

// True at the end.
absl::StatusOr<bool> ProductStep(storage::WriteTransaction& txn,
                                 const InventoryContext& context,
                                 model::InventoryState* state,
                                 model::SyncCounts* counts) {
  const std::string& id = context.connection.id;
  OMS_ASSIGN_OR_RETURN(
      std::vector<model::StoredProduct> products,
      txn.inventory().ListProducts(id, state->position_key, kKeysOfStep));
  if (products.empty()) return true;
  state->position_key = products.back().flags.product_id;
  std::vector<model::StoredProduct> writes;
  for (model::StoredProduct& product : products) {
    const bool placed = product.flags.revision > 0;
    if (BelongsInFeed(context.settings, product.flags) != placed) {
      writes.push_back(std::move(product));
    }
  }
  std::vector<model::ProductFlags*> misplaced;
  for (model::StoredProduct& product : writes) {
    misplaced.push_back(&product.flags);
  }
  OMS_ASSIGN_OR_RETURN(const int64_t entered,
                       PlaceInFeed(txn, context, misplaced, state));
  counts->products_changed += entered;
  OMS_RETURN_IF_ERROR(txn.inventory().PutProducts(id, writes));
  return false;
}

// A cart that went to listing SKUs sees the connection's own levels until its
// view is whole.
absl::Status End(storage::WriteTransaction& txn,
                 const InventoryContext& context,
                 const std::vector<View>& views, model::InventoryState* state) {
  for (const View& view : views) {
    const bool left = !view.is_own() && view.has_levels() &&
                      std::any_of(context.view_locations.begin(),
                                  context.view_locations.end(),
                                  [&](const ViewLocation& location) {
                                    return location.view == view.number;
                                  });
    if (!left) continue;
    OMS_RETURN_IF_ERROR(txn.inventory().DeleteViewLocations(
        context.connection.id, view.number));
  }
  state->computed_generation = state->target_generation;
  state->locations_changed = false;
  state->deferred_by_run.clear();
  state->position_step.clear();
  state->position_key = 0;
  return absl::OkStatus();
}

}  // namespace

absl::Status ForgetFutureReadings(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<model::StoredLocation>& returned, absl::Time now) {
  for (const model::StoredLocation& stored : returned) {
    if (stored.away ||
        stored.location.kind != model::LocationKind::kWarehouse) {
      continue;
    }
    OMS_RETURN_IF_ERROR(txn.inventory().ForgetFutureReadings(
        connection, stored.location.id, now));
  }
  return absl::OkStatus();
}

bool LevelsAreOutdated(const InventoryContext& context,
                       const model::InventoryState& state) {
  return state.computed_generation != context.connection.view_generation;
}

bool RecomputeIsPending(const InventoryContext& context,
                        const model::InventoryState& state) {
  return LevelsAreOutdated(context, state) || state.locations_changed;
}

absl::StatusOr<std::string> DeferringRun(storage::ReadTransaction& txn,
                                         const std::string& connection,
                                         const model::InventoryState& state,
                                         absl::Time now) {
  if (state.deferred_by_run.empty()) return std::string();
  OMS_ASSIGN_OR_RETURN(
      const model::PullLease lease,
      txn.runs().GetLease(connection, model::Feed::kInventory));
  const bool runs =
      lease.run_id == state.deferred_by_run &&
      model::IsToCome(lease.expire_time, now, model::kLongestLease);
  return runs ? lease.run_id : std::string();
}

bool BelongsInFeed(const model::Settings& settings,
                   const model::ProductFlags& product) {
  return settings.download_products_data && !product.gone &&
         (product.active || !settings.ignore_inactive_products);
}

absl::StatusOr<int64_t> PlaceInFeed(
    storage::WriteTransaction& txn, const InventoryContext& context,
    const std::vector<model::ProductFlags*>& products,
    model::InventoryState* state) {
  std::vector<model::ProductFlags*> entering;
  for (model::ProductFlags* product : products) {
    product->revision = 0;
    if (BelongsInFeed(context.settings, *product)) entering.push_back(product);
  }
  const int64_t count = static_cast<int64_t>(entering.size());
  OMS_ASSIGN_OR_RETURN(int64_t revision,
                       TakeRevisions(txn, context.connection.id, count, state));
  for (model::ProductFlags* product : entering) {
    product->revision = revision++;
  }
  return count;
}

absl::StatusOr<bool> RecomputeStep(storage::WriteTransaction& txn,
                                   const std::string& connection,
                                   absl::Time now, model::SyncCounts* counts) {
  OMS_ASSIGN_OR_RETURN(model::InventoryState state,
                       txn.inventory().LockState(connection));
  OMS_ASSIGN_OR_RETURN(const InventoryContext context,
                       ReadContext(txn, connection));
  if (!RecomputeIsPending(context, state)) return true;
  const std::vector<View> views = BuildViews(context);
  const bool fits =
      state.target_generation == context.connection.view_generation;
  auto view =
      std::find_if(views.begin(), views.end(), [&](const View& candidate) {
        return StepOf(candidate) == state.position_step;
      });
  bool done = false;
  if (!fits || (view == views.end() && state.position_step != kProductsStep)) {
    OMS_RETURN_IF_ERROR(Begin(txn, context, now, &state));
  } else if (view != views.end()) {
    OMS_RETURN_IF_ERROR(
        LevelStep(txn, context, views, view, now, &state, counts));
  } else {
    OMS_ASSIGN_OR_RETURN(done, ProductStep(txn, context, &state, counts));
  }
  if (done) OMS_RETURN_IF_ERROR(End(txn, context, views, &state));
  OMS_RETURN_IF_ERROR(txn.inventory().PutState(connection, state));
  return done;
}

}  // namespace oms_connector::inventory
