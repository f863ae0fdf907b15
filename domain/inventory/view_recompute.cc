#include "domain/inventory/view_recompute.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace oms_connector::inventory {
namespace {

// Keys, or products, of one step: some 10 ms of work, so that a writer who
// waits is not held up for long.
constexpr int kKeysOfStep = 500;

// Steps in order: one for each view, then the products.
constexpr char kProductsStep[] = "products";

std::string StepOf(const View& view) {
  return absl::StrCat("levels/", view.id);
}

absl::Status Begin(storage::WriteTransaction& txn,
                   const InventoryContext& context,
                   const std::vector<View>& views,
                   storage::InventoryState* state) {
  const std::string& id = context.connection.id;
  state->target_generation = context.connection.view_generation;
  state->position_step = StepOf(views.front());
  state->position_key.clear();
  std::set<std::string> wanted;
  for (const View& view : views) wanted.insert(view.id);
  std::string after;
  for (;;) {
    OMS_ASSIGN_OR_RETURN(const std::optional<std::string> view,
                         txn.inventory().NextView(id, after));
    if (!view.has_value()) return absl::OkStatus();
    after = *view;
    if (wanted.count(*view) > 0) continue;
    OMS_RETURN_IF_ERROR(txn.inventory().DeleteView(id, *view));
  }
}

absl::Status LevelStep(storage::WriteTransaction& txn,
                       const InventoryContext& context,
                       const std::vector<View>& views,
                       std::vector<View>::const_iterator view, absl::Time now,
                       storage::InventoryState* state,
                       model::SyncCounts* counts) {
  const std::string& id = context.connection.id;
  OMS_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                       txn.inventory().ListSkuKeys(
                           id, view->id, state->position_key, kKeysOfStep));
  if (keys.empty()) {
    const auto next = std::next(view);
    state->position_step = next == views.end() ? kProductsStep : StepOf(*next);
    state->position_key.clear();
    return absl::OkStatus();
  }
  LevelTally tally;
  OMS_RETURN_IF_ERROR(
      RecomputeKeys(txn, id, {*view}, keys, std::nullopt, now, state, &tally));
  // The connection's own view stands for all of them in the counts.
  if (view == views.begin()) tally.AddTo(counts);
  state->position_key = keys.back();
  return absl::OkStatus();
}

// True at the end.
absl::StatusOr<bool> ProductStep(storage::WriteTransaction& txn,
                                 const InventoryContext& context,
                                 storage::InventoryState* state,
                                 model::SyncCounts* counts) {
  const std::string& id = context.connection.id;
  int64_t after = 0;
  if (!state->position_key.empty() &&
      !absl::SimpleAtoi(state->position_key, &after)) {
    after = 0;
  }
  OMS_ASSIGN_OR_RETURN(std::vector<storage::StoredProduct> products,
                       txn.inventory().ListProducts(id, after, kKeysOfStep));
  if (products.empty()) return true;
  state->position_key = absl::StrCat(products.back().product.product_id);
  std::vector<storage::StoredProduct*> misplaced;
  for (storage::StoredProduct& product : products) {
    const bool placed = product.product.revision > 0;
    if (BelongsInFeed(context.settings, product) != placed) {
      misplaced.push_back(&product);
    }
  }
  OMS_ASSIGN_OR_RETURN(const int64_t entered,
                       PlaceInFeed(txn, context, misplaced, state));
  counts->products_changed += entered;
  std::vector<storage::StoredProduct> writes;
  for (const storage::StoredProduct* product : misplaced) {
    writes.push_back(*product);
  }
  OMS_RETURN_IF_ERROR(txn.inventory().PutProducts(id, writes));
  return false;
}

}  // namespace

bool LevelsAreOutdated(const InventoryContext& context,
                       const storage::InventoryState& state) {
  return state.computed_generation != context.connection.view_generation;
}

bool RecomputeIsPending(const InventoryContext& context,
                        const storage::InventoryState& state) {
  return LevelsAreOutdated(context, state) || state.locations_changed;
}

absl::StatusOr<std::string> DeferringRun(storage::ReadTransaction& txn,
                                         const std::string& connection,
                                         const storage::InventoryState& state,
                                         absl::Time now) {
  if (state.deferred_by_run.empty()) return std::string();
  OMS_ASSIGN_OR_RETURN(
      const model::PullLease lease,
      txn.runs().GetLease(connection, model::Feed::kInventory));
  const bool runs =
      lease.run_id == state.deferred_by_run && lease.expire_time > now;
  return runs ? lease.run_id : std::string();
}

bool BelongsInFeed(const model::Settings& settings,
                   const storage::StoredProduct& product) {
  return settings.download_products_data && !product.presence.gone &&
         (product.product.active || !settings.ignore_inactive_products);
}

absl::StatusOr<int64_t> PlaceInFeed(
    storage::WriteTransaction& txn, const InventoryContext& context,
    const std::vector<storage::StoredProduct*>& products,
    storage::InventoryState* state) {
  std::vector<storage::StoredProduct*> entering;
  for (storage::StoredProduct* product : products) {
    product->product.revision = 0;
    if (BelongsInFeed(context.settings, *product)) entering.push_back(product);
  }
  if (entering.empty()) return 0;
  const int64_t count = static_cast<int64_t>(entering.size());
  OMS_ASSIGN_OR_RETURN(int64_t revision, txn.connections().TakeRevisions(
                                             context.connection.id, count));
  for (storage::StoredProduct* product : entering) {
    product->product.revision = revision++;
  }
  state->last_revision = revision - 1;
  return count;
}

absl::StatusOr<bool> RecomputeStep(storage::WriteTransaction& txn,
                                   const std::string& connection,
                                   absl::Time now, model::SyncCounts* counts) {
  OMS_ASSIGN_OR_RETURN(storage::InventoryState state,
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
    OMS_RETURN_IF_ERROR(Begin(txn, context, views, &state));
  } else if (view != views.end()) {
    OMS_RETURN_IF_ERROR(
        LevelStep(txn, context, views, view, now, &state, counts));
  } else {
    OMS_ASSIGN_OR_RETURN(done, ProductStep(txn, context, &state, counts));
  }
  if (done) {
    state.computed_generation = state.target_generation;
    state.locations_changed = false;
    state.deferred_by_run.clear();
    state.position_step.clear();
    state.position_key.clear();
  }
  OMS_RETURN_IF_ERROR(txn.inventory().PutState(connection, state));
  return done;
}

}  // namespace oms_connector::inventory
