#include "domain/inventory/level_claims.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/status_macros.h"

namespace oms_connector::inventory {
namespace {

using model::LocationKind;
using model::StoredListing;
using model::StoredStock;

// Which products are inactive, for stock (by id) and for listings, which may
// name their product by master SKU only.
class ProductStates {
 public:
  static absl::StatusOr<ProductStates> Read(storage::InventoryReader& reader,
                                            const InventoryContext& context,
                                            const std::vector<int64_t>& ids,
                                            const std::vector<int64_t>& keys) {
    ProductStates states;
    const std::string& id = context.connection.id;
    OMS_ASSIGN_OR_RETURN(const std::vector<model::ProductFlags> by_id,
                         reader.FindProductFlags(id, ids));
    for (const model::ProductFlags& flags : by_id) {
      if (IsInactive(flags)) states.inactive_ids_.insert(flags.product_id);
    }
    OMS_ASSIGN_OR_RETURN(const std::vector<model::ProductFlags> by_key,
                         reader.FindProductsBySku(id, keys));
    for (const model::ProductFlags& flags : by_key) {
      if (flags.gone) continue;
      bool& active = states.active_by_key_[flags.sku.key];
      active = active || flags.active;
    }
    return states;
  }

  bool IsActive(int64_t product_id) const {
    return inactive_ids_.count(product_id) == 0;
  }
  bool IsActive(const StoredListing& listing) const {
    if (listing.product_id != 0) return IsActive(listing.product_id);
    const auto found = active_by_key_.find(listing.master.key);
    return found == active_by_key_.end() || found->second;
  }

 private:
  std::unordered_set<int64_t> inactive_ids_;
  // Several products of one SKU count as active if any is.
  std::unordered_map<int64_t, bool> active_by_key_;
};

absl::StatusOr<ProductStates> ReadStates(
    storage::InventoryReader& reader, const InventoryContext& context,
    const View& view, const std::vector<StoredStock>& stock,
    const std::vector<StoredListing>& listings) {
  std::vector<int64_t> ids;
  std::vector<int64_t> keys;
  if (view.settings.ignore_inactive_products) {
    for (const StoredStock& row : stock) ids.push_back(row.product_id);
    for (const StoredListing& row : listings) {
      if (row.product_id != 0) {
        ids.push_back(row.product_id);
      } else {
        keys.push_back(row.master.key);
      }
    }
  }
  return ProductStates::Read(reader, context, ids, keys);
}

void ApplyListing(const StoredListing& listing, Claim* claim) {
  claim->listing_id = listing.listing_id;
  claim->sku = listing.sku.number;
  claim->gone = claim->gone || listing.gone;
  claim->listing_active = listing.active;
  claim->push_inventory = listing.push_inventory;
}

std::vector<int64_t> WarehousesOf(const InventoryContext& context,
                                  const View& view, const LevelScope& scope) {
  if (scope.only_location.has_value() &&
      view.location_kind() == LocationKind::kWarehouse) {
    return {*scope.only_location};
  }
  return LocationIds(context, LocationKind::kWarehouse);
}

// Stock under the keys.
absl::StatusOr<std::vector<StoredStock>> StockOfKeys(
    storage::InventoryReader& reader, const std::string& connection,
    const std::vector<int64_t>& warehouses, const std::vector<int64_t>& keys) {
  OMS_ASSIGN_OR_RETURN(const auto pairs,
                       reader.FindStockProducts(connection, keys));
  std::vector<int64_t> products;
  for (const auto& [key, product] : pairs) products.push_back(product);
  OMS_ASSIGN_OR_RETURN(std::vector<StoredStock> stock,
                       reader.FindStockAt(connection, warehouses, products));
  // A product may be known under other SKUs elsewhere.
  const std::unordered_set<int64_t> wanted(keys.begin(), keys.end());
  stock.erase(std::remove_if(stock.begin(), stock.end(),
                             [&](const StoredStock& row) {
                               return wanted.count(row.sku.key) == 0;
                             }),
              stock.end());
  return stock;
}

// ---- Per warehouse, master SKUs -------------------------------------------

absl::StatusOr<ClaimMap> StockClaims(storage::InventoryReader& reader,
                                     const InventoryContext& context,
                                     const View& view,
                                     const std::vector<StoredStock>& stock) {
  OMS_ASSIGN_OR_RETURN(const ProductStates states,
                       ReadStates(reader, context, view, stock, {}));
  ClaimMap claims;
  for (const StoredStock& row : stock) {
    claims[{row.sku.key, LocationKind::kWarehouse, row.warehouse_id}].push_back(
        ClaimOf(row, states.IsActive(row.product_id),
                ReadFrom(context, LocationKind::kWarehouse, row.warehouse_id)));
  }
  return claims;
}

// ---- Per warehouse, listing SKUs ------------------------------------------

// Listings of one channel by the product that they are of.
class ListingsByProduct {
 public:
  void Add(const StoredListing& listing) {
    if (!listing.known || !seen_.insert(listing.listing_id).second) return;
    if (listing.product_id != 0) {
      by_id_[listing.product_id].push_back(listing);
    } else {
      by_master_[listing.master.key].push_back(listing);
    }
  }

  std::vector<StoredListing> Of(const StoredStock& stock) const {
    std::vector<StoredListing> listings;
    const auto by_id = by_id_.find(stock.product_id);
    if (by_id != by_id_.end()) listings = by_id->second;
    const auto by_master = by_master_.find(stock.sku.key);
    if (by_master != by_master_.end()) {
      listings.insert(listings.end(), by_master->second.begin(),
                      by_master->second.end());
    }
    return listings;
  }

 private:
  std::unordered_set<int64_t> seen_;
  std::unordered_map<int64_t, std::vector<StoredListing>> by_id_;
  std::unordered_map<int64_t, std::vector<StoredListing>> by_master_;
};

// The stock behind listings and under the keys, each row once.
absl::StatusOr<std::vector<StoredStock>> StockBehind(
    storage::InventoryReader& reader, const std::string& connection,
    const std::vector<int64_t>& warehouses,
    const std::vector<StoredListing>& listings,
    std::vector<int64_t> master_keys) {
  std::vector<int64_t> ids;
  for (const StoredListing& row : listings) {
    if (row.product_id != 0) {
      ids.push_back(row.product_id);
    } else {
      master_keys.push_back(row.master.key);
    }
  }
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredStock> stock,
      StockOfKeys(reader, connection, warehouses, master_keys));
  OMS_ASSIGN_OR_RETURN(std::vector<StoredStock> more,
                       reader.FindStockAt(connection, warehouses, ids));
  std::set<std::pair<int64_t, int64_t>> seen;
  for (const StoredStock& row : stock) {
    seen.insert({row.warehouse_id, row.product_id});
  }
  for (StoredStock& row : more) {
    if (seen.insert({row.warehouse_id, row.product_id}).second) {
      stock.push_back(std::move(row));
    }
  }
  return stock;
}

absl::Status AddListingsOf(storage::InventoryReader& reader,
                           const std::string& connection, int64_t channel,
                           const std::vector<StoredStock>& stock,
                           ListingsByProduct* listings) {
  std::vector<int64_t> ids;
  std::vector<int64_t> keys;
  for (const StoredStock& row : stock) {
    ids.push_back(row.product_id);
    keys.push_back(row.sku.key);
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredListing> by_id,
                       reader.FindListingsOfProducts(connection, ids));
  for (const StoredListing& row : by_id) {
    if (row.sales_channel_id == channel) listings->Add(row);
  }
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredListing> by_master,
      reader.FindListingsByMasterSku(connection, channel, keys));
  for (const StoredListing& row : by_master) listings->Add(row);
  return absl::OkStatus();
}

absl::StatusOr<ClaimMap> ListedStockClaims(storage::InventoryReader& reader,
                                           const InventoryContext& context,
                                           const View& view,
                                           const LevelScope& scope) {
  // Without its channel nothing can be said of the view's SKUs.
  if (view.sales_channel_id == 0) return ClaimMap();
  const std::string& id = context.connection.id;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredListing> named,
      reader.FindListingsBySku(id, view.sales_channel_id, scope.keys));
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredStock> stock,
      StockBehind(reader, id, WarehousesOf(context, view, scope), named,
                  scope.keys));
  OMS_ASSIGN_OR_RETURN(const ProductStates states,
                       ReadStates(reader, context, view, stock, {}));
  ListingsByProduct listings;
  OMS_RETURN_IF_ERROR(
      AddListingsOf(reader, id, view.sales_channel_id, stock, &listings));
  const std::unordered_set<int64_t> wanted(scope.keys.begin(),
                                           scope.keys.end());
  ClaimMap claims;
  const auto add = [&](int64_t key, int64_t warehouse, const Claim& claim) {
    if (wanted.count(key) == 0) return;
    claims[{key, LocationKind::kWarehouse, warehouse}].push_back(claim);
  };
  for (const StoredStock& row : stock) {
    const absl::Time read_from =
        ReadFrom(context, LocationKind::kWarehouse, row.warehouse_id);
    bool listed = false;
    for (const StoredListing& listing : listings.Of(row)) {
      Claim claim = ClaimOf(row, states.IsActive(row.product_id), read_from);
      ApplyListing(listing, &claim);
      listed = listed || !listing.gone;
      add(listing.sku.key, row.warehouse_id, claim);
    }
    if (listed) continue;
    Claim claim = ClaimOf(row, states.IsActive(row.product_id), read_from);
    claim.without_listing = true;
    add(row.sku.key, row.warehouse_id, claim);
  }
  return claims;
}

// ---- Per channel ----------------------------------------------------------

absl::StatusOr<ClaimMap> ListingClaims(storage::InventoryReader& reader,
                                       const InventoryContext& context,
                                       const View& view,
                                       const LevelScope& scope) {
  const std::string& id = context.connection.id;
  const bool by_listing = view.sku_source == model::SkuSource::kListingSku;
  std::vector<StoredListing> listings;
  for (const int64_t channel : view.locations) {
    if (scope.only_location.value_or(channel) != channel) continue;
    OMS_ASSIGN_OR_RETURN(
        std::vector<StoredListing> found,
        by_listing ? reader.FindListingsBySku(id, channel, scope.keys)
                   : reader.FindListingsByMasterSku(id, channel, scope.keys));
    listings.insert(listings.end(), found.begin(), found.end());
  }
  OMS_ASSIGN_OR_RETURN(const ProductStates states,
                       ReadStates(reader, context, view, {}, listings));
  ClaimMap claims;
  for (const StoredListing& row : listings) {
    if (!row.known) continue;
    // A listing whose product nobody names has no master SKU to stand under.
    if (!by_listing && row.master.key == 0) continue;
    Claim claim;
    claim.product_id = row.product_id;
    claim.master_sku = row.master.number;
    ApplyListing(row, &claim);
    if (!by_listing) claim.sku = row.master.number;
    claim.product_active = states.IsActive(row);
    // Not while the channel is back and its numbers were not told since.
    if (ReadFrom(context, LocationKind::kSalesChannel, row.sales_channel_id) ==
        absl::InfinitePast()) {
      claim.quantity = row.quantity;
    }
    claim.value_time = row.value_time;
    claims[{by_listing ? row.sku.key : row.master.key,
            LocationKind::kSalesChannel, row.sales_channel_id}]
        .push_back(claim);
  }
  return claims;
}

// ---- What is stored --------------------------------------------------------

absl::Status AddTableLevels(storage::InventoryReader& reader,
                            const InventoryContext& context, int64_t view,
                            const std::vector<int64_t>& keys,
                            LevelMap* levels) {
  OMS_ASSIGN_OR_RETURN(const std::vector<model::StoredLevel> found,
                       reader.FindLevels(context.connection.id, view, keys));
  for (const model::StoredLevel& level : found) {
    const LevelKey key = {level.sku_key, level.kind, level.location_id};
    (*levels)[key] = {level, std::nullopt};
  }
  return absl::OkStatus();
}

void AddLevelsBeside(const std::vector<StoredStock>& stock, LevelMap* levels) {
  for (const StoredStock& row : stock) {
    if (!row.level.exists()) continue;
    model::StoredLevel level;
    level.sku_key = row.sku.key;
    level.location_id = row.warehouse_id;
    level.sku = row.sku.number;
    level.master_sku = row.sku.number;
    level.product_id = row.product_id;
    level.value = row.level;
    (*levels)[{row.sku.key, LocationKind::kWarehouse, row.warehouse_id}] = {
        level, row.product_id};
  }
}

// The connection's own levels where the cart of the view sees them, or has seen
// them: its reader may have been away when they went.
absl::Status AddSeenLevels(storage::InventoryReader& reader,
                           const InventoryContext& context, const View& view,
                           const LevelScope& scope, LevelMap* levels) {
  std::set<std::pair<LocationKind, int64_t>> seen;
  for (const model::ViewLocation& location : context.view_locations) {
    if (location.view == view.number) {
      seen.insert({location.kind, location.location_id});
    }
  }
  if (view.number == 0 || seen.empty()) return absl::OkStatus();
  LevelMap own;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredStock> stock,
      StockOfKeys(reader, context.connection.id,
                  WarehousesOf(context, view, scope), scope.keys));
  AddLevelsBeside(stock, &own);
  OMS_RETURN_IF_ERROR(
      AddTableLevels(reader, context, /*view=*/0, scope.keys, &own));
  for (const auto& [key, level] : own) {
    if (seen.count({key.kind, key.location_id}) == 0) continue;
    // Beside what the view tells itself this is older.
    levels->emplace(key, level);
  }
  return absl::OkStatus();
}

}  // namespace

Claim ClaimOf(const StoredStock& stock, bool product_active,
              absl::Time read_from) {
  Claim claim;
  claim.product_id = stock.product_id;
  claim.sku = stock.sku.number;
  claim.master_sku = stock.sku.number;
  claim.gone = stock.gone;
  claim.product_active = product_active;
  if (stock.value_time >= read_from) claim.quantity = stock.on_hand;
  claim.locked = stock.locked;
  claim.value_time = stock.value_time;
  return claim;
}

absl::StatusOr<LevelFacts> FindFacts(storage::InventoryReader& reader,
                                     const InventoryContext& context,
                                     const View& view,
                                     const LevelScope& scope) {
  LevelFacts facts;
  const bool per_warehouse = view.per_warehouse();
  const bool master = view.sku_source == model::SkuSource::kMasterSku;
  std::vector<StoredStock> stock;
  if (master && (per_warehouse || (view.is_own() && scope.all_kinds))) {
    OMS_ASSIGN_OR_RETURN(
        stock, StockOfKeys(reader, context.connection.id,
                           WarehousesOf(context, view, scope), scope.keys));
  }
  OMS_ASSIGN_OR_RETURN(
      facts.claims, !per_warehouse ? ListingClaims(reader, context, view, scope)
                    : master       ? StockClaims(reader, context, view, stock)
                             : ListedStockClaims(reader, context, view, scope));
  if (view.is_own()) {
    AddLevelsBeside(stock, &facts.stored);
    for (StoredStock& row : stock) {
      facts.stock.emplace(std::make_pair(row.warehouse_id, row.product_id),
                          std::move(row));
    }
  }
  if (view.is_own() || view.number != 0) {
    OMS_RETURN_IF_ERROR(AddTableLevels(reader, context, view.number, scope.keys,
                                       &facts.stored));
  }
  if (!view.is_own()) {
    OMS_RETURN_IF_ERROR(
        AddSeenLevels(reader, context, view, scope, &facts.stored));
  }
  return facts;
}

absl::StatusOr<std::vector<int64_t>> TouchedKeys(
    storage::InventoryReader& reader, const InventoryContext& context,
    const std::vector<View>& views, const ChangedRows& rows) {
  const std::string& id = context.connection.id;
  std::set<int64_t> keys(rows.master_keys.begin(), rows.master_keys.end());
  const bool per_warehouse = views.front().per_warehouse();
  if (rows.flags && per_warehouse) {
    OMS_ASSIGN_OR_RETURN(
        const std::vector<StoredStock> stock,
        reader.FindStockAt(id, LocationIds(context, LocationKind::kWarehouse),
                           rows.product_ids));
    for (const StoredStock& row : stock) keys.insert(row.sku.key);
  }
  const std::vector<int64_t> master_keys(keys.begin(), keys.end());
  keys.insert(rows.listing_keys.begin(), rows.listing_keys.end());
  std::set<int64_t> channels;
  for (const View& view : views) {
    if (view.sales_channel_id != 0 && (view.has_levels() || !per_warehouse)) {
      channels.insert(view.sales_channel_id);
    }
  }
  if (!channels.empty()) {
    const auto add = [&](const std::vector<StoredListing>& listings) {
      for (const StoredListing& row : listings) {
        keys.insert(row.sku.key);
        keys.insert(row.master.key);
      }
    };
    OMS_ASSIGN_OR_RETURN(const std::vector<StoredListing> of_products,
                         reader.FindListingsOfProducts(id, rows.product_ids));
    add(of_products);
    for (const int64_t channel : channels) {
      OMS_ASSIGN_OR_RETURN(
          const std::vector<StoredListing> by_master,
          reader.FindListingsByMasterSku(id, channel, master_keys));
      add(by_master);
    }
  }
  keys.erase(0);  // the empty SKU
  return std::vector<int64_t>(keys.begin(), keys.end());
}

}  // namespace oms_connector::inventory
