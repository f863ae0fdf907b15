// Locations and stock; products and listings are in replica_catalogue.cc.
#include "domain/inventory/replica_writer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/status_macros.h"
#include "domain/inventory/view_recompute.h"

namespace oms_connector::inventory {
namespace {

using model::LocationKind;
using model::StoredLocation;
using model::StoredStock;

// Keys whose levels are computed at a time: an answer of numbers may name all
// listings of an account.
constexpr size_t kKeysAtOnce = 1000;

bool SameStock(const StoredStock& stored, const model::StockRow& row) {
  return !stored.missed && !stored.gone && stored.on_hand == row.on_hand &&
         stored.locked == row.locked && stored.master_sku == row.master_sku;
}

// Ascending by product, the last of several of one.
std::vector<const model::StockRow*> LatestByProduct(
    const std::vector<model::StockRow>& rows) {
  std::vector<const model::StockRow*> latest;
  latest.reserve(rows.size());
  for (const model::StockRow& row : rows) latest.push_back(&row);
  const auto before = [](const auto* a, const auto* b) {
    return a->product_id < b->product_id;
  };
  // Pages come in the order of ids nearly always.
  if (!std::is_sorted(latest.begin(), latest.end(), before)) {
    std::stable_sort(latest.begin(), latest.end(), before);
  }
  size_t kept = 0;
  for (size_t i = 0; i < latest.size(); ++i) {
    const bool last = i + 1 == latest.size() ||
                      latest[i]->product_id != latest[i + 1]->product_id;
    if (last) latest[kept++] = latest[i];
  }
  latest.resize(kept);
  return latest;
}

bool SameLocation(const StoredLocation& a, const StoredLocation& b) {
  return a.location.kind == b.location.kind && a.location.id == b.location.id &&
         a.location.name == b.location.name && a.type == b.type &&
         a.active == b.active && a.listed == b.listed && a.away == b.away &&
         a.read_from == b.read_from && a.numbers_in_use == b.numbers_in_use;
}

// A level that no longer stands beside its row, for the table of levels.
model::StoredLevel MovedOut(const StoredStock& stock) {
  model::StoredLevel level;
  level.sku_key = stock.sku.key;
  level.location_id = stock.warehouse_id;
  level.sku = stock.sku.number;
  level.master_sku = stock.sku.number;
  level.product_id = stock.product_id;
  level.value = stock.level;
  return level;
}

}  // namespace

absl::StatusOr<ReplicaWriter> ReplicaWriter::Open(
    storage::WriteTransaction& txn, ReplicaRun run) {
  ReplicaWriter writer(&txn, std::move(run));
  OMS_ASSIGN_OR_RETURN(writer.context_, ReadContext(txn, writer.connection()));
  OMS_ASSIGN_OR_RETURN(writer.state_,
                       txn.inventory().LockState(writer.connection()));
  writer.stored_state_ = writer.state_;
  writer.views_ = BuildViews(writer.context_);
  return writer;
}

absl::StatusOr<int64_t> ReplicaWriter::CountWithheld(
    model::SyncCounts* counts) {
  OMS_RETURN_IF_ERROR(tally_.Close(txn_->inventory(), connection(), counts));
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredLocation> locations,
                       txn_->inventory().ListLocations(connection()));
  int64_t withheld = 0;
  for (const StoredLocation& stored : locations) {
    if (stored.location.kind == own().location_kind() &&
        own().locations.count(stored.location.id) > 0) {
      withheld += stored.withheld;
    }
  }
  return withheld;
}

absl::Status ReplicaWriter::Close(model::SyncRun* run) {
  OMS_RETURN_IF_ERROR(
      tally_.Close(txn_->inventory(), connection(), &run->counts));
  run->counts.products_changed += products_changed_;
  run->delta_gap_suspected = state_.gap_time.has_value() && !per_warehouse();
  if (model::SameFields(state_, stored_state_)) return absl::OkStatus();
  return txn_->inventory().PutState(connection(), state_);
}

bool ReplicaWriter::per_warehouse() const {
  return own().mode == model::InventorySyncMode::kPerWarehouse;
}

bool ReplicaWriter::deferred() const {
  return state_.deferred_by_run == run_.run_id &&
         LevelsAreOutdated(context_, state_);
}

// ---- Levels ----------------------------------------------------------------

absl::Status ReplicaWriter::RecomputeInParts(
    const View& view, const std::vector<int64_t>& keys,
    std::optional<int64_t> only_location) {
  if (deferred()) return absl::OkStatus();
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    const size_t end = std::min(keys.size(), begin + kKeysAtOnce);
    LevelScope scope;
    scope.keys.assign(keys.begin() + begin, keys.begin() + end);
    scope.only_location = only_location;
    OMS_RETURN_IF_ERROR(RecomputeKeys(*txn_, context_, view, scope, run_.now,
                                      &state_, &tally_));
  }
  return absl::OkStatus();
}

absl::Status ReplicaWriter::RecomputeOwn(const std::vector<int64_t>& keys,
                                         std::optional<int64_t> only_location) {
  return RecomputeInParts(own(), keys, only_location);
}

bool ReplicaWriter::HasListedViews() const {
  return std::any_of(views_.begin(), views_.end(), [](const View& view) {
    return view.has_levels() && !view.is_own();
  });
}

absl::Status ReplicaWriter::RecomputeListed(
    const std::vector<int64_t>& keys, std::optional<int64_t> only_location) {
  for (const View& view : views_) {
    if (view.is_own() || !view.has_levels()) continue;
    OMS_RETURN_IF_ERROR(RecomputeInParts(view, keys, only_location));
  }
  return absl::OkStatus();
}

// ---- Locations -------------------------------------------------------------

void ReplicaWriter::ViewsMayHaveChanged() {
  std::vector<View> views = BuildViews(context_);
  if (SameViews(views, views_)) return;
  views_ = std::move(views);
  RecomputeAtTheEnd();
}

void ReplicaWriter::RecomputeAtTheEnd() {
  // Where nothing was computed yet, there is nothing to compute anew.
  if (state_.computed_generation == 0) return;
  state_.locations_changed = true;
  state_.position_step.clear();
  state_.position_key = 0;
}

bool ReplicaWriter::BelievesList(const std::vector<StoredLocation>& rows,
                                 LocationKind kind, bool complete) {
  const std::string source =
      kind == LocationKind::kWarehouse ? WarehousesSource() : ChannelsSource();
  std::vector<std::string>& doubted = state_.doubted_lists;
  const auto doubt = std::find(doubted.begin(), doubted.end(), source);
  const bool had_some =
      std::any_of(context_.locations.begin(), context_.locations.end(),
                  [&](const StoredLocation& stored) {
                    return stored.location.kind == kind && stored.listed;
                  });
  const bool doubtful = rows.empty() && complete && had_some;
  if (doubtful && doubt == doubted.end()) {
    doubted.push_back(source);
    return false;
  }
  if (doubt != doubted.end()) doubted.erase(doubt);
  return true;
}

absl::StatusOr<bool> ReplicaWriter::PutLocations(
    std::vector<StoredLocation> rows, LocationKind kind, bool complete) {
  if (!BelievesList(rows, kind, complete)) return false;
  std::map<int64_t, StoredLocation> merged;
  std::vector<StoredLocation> others;
  for (const StoredLocation& stored : context_.locations) {
    if (stored.location.kind != kind) {
      others.push_back(stored);
      continue;
    }
    StoredLocation& kept = merged[stored.location.id] = stored;
    kept.listed = !complete && stored.listed;
  }
  for (StoredLocation& row : rows) {
    StoredLocation& kept = merged[row.location.id];
    row.location.kind = kind;
    row.withheld = kept.withheld;
    row.away = kept.away;
    row.read_from = kept.read_from;
    kept = std::move(row);
  }
  for (const auto& [id, stored] : merged) others.push_back(stored);
  std::stable_sort(others.begin(), others.end(),
                   [](const StoredLocation& a, const StoredLocation& b) {
                     return a.location.kind < b.location.kind;
                   });
  const std::vector<StoredLocation> before =
      std::exchange(context_.locations, std::move(others));
  NoteReturns(run_.now, &context_, &state_);
  std::vector<StoredLocation> changed;
  for (const StoredLocation& stored : context_.locations) {
    const bool same = std::any_of(
        before.begin(), before.end(),
        [&](const StoredLocation& each) { return SameLocation(each, stored); });
    if (!same) changed.push_back(stored);
  }
  if (changed.empty()) return true;
  ViewsMayHaveChanged();
  OMS_RETURN_IF_ERROR(txn_->inventory().PutLocations(connection(), changed));
  return true;
}

absl::StatusOr<bool> ReplicaWriter::PutSalesChannels(
    const std::vector<model::SalesChannel>& rows, bool complete) {
  std::vector<model::ChannelName> names;
  for (const model::SalesChannel& row : rows) {
    names.push_back({row.id, row.name});
  }
  OMS_ASSIGN_OR_RETURN(const std::set<int64_t> in_use,
                       ReadChannelsInUse(*txn_, context_, names));
  std::vector<StoredLocation> locations;
  for (const model::SalesChannel& row : rows) {
    StoredLocation& stored = locations.emplace_back();
    stored.location.id = row.id;
    stored.location.name = row.name;
    stored.type = row.type;
    stored.active = row.active;
    stored.numbers_in_use = in_use.count(row.id) > 0;
    // What was told to the other connection is not told to this one.
    const bool was_in_use = std::any_of(
        context_.locations.begin(), context_.locations.end(),
        [&](const StoredLocation& before) {
          return before.location.kind == LocationKind::kSalesChannel &&
                 before.location.id == row.id && before.numbers_in_use;
        });
    if (was_in_use && !stored.numbers_in_use && !state_.gap_time.has_value()) {
      state_.gap_time = run_.now;
    }
  }
  return PutLocations(std::move(locations), LocationKind::kSalesChannel,
                      complete);
}

absl::StatusOr<bool> ReplicaWriter::PutWarehouses(
    const std::vector<model::Warehouse>& rows, bool complete) {
  std::vector<StoredLocation> locations;
  for (const model::Warehouse& row : rows) {
    StoredLocation& stored = locations.emplace_back();
    stored.location.id = row.id;
    stored.location.name = row.name;
    stored.type = row.type;
    stored.active = row.active;
  }
  return PutLocations(std::move(locations), LocationKind::kWarehouse, complete);
}

// ---- Stock -----------------------------------------------------------------

absl::StatusOr<std::vector<ReplicaWriter::ChangedStock>>
ReplicaWriter::ChangesOfStock(int64_t warehouse_id,
                              const std::vector<model::StockRow>& rows) {
  const std::vector<const model::StockRow*> latest = LatestByProduct(rows);
  std::vector<int64_t> ids;
  ids.reserve(latest.size());
  for (const model::StockRow* row : latest) ids.push_back(row->product_id);
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredStock> found,
      txn_->inventory().FindStock(connection(), warehouse_id, ids));
  const absl::Time read_from =
      ReadFrom(context_, LocationKind::kWarehouse, warehouse_id);
  std::vector<ChangedStock> changes;
  std::vector<absl::string_view> new_texts;
  auto next = found.begin();
  for (const model::StockRow* row : latest) {
    while (next != found.end() && next->product_id < row->product_id) ++next;
    StoredStock* before =
        next != found.end() && next->product_id == row->product_id ? &*next
                                                                   : nullptr;
    if (before != nullptr && SameStock(*before, *row) &&
        before->value_time >= read_from) {
      tally_.AddUnchanged(1);
      continue;
    }
    ChangedStock& change = changes.emplace_back();
    StoredStock& after = change.after;
    after.warehouse_id = warehouse_id;
    after.product_id = row->product_id;
    after.on_hand = row->on_hand;
    after.locked = row->locked;
    after.value_time = std::max(run_.now, read_from);
    if (before != nullptr) {
      if (before->on_hand == row->on_hand && before->locked == row->locked &&
          before->value_time >= read_from) {
        after.value_time = before->value_time;
      }
      if (before->master_sku == row->master_sku) after.sku = before->sku;
      change.before = std::move(*before);
    }
    if (after.sku.number == 0) new_texts.push_back(row->master_sku);
  }
  OMS_RETURN_IF_ERROR(NameSkus(&changes, new_texts));
  return changes;
}

absl::Status ReplicaWriter::NameSkus(
    std::vector<ChangedStock>* changes,
    const std::vector<absl::string_view>& texts) {
  if (texts.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> skus,
                       txn_->inventory().AddSkus(connection(), texts));
  auto next = skus.begin();
  for (ChangedStock& change : *changes) {
    if (change.after.sku.number == 0) change.after.sku = *next++;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> ReplicaWriter::WriteStock(
    std::vector<ChangedStock> changes) {
  storage::InventoryWriter& tables = txn_->inventory();
  std::vector<int64_t> keys, ids;
  for (const ChangedStock& change : changes) {
    keys.push_back(change.after.sku.key);
    ids.push_back(change.after.product_id);
  }
  // Which products claim the keys, those that are new to them too.
  OMS_ASSIGN_OR_RETURN(auto claimants,
                       tables.FindStockProducts(connection(), keys));
  std::sort(claimants.begin(), claimants.end());
  std::vector<std::pair<int64_t, int64_t>> added;
  for (const ChangedStock& change : changes) {
    const auto pair =
        std::make_pair(change.after.sku.key, change.after.product_id);
    if (!std::binary_search(claimants.begin(), claimants.end(), pair)) {
      added.push_back(pair);
    }
  }
  OMS_RETURN_IF_ERROR(tables.AddStockProducts(connection(), added));
  claimants.insert(claimants.end(), added.begin(), added.end());
  std::sort(claimants.begin(), claimants.end());
  const auto is_shared = [&](int64_t key) {
    const auto first = std::lower_bound(
        claimants.begin(), claimants.end(),
        std::make_pair(key, std::numeric_limits<int64_t>::min()));
    return first != claimants.end() && std::next(first) != claimants.end() &&
           std::next(first)->first == key;
  };
  std::vector<int64_t> inactive;
  const bool computes = per_warehouse() && !deferred();
  if (computes && own().ignore_inactive) {
    OMS_ASSIGN_OR_RETURN(inactive, InactiveProducts(tables, context_, ids));
  }

  std::vector<int64_t> left_to_do;
  std::vector<model::StoredLevel> moved_out;
  std::vector<StoredStock> rows;
  std::vector<size_t> revised;
  rows.reserve(changes.size());
  std::vector<Claim> claims(1);
  for (ChangedStock& change : changes) {
    StoredStock& after = change.after;
    const StoredStock* before = change.before ? &*change.before : nullptr;
    const bool had_level = before != nullptr && before->level.exists();
    const bool same_sku =
        before != nullptr && before->sku.number == after.sku.number;
    if (had_level && same_sku) after.level = before->level;
    if (had_level && !same_sku) moved_out.push_back(MovedOut(*before));
    // A level in the table of levels may belong here, unless the row is the
    // only one that its key has ever had, or has its level beside it.
    const bool alone = !is_shared(after.sku.key) &&
                       (before == nullptr || (had_level && same_sku));
    if (computes && !alone) {
      left_to_do.push_back(after.sku.key);
      if (before != nullptr) left_to_do.push_back(before->sku.key);
    }
    if (computes && alone) {
      claims.front() =
          ClaimOf(after,
                  !std::binary_search(inactive.begin(), inactive.end(),
                                      after.product_id),
                  absl::InfinitePast());  // these were just read
      std::optional<EarlierLevel> earlier;
      const model::StoredLevel stored = MovedOut(after);
      if (had_level) {
        earlier = EarlierLevel{stored.sku, stored.master_sku, stored.product_id,
                               stored.value.reason};
      }
      const std::optional<ComputedLevel> computed =
          ComputeLevel(TermsAt(own(), LocationKind::kWarehouse,
                               after.warehouse_id, run_.now),
                       claims, earlier);
      if (computed.has_value() &&
          CompareLevels(had_level ? &stored : nullptr, *computed) ==
              LevelChange::kRevised) {
        std::optional<model::WithheldReason> reason_before;
        if (had_level) reason_before = stored.value.reason;
        tally_.AddRevised(LocationKind::kWarehouse, after.warehouse_id,
                          reason_before, computed->reason);
        after.level =
            ApplyLevel(stored, LevelChange::kRevised, *computed).value;
        revised.push_back(rows.size());
      }
    }
    rows.push_back(std::move(after));
  }
  OMS_ASSIGN_OR_RETURN(
      int64_t revision,
      TakeRevisions(*txn_, connection(), static_cast<int64_t>(revised.size()),
                    &state_));
  for (const size_t i : revised) rows[i].level.revision = revision++;
  OMS_RETURN_IF_ERROR(tables.PutLevels(connection(), moved_out));
  OMS_RETURN_IF_ERROR(tables.PutStock(connection(), rows));
  std::sort(left_to_do.begin(), left_to_do.end());
  left_to_do.erase(std::unique(left_to_do.begin(), left_to_do.end()),
                   left_to_do.end());
  return left_to_do;
}

absl::Status ReplicaWriter::PutStock(int64_t warehouse_id,
                                     const std::vector<model::StockRow>& rows) {
  OMS_ASSIGN_OR_RETURN(std::vector<ChangedStock> changes,
                       ChangesOfStock(warehouse_id, rows));
  if (changes.empty()) return absl::OkStatus();
  ChangedRows changed;
  if (HasListedViews()) {
    for (const ChangedStock& change : changes) {
      changed.product_ids.push_back(change.after.product_id);
      changed.master_keys.push_back(change.after.sku.key);
      if (change.before.has_value()) {
        changed.master_keys.push_back(change.before->sku.key);
      }
    }
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> left_to_do,
                       WriteStock(std::move(changes)));
  if (!per_warehouse()) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(RecomputeOwn(left_to_do, warehouse_id));
  if (changed.product_ids.empty() || deferred()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(
      const std::vector<int64_t> keys,
      TouchedKeys(txn_->inventory(), context_, views_, changed));
  return RecomputeListed(keys, warehouse_id);
}

absl::Status ReplicaWriter::ConcludeStock(int64_t warehouse_id,
                                          const MissedRows& rows) {
  std::vector<int64_t> ids = rows.missed;
  ids.insert(ids.end(), rows.gone.begin(), rows.gone.end());
  std::sort(ids.begin(), ids.end());
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredStock> found,
      txn_->inventory().FindStock(connection(), warehouse_id, ids));
  const std::set<int64_t> gone(rows.gone.begin(), rows.gone.end());
  ChangedRows changed;
  for (StoredStock& row : found) {
    row.missed = true;
    row.gone = gone.count(row.product_id) > 0;
    if (!row.gone) continue;
    changed.product_ids.push_back(row.product_id);
    changed.master_keys.push_back(row.sku.key);
  }
  OMS_RETURN_IF_ERROR(txn_->inventory().PutStock(connection(), found));
  if (changed.product_ids.empty() || deferred()) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(RecomputeOwn(changed.master_keys, warehouse_id));
  if (!HasListedViews()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(
      const std::vector<int64_t> keys,
      TouchedKeys(txn_->inventory(), context_, views_, changed));
  return RecomputeListed(keys, warehouse_id);
}

}  // namespace oms_connector::inventory
