#include "domain/shipments/family_loader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "model/inventory.h"
#include "model/inventory_rows.h"

namespace oms_connector::shipments {
namespace {

// Adds these orders with their shipments, as stored or not at all.
absl::Status AddOrders(storage::ReadTransaction& txn,
                       const std::string& connection,
                       const std::vector<int64_t>& ids, LoadedOrders& loaded) {
  for (const int64_t id : ids) loaded.Add(id);
  OMS_ASSIGN_OR_RETURN(std::vector<model::StoredOrder> orders,
                       txn.shipments().FindOrders(connection, ids));
  for (model::StoredOrder& order : orders) {
    LoadedOrder& entry = loaded.at(order.order.order_id);
    entry.order = std::move(order);
    entry.stored = true;
  }
  OMS_ASSIGN_OR_RETURN(std::vector<model::StoredShipment> shipments,
                       txn.shipments().ShipmentsOfOrders(connection, ids));
  for (model::StoredShipment& shipment : shipments) {
    loaded.at(shipment.record.order_id)
        .shipments.push_back(std::move(shipment));
  }
  return absl::OkStatus();
}

// Those that these orders belong with and that are not loaded yet.
absl::StatusOr<std::vector<int64_t>> NextOrders(storage::ReadTransaction& txn,
                                                const std::string& connection,
                                                const std::vector<int64_t>& ids,
                                                LoadedOrders& loaded) {
  OMS_ASSIGN_OR_RETURN(std::vector<int64_t> next,
                       txn.shipments().OrdersThatName(connection, ids));
  std::map<std::string, std::vector<std::string>> keys;  // by cart
  for (const int64_t id : ids) {
    const model::StoredOrder& order = loaded.at(id).order;
    for (const int64_t related : order.order.related_order_ids) {
      // 0 stands for "none" where it appears, and would join strangers.
      if (related > 0) next.push_back(related);
    }
    if (!order.family_key.empty()) {
      keys[order.cart_id].push_back(order.family_key);
    }
  }
  for (auto& [cart, cart_keys] : keys) {
    std::sort(cart_keys.begin(), cart_keys.end());
    cart_keys.erase(std::unique(cart_keys.begin(), cart_keys.end()),
                    cart_keys.end());
    OMS_ASSIGN_OR_RETURN(
        const std::vector<int64_t> siblings,
        txn.shipments().OrdersWithFamilyKeys(
            connection, cart, cart_keys, static_cast<int>(kMaxLoadedOrders)));
    next.insert(next.end(), siblings.begin(), siblings.end());
  }
  std::sort(next.begin(), next.end());
  next.erase(std::unique(next.begin(), next.end()), next.end());
  next.erase(std::remove_if(next.begin(), next.end(),
                            [&](int64_t id) { return loaded.Contains(id); }),
             next.end());
  return next;
}

// ---- Orders of what cannot be sent -----------------------------------------

// The keys of SKUs whose products are known and all of them digital.
absl::StatusOr<absl::flat_hash_set<int64_t>> DigitalKeys(
    storage::ReadTransaction& txn, const std::string& connection,
    const std::vector<int64_t>& sku_keys) {
  OMS_ASSIGN_OR_RETURN(const std::vector<model::ProductFlags> flags,
                       txn.inventory().FindProductsBySku(connection, sku_keys));
  std::vector<int64_t> ids;
  for (const model::ProductFlags& product : flags) {
    if (!product.gone) ids.push_back(product.product_id);
  }
  std::sort(ids.begin(), ids.end());
  OMS_ASSIGN_OR_RETURN(const std::vector<model::StoredProduct> products,
                       txn.inventory().FindProducts(connection, ids));
  absl::flat_hash_set<int64_t> digital, sent;
  for (const model::StoredProduct& stored : products) {
    OMS_ASSIGN_OR_RETURN(const model::Product product,
                         storage::ProductOf(stored.details));
    (model::IsDigital(product) ? digital : sent).insert(stored.flags.sku.key);
  }
  for (const int64_t key : sent) digital.erase(key);
  return digital;
}

// The SKUs of lines that do not say themselves that they are digital; nullopt
// where a line has none.
std::optional<std::vector<absl::string_view>> SkusThatMayBeSent(
    const model::Order& order) {
  std::vector<absl::string_view> skus;
  for (const model::OrderLine& line : order.lines) {
    if (line.digital) continue;
    if (line.master_sku.empty()) return std::nullopt;
    skus.push_back(line.master_sku);
  }
  return skus;
}

// Whether only its products can tell that no parcel is to come of it.
bool MayBeDigital(const LoadedOrder& entry) {
  const model::Order& order = entry.order.order;
  return entry.order.known && !entry.order.released && !entry.nothing_to_send &&
         model::IsFinished(order) &&
         order.lines_form == model::OrderLinesForm::kWhole &&
         std::none_of(entry.shipments.begin(), entry.shipments.end(),
                      [](const model::StoredShipment& shipment) {
                        return !shipment.record.voided;
                      });
}

absl::Status FindNothingToSend(storage::ReadTransaction& txn,
                               const std::string& connection,
                               LoadedOrders& loaded) {
  std::vector<std::pair<LoadedOrder*, std::vector<absl::string_view>>> asked;
  std::vector<absl::string_view> texts;
  for (LoadedOrder& entry : loaded) {
    entry.nothing_to_send = model::HasNothingToSend(entry.order.order);
    if (!MayBeDigital(entry)) continue;
    const auto skus = SkusThatMayBeSent(entry.order.order);
    if (!skus.has_value()) continue;
    texts.insert(texts.end(), skus->begin(), skus->end());
    asked.emplace_back(&entry, *skus);
  }
  if (asked.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> skus,
                       txn.inventory().FindSkus(connection, texts));
  std::vector<int64_t> keys;
  for (const model::Sku& sku : skus) {
    if (sku.key != 0) keys.push_back(sku.key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  OMS_ASSIGN_OR_RETURN(const absl::flat_hash_set<int64_t> digital,
                       DigitalKeys(txn, connection, keys));
  auto next = skus.begin();
  for (auto& [entry, lines] : asked) {
    const auto end = next + static_cast<int64_t>(lines.size());
    entry->nothing_to_send = std::all_of(next, end, [&](const model::Sku& sku) {
      return digital.contains(sku.key);
    });
    next = end;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CartDirectory> LoadCartDirectory(storage::ReadTransaction& txn,
                                                absl::string_view connection) {
  absl::StatusOr<model::Connection> found =
      txn.connections().GetConnection(connection);
  if (absl::IsNotFound(found.status())) {
    return model::ConnectionNotFound(connection);
  }
  OMS_RETURN_IF_ERROR(found.status());
  OMS_ASSIGN_OR_RETURN(const model::ReferenceNames names,
                       txn.shipments().GetReferenceNames(connection));
  return CartDirectory(*std::move(found), names);
}

absl::StatusOr<LoadedOrders> LoadFamilies(
    storage::ReadTransaction& txn, const CartDirectory& directory,
    const std::vector<int64_t>& order_ids) {
  const std::string& connection = directory.connection().id;
  LoadedOrders loaded;
  std::vector<int64_t> next = order_ids;
  while (!next.empty()) {
    OMS_RETURN_IF_ERROR(AddOrders(txn, connection, next, loaded));
    if (loaded.size() > kMaxLoadedOrders) {
      for (const int64_t id : next) loaded.at(id).cut_off = true;
      break;
    }
    OMS_ASSIGN_OR_RETURN(next, NextOrders(txn, connection, next, loaded));
  }
  OMS_RETURN_IF_ERROR(FindNothingToSend(txn, connection, loaded));

  std::vector<FamilyOrder> family_orders;
  family_orders.reserve(loaded.size());
  for (const LoadedOrder& entry : loaded) {
    family_orders.push_back(directory.FamilyOrderOf(entry.order));
  }
  const OrderFamilies families(family_orders);
  for (LoadedOrder& entry : loaded) {
    entry.family = families.FamilyOf(entry.order.order.order_id);
  }
  return loaded;
}

}  // namespace oms_connector::shipments
