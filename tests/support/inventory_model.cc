#include "tests/support/inventory_model.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {
namespace {

using model::InventorySyncMode;
using model::LocationKind;
using model::SkuSource;

constexpr char kNowhere[] = "Nowhere";

bool Has(const std::vector<int64_t>& list, int64_t id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

bool IsPerWarehouse(const model::Settings& settings) {
  return settings.inventory_sync_mode == InventorySyncMode::kPerWarehouse;
}

}  // namespace

const model::Cart* InventoryModel::FindCart(const std::string& id) const {
  for (const model::Cart& cart : carts_) {
    if (cart.cart_id == id) return &cart;
  }
  return nullptr;
}

int64_t InventoryModel::ChannelOf(const model::Cart& cart) {
  return cart.sales_channel == kNowhere ? 0 : cart.sales_channel.back() - '0';
}

bool InventoryModel::IsUnserved(const std::string& id,
                                const model::Settings& settings) const {
  const model::Cart* cart = FindCart(id);
  return cart != nullptr && cart->sales_channel == kNowhere &&
         (!IsPerWarehouse(settings) ||
          cart->sku_source == SkuSource::kListingSku);
}

// ---- What was told ----------------------------------------------------------

bool InventoryModel::WarehouseIsPulled(int64_t id) const {
  return world_->warehouses.at(id).active && CartsWant(id);
}

// What was read of a warehouse that is away is not known any more when it comes
// back. Per channel nobody asks whether it is active.
void InventoryModel::ForgetThoseAway(const model::Settings& settings) {
  for (const auto& [where, row] : told_stock_) {
    const bool away = IsPerWarehouse(settings) ? !WarehouseIsPulled(where.first)
                                               : !CartsWant(where.first);
    if (away) unread_.insert(where);
  }
}

bool InventoryModel::CartsWant(int64_t id) const {
  bool all = carts_.empty();
  bool named = false;
  for (const model::Cart& cart : carts_) {
    all = all || cart.warehouse_ids.empty();
    named = named || Has(cart.warehouse_ids, id);
  }
  return all || named;
}

// Asked for by that SKU, the Order Manager gives a row that nobody can read; it
// gives all whose SKUs contain it.
bool InventoryModel::SomebodyUnreadableIsCalled(int64_t warehouse,
                                                const std::string& sku) const {
  for (const auto& [where, stored] : world_->stock) {
    if (where.first == warehouse && !stored.raw.empty() &&
        absl::StrContains(absl::AsciiStrToLower(stored.master_sku),
                          absl::AsciiStrToLower(sku))) {
      return true;
    }
  }
  return false;
}

void InventoryModel::StockPulled(int64_t warehouse, bool complete) {
  for (const auto& [where, stored] : world_->stock) {
    if (where.first == warehouse && stored.raw.empty()) {
      told_stock_[where] = stored;
      unread_.erase(where);
    }
  }
  if (!complete) return;
  for (auto it = told_stock_.begin(); it != told_stock_.end();) {
    const auto found = world_->stock.find(it->first);
    const bool readable =
        found != world_->stock.end() && found->second.raw.empty();
    const bool gone =
        it->first.first == warehouse && !readable &&
        !SomebodyUnreadableIsCalled(warehouse, it->second.master_sku);
    it = gone ? told_stock_.erase(it) : std::next(it);
  }
}

void InventoryModel::Pulled(const model::Settings& settings, bool complete) {
  ForgetThoseAway(settings);
  if (IsPerWarehouse(settings)) {
    for (const auto& [id, warehouse] : world_->warehouses) {
      if (WarehouseIsPulled(id)) StockPulled(id, complete);
    }
  }
  if (!settings.ignore_inactive_products && !settings.download_products_data) {
    return;
  }
  if (complete) told_products_.clear();
  for (const auto& [id, product] : world_->products) {
    told_products_[id] = product.active;
  }
}

// ---- What follows from it ---------------------------------------------------

bool InventoryModel::ProductIsActive(int64_t id,
                                     const model::Settings& settings) const {
  const auto found = told_products_.find(id);
  return !settings.ignore_inactive_products || found == told_products_.end() ||
         found->second;
}

Published InventoryModel::Expected(const std::string& cart_id,
                                   const model::Settings& settings) const {
  const model::Cart* cart = FindCart(cart_id);
  Candidates candidates;
  if (IsPerWarehouse(settings)) {
    AddStock(settings, cart, &candidates);
  } else {
    AddListings(settings, cart, &candidates);
  }
  Published published;
  for (auto& [key, list] : candidates) {
    const auto listed = std::stable_partition(
        list.begin(), list.end(),
        [](const Candidate& c) { return !c.without_listing; });
    if (listed != list.begin()) list.erase(listed, list.end());
    if (list.size() == 1 && !list[0].value.empty()) {
      published[key] = list[0].value;
    }
  }
  return published;
}

bool InventoryModel::Sees(const model::Cart* cart, int64_t warehouse) const {
  if (!WarehouseIsPulled(warehouse)) return false;
  if (cart == nullptr) return true;
  if (cart->sku_source == SkuSource::kListingSku &&
      !world_->sales_channels.at(ChannelOf(*cart)).active) {
    return false;
  }
  return cart->warehouse_ids.empty() || Has(cart->warehouse_ids, warehouse);
}

void InventoryModel::AddStock(const model::Settings& settings,
                              const model::Cart* cart,
                              Candidates* candidates) const {
  for (const auto& [where, row] : told_stock_) {
    if (!Sees(cart, row.warehouse_id) ||
        !ProductIsActive(row.product_id, settings)) {
      continue;
    }
    const bool known = unread_.count(where) == 0 &&
                       (!settings.subtract_locked_quantity || row.locked);
    int64_t number = row.on_hand;
    if (settings.subtract_locked_quantity && row.locked) number -= *row.locked;
    const std::string value =
        known ? absl::StrCat(std::max<int64_t>(number, 0)) : "";
    const int64_t warehouse = row.warehouse_id;
    const auto add = [&](const std::string& sku, Candidate candidate) {
      (*candidates)[{absl::AsciiStrToLower(sku), LocationKind::kWarehouse,
                     warehouse}]
          .push_back(std::move(candidate));
    };
    if (cart == nullptr || cart->sku_source == SkuSource::kMasterSku) {
      add(row.master_sku, {false, value});
      continue;
    }
    bool listed = false;
    for (const auto& [id, listing] : world_->listings) {
      if (listing.sales_channel_id != ChannelOf(*cart) ||
          listing.product_id != row.product_id) {
        continue;
      }
      listed = true;
      if (!listing.active) continue;
      add(listing.listing_sku, {false, listing.push_inventory ? value : ""});
    }
    if (!listed) add(row.master_sku, {true, ""});
  }
}

void InventoryModel::AddListings(const model::Settings& settings,
                                 const model::Cart* cart,
                                 Candidates* candidates) const {
  std::set<int64_t> channels;
  for (const model::Cart& each : carts_) {
    if (cart == nullptr || each.cart_id == cart->cart_id) {
      channels.insert(ChannelOf(each));
    }
  }
  for (const auto& [id, listing] : world_->listings) {
    const int64_t channel = listing.sales_channel_id;
    if (channels.count(channel) == 0 ||
        !world_->sales_channels.at(channel).active || !listing.active ||
        !ProductIsActive(listing.product_id.value_or(0), settings)) {
      continue;
    }
    const bool by_listing =
        cart != nullptr && cart->sku_source == SkuSource::kListingSku;
    std::string value;
    if (listing.push_inventory && listing.quantity.has_value()) {
      value = absl::StrCat(std::max<int64_t>(*listing.quantity, 0));
    }
    (*candidates)[{absl::AsciiStrToLower(by_listing ? listing.listing_sku
                                                    : listing.master_sku),
                   LocationKind::kSalesChannel, channel}]
        .push_back({false, value});
  }
}

}  // namespace oms_connector::testing_support
