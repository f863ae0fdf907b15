#include "domain/inventory/level_writer.h"

#include <set>
#include <utility>

#include "base/status_macros.h"
#include "domain/inventory/level_calculator.h"
#include "model/cart_channel.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

using model::LocationKind;
using model::StoredLevel;
using model::WithheldReason;

EarlierLevel EarlierOf(const StoredLevel& stored) {
  return {stored.sku, stored.master_sku, stored.product_id,
          stored.value.reason};
}

// The levels that a recompute writes, each to its place.
class LevelWrites {
 public:
  LevelWrites(StockMap stock, bool own) : stock_(std::move(stock)), own_(own) {}

  void Add(const LevelOutcome& outcome, StoredLevel level, bool revised) {
    // Beside whose row it stands now; null = beside none.
    const int64_t* const before =
        outcome.stored.has_value() && outcome.stored->beside_product.has_value()
            ? &*outcome.stored->beside_product
            : nullptr;
    const bool in_table = outcome.stored.has_value() && before == nullptr &&
                          outcome.stored->level.view == level.view;
    if (StandsBesideStock(level)) {
      const int64_t product = level.product_id;
      if (before != nullptr && *before != product) Clear(level, *before);
      if (in_table) deleted_.push_back(level);
      beside_.push_back({level, revised});
    } else {
      if (before != nullptr && own_) Clear(level, *before);
      table_.push_back({level, revised});
    }
  }

  absl::Status Write(storage::WriteTransaction& txn,
                     const std::string& connection,
                     model::InventoryState* state) {
    int64_t count = 0;
    for (const LevelWrite& write : beside_) count += write.revised ? 1 : 0;
    for (const LevelWrite& write : table_) count += write.revised ? 1 : 0;
    OMS_ASSIGN_OR_RETURN(int64_t revision,
                         TakeRevisions(txn, connection, count, state));
    std::vector<model::StoredStock> rows;
    for (LevelWrite& write : beside_) {
      if (write.revised) write.level.value.revision = revision++;
      model::StoredStock& row =
          stock_.at({write.level.location_id, write.level.product_id});
      row.level = write.level.value;
      rows.push_back(row);
    }
    rows.insert(rows.end(), cleared_.begin(), cleared_.end());
    std::vector<StoredLevel> levels;
    for (LevelWrite& write : table_) {
      if (write.revised) write.level.value.revision = revision++;
      levels.push_back(write.level);
    }
    OMS_RETURN_IF_ERROR(txn.inventory().PutStock(connection, rows));
    OMS_RETURN_IF_ERROR(txn.inventory().DeleteLevels(connection, deleted_));
    return txn.inventory().PutLevels(connection, levels);
  }

 private:
  struct LevelWrite {
    StoredLevel level;
    bool revised = false;
  };

  // Beside the row that it tells of, where that has just this SKU.
  bool StandsBesideStock(const StoredLevel& level) const {
    if (!own_ || level.kind != LocationKind::kWarehouse) return false;
    const auto row = stock_.find({level.location_id, level.product_id});
    return row != stock_.end() && row->second.sku.number == level.sku &&
           row->second.sku.number == level.master_sku;
  }

  void Clear(const StoredLevel& level, int64_t product) {
    const auto row = stock_.find({level.location_id, product});
    if (row == stock_.end()) return;
    row->second.level = {};
    cleared_.push_back(row->second);
  }

  StockMap stock_;
  const bool own_;
  std::vector<LevelWrite> beside_;
  std::vector<LevelWrite> table_;
  std::vector<StoredLevel> deleted_;
  std::vector<model::StoredStock> cleared_;
};

}  // namespace

absl::StatusOr<InventoryContext> ReadContext(storage::ReadTransaction& txn,
                                             absl::string_view connection) {
  InventoryContext context;
  absl::StatusOr<model::Connection> found =
      txn.connections().GetConnection(connection);
  if (absl::IsNotFound(found.status())) {
    return model::ConnectionNotFound(connection);
  }
  OMS_RETURN_IF_ERROR(found.status());
  context.connection = *std::move(found);
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(connection));
  context.settings = settings.values;
  OMS_ASSIGN_OR_RETURN(context.locations,
                       txn.inventory().ListLocations(connection));
  OMS_ASSIGN_OR_RETURN(model::StoredViews views,
                       txn.inventory().ListViews(connection));
  context.views = std::move(views.views);
  context.view_locations = std::move(views.locations);
  return context;
}

absl::StatusOr<std::set<int64_t>> ReadChannelsInUse(
    storage::ReadTransaction& txn, const InventoryContext& context,
    const std::vector<model::ChannelName>& channels) {
  std::set<int64_t> in_use;
  if (context.settings.inventory_sync_mode !=
      model::InventorySyncMode::kPerSalesChannel) {
    return in_use;
  }
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::Connection> connections,
      txn.connections().ListEarlierOfAccount(context.connection));
  std::vector<model::EarlierConnection> earlier;
  for (const model::Connection& connection : connections) {
    OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                         txn.connections().GetSettings(connection.id));
    earlier.push_back({connection, settings.values});
  }
  if (earlier.empty()) return in_use;
  for (const model::ChannelName& channel : channels) {
    if (model::ReaderOfNumbers(channel.id, channels, earlier).has_value()) {
      in_use.insert(channel.id);
    }
  }
  return in_use;
}

// ---- Whether a level differs -----------------------------------------------

LevelChange CompareLevels(const StoredLevel* stored,
                          const ComputedLevel& computed) {
  if (stored == nullptr) return LevelChange::kRevised;
  const model::LevelValue& value = stored->value;
  if (value.reason != computed.reason || stored->sku != computed.sku ||
      value.available != computed.available ||
      value.clamped_at_zero != computed.clamped_at_zero) {
    return LevelChange::kRevised;
  }
  if (stored->master_sku != computed.master_sku ||
      stored->product_id != computed.product_id) {
    return LevelChange::kDerivationOnly;
  }
  return LevelChange::kNone;
}

StoredLevel ApplyLevel(const StoredLevel& stored, LevelChange change,
                       const ComputedLevel& computed) {
  StoredLevel result = stored;
  result.master_sku = computed.master_sku;
  result.product_id = computed.product_id;
  if (change != LevelChange::kRevised) return result;
  result.sku = computed.sku;
  result.value.reason = computed.reason;
  result.value.available = computed.available;
  result.value.clamped_at_zero = computed.clamped_at_zero;
  result.value.as_of_time = computed.as_of_time;
  return result;
}

// ---- What was done ---------------------------------------------------------

void LevelTally::AddRevised(LocationKind kind, int64_t location_id,
                            std::optional<WithheldReason> before,
                            WithheldReason after) {
  ++changed_;
  const bool was =
      before.value_or(WithheldReason::kNone) != WithheldReason::kNone;
  const bool is = after != WithheldReason::kNone;
  if (was != is) withheld_[{kind, location_id}] += is ? 1 : -1;
}

absl::Status LevelTally::Close(storage::InventoryWriter& tables,
                               const std::string& connection,
                               model::SyncCounts* counts) {
  counts->levels_unchanged += unchanged_;
  counts->levels_changed += changed_;
  for (const auto& [where, count] : withheld_) {
    if (count == 0) continue;
    OMS_RETURN_IF_ERROR(
        tables.AddWithheld(connection, {where.first, where.second, ""}, count));
  }
  *this = {};
  return absl::OkStatus();
}

// ---- Computing -------------------------------------------------------------

LevelTerms TermsAt(const View& view, LocationKind kind, int64_t id,
                   absl::Time now) {
  LevelTerms terms;
  terms.settings = view.settings;
  terms.location_kind = kind;
  terms.location_live =
      kind == view.location_kind() && view.locations.count(id) > 0;
  terms.now = now;
  return terms;
}

absl::StatusOr<LevelOutcomes> ComputeKeys(storage::InventoryReader& reader,
                                          const InventoryContext& context,
                                          const View& view,
                                          const LevelScope& scope,
                                          absl::Time now) {
  OMS_ASSIGN_OR_RETURN(LevelFacts facts,
                       FindFacts(reader, context, view, scope));
  std::set<LevelKey> wanted;
  for (const auto& [key, claims] : facts.claims) wanted.insert(key);
  for (const auto& [key, placed] : facts.stored) wanted.insert(key);
  const std::vector<Claim> none;
  LevelOutcomes outcomes;
  for (const LevelKey& key : wanted) {
    const bool fits = key.kind == view.location_kind();
    if (!fits && !scope.all_kinds) continue;
    if (fits &&
        scope.only_location.value_or(key.location_id) != key.location_id) {
      continue;
    }
    const auto placed = facts.stored.find(key);
    const bool exists = placed != facts.stored.end();
    // What another mode has left behind changes once, for each who was told.
    const bool told = exists && (placed->second.level.view == view.number ||
                                 view.sees_own_levels());
    if (!fits && told &&
        placed->second.level.value.reason == WithheldReason::kModeChanged) {
      continue;
    }
    const auto claims = facts.claims.find(key);
    std::optional<EarlierLevel> earlier;
    if (exists) earlier = EarlierOf(placed->second.level);
    std::optional<ComputedLevel> computed = ComputeLevel(
        TermsAt(view, key.kind, key.location_id, now),
        fits && claims != facts.claims.end() ? claims->second : none, earlier);
    if (!computed.has_value()) continue;
    LevelOutcome outcome;
    outcome.key = key;
    if (exists) outcome.stored = placed->second;
    outcome.computed = *computed;
    outcomes.levels.push_back(outcome);
  }
  outcomes.stock = std::move(facts.stock);
  return outcomes;
}

absl::Status RecomputeKeys(storage::WriteTransaction& txn,
                           const InventoryContext& context, const View& view,
                           const LevelScope& scope, absl::Time now,
                           model::InventoryState* state, LevelTally* tally) {
  // A cart's view that is to be made is computed whole by the recompute that
  // makes it.
  if (scope.keys.empty() || (!view.is_own() && view.number == 0)) {
    return absl::OkStatus();
  }
  OMS_ASSIGN_OR_RETURN(LevelOutcomes outcomes,
                       ComputeKeys(txn.inventory(), context, view, scope, now));
  LevelWrites writes(std::move(outcomes.stock), view.is_own());
  for (LevelOutcome& outcome : outcomes.levels) {
    StoredLevel base;
    base.view = view.number;
    base.sku_key = outcome.key.sku_key;
    base.kind = outcome.key.kind;
    base.location_id = outcome.key.location_id;
    const bool told_here =
        outcome.stored.has_value() && outcome.stored->level.view == view.number;
    if (told_here) base = outcome.stored->level;
    const LevelChange change =
        CompareLevels(told_here ? &base : nullptr, outcome.computed);
    if (change == LevelChange::kNone) continue;
    const bool revised = change == LevelChange::kRevised;
    if (revised && view.is_own()) {
      std::optional<WithheldReason> before;
      if (told_here) before = base.value.reason;
      tally->AddRevised(base.kind, base.location_id, before,
                        outcome.computed.reason);
    }
    writes.Add(outcome, ApplyLevel(base, change, outcome.computed), revised);
  }
  return writes.Write(txn, context.connection.id, state);
}

absl::Status WithholdLeftKeys(storage::WriteTransaction& txn,
                              const InventoryContext& context, const View& view,
                              const std::vector<int64_t>& keys, absl::Time now,
                              model::InventoryState* state) {
  const std::string& id = context.connection.id;
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredLevel> left,
                       txn.inventory().FindLevels(id, view.number, keys));
  View own = view;
  own.id.clear();
  own.number = 0;
  LevelScope scope;
  scope.keys = keys;
  scope.all_kinds = true;
  OMS_ASSIGN_OR_RETURN(const LevelFacts facts,
                       FindFacts(txn.inventory(), context, own, scope));
  std::vector<StoredLevel> deleted;
  std::vector<StoredLevel> withheld;
  for (const StoredLevel& level : left) {
    const bool shown = level.kind == view.location_kind() &&
                       view.shown.count(level.location_id) > 0;
    if (shown && facts.stored.count(
                     {level.sku_key, level.kind, level.location_id}) > 0) {
      deleted.push_back(level);
      continue;
    }
    const std::optional<ComputedLevel> computed =
        ComputeLevel(TermsAt(view, level.kind, level.location_id, now), {},
                     EarlierOf(level));
    if (!computed.has_value() ||
        CompareLevels(&level, *computed) != LevelChange::kRevised) {
      continue;
    }
    withheld.push_back(ApplyLevel(level, LevelChange::kRevised, *computed));
  }
  OMS_ASSIGN_OR_RETURN(
      int64_t revision,
      TakeRevisions(txn, id, static_cast<int64_t>(withheld.size()), state));
  for (StoredLevel& level : withheld) level.value.revision = revision++;
  OMS_RETURN_IF_ERROR(txn.inventory().DeleteLevels(id, deleted));
  return txn.inventory().PutLevels(id, withheld);
}

absl::StatusOr<int64_t> TakeRevisions(storage::WriteTransaction& txn,
                                      const std::string& connection,
                                      int64_t count,
                                      model::InventoryState* state) {
  if (count == 0) return 0;
  OMS_ASSIGN_OR_RETURN(const int64_t first,
                       txn.connections().TakeRevisions(connection, count));
  state->last_revision = first + count - 1;
  return first;
}

}  // namespace oms_connector::inventory
