#include "domain/inventory/settings_preview.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_diff.h"
#include "domain/inventory/level_writer.h"
#include "domain/model/errors.h"

namespace oms_connector::inventory {
namespace {

// Keys looked at within one transaction: bounds the memory and how long the
// store keeps a snapshot open.
constexpr int kKeysAtOnce = 1000;

using LevelKey = std::tuple<std::string, model::LocationKind, int64_t>;
using Levels = std::map<LevelKey, model::InventoryLevel>;

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

// The levels of `keys` as they are under the view's settings.
absl::StatusOr<Levels> LevelsUnder(storage::InventoryReader& reader,
                                   const InventoryContext& context,
                                   const View& view,
                                   const std::vector<std::string>& keys,
                                   absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const std::vector<LevelOutcome> outcomes,
                       ComputeKeys(reader, context.connection.id, view, keys,
                                   std::nullopt, now));
  Levels levels;
  for (const LevelOutcome& outcome : outcomes) {
    const LevelChange change = CompareLevels(
        outcome.exists ? &outcome.stored : nullptr, outcome.computed);
    model::InventoryLevel level =
        ApplyLevel(outcome.stored, change, outcome.computed).level;
    level.location.name = LocationName(context, level.location);
    const bool in_warehouse =
        level.location.kind == model::LocationKind::kWarehouse;
    level.derivation.source = in_warehouse
                                  ? model::LevelSource::kWarehouseStock
                                  : model::LevelSource::kChannelAllocation;
    level.derivation.locked_subtracted = in_warehouse && view.subtract_locked;
    levels[{outcome.stored.sku_key, level.location.kind, level.location.id}] =
        std::move(level);
  }
  return levels;
}

bool SameLevel(const model::InventoryLevel& a, const model::InventoryLevel& b) {
  return a.withheld_reason == b.withheld_reason && a.sku == b.sku &&
         a.available == b.available &&
         a.derivation.clamped_at_zero == b.derivation.clamped_at_zero;
}

bool IsPublished(const std::optional<model::InventoryLevel>& level) {
  return level.has_value() && level->state == model::LevelState::kPublished;
}

// Goes through all levels of a view and keeps the page's share of those that
// differ.
class Comparison {
 public:
  explicit Comparison(const PreviewRequest& request) : request_(request) {}

  void Add(Levels before, Levels after) {
    for (auto& [key, level] : after) {
      PreviewRow row;
      row.after = std::move(level);
      const auto found = before.find(key);
      if (found != before.end()) {
        row.before = std::move(found->second);
        before.erase(found);
      }
      ++page_.levels;
      AddRow(std::move(row));
    }
    for (auto& [key, level] : before) {
      AddRow({std::move(level), std::nullopt});
    }
  }

  PreviewPage Take() {
    const int64_t end =
        request_.offset + static_cast<int64_t>(page_.rows.size());
    if (end < page_.changed) page_.next_offset = end;
    return std::move(page_);
  }

 private:
  void AddRow(PreviewRow row) {
    const bool same = row.before.has_value() && row.after.has_value() &&
                      SameLevel(*row.before, *row.after);
    if (same) return;
    const bool was_published = IsPublished(row.before);
    const bool is_published = IsPublished(row.after);
    if (is_published && !was_published) ++page_.newly_published;
    if (was_published && !is_published) ++page_.newly_withheld;
    const int64_t index = page_.changed++;
    if (index < request_.offset ||
        static_cast<int>(page_.rows.size()) >= request_.page_size) {
      return;
    }
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
    Levels levels_before;
    Levels levels_after;
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
      OMS_ASSIGN_OR_RETURN(levels_before,
                           LevelsUnder(reader, stored, view_before, keys, now));
      OMS_ASSIGN_OR_RETURN(levels_after,
                           LevelsUnder(reader, stored, view_after, keys, now));
      return absl::OkStatus();
    }));
    after = last;
    comparison.Add(std::move(levels_before), std::move(levels_after));
  }
  return comparison.Take();
}

}  // namespace oms_connector::inventory
