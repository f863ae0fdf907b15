#include "domain/shipments/family_loader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/errors.h"

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
