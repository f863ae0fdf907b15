#include "domain/inventory/mirror_writer.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_fold.h"
#include "domain/inventory/row_compare.h"
#include "domain/inventory/view_recompute.h"

namespace oms_connector::inventory {
namespace {

using storage::StoredListing;
using storage::StoredProduct;
using storage::StoredStock;

// Unseen rows are judged so many at a time, to bound the memory.
constexpr int kJudgedAtOnce = 1000;
// So are the keys whose levels are computed: an answer of numbers may name all
// listings of an account.
constexpr size_t kKeysAtOnce = 1000;

int64_t IdOf(const StoredStock& row) { return row.row.product_id; }
int64_t IdOf(const StoredProduct& row) { return row.product.product_id; }
int64_t IdOf(const StoredListing& row) { return row.listing.listing_id; }

using MasterSkus = std::map<int64_t, std::string>;

// By product, for listings that name theirs by id only.
absl::StatusOr<MasterSkus> MasterSkusOf(storage::InventoryReader& reader,
                                        const std::string& connection,
                                        const std::set<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredProduct> products,
                       reader.FindProducts(connection, {product_ids.begin(),
                                                        product_ids.end()}));
  MasterSkus names;
  for (const StoredProduct& stored : products) {
    names[stored.product.product_id] = stored.product.master_sku;
  }
  return names;
}

template <typename Row>
std::map<int64_t, Row> ById(std::vector<Row> rows) {
  std::map<int64_t, Row> by_id;
  for (Row& row : rows) by_id.emplace(IdOf(row), std::move(row));
  return by_id;
}

template <typename Row>
const Row* Find(const std::map<int64_t, Row>& rows, int64_t id) {
  const auto found = rows.find(id);
  return found == rows.end() ? nullptr : &found->second;
}

// Judges rows page by page; `list` gives those after an id.
template <typename Row, typename List, typename Store>
absl::Status Judge(const std::function<Verdict(const Row&)>& judge, List list,
                   Store store) {
  int64_t after = std::numeric_limits<int64_t>::min();
  for (;;) {
    OMS_ASSIGN_OR_RETURN(std::vector<Row> rows, list(after));
    if (rows.empty()) return absl::OkStatus();
    after = IdOf(rows.back());
    std::vector<Row> changed;
    for (Row& row : rows) {
      const Verdict verdict = judge(row);
      if (verdict == Verdict::kKeep) continue;
      row.presence.missed = true;
      row.presence.gone = verdict == Verdict::kGone;
      changed.push_back(std::move(row));
    }
    OMS_RETURN_IF_ERROR(store(changed));
  }
}

model::RejectedRow Reject(absl::string_view endpoint, int64_t listing_id,
                          absl::string_view sku, absl::string_view reason) {
  model::RejectedRow row;
  row.endpoint = std::string(endpoint);
  row.identifier =
      listing_id != 0 ? absl::StrCat("listing ", listing_id) : std::string(sku);
  row.reason = std::string(reason);
  return row;
}

}  // namespace

absl::StatusOr<MirrorWriter> MirrorWriter::Open(storage::WriteTransaction& txn,
                                                MirrorRun run) {
  MirrorWriter writer(&txn, std::move(run));
  OMS_ASSIGN_OR_RETURN(writer.state_,
                       txn.inventory().LockState(writer.connection()));
  OMS_ASSIGN_OR_RETURN(writer.context_, ReadContext(txn, writer.connection()));
  writer.views_ = BuildViews(writer.context_);
  return writer;
}

absl::Status MirrorWriter::Close(model::SyncRun* run) {
  tally_.AddTo(&run->counts);
  run->counts.products_changed += products_changed_;
  run->delta_gap_suspected = state_.gap_time.has_value() &&
                             context_.settings.inventory_sync_mode ==
                                 model::InventorySyncMode::kPerSalesChannel;
  return txn_->inventory().PutState(connection(), state_);
}

storage::Presence MirrorWriter::Seen(const storage::Presence& before) const {
  storage::Presence seen;
  seen.pass = run_.full ? state_.full_pass : before.pass;
  return seen;
}

bool MirrorWriter::deferred() const {
  return state_.deferred_by_run == run_.run_id &&
         LevelsAreOutdated(context_, state_);
}

absl::Status MirrorWriter::Recompute(const ChangedRows& rows,
                                     std::optional<int64_t> only_location) {
  if (deferred()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(
      const std::vector<std::string> keys,
      TouchedKeys(txn_->inventory(), connection(), views_, rows));
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    const size_t end = std::min(keys.size(), begin + kKeysAtOnce);
    const std::vector<std::string> some(keys.begin() + begin,
                                        keys.begin() + end);
    OMS_RETURN_IF_ERROR(RecomputeKeys(*txn_, connection(), views_, some,
                                      only_location, run_.now, &state_,
                                      &tally_));
  }
  return absl::OkStatus();
}

void MirrorWriter::ViewsMayHaveChanged() {
  std::vector<View> views = BuildViews(context_);
  if (SameViews(views, views_)) return;
  views_ = std::move(views);
  // Where nothing was computed yet, there is nothing to compute anew.
  if (state_.computed_generation == 0) return;
  state_.locations_changed = true;
  state_.position_step.clear();
  state_.position_key.clear();
}

absl::Status MirrorWriter::PutSalesChannels(
    const std::vector<model::SalesChannel>& rows, bool complete) {
  std::map<int64_t, storage::StoredSalesChannel> merged;
  for (const storage::StoredSalesChannel& stored : context_.channels) {
    merged[stored.channel.id] = {stored.channel, !complete && stored.listed};
  }
  for (const model::SalesChannel& row : rows) merged[row.id] = {row, true};
  std::vector<storage::StoredSalesChannel> result;
  for (auto& [id, stored] : merged) result.push_back(std::move(stored));
  if (SameChannels(result, context_.channels)) return absl::OkStatus();
  context_.channels = std::move(result);
  ViewsMayHaveChanged();
  return txn_->inventory().PutSalesChannels(connection(), context_.channels);
}

absl::Status MirrorWriter::PutWarehouses(
    const std::vector<model::Warehouse>& rows, bool complete) {
  std::map<int64_t, storage::StoredWarehouse> merged;
  for (const storage::StoredWarehouse& stored : context_.warehouses) {
    merged[stored.warehouse.id] = {stored.warehouse,
                                   !complete && stored.listed};
  }
  for (const model::Warehouse& row : rows) merged[row.id] = {row, true};
  std::vector<storage::StoredWarehouse> result;
  for (auto& [id, stored] : merged) result.push_back(std::move(stored));
  if (SameWarehouses(result, context_.warehouses)) return absl::OkStatus();
  context_.warehouses = std::move(result);
  ViewsMayHaveChanged();
  return txn_->inventory().PutWarehouses(connection(), context_.warehouses);
}

absl::Status MirrorWriter::PutStock(int64_t warehouse_id,
                                    const std::vector<model::StockRow>& rows) {
  std::map<int64_t, model::StockRow> latest;
  std::vector<int64_t> ids;
  for (const model::StockRow& row : rows) {
    latest[row.product_id] = row;
    ids.push_back(row.product_id);
  }
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredStock> found,
      txn_->inventory().FindStock(connection(), warehouse_id, ids));
  const std::map<int64_t, StoredStock> stored = ById(std::move(found));
  std::vector<StoredStock> writes;
  ChangedRows changed;
  for (auto& [id, row] : latest) {
    const StoredStock* before = Find(stored, id);
    row.warehouse_id = warehouse_id;
    StoredStock after;
    after.row = row;
    after.sku_key = base::FoldCase(row.master_sku);
    after.value_time = before != nullptr && SameQuantities(*before, after)
                           ? before->value_time
                           : run_.now;
    after.presence =
        Seen(before != nullptr ? before->presence : storage::Presence());
    changed.product_ids.insert(id);
    changed.master_keys.insert(after.sku_key);
    if (before != nullptr) changed.master_keys.insert(before->sku_key);
    if (before == nullptr || !SameRow(*before, after)) writes.push_back(after);
  }
  OMS_RETURN_IF_ERROR(txn_->inventory().PutStock(connection(), writes));
  return Recompute(changed, warehouse_id);
}

absl::Status MirrorWriter::PutProducts(
    const std::vector<model::Product>& rows) {
  std::map<int64_t, const model::Product*> latest;
  std::vector<int64_t> ids;
  for (const model::Product& row : rows) {
    latest[row.product_id] = &row;
    ids.push_back(row.product_id);
  }
  OMS_ASSIGN_OR_RETURN(std::vector<StoredProduct> found,
                       txn_->inventory().FindProducts(connection(), ids));
  const std::map<int64_t, StoredProduct> stored = ById(std::move(found));
  std::vector<StoredProduct> writes;
  ChangedRows changed;
  std::set<size_t> announced;
  for (const auto& [id, row] : latest) {
    const StoredProduct* before = Find(stored, id);
    StoredProduct after;
    after.product = *row;
    after.sku_key = base::FoldCase(row->master_sku);
    after.presence =
        Seen(before != nullptr ? before->presence : storage::Presence());
    after.product.revision = before != nullptr ? before->product.revision : 0;
    const bool same = before != nullptr && SameDetails(*before, after);
    const bool placed =
        BelongsInFeed(context_.settings, after) == (after.product.revision > 0);
    if (same && placed && SamePresence(before->presence, after.presence)) {
      continue;
    }
    if (!same || !placed) announced.insert(writes.size());
    // Only what the levels depend on touches them.
    if (before == nullptr || before->product.active != after.product.active ||
        before->sku_key != after.sku_key || before->presence.gone) {
      changed.product_ids.insert(id);
      changed.master_keys.insert(after.sku_key);
      if (before != nullptr) changed.master_keys.insert(before->sku_key);
    }
    writes.push_back(std::move(after));
  }
  std::vector<StoredProduct*> moving;
  for (const size_t i : announced) moving.push_back(&writes[i]);
  OMS_RETURN_IF_ERROR(PlaceInFeed(*txn_, context_, moving, &state_).status());
  products_changed_ += static_cast<int64_t>(announced.size());
  OMS_RETURN_IF_ERROR(txn_->inventory().PutProducts(connection(), writes));
  return Recompute(changed, std::nullopt);
}

absl::StatusOr<std::vector<model::RejectedRow>> MirrorWriter::PutListings(
    int64_t sales_channel_id, const std::vector<model::Listing>& rows) {
  std::vector<model::RejectedRow> rejected;
  std::map<int64_t, const model::Listing*> latest;
  std::vector<int64_t> ids;
  std::set<int64_t> nameless;  // products of listings without a master SKU
  for (const model::Listing& row : rows) {
    if (row.sales_channel_id != 0 && row.sales_channel_id != sales_channel_id) {
      rejected.push_back(Reject("listings", row.listing_id, row.listing_sku,
                                "is of a sales channel not asked for"));
      continue;
    }
    latest[row.listing_id] = &row;
    ids.push_back(row.listing_id);
    if (row.master_sku.empty()) nameless.insert(row.product_id);
  }
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredListing> found,
      txn_->inventory().FindListings(connection(), sales_channel_id, ids));
  OMS_ASSIGN_OR_RETURN(const MasterSkus names,
                       MasterSkusOf(txn_->inventory(), connection(), nameless));
  const std::map<int64_t, StoredListing> stored = ById(std::move(found));
  std::vector<StoredListing> writes;
  ChangedRows changed;
  const auto touch = [&](const StoredListing& listing) {
    if (listing.listing.product_id != 0) {
      changed.product_ids.insert(listing.listing.product_id);
    }
    changed.listing_keys.insert(listing.listing_key);
    changed.master_keys.insert(listing.master_key);
  };
  for (const auto& [id, row] : latest) {
    const StoredListing* before = Find(stored, id);
    StoredListing after = before != nullptr ? *before : StoredListing();
    if (before == nullptr) after.value_time = run_.now;
    after.listing = *row;
    after.listing.sales_channel_id = sales_channel_id;
    if (row->master_sku.empty()) {
      const auto name = names.find(row->product_id);
      if (name != names.end()) {
        after.listing.master_sku = name->second;
      } else if (before != nullptr) {
        after.listing.master_sku = before->listing.master_sku;
      }
    }
    after.listing_key = base::FoldCase(row->listing_sku);
    after.master_key = base::FoldCase(after.listing.master_sku);
    after.known = true;
    after.presence = Seen(after.presence);
    if (before != nullptr) touch(*before);
    touch(after);
    if (before == nullptr || !SameRow(*before, after)) {
      writes.push_back(std::move(after));
    }
  }
  OMS_RETURN_IF_ERROR(txn_->inventory().PutListings(connection(), writes));
  OMS_RETURN_IF_ERROR(Recompute(changed, std::nullopt));
  return rejected;
}

absl::StatusOr<int64_t> MirrorWriter::ListingOf(
    const model::ListingQuantity& row) {
  if (row.listing_id != 0) return row.listing_id;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredListing> named,
      txn_->inventory().FindListingsBySku(connection(), row.sales_channel_id,
                                          {base::FoldCase(row.listing_sku)}));
  return named.size() == 1 ? named.front().listing.listing_id : 0;
}

absl::Status MirrorWriter::PutNumbersOf(
    int64_t channel,
    const std::map<int64_t, const model::ListingQuantity*>& numbers) {
  std::vector<int64_t> ids;
  for (const auto& [id, row] : numbers) ids.push_back(id);
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredListing> found,
      txn_->inventory().FindListings(connection(), channel, ids));
  const std::map<int64_t, StoredListing> stored = ById(std::move(found));
  std::vector<StoredListing> writes;
  ChangedRows changed;
  for (const auto& [id, row] : numbers) {
    const StoredListing* before = Find(stored, id);
    StoredListing after = before != nullptr ? *before : StoredListing();
    if (before == nullptr) {
      // The listing itself is read later; its number must not get lost.
      after.listing = {id, row->listing_sku, row->master_sku, 0, channel};
      after.listing_key = base::FoldCase(row->listing_sku);
      after.master_key = base::FoldCase(row->master_sku);
      after.known = false;
    }
    if (after.quantity != row->quantity) after.value_time = run_.now;
    after.quantity = row->quantity;
    after.told_time = run_.now;
    if (after.known) {
      changed.listing_keys.insert(after.listing_key);
      changed.master_keys.insert(after.master_key);
    }
    writes.push_back(std::move(after));
  }
  OMS_RETURN_IF_ERROR(txn_->inventory().PutListings(connection(), writes));
  return Recompute(changed, std::nullopt);
}

absl::StatusOr<std::vector<model::RejectedRow>> MirrorWriter::PutNumbers(
    const std::set<int64_t>& channels,
    const std::vector<model::ListingQuantity>& rows) {
  constexpr char kEndpoint[] = "inventory/acknowledge";
  std::vector<model::RejectedRow> rejected;
  // By channel and listing; of several numbers of one listing the last counts.
  std::map<int64_t, std::map<int64_t, const model::ListingQuantity*>> numbers;
  for (const model::ListingQuantity& row : rows) {
    if (channels.count(row.sales_channel_id) == 0) {
      rejected.push_back(Reject(kEndpoint, row.listing_id, row.listing_sku,
                                "is of a sales channel not asked for"));
      continue;
    }
    OMS_ASSIGN_OR_RETURN(const int64_t id, ListingOf(row));
    if (id == 0) {
      rejected.push_back(Reject(kEndpoint, 0, row.listing_sku,
                                "names no listing that is known"));
      continue;
    }
    numbers[row.sales_channel_id][id] = &row;
  }
  for (const auto& [channel, of_channel] : numbers) {
    OMS_RETURN_IF_ERROR(PutNumbersOf(channel, of_channel));
  }
  return rejected;
}

absl::Status MirrorWriter::JudgeUnseenStock(
    int64_t warehouse_id,
    const std::function<Verdict(const StoredStock&)>& judge) {
  return Judge<StoredStock>(
      judge,
      [&](int64_t after) {
        return txn_->inventory().ListUnseenStock(
            connection(), warehouse_id, state_.full_pass, after, kJudgedAtOnce);
      },
      [&](const std::vector<StoredStock>& rows) {
        OMS_RETURN_IF_ERROR(txn_->inventory().PutStock(connection(), rows));
        ChangedRows changed;
        for (const StoredStock& row : rows) {
          if (!row.presence.gone) continue;
          changed.product_ids.insert(row.row.product_id);
          changed.master_keys.insert(row.sku_key);
        }
        return Recompute(changed, warehouse_id);
      });
}

absl::Status MirrorWriter::JudgeUnseenProducts(
    const std::function<Verdict(const StoredProduct&)>& judge) {
  return Judge<StoredProduct>(
      judge,
      [&](int64_t after) {
        return txn_->inventory().ListUnseenProducts(
            connection(), state_.full_pass, after, kJudgedAtOnce);
      },
      [&](std::vector<StoredProduct> rows) {
        ChangedRows changed;
        for (StoredProduct& row : rows) {
          if (!row.presence.gone) continue;
          row.product.revision = 0;
          changed.product_ids.insert(row.product.product_id);
          changed.master_keys.insert(row.sku_key);
        }
        OMS_RETURN_IF_ERROR(txn_->inventory().PutProducts(connection(), rows));
        return Recompute(changed, std::nullopt);
      });
}

absl::Status MirrorWriter::JudgeUnseenListings(
    int64_t sales_channel_id,
    const std::function<Verdict(const StoredListing&)>& judge) {
  return Judge<StoredListing>(
      judge,
      [&](int64_t after) {
        return txn_->inventory().ListUnseenListings(
            connection(), sales_channel_id, state_.full_pass, after,
            kJudgedAtOnce);
      },
      [&](const std::vector<StoredListing>& rows) {
        OMS_RETURN_IF_ERROR(txn_->inventory().PutListings(connection(), rows));
        ChangedRows changed;
        for (const StoredListing& row : rows) {
          if (!row.presence.gone) continue;
          if (row.listing.product_id != 0) {
            changed.product_ids.insert(row.listing.product_id);
          }
          changed.listing_keys.insert(row.listing_key);
          changed.master_keys.insert(row.master_key);
        }
        return Recompute(changed, std::nullopt);
      });
}

}  // namespace oms_connector::inventory
