#include "domain/inventory/settings_preview.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_diff.h"
#include "domain/inventory/level_writer.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

// Keys looked at within one transaction: bounds the memory and how long the
// store keeps a snapshot open.
constexpr int kKeysAtOnce = 1000;

using LevelKey = std::tuple<std::string, model::LocationKind, int64_t>;

// One level before and after; unset = there is none.
struct LevelPair {
  std::optional<storage::StoredLevel> before;
  std::optional<storage::StoredLevel> after;
};
using LevelPairs = std::map<LevelKey, LevelPair>;

absl::StatusOr<View> ViewUnder(InventoryContext context,
                               const model::Settings& settings,
                               const std::string& cart) {
  context.settings = settings;
  for (const View& view : BuildViews(context)) {
    if (view.id == cart) return view;
  }
  return model::CartNotFound(context.connection.id, cart);
}

std::string LocationName(const InventoryContext& context,
                         const model::Location& location) {
  if (location.kind == model::LocationKind::kWarehouse) {
    for (const auto& [warehouse, listed] : context.warehouses) {
      if (warehouse.id == location.id) return warehouse.name;
    }
    return "";
  }
  for (const auto& [channel, listed] : context.channels) {
    if (channel.id == location.id) return channel.name;
  }
  return "";
}

LevelKey KeyOf(const storage::StoredLevel& stored) {
  const model::Location& location = stored.level.location;
  return {stored.sku_key, location.kind, location.id};
}

// What the feed adds to a stored level, its quantities aside.
storage::StoredLevel Describe(const InventoryContext& context, const View& view,
                              storage::StoredLevel stored) {
  model::InventoryLevel& level = stored.level;
  level.location.name = LocationName(context, level.location);
  const bool in_warehouse =
      level.location.kind == model::LocationKind::kWarehouse;
  level.derivation.source = in_warehouse
                                ? model::LevelSource::kWarehouseStock
                                : model::LevelSource::kChannelAllocation;
  level.derivation.locked_subtracted = in_warehouse && view.subtract_locked;
  return stored;
}

storage::StoredLevel LevelUnder(const InventoryContext& context,
                                const View& view, const LevelOutcome& outcome) {
  const LevelChange change = CompareLevels(
      outcome.exists ? &outcome.stored : nullptr, outcome.computed);
  return Describe(context, view,
                  ApplyLevel(outcome.stored, change, outcome.computed));
}

// The levels of `keys` under both views.
absl::StatusOr<LevelPairs> PairLevels(storage::InventoryReader& reader,
                                      const InventoryContext& context,
                                      const View& before, const View& after,
                                      const std::vector<std::string>& keys,
                                      absl::Time now) {
  const std::string& id = context.connection.id;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<LevelOutcome> outcomes_before,
      ComputeKeys(reader, id, before, keys, std::nullopt, now));
  OMS_ASSIGN_OR_RETURN(const std::vector<LevelOutcome> outcomes_after,
                       ComputeKeys(reader, id, after, keys, std::nullopt, now));
  LevelPairs pairs;
  for (const LevelOutcome& outcome : outcomes_before) {
    pairs[KeyOf(outcome.stored)].before = LevelUnder(context, before, outcome);
  }
  for (const LevelOutcome& outcome : outcomes_after) {
    LevelPair& pair = pairs[KeyOf(outcome.stored)];
    pair.after = LevelUnder(context, after, outcome);
    // What an earlier mode has left behind is not computed any more.
    if (!pair.before.has_value() && outcome.exists) {
      pair.before = Describe(context, before, outcome.stored);
    }
  }
  return pairs;
}

bool SameLevel(const model::InventoryLevel& a, const model::InventoryLevel& b) {
  return a.withheld_reason == b.withheld_reason && a.sku == b.sku &&
         a.available == b.available &&
         a.derivation.clamped_at_zero == b.derivation.clamped_at_zero;
}

bool Differs(const LevelPair& pair) {
  return !pair.before.has_value() || !pair.after.has_value() ||
         !SameLevel(pair.before->level, pair.after->level);
}

bool IsPublished(const std::optional<storage::StoredLevel>& stored) {
  return stored.has_value() &&
         stored->level.state == model::LevelState::kPublished;
}

// The stock behind levels in warehouses, as the feed tells it.
absl::Status AddQuantities(storage::InventoryReader& reader,
                           const std::string& connection,
                           const std::vector<storage::StoredLevel*>& levels) {
  std::vector<int64_t> ids;
  for (const storage::StoredLevel* stored : levels) {
    ids.push_back(stored->product_id);
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<storage::StoredStock> stock,
                       reader.FindStockOfProducts(connection, ids));
  std::map<std::pair<int64_t, int64_t>, const model::StockRow*> rows;
  for (const storage::StoredStock& stored : stock) {
    rows[{stored.row.warehouse_id, stored.row.product_id}] = &stored.row;
  }
  for (storage::StoredLevel* stored : levels) {
    const model::Location& location = stored->level.location;
    if (location.kind != model::LocationKind::kWarehouse) continue;
    const auto found = rows.find({location.id, stored->product_id});
    if (found == rows.end()) continue;
    stored->level.derivation.on_hand = found->second->on_hand;
    stored->level.derivation.locked = found->second->locked;
  }
  return absl::OkStatus();
}

std::vector<storage::StoredLevel*> Differing(LevelPairs& pairs) {
  std::vector<storage::StoredLevel*> levels;
  for (auto& [key, pair] : pairs) {
    if (!Differs(pair)) continue;
    if (pair.before.has_value()) levels.push_back(&*pair.before);
    if (pair.after.has_value()) levels.push_back(&*pair.after);
  }
  return levels;
}

// Goes through all levels of a view and keeps the page's share of those that
// differ.
class Comparison {
 public:
  explicit Comparison(const PreviewRequest& request) : request_(request) {}

  void Add(LevelPairs pairs) {
    for (auto& [key, pair] : pairs) {
      if (pair.after.has_value()) ++page_.levels;
      if (Differs(pair)) AddRow(std::move(pair));
    }
  }

  bool IsFull() const {
    return static_cast<int>(page_.rows.size()) >= request_.page_size;
  }

  PreviewPage Take() {
    const int64_t end =
        request_.offset + static_cast<int64_t>(page_.rows.size());
    if (end < page_.changed) page_.next_offset = end;
    return std::move(page_);
  }

 private:
  void AddRow(LevelPair pair) {
    const bool was_published = IsPublished(pair.before);
    const bool is_published = IsPublished(pair.after);
    if (is_published && !was_published) ++page_.newly_published;
    if (was_published && !is_published) ++page_.newly_withheld;
    const int64_t index = page_.changed++;
    if (index < request_.offset || IsFull()) return;
    PreviewRow row;
    if (pair.before.has_value()) row.before = std::move(pair.before->level);
    if (pair.after.has_value()) row.after = std::move(pair.after->level);
    page_.rows.push_back(std::move(row));
  }

  const PreviewRequest& request_;
  PreviewPage page_;
};

}  // namespace

absl::StatusOr<PreviewPage> PreviewSettings(storage::Store& store,
                                            const base::CallContext& context,
                                            const PreviewRequest& request,
                                            absl::Time now) {
  Comparison comparison(request);
  std::string after;
  for (bool done = false; !done;) {
    LevelPairs pairs;
    std::string last;
    OMS_RETURN_IF_ERROR(store.Read(context, [&](storage::ReadTransaction& txn) {
      OMS_ASSIGN_OR_RETURN(const InventoryContext stored,
                           ReadContext(txn, request.connection));
      OMS_ASSIGN_OR_RETURN(const View view_before,
                           ViewUnder(stored, stored.settings, request.cart));
      OMS_ASSIGN_OR_RETURN(const View view_after,
                           ViewUnder(stored, request.settings, request.cart));
      storage::InventoryReader& reader = txn.inventory();
      OMS_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                           reader.ListSkuKeys(request.connection, request.cart,
                                              after, kKeysAtOnce));
      done = keys.empty();
      last = done ? after : keys.back();
      OMS_ASSIGN_OR_RETURN(pairs, PairLevels(reader, stored, view_before,
                                             view_after, keys, now));
      return comparison.IsFull()
                 ? absl::OkStatus()
                 : AddQuantities(reader, request.connection, Differing(pairs));
    }));
    after = last;
    comparison.Add(std::move(pairs));
  }
  return comparison.Take();
}

}  // namespace oms_connector::inventory
