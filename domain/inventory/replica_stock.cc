// The methods of ReplicaWriter that keep stock.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"
#include "domain/inventory/replica_writer.h"
#include "domain/inventory/view_recompute.h"

namespace oms_connector::inventory {
namespace {

using model::LocationKind;
using model::StoredStock;

bool SameStock(const StoredStock& stored, const model::StockRow& row) {
  return !stored.missed && !stored.gone && model::SameQuantities(stored, row) &&
         stored.master_sku == row.master_sku;
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

// Ascending by product; of several rows of one the last.
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

// The row of a product in a list that ascends by product, nullptr where there
// is none. `next` is where the product before was looked for, and moves on.
template <typename Iterator>
auto FindNext(int64_t product_id, Iterator& next, Iterator end)
    -> decltype(&*next) {
  while (next != end && next->product_id < product_id) ++next;
  return next != end && next->product_id == product_id ? &*next : nullptr;
}

std::vector<int64_t> ProductsOf(
    const std::vector<const model::StockRow*>& rows) {
  std::vector<int64_t> ids;
  ids.reserve(rows.size());
  for (const model::StockRow* row : rows) ids.push_back(row->product_id);
  return ids;
}

}  // namespace

absl::StatusOr<int64_t> AddChanges(storage::ReadTransaction& txn,
                                   const std::string& connection,
                                   const std::vector<model::StockRow>& rows,
                                   const WaitingStock* storing,
                                   KnownSkus* known, WaitingStock* waiting) {
  InventoryContext context;
  OMS_ASSIGN_OR_RETURN(context.locations,
                       txn.inventory().ListLocations(connection));
  const int64_t warehouse = waiting->warehouse_id;
  const std::vector<const model::StockRow*> latest = LatestByProduct(rows);
  OMS_ASSIGN_OR_RETURN(
      std::vector<model::StandingStock> standing,
      txn.inventory().FindStandingStock(
          connection, warehouse,
          ReadFrom(context, LocationKind::kWarehouse, warehouse),
          ProductsOf(latest)));
  OMS_RETURN_IF_ERROR(
      known->Spell(&standing, [&](const std::vector<int64_t>& numbers) {
        return txn.inventory().GetSkuTexts(connection, numbers);
      }));
  int64_t unchanged = 0;
  auto next = standing.begin();
  for (const model::StockRow* row : latest) {
    const int64_t product = row->product_id;
    const model::StandingStock* const stored =
        FindNext(product, next, standing.end());
    const bool same = stored != nullptr &&
                      model::SameQuantities(*stored, *row) &&
                      stored->master_sku == row->master_sku;
    const bool waits =
        waiting->products.contains(product) ||
        (storing != nullptr && storing->products.contains(product));
    if (same && !waits) {
      ++unchanged;
    } else {
      waiting->rows.push_back(*row);
      waiting->products.insert(product);
    }
  }
  return unchanged;
}

absl::StatusOr<std::vector<ReplicaWriter::ChangedStock>>
ReplicaWriter::ChangesOfStock(int64_t warehouse_id,
                              const std::vector<const model::StockRow*>& rows) {
  const absl::Time read_from =
      ReadFrom(context_, LocationKind::kWarehouse, warehouse_id);
  OMS_ASSIGN_OR_RETURN(std::vector<StoredStock> stored,
                       txn_->inventory().FindStock(connection(), warehouse_id,
                                                   ProductsOf(rows)));
  std::vector<ChangedStock> changes;
  changes.reserve(rows.size());
  auto next = stored.begin();
  for (const model::StockRow* row : rows) {
    StoredStock* const before = FindNext(row->product_id, next, stored.end());
    if (before != nullptr && SameStock(*before, *row) &&
        before->value_time >= read_from) {
      tally_.AddUnchanged(1);
      continue;
    }
    ChangedStock& change = changes.emplace_back();
    StoredStock& after = change.after;
    static_cast<model::StockQuantities&>(after) = *row;
    after.warehouse_id = warehouse_id;
    after.product_id = row->product_id;
    after.value_time = std::max(run_.now, read_from);
    if (before != nullptr) {
      if (model::SameQuantities(*before, *row) &&
          before->value_time >= read_from) {
        after.value_time = before->value_time;
      }
      if (before->master_sku == row->master_sku) after.sku = before->sku;
      change.before = std::move(*before);
    }
    if (after.sku.number == 0) after.master_sku = row->master_sku;
  }
  return changes;
}

absl::Status ReplicaWriter::LookUpProducts(KnownProducts* known,
                                           std::vector<ChangedStock>* changes) {
  const bool asks_flags =
      per_warehouse() && !deferred() && own().settings.ignore_inactive_products;
  std::vector<int64_t> ids;
  for (const ChangedStock& change : *changes) {
    const int64_t id = change.after.product_id;
    const bool asks = asks_flags || change.after.sku.number == 0;
    if (asks && known->Find(id) == nullptr) ids.push_back(id);
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<model::ProductFlags> products,
                       txn_->inventory().FindProductFlags(connection(), ids));
  known->Add(products);
  // Stock is spelled as its product is nearly always.
  std::vector<ChangedStock*> nameless;
  std::vector<absl::string_view> texts;
  auto next = products.begin();
  for (ChangedStock& change : *changes) {
    StoredStock& after = change.after;
    const model::ProductFlags* product =
        FindNext(after.product_id, next, products.end());
    if (product == nullptr) product = known->Find(after.product_id);
    if (product != nullptr && IsInactive(*product)) {
      change.product_active = false;
    }
    if (after.sku.number != 0) continue;
    if (product != nullptr && product->sku.number != 0 &&
        product->master_sku == after.master_sku) {
      after.sku = product->sku;
    } else {
      nameless.push_back(&change);
      texts.push_back(after.master_sku);
    }
  }
  if (texts.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> skus,
                       txn_->inventory().AddSkus(connection(), texts));
  for (size_t i = 0; i < skus.size(); ++i) nameless[i]->after.sku = skus[i];
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> ReplicaWriter::WriteStock(
    std::vector<ChangedStock> changes) {
  storage::InventoryWriter& tables = txn_->inventory();
  std::vector<int64_t> keys;
  keys.reserve(changes.size());
  for (const ChangedStock& change : changes) {
    keys.push_back(change.after.sku.key);
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
  const bool computes = per_warehouse() && !deferred();

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
      // These were just read.
      claims.front() =
          ClaimOf(after, change.product_active, absl::InfinitePast());
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
                                     const std::vector<model::StockRow>& rows,
                                     KnownProducts* known) {
  if (rows.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(std::vector<ChangedStock> changes,
                       ChangesOfStock(warehouse_id, LatestByProduct(rows)));
  if (changes.empty()) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(LookUpProducts(known, &changes));
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
