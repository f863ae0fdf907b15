// Products, listings and their numbers, of ReplicaWriter.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/inventory/replica_writer.h"
#include "domain/inventory/view_recompute.h"

namespace oms_connector::inventory {
namespace {

using model::ProductFlags;
using model::StoredListing;
using model::StoredProduct;

model::RejectedRow Reject(absl::string_view endpoint, int64_t listing_id,
                          absl::string_view sku, absl::string_view reason) {
  model::RejectedRow row;
  row.endpoint = std::string(endpoint);
  row.identifier =
      listing_id != 0 ? absl::StrCat("listing ", listing_id) : std::string(sku);
  row.reason = std::string(reason);
  return row;
}

int64_t IdOf(const StoredProduct& row) { return row.flags.product_id; }
int64_t IdOf(const StoredListing& row) { return row.listing_id; }

template <typename Row>
std::unordered_map<int64_t, Row> ById(std::vector<Row> rows) {
  std::unordered_map<int64_t, Row> by_id;
  by_id.reserve(rows.size());
  for (Row& row : rows) by_id.emplace(IdOf(row), std::move(row));
  return by_id;
}

template <typename Row>
const Row* Find(const std::unordered_map<int64_t, Row>& rows, int64_t id) {
  const auto found = rows.find(id);
  return found == rows.end() ? nullptr : &found->second;
}

bool IsWithheld(const ProductFlags& flags) {
  return !flags.active && !flags.gone;
}

bool SameListing(const StoredListing& a, const StoredListing& b) {
  return a.sku.number == b.sku.number && a.master.number == b.master.number &&
         a.product_id == b.product_id && a.active == b.active &&
         a.push_inventory == b.push_inventory && a.known == b.known &&
         a.missed == b.missed && a.gone == b.gone;
}

// The listing as it is stored once the row has been, but for its SKUs.
StoredListing Told(StoredListing listing, const model::Listing& row) {
  listing.product_id = row.product_id;
  listing.active = row.active;
  listing.push_inventory = row.push_inventory;
  listing.known = true;
  listing.missed = false;
  listing.gone = false;
  return listing;
}

// Of another sales channel than it was asked for.
bool IsOfAnother(int64_t sales_channel_id, const model::Listing& row) {
  return row.sales_channel_id != 0 && row.sales_channel_id != sales_channel_id;
}

// Both say when they were modified, and `a` was before `b`.
bool IsOlder(const model::ListingQuantity& a, const model::ListingQuantity& b) {
  return a.last_modified.has_value() && b.last_modified.has_value() &&
         *a.last_modified < *b.last_modified;
}

std::vector<int64_t> All(const MissedRows& rows) {
  std::vector<int64_t> ids = rows.missed;
  ids.insert(ids.end(), rows.gone.begin(), rows.gone.end());
  return ids;
}

}  // namespace

// ---- What is not stored yet ------------------------------------------------

absl::StatusOr<NotStored<model::Product>> FindNotStored(
    storage::ReadTransaction& txn, const std::string& connection,
    const std::vector<model::Product>& rows) {
  storage::InventoryReader& tables = txn.inventory();
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(connection));
  std::map<int64_t, const model::Product*> latest;
  for (const model::Product& row : rows) latest[row.product_id] = &row;
  std::vector<int64_t> ids, numbers;
  for (const auto& [id, row] : latest) ids.push_back(id);
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredProduct> found,
                       tables.FindProducts(connection, ids));
  for (const StoredProduct& row : found) {
    numbers.push_back(row.flags.sku.number);
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<std::string> skus,
                       tables.GetSkuTexts(connection, numbers));
  for (size_t i = 0; i < found.size(); ++i) {
    const ProductFlags& flags = found[i].flags;
    const model::Product& row = *latest[flags.product_id];
    const bool same =
        skus[i] == row.master_sku && flags.active == row.active &&
        !flags.missed && !flags.gone &&
        BelongsInFeed(settings.values, flags) == (flags.revision > 0) &&
        found[i].details == storage::DetailsOf(row);
    if (same) latest.erase(flags.product_id);
  }
  NotStored<model::Product> result;
  for (const auto& [id, row] : latest) result.rows.push_back(*row);
  result.unchanged = static_cast<int64_t>(ids.size() - latest.size());
  return result;
}

absl::StatusOr<NotStored<model::Listing>> FindNotStored(
    storage::ReadTransaction& txn, const std::string& connection,
    int64_t sales_channel_id, const std::vector<model::Listing>& rows) {
  storage::InventoryReader& tables = txn.inventory();
  NotStored<model::Listing> result;
  std::map<int64_t, const model::Listing*> latest;
  for (const model::Listing& row : rows) {
    if (IsOfAnother(sales_channel_id, row)) {
      result.rows.push_back(row);
    } else {
      latest[row.listing_id] = &row;
    }
  }
  std::vector<int64_t> ids, numbers;
  for (const auto& [id, row] : latest) ids.push_back(id);
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredListing> found,
                       tables.FindListings(connection, sales_channel_id, ids));
  for (const StoredListing& row : found) {
    numbers.insert(numbers.end(), {row.sku.number, row.master.number});
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<std::string> skus,
                       tables.GetSkuTexts(connection, numbers));
  for (size_t i = 0; i < found.size(); ++i) {
    const StoredListing& stored = found[i];
    const model::Listing& row = *latest[stored.listing_id];
    // Which SKU a listing has that tells none is for its product to say.
    const bool same =
        skus[2 * i] == row.listing_sku && skus[2 * i + 1] == row.master_sku &&
        !row.master_sku.empty() && SameListing(stored, Told(stored, row));
    if (same) latest.erase(stored.listing_id);
  }
  for (const auto& [id, row] : latest) result.rows.push_back(*row);
  result.unchanged = static_cast<int64_t>(ids.size() - latest.size());
  return result;
}

// ---- Products --------------------------------------------------------------

absl::Status ReplicaWriter::PutProducts(
    const std::vector<model::Product>& rows) {
  std::map<int64_t, const model::Product*> latest;
  for (const model::Product& row : rows) latest[row.product_id] = &row;
  std::vector<int64_t> ids;
  std::vector<absl::string_view> texts;
  for (const auto& [id, row] : latest) {
    ids.push_back(id);
    texts.push_back(row->master_sku);
  }
  OMS_ASSIGN_OR_RETURN(std::vector<StoredProduct> found,
                       txn_->inventory().FindProducts(connection(), ids));
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> skus,
                       txn_->inventory().AddSkus(connection(), texts));
  const auto stored = ById(std::move(found));
  std::vector<StoredProduct> writes;
  std::set<size_t> announced;
  std::vector<int64_t> withheld_changed;
  std::vector<int64_t> keys_changed;
  auto sku = skus.begin();
  for (const auto& [id, row] : latest) {
    const StoredProduct* before = Find(stored, id);
    StoredProduct after;
    after.flags.product_id = id;
    after.flags.sku = *sku++;
    after.flags.active = row->active;
    after.flags.revision = before != nullptr ? before->flags.revision : 0;
    after.details = storage::DetailsOf(*row);
    const bool same = before != nullptr &&
                      before->flags.sku.number == after.flags.sku.number &&
                      before->flags.active == after.flags.active &&
                      before->details == after.details;
    const bool placed = BelongsInFeed(context_.settings, after.flags) ==
                        (after.flags.revision > 0);
    if (same && placed && !before->flags.missed && !before->flags.gone) {
      continue;
    }
    if (!same || !placed) announced.insert(writes.size());
    // Only what levels depend on touches them.
    const bool was_withheld = before != nullptr && IsWithheld(before->flags);
    const bool moved = before == nullptr || before->flags.gone ||
                       before->flags.sku.key != after.flags.sku.key;
    if (was_withheld != IsWithheld(after.flags)) withheld_changed.push_back(id);
    if (moved || was_withheld != IsWithheld(after.flags)) {
      keys_changed.push_back(after.flags.sku.key);
      if (before != nullptr) keys_changed.push_back(before->flags.sku.key);
    }
    writes.push_back(std::move(after));
  }
  std::vector<ProductFlags*> moving;
  for (const size_t i : announced) moving.push_back(&writes[i].flags);
  OMS_RETURN_IF_ERROR(PlaceInFeed(*txn_, context_, moving, &state_).status());
  products_changed_ += static_cast<int64_t>(announced.size());
  has_put_products_ = true;
  OMS_RETURN_IF_ERROR(txn_->inventory().PutProducts(connection(), writes));
  return ProductsChanged(withheld_changed, keys_changed);
}

absl::Status ReplicaWriter::ProductsChanged(
    const std::vector<int64_t>& product_ids,
    const std::vector<int64_t>& master_keys) {
  if (deferred() || !own().settings.ignore_inactive_products) {
    return absl::OkStatus();
  }
  ChangedRows changed;
  changed.product_ids = product_ids;
  changed.flags = true;
  // Per channel a listing may name its product by SKU only.
  if (!per_warehouse()) changed.master_keys = master_keys;
  if (changed.product_ids.empty() && changed.master_keys.empty()) {
    return absl::OkStatus();
  }
  OMS_ASSIGN_OR_RETURN(
      const std::vector<int64_t> keys,
      TouchedKeys(txn_->inventory(), context_, views_, changed));
  OMS_RETURN_IF_ERROR(RecomputeOwn(keys, std::nullopt));
  return RecomputeListed(keys, std::nullopt);
}

absl::Status ReplicaWriter::ConcludeProducts(const MissedRows& rows) {
  OMS_ASSIGN_OR_RETURN(std::vector<StoredProduct> found,
                       txn_->inventory().FindProducts(connection(), All(rows)));
  const std::set<int64_t> gone(rows.gone.begin(), rows.gone.end());
  std::vector<int64_t> ids, keys;
  for (auto& [flags, details] : found) {
    flags.missed = true;
    if (gone.count(flags.product_id) == 0) continue;
    if (IsWithheld(flags)) ids.push_back(flags.product_id);
    keys.push_back(flags.sku.key);
    flags.gone = true;
    flags.revision = 0;
  }
  has_put_products_ = true;
  OMS_RETURN_IF_ERROR(txn_->inventory().PutProducts(connection(), found));
  return ProductsChanged(ids, keys);
}

// ---- Listings --------------------------------------------------------------

absl::StatusOr<std::vector<model::RejectedRow>> ReplicaWriter::PutListings(
    int64_t sales_channel_id, const std::vector<model::Listing>& rows) {
  std::vector<model::RejectedRow> rejected;
  std::map<int64_t, const model::Listing*> latest;
  for (const model::Listing& row : rows) {
    if (IsOfAnother(sales_channel_id, row)) {
      rejected.push_back(Reject("listings", row.listing_id, row.listing_sku,
                                "is of a sales channel not asked for"));
      continue;
    }
    latest[row.listing_id] = &row;
  }
  std::vector<int64_t> ids, nameless;
  std::vector<absl::string_view> texts;
  for (const auto& [id, row] : latest) {
    ids.push_back(id);
    texts.push_back(row->listing_sku);
    texts.push_back(row->master_sku);
    if (row->master_sku.empty()) nameless.push_back(row->product_id);
  }
  storage::InventoryWriter& tables = txn_->inventory();
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredListing> found,
      tables.FindListings(connection(), sales_channel_id, ids));
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> skus,
                       tables.AddSkus(connection(), texts));
  // Listings that name their product by its id only.
  OMS_ASSIGN_OR_RETURN(const std::vector<ProductFlags> products,
                       tables.FindProductFlags(connection(), nameless));
  std::unordered_map<int64_t, model::Sku> names;
  for (const ProductFlags& flags : products) {
    names[flags.product_id] = flags.sku;
  }
  const auto stored = ById(std::move(found));
  std::vector<StoredListing> writes, touched;
  auto sku = skus.begin();
  for (const auto& [id, row] : latest) {
    const StoredListing* before = Find(stored, id);
    StoredListing after =
        Told(before != nullptr ? *before : StoredListing(), *row);
    if (before == nullptr) after.value_time = run_.now;
    after.listing_id = id;
    after.sales_channel_id = sales_channel_id;
    after.sku = *sku++;
    const model::Sku master = *sku++;
    if (!row->master_sku.empty()) {
      after.master = master;
    } else if (const auto name = names.find(row->product_id);
               name != names.end()) {
      after.master = name->second;
    }
    if (before != nullptr && SameListing(*before, after)) {
      if (!per_warehouse()) tally_.AddUnchanged(1);
      continue;
    }
    if (before != nullptr) touched.push_back(*before);
    touched.push_back(after);
    writes.push_back(after);
  }
  OMS_RETURN_IF_ERROR(tables.PutListings(connection(), writes));
  OMS_RETURN_IF_ERROR(ListingsChanged(sales_channel_id, touched));
  return rejected;
}

absl::Status ReplicaWriter::ListingsChanged(
    int64_t channel, const std::vector<StoredListing>& rows) {
  if (deferred() || rows.empty()) return absl::OkStatus();
  std::set<int64_t> masters, listings;
  ChangedRows changed;
  for (const StoredListing& row : rows) {
    masters.insert(row.master.key);
    listings.insert(row.sku.key);
    if (row.product_id != 0) changed.product_ids.push_back(row.product_id);
  }
  masters.erase(0);
  listings.erase(0);
  const std::vector<int64_t> master_keys(masters.begin(), masters.end());
  const std::vector<int64_t> listing_keys(listings.begin(), listings.end());
  if (!per_warehouse()) {
    OMS_RETURN_IF_ERROR(RecomputeOwn(master_keys, channel));
    return RecomputeListed(listing_keys, channel);
  }
  // Per warehouse a product without listings is told under its master SKU.
  if (!HasListedViews()) return absl::OkStatus();
  changed.master_keys = master_keys;
  changed.listing_keys = listing_keys;
  changed.flags = true;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<int64_t> keys,
      TouchedKeys(txn_->inventory(), context_, views_, changed));
  return RecomputeListed(keys, std::nullopt);
}

absl::Status ReplicaWriter::ConcludeListings(int64_t sales_channel_id,
                                             const MissedRows& rows) {
  OMS_ASSIGN_OR_RETURN(std::vector<StoredListing> found,
                       txn_->inventory().FindListings(
                           connection(), sales_channel_id, All(rows)));
  const std::set<int64_t> gone(rows.gone.begin(), rows.gone.end());
  std::vector<StoredListing> touched;
  for (StoredListing& row : found) {
    row.missed = true;
    row.gone = gone.count(row.listing_id) > 0;
    if (row.gone) touched.push_back(row);
  }
  OMS_RETURN_IF_ERROR(txn_->inventory().PutListings(connection(), found));
  return ListingsChanged(sales_channel_id, touched);
}

// ---- Numbers ---------------------------------------------------------------

absl::StatusOr<int64_t> ReplicaWriter::ListingOf(int64_t listing_id,
                                                 absl::string_view listing_sku,
                                                 int64_t channel) {
  if (listing_id != 0) return listing_id;
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> sku,
                       txn_->inventory().FindSkus(connection(), {listing_sku}));
  if (sku.front().key == 0) return 0;
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredListing> named,
                       txn_->inventory().FindListingsBySku(
                           connection(), channel, {sku.front().key}));
  return named.size() == 1 ? named.front().listing_id : 0;
}

absl::Status ReplicaWriter::PutNumbersOf(
    int64_t channel,
    const std::map<int64_t, const model::ListingQuantity*>& numbers) {
  storage::InventoryWriter& tables = txn_->inventory();
  std::vector<int64_t> ids;
  for (const auto& [id, row] : numbers) ids.push_back(id);
  OMS_ASSIGN_OR_RETURN(std::vector<StoredListing> found,
                       tables.FindListings(connection(), channel, ids));
  const auto stored = ById(std::move(found));
  std::vector<absl::string_view> texts;
  for (const auto& [id, row] : numbers) {
    if (Find(stored, id) != nullptr) continue;
    texts.push_back(row->listing_sku);
    texts.push_back(row->master_sku);
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> skus,
                       tables.AddSkus(connection(), texts));
  std::vector<StoredListing> writes, touched;
  auto sku = skus.begin();
  for (const auto& [id, row] : numbers) {
    const StoredListing* before = Find(stored, id);
    StoredListing after = before != nullptr ? *before : StoredListing();
    if (before == nullptr) {
      // The listing itself is read later; its number must not get lost.
      after.listing_id = id;
      after.sales_channel_id = channel;
      after.sku = *sku++;
      after.master = *sku++;
      after.known = false;
    }
    const bool differs = after.quantity != row->quantity;
    if (differs) after.value_time = run_.now;
    after.quantity = row->quantity;
    after.told_time = run_.now;
    if (after.known && differs) touched.push_back(after);
    writes.push_back(after);
  }
  OMS_RETURN_IF_ERROR(tables.PutListings(connection(), writes));
  return ListingsChanged(channel, touched);
}

absl::StatusOr<std::vector<model::RejectedRow>> ReplicaWriter::PutNumbers(
    const std::set<int64_t>& channels,
    const std::vector<model::ListingQuantity>& rows) {
  constexpr char kEndpoint[] = "inventory/acknowledge";
  std::vector<model::RejectedRow> rejected;
  // By channel and listing.
  std::map<int64_t, std::map<int64_t, const model::ListingQuantity*>> numbers;
  for (const model::ListingQuantity& row : rows) {
    if (channels.count(row.sales_channel_id) == 0) {
      rejected.push_back(Reject(kEndpoint, row.listing_id, row.listing_sku,
                                "is of a sales channel not asked for"));
      continue;
    }
    OMS_ASSIGN_OR_RETURN(
        const int64_t id,
        ListingOf(row.listing_id, row.listing_sku, row.sales_channel_id));
    if (id == 0) {
      rejected.push_back(Reject(kEndpoint, 0, row.listing_sku,
                                "names no listing that is known"));
      continue;
    }
    const model::ListingQuantity*& kept = numbers[row.sales_channel_id][id];
    if (kept == nullptr || !IsOlder(row, *kept)) kept = &row;
  }
  for (const auto& [channel, of_channel] : numbers) {
    OMS_RETURN_IF_ERROR(PutNumbersOf(channel, of_channel));
  }
  return rejected;
}

absl::Status ReplicaWriter::BelieveNumbers(int64_t channel) {
  for (model::StoredLocation& stored : context_.locations) {
    if (stored.location.kind != model::LocationKind::kSalesChannel ||
        stored.location.id != channel || !stored.read_from.has_value()) {
      continue;
    }
    stored.read_from.reset();
    RecomputeAtTheEnd();
    return txn_->inventory().PutLocations(connection(), {stored});
  }
  return absl::OkStatus();
}

absl::Status ReplicaWriter::ForgetNumbers(
    const std::set<int64_t>& channels,
    const std::vector<order_manager::ListingRef>& unread) {
  if (unread.empty()) return absl::OkStatus();
  if (!state_.gap_time.has_value()) {
    state_.gap_time = state_.acknowledge_in_flight.value_or(run_.now);
  }
  for (const int64_t channel : channels) {
    std::set<int64_t> ids;
    for (const order_manager::ListingRef& ref : unread) {
      // Where the channel could not be read, it may be any that was asked for.
      if (ref.sales_channel_id != 0 && ref.sales_channel_id != channel) {
        continue;
      }
      OMS_ASSIGN_OR_RETURN(const int64_t id,
                           ListingOf(ref.listing_id, ref.listing_sku, channel));
      if (id != 0) ids.insert(id);
    }
    OMS_ASSIGN_OR_RETURN(std::vector<StoredListing> found,
                         txn_->inventory().FindListings(
                             connection(), channel,
                             std::vector<int64_t>(ids.begin(), ids.end())));
    for (StoredListing& row : found) {
      row.quantity.reset();
      row.told_time.reset();
    }
    OMS_RETURN_IF_ERROR(txn_->inventory().PutListings(connection(), found));
    OMS_RETURN_IF_ERROR(ListingsChanged(channel, found));
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::inventory
