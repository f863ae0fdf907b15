#include "domain/shipments/family_loader.h"

#include <set>
#include <utility>

#include "absl/time/time.h"
#include "base/status_macros.h"
#include "domain/shipments/order_family.h"

namespace oms_connector::shipments {
namespace {

storage::StoredOrder NotKnown(int64_t order_id) {
  storage::StoredOrder order;
  order.order.order_id = order_id;
  order.known = false;
  order.readable = false;
  order.read_time = absl::UnixEpoch();
  order.status_time = absl::UnixEpoch();
  return order;
}

// Adds these orders with their shipments, `readable` as stored or not at all.
absl::Status AddOrders(storage::ReadTransaction& txn,
                       const CartDirectory& directory,
                       const std::vector<int64_t>& ids, LoadedOrders& loaded) {
  const std::string& connection = directory.connection().id;
  for (const int64_t id : ids) {
    LoadedOrder missing;
    missing.order = NotKnown(id);
    missing.stored = false;
    loaded.try_emplace(id, std::move(missing));
  }
  OMS_ASSIGN_OR_RETURN(std::vector<storage::StoredOrder> orders,
                       txn.shipments().FindOrders(connection, ids));
  for (storage::StoredOrder& order : orders) {
    LoadedOrder& entry = loaded[order.order.order_id];
    entry.order = std::move(order);
    entry.stored = true;
  }
  OMS_ASSIGN_OR_RETURN(std::vector<storage::StoredShipment> shipments,
                       txn.shipments().ShipmentsOfOrders(connection, ids));
  for (storage::StoredShipment& shipment : shipments) {
    loaded[shipment.record.order_id].shipments.push_back(std::move(shipment));
  }
  return absl::OkStatus();
}

// Those that these orders belong with and that are not loaded yet.
absl::StatusOr<std::vector<int64_t>> NextOrders(storage::ReadTransaction& txn,
                                                const CartDirectory& directory,
                                                const std::vector<int64_t>& ids,
                                                const LoadedOrders& loaded) {
  const std::string& connection = directory.connection().id;
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> linked,
                       txn.shipments().LinkedOrders(connection, ids));
  std::set<int64_t> next(linked.begin(), linked.end());
  std::set<std::pair<std::string, std::string>> keys;
  for (const int64_t id : ids) {
    const storage::StoredOrder& order = loaded.at(id).order;
    if (order.family_key.empty()) continue;
    if (!keys.emplace(order.cart_id, order.family_key).second) continue;
    OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> siblings,
                         txn.shipments().OrdersWithFamilyKey(
                             connection, order.cart_id, order.family_key,
                             static_cast<int>(kMaxLoadedOrders)));
    next.insert(siblings.begin(), siblings.end());
  }
  std::vector<int64_t> fresh;
  for (const int64_t id : next) {
    if (loaded.count(id) == 0) fresh.push_back(id);
  }
  return fresh;
}

}  // namespace

absl::StatusOr<LoadedOrders> LoadFamilies(
    storage::ReadTransaction& txn, const CartDirectory& directory,
    const std::vector<int64_t>& order_ids) {
  LoadedOrders loaded;
  std::vector<int64_t> next = order_ids;
  while (!next.empty()) {
    OMS_RETURN_IF_ERROR(AddOrders(txn, directory, next, loaded));
    if (loaded.size() > kMaxLoadedOrders) {
      for (const int64_t id : next) loaded[id].order.readable = false;
      break;
    }
    OMS_ASSIGN_OR_RETURN(next, NextOrders(txn, directory, next, loaded));
  }

  std::vector<FamilyOrder> family_orders;
  for (const auto& [id, entry] : loaded) {
    family_orders.push_back(directory.FamilyOrderOf(entry.order));
  }
  const OrderFamilies families(family_orders);
  for (auto& [id, entry] : loaded) entry.family = families.FamilyOf(id);
  return loaded;
}

}  // namespace oms_connector::shipments
