#include "domain/inventory/row_compare.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace oms_connector::inventory {
namespace {

bool SameMoney(const std::optional<model::Money>& a,
               const std::optional<model::Money>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() == b.has_value();
  return a->currency_code == b->currency_code && a->amount == b->amount;
}

}  // namespace

bool SamePresence(const storage::Presence& a, const storage::Presence& b) {
  return a.pass == b.pass && a.missed == b.missed && a.gone == b.gone;
}

bool SameQuantities(const storage::StoredStock& a,
                    const storage::StoredStock& b) {
  return a.row.on_hand == b.row.on_hand && a.row.locked == b.row.locked;
}

bool SameRow(const storage::StoredStock& a, const storage::StoredStock& b) {
  return SameQuantities(a, b) && a.row.master_sku == b.row.master_sku &&
         a.value_time == b.value_time && SamePresence(a.presence, b.presence);
}

bool SameRow(const storage::StoredListing& a, const storage::StoredListing& b) {
  const model::Listing& x = a.listing;
  const model::Listing& y = b.listing;
  return std::tie(x.listing_sku, x.master_sku, x.product_id, x.active,
                  x.push_inventory, a.known, a.quantity, a.told_time) ==
             std::tie(y.listing_sku, y.master_sku, y.product_id, y.active,
                      y.push_inventory, b.known, b.quantity, b.told_time) &&
         SamePresence(a.presence, b.presence);
}

bool SameDetails(const storage::StoredProduct& a,
                 const storage::StoredProduct& b) {
  const model::Product& x = a.product;
  const model::Product& y = b.product;
  return std::tie(x.master_sku, x.name, x.type, x.active, x.brand,
                  x.description, x.upc, x.mpn, x.weight, x.length, x.width,
                  x.height, x.categories, x.labels, x.image_urls, x.create_time,
                  x.modify_time) ==
             std::tie(y.master_sku, y.name, y.type, y.active, y.brand,
                      y.description, y.upc, y.mpn, y.weight, y.length, y.width,
                      y.height, y.categories, y.labels, y.image_urls,
                      y.create_time, y.modify_time) &&
         SameMoney(x.map_price, y.map_price);
}

bool SameChannels(const std::vector<storage::StoredSalesChannel>& a,
                  const std::vector<storage::StoredSalesChannel>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return std::tie(x.channel.id, x.channel.name, x.channel.type,
                        x.channel.active, x.listed) ==
               std::tie(y.channel.id, y.channel.name, y.channel.type,
                        y.channel.active, y.listed);
      });
}

bool SameWarehouses(const std::vector<storage::StoredWarehouse>& a,
                    const std::vector<storage::StoredWarehouse>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return std::tie(x.warehouse.id, x.warehouse.name, x.warehouse.type,
                        x.warehouse.active, x.listed) ==
               std::tie(y.warehouse.id, y.warehouse.name, y.warehouse.type,
                        y.warehouse.active, y.listed);
      });
}

}  // namespace oms_connector::inventory
