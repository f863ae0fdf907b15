#include "domain/inventory/level_claims.h"

#include <algorithm>

#include "base/status_macros.h"

namespace oms_connector::inventory {
namespace {

using storage::StoredListing;
using storage::StoredStock;

template <typename T>
std::vector<T> ToVector(const std::set<T>& set) {
  return std::vector<T>(set.begin(), set.end());
}

// Which products are inactive, for stock (by id) and for listings, which may
// name their product by master SKU only.
class ProductFlags {
 public:
  static absl::StatusOr<ProductFlags> Read(storage::InventoryReader& reader,
                                           const std::string& connection,
                                           const std::set<int64_t>& ids,
                                           const std::set<std::string>& keys) {
    ProductFlags flags;
    OMS_ASSIGN_OR_RETURN(const std::vector<storage::StoredProduct> by_id,
                         reader.FindProducts(connection, ToVector(ids)));
    for (const auto& stored : by_id) {
      // A product that the list lacks counts as active: only a flag withholds.
      if (!stored.product.active && !stored.presence.gone) {
        flags.inactive_ids_.insert(stored.product.product_id);
      }
    }
    OMS_ASSIGN_OR_RETURN(const std::vector<storage::StoredProduct> by_key,
                         reader.FindProductsBySku(connection, ToVector(keys)));
    for (const auto& stored : by_key) {
      if (stored.presence.gone) continue;
      bool& active = flags.active_by_key_[stored.sku_key];
      active = active || stored.product.active;
    }
    return flags;
  }

  bool IsActive(int64_t product_id) const {
    return inactive_ids_.count(product_id) == 0;
  }
  bool IsActive(const StoredListing& listing) const {
    if (listing.listing.product_id != 0) {
      return IsActive(listing.listing.product_id);
    }
    const auto found = active_by_key_.find(listing.master_key);
    return found == active_by_key_.end() || found->second;
  }

 private:
  std::set<int64_t> inactive_ids_;
  // Several products of one SKU count as active if any is.
  std::map<std::string, bool> active_by_key_;
};

absl::StatusOr<ProductFlags> ReadFlags(
    storage::InventoryReader& reader, const std::string& connection,
    const View& view, const std::vector<StoredStock>& stock,
    const std::vector<StoredListing>& listings) {
  std::set<int64_t> ids;
  std::set<std::string> keys;
  if (view.ignore_inactive) {
    for (const StoredStock& row : stock) ids.insert(row.row.product_id);
    for (const StoredListing& row : listings) {
      if (row.listing.product_id != 0) {
        ids.insert(row.listing.product_id);
      } else {
        keys.insert(row.master_key);
      }
    }
  }
  return ProductFlags::Read(reader, connection, ids, keys);
}

Claim StockClaim(const StoredStock& stock, const ProductFlags& flags) {
  Claim claim;
  claim.product_id = stock.row.product_id;
  claim.sku = stock.row.master_sku;
  claim.master_sku = stock.row.master_sku;
  claim.gone = stock.presence.gone;
  claim.product_active = flags.IsActive(stock.row.product_id);
  claim.quantity = stock.row.on_hand;
  claim.locked = stock.row.locked;
  claim.value_time = stock.value_time;
  return claim;
}

void ApplyListing(const StoredListing& listing, Claim* claim) {
  claim->listing_id = listing.listing.listing_id;
  claim->sku = listing.listing.listing_sku;
  claim->gone = claim->gone || listing.presence.gone;
  claim->listing_active = listing.listing.active;
  claim->push_inventory = listing.listing.push_inventory;
}

// ---- Per warehouse, master SKUs -------------------------------------------

absl::StatusOr<ClaimMap> StockClaims(storage::InventoryReader& reader,
                                     const std::string& connection,
                                     const View& view,
                                     const std::vector<std::string>& keys) {
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredStock> stock,
                       reader.FindStockBySku(connection, keys));
  OMS_ASSIGN_OR_RETURN(const ProductFlags flags,
                       ReadFlags(reader, connection, view, stock, {}));
  ClaimMap claims;
  for (const StoredStock& row : stock) {
    claims[{row.sku_key, row.row.warehouse_id}].push_back(
        StockClaim(row, flags));
  }
  return claims;
}

// ---- Per warehouse, listing SKUs ------------------------------------------

// Listings of one channel by the product that they are of.
class ListingsByProduct {
 public:
  void Add(const StoredListing& listing) {
    if (!listing.known || !seen_.insert(listing.listing.listing_id).second) {
      return;
    }
    if (listing.listing.product_id != 0) {
      by_id_[listing.listing.product_id].push_back(listing);
    } else {
      by_master_[listing.master_key].push_back(listing);
    }
  }

  std::vector<StoredListing> Of(const StoredStock& stock) const {
    std::vector<StoredListing> listings;
    const auto by_id = by_id_.find(stock.row.product_id);
    if (by_id != by_id_.end()) listings = by_id->second;
    const auto by_master = by_master_.find(stock.sku_key);
    if (by_master != by_master_.end()) {
      listings.insert(listings.end(), by_master->second.begin(),
                      by_master->second.end());
    }
    return listings;
  }

 private:
  std::set<int64_t> seen_;
  std::map<int64_t, std::vector<StoredListing>> by_id_;
  std::map<std::string, std::vector<StoredListing>> by_master_;
};

// The stock behind listings, each row once.
absl::StatusOr<std::vector<StoredStock>> StockBehind(
    storage::InventoryReader& reader, const std::string& connection,
    const std::vector<StoredListing>& listings,
    std::vector<std::string> master_keys) {
  std::vector<int64_t> ids;
  for (const StoredListing& row : listings) {
    if (row.listing.product_id != 0) {
      ids.push_back(row.listing.product_id);
    } else {
      master_keys.push_back(row.master_key);
    }
  }
  OMS_ASSIGN_OR_RETURN(std::vector<StoredStock> stock,
                       reader.FindStockBySku(connection, master_keys));
  OMS_ASSIGN_OR_RETURN(std::vector<StoredStock> more,
                       reader.FindStockOfProducts(connection, ids));
  std::set<std::pair<int64_t, int64_t>> seen;
  for (const StoredStock& row : stock) {
    seen.insert({row.row.warehouse_id, row.row.product_id});
  }
  for (StoredStock& row : more) {
    if (seen.insert({row.row.warehouse_id, row.row.product_id}).second) {
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
  std::vector<std::string> keys;
  for (const StoredStock& row : stock) {
    ids.push_back(row.row.product_id);
    keys.push_back(row.sku_key);
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredListing> by_id,
                       reader.FindListingsOfProducts(connection, ids));
  for (const StoredListing& row : by_id) {
    if (row.listing.sales_channel_id == channel) listings->Add(row);
  }
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredListing> by_master,
      reader.FindListingsByMasterSku(connection, channel, keys));
  for (const StoredListing& row : by_master) listings->Add(row);
  return absl::OkStatus();
}

absl::StatusOr<ClaimMap> ListedStockClaims(
    storage::InventoryReader& reader, const std::string& connection,
    const View& view, const std::vector<std::string>& keys) {
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredListing> named,
      reader.FindListingsBySku(connection, view.sales_channel_id, keys));
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredStock> stock,
                       StockBehind(reader, connection, named, keys));
  OMS_ASSIGN_OR_RETURN(const ProductFlags flags,
                       ReadFlags(reader, connection, view, stock, {}));
  ListingsByProduct listings;
  OMS_RETURN_IF_ERROR(AddListingsOf(reader, connection, view.sales_channel_id,
                                    stock, &listings));
  const std::set<std::string> wanted(keys.begin(), keys.end());
  ClaimMap claims;
  const auto add = [&](const std::string& key, int64_t warehouse, Claim claim) {
    if (wanted.count(key) == 0) return;
    claims[{key, warehouse}].push_back(std::move(claim));
  };
  for (const StoredStock& row : stock) {
    bool listed = false;
    for (const StoredListing& listing : listings.Of(row)) {
      Claim claim = StockClaim(row, flags);
      ApplyListing(listing, &claim);
      listed = listed || !listing.presence.gone;
      add(listing.listing_key, row.row.warehouse_id, std::move(claim));
    }
    if (listed) continue;
    Claim claim = StockClaim(row, flags);
    claim.without_listing = true;
    add(row.sku_key, row.row.warehouse_id, std::move(claim));
  }
  return claims;
}

// ---- Per channel ----------------------------------------------------------

absl::StatusOr<ClaimMap> ListingClaims(storage::InventoryReader& reader,
                                       const std::string& connection,
                                       const View& view,
                                       const std::vector<std::string>& keys) {
  const bool by_listing = view.sku_source == model::SkuSource::kListingSku;
  std::vector<StoredListing> listings;
  for (const int64_t channel : view.locations) {
    OMS_ASSIGN_OR_RETURN(
        std::vector<StoredListing> found,
        by_listing ? reader.FindListingsBySku(connection, channel, keys)
                   : reader.FindListingsByMasterSku(connection, channel, keys));
    listings.insert(listings.end(), found.begin(), found.end());
  }
  OMS_ASSIGN_OR_RETURN(const ProductFlags flags,
                       ReadFlags(reader, connection, view, {}, listings));
  ClaimMap claims;
  for (const StoredListing& row : listings) {
    if (!row.known) continue;
    // A listing whose product nobody names has no master SKU to stand under.
    if (!by_listing && row.master_key.empty()) continue;
    Claim claim;
    claim.product_id = row.listing.product_id;
    claim.master_sku = row.listing.master_sku;
    ApplyListing(row, &claim);
    if (!by_listing) claim.sku = row.listing.master_sku;
    claim.product_active = flags.IsActive(row);
    claim.quantity = row.quantity;
    claim.value_time = row.value_time;
    claims[{by_listing ? row.listing_key : row.master_key,
            row.listing.sales_channel_id}]
        .push_back(std::move(claim));
  }
  return claims;
}

}  // namespace

absl::StatusOr<ClaimMap> FindClaims(storage::InventoryReader& reader,
                                    const std::string& connection,
                                    const View& view,
                                    const std::vector<std::string>& keys) {
  if (view.mode == model::InventorySyncMode::kPerSalesChannel) {
    return ListingClaims(reader, connection, view, keys);
  }
  if (view.sku_source == model::SkuSource::kMasterSku) {
    return StockClaims(reader, connection, view, keys);
  }
  // Without its channel nothing can be said of the view's SKUs.
  if (view.sales_channel_id == 0) return ClaimMap();
  return ListedStockClaims(reader, connection, view, keys);
}

absl::StatusOr<std::vector<std::string>> TouchedKeys(
    storage::InventoryReader& reader, const std::string& connection,
    const std::vector<View>& views, const ChangedRows& rows) {
  std::set<std::string> keys = rows.master_keys;
  keys.insert(rows.listing_keys.begin(), rows.listing_keys.end());
  const std::vector<int64_t> ids = ToVector(rows.product_ids);
  std::set<std::string> master_keys = rows.master_keys;
  if (views.front().mode == model::InventorySyncMode::kPerWarehouse) {
    OMS_ASSIGN_OR_RETURN(const std::vector<StoredStock> stock,
                         reader.FindStockOfProducts(connection, ids));
    for (const StoredStock& row : stock) master_keys.insert(row.sku_key);
  }
  keys.insert(master_keys.begin(), master_keys.end());
  std::set<int64_t> channels;
  for (const View& view : views) {
    if (view.sales_channel_id != 0) channels.insert(view.sales_channel_id);
  }
  const auto add = [&](const std::vector<StoredListing>& listings) {
    for (const StoredListing& row : listings) {
      keys.insert(row.listing_key);
      keys.insert(row.master_key);
    }
  };
  if (channels.empty()) return ToVector(keys);
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredListing> of_products,
                       reader.FindListingsOfProducts(connection, ids));
  add(of_products);
  for (const int64_t channel : channels) {
    OMS_ASSIGN_OR_RETURN(const std::vector<StoredListing> by_master,
                         reader.FindListingsByMasterSku(connection, channel,
                                                        ToVector(master_keys)));
    add(by_master);
  }
  return ToVector(keys);
}

}  // namespace oms_connector::inventory
