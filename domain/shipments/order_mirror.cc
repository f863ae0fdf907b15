#include "domain/shipments/order_mirror.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/status_macros.h"

namespace oms_connector::shipments {
namespace {

using storage::StoredOrder;

constexpr int kOrdersAtOnce = 1000;

auto TieOf(const model::OrderLine& line) {
  return std::tie(line.listing_sku, line.master_sku, line.quantity);
}

bool SameLines(const std::vector<model::OrderLine>& a,
               const std::vector<model::OrderLine>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const model::OrderLine& x, const model::OrderLine& y) {
                      return TieOf(x) == TieOf(y);
                    });
}

bool SameItems(const model::Order& a, const model::Order& b) {
  return std::equal(a.shipment_items.begin(), a.shipment_items.end(),
                    b.shipment_items.begin(), b.shipment_items.end(),
                    [](const model::OrderShipmentItems& x,
                       const model::OrderShipmentItems& y) {
                      return x.shipment_id == y.shipment_id &&
                             SameLines(x.items, y.items);
                    });
}

// All that a decision can depend on; the modification time alone is not.
bool SameForDecisions(const model::Order& a, const model::Order& b) {
  const auto tie = [](const model::Order& order) {
    return std::tie(order.order_number, order.status, order.sales_channel_id,
                    order.ship_country, order.custom_fields,
                    order.related_order_ids, order.external,
                    order.suppress_channel_update);
  };
  return tie(a) == tie(b) && SameLines(a.lines, b.lines) && SameItems(a, b);
}

absl::StatusOr<std::map<int64_t, StoredOrder>> FindStored(
    storage::WriteTransaction& txn, const CartDirectory& directory,
    const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredOrder> found,
      txn.shipments().FindOrders(directory.connection().id, order_ids));
  std::map<int64_t, StoredOrder> stored;
  for (StoredOrder& order : found) {
    const int64_t id = order.order.order_id;
    stored.emplace(id, std::move(order));
  }
  return stored;
}

// Adds those it belonged with until now, which must be decided without it.
absl::Status LeaveFamily(storage::WriteTransaction& txn,
                         const CartDirectory& directory,
                         const StoredOrder& before, const StoredOrder& after,
                         std::vector<int64_t>& left) {
  if (before.order.related_order_ids != after.order.related_order_ids) {
    left.insert(left.end(), before.order.related_order_ids.begin(),
                before.order.related_order_ids.end());
  }
  if (before.family_key.empty() || (before.family_key == after.family_key &&
                                    before.cart_id == after.cart_id)) {
    return absl::OkStatus();
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> siblings,
                       txn.shipments().OrdersWithFamilyKey(
                           directory.connection().id, before.cart_id,
                           before.family_key, std::numeric_limits<int>::max()));
  left.insert(left.end(), siblings.begin(), siblings.end());
  return absl::OkStatus();
}

absl::StatusOr<bool> WasHandedOut(storage::WriteTransaction& txn,
                                  const CartDirectory& directory,
                                  int64_t order_id) {
  OMS_ASSIGN_OR_RETURN(
      const std::vector<storage::StoredShipment> shipments,
      txn.shipments().ShipmentsOfOrders(directory.connection().id, {order_id}));
  return std::any_of(shipments.begin(), shipments.end(),
                     [](const storage::StoredShipment& shipment) {
                       return shipment.last_event.has_value();
                     });
}

// The row for an order that was just read; `before` is null for a new one.
// `left` collects those whose family it has left.
absl::StatusOr<StoredOrder> RowFor(storage::WriteTransaction& txn,
                                   const CartDirectory& directory,
                                   const model::Order& order,
                                   const StoredOrder* before, absl::Time now,
                                   std::vector<int64_t>& left) {
  StoredOrder after;
  after.order = order;
  after.read_time = now;
  after.status_time = now;
  after.pending = true;
  directory.File(after);
  if (before == nullptr) {
    OMS_ASSIGN_OR_RETURN(after.released,
                         WasHandedOut(txn, directory, order.order_id));
    return after;
  }
  after.released = before->released;
  if (before->readable && before->order.status == order.status) {
    after.status_time = before->status_time;
  }
  after.pending = before->pending || !before->readable ||
                  !SameForDecisions(before->order, order);
  OMS_RETURN_IF_ERROR(LeaveFamily(txn, directory, *before, after, left));
  return after;
}

StoredOrder UnknownOrder(int64_t order_id, absl::Time now) {
  StoredOrder order;
  order.order.order_id = order_id;
  order.known = false;
  order.readable = false;
  order.read_time = absl::UnixEpoch();
  order.status_time = now;
  order.pending = true;
  return order;
}

}  // namespace

absl::Status MirrorOrders(storage::WriteTransaction& txn,
                          const CartDirectory& directory,
                          const std::vector<model::Order>& orders,
                          absl::Time now) {
  std::map<int64_t, const model::Order*> latest;
  for (const model::Order& order : orders) latest[order.order_id] = &order;
  std::vector<int64_t> ids;
  for (const auto& [id, order] : latest) ids.push_back(id);
  OMS_ASSIGN_OR_RETURN(const auto stored, FindStored(txn, directory, ids));

  std::vector<StoredOrder> rows;
  std::vector<int64_t> left;
  for (const auto& [id, order] : latest) {
    const auto before = stored.find(id);
    OMS_ASSIGN_OR_RETURN(
        StoredOrder row,
        RowFor(txn, directory, *order,
               before == stored.end() ? nullptr : &before->second, now, left));
    rows.push_back(std::move(row));
  }
  const std::string& connection = directory.connection().id;
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrders(connection, rows));
  // After the rows, which can be of the same orders.
  return txn.shipments().SetPending(connection, left, true);
}

absl::Status MarkUnreadable(storage::WriteTransaction& txn,
                            const CartDirectory& directory,
                            const std::vector<int64_t>& order_ids,
                            absl::Time now) {
  OMS_ASSIGN_OR_RETURN(auto stored, FindStored(txn, directory, order_ids));
  std::vector<StoredOrder> rows;
  for (const int64_t id : order_ids) {
    const auto [row, is_new] = stored.try_emplace(id, UnknownOrder(id, now));
    StoredOrder& order = row->second;
    if (order.readable) {
      order.readable = false;
      order.status_time = now;
      order.pending = true;
    }
    order.read_time = now;
  }
  for (auto& [id, order] : stored) rows.push_back(std::move(order));
  return txn.shipments().PutOrders(directory.connection().id, rows);
}

absl::StatusOr<int64_t> AddUnknownOrders(storage::WriteTransaction& txn,
                                         const CartDirectory& directory,
                                         const std::vector<int64_t>& order_ids,
                                         absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const auto stored,
                       FindStored(txn, directory, order_ids));
  std::vector<StoredOrder> rows;
  for (const int64_t id :
       std::set<int64_t>(order_ids.begin(), order_ids.end())) {
    if (stored.count(id) == 0) rows.push_back(UnknownOrder(id, now));
  }
  OMS_RETURN_IF_ERROR(
      txn.shipments().PutOrders(directory.connection().id, rows));
  return static_cast<int64_t>(rows.size());
}

absl::Status RefileOrders(storage::WriteTransaction& txn,
                          const CartDirectory& directory) {
  const std::string& id = directory.connection().id;
  int64_t after = std::numeric_limits<int64_t>::min();
  for (;;) {
    OMS_ASSIGN_OR_RETURN(std::vector<StoredOrder> orders,
                         txn.shipments().ListOrders(id, after, kOrdersAtOnce));
    if (orders.empty()) return absl::OkStatus();
    after = orders.back().order.order_id;
    std::vector<StoredOrder> changed;
    for (StoredOrder& order : orders) {
      const std::string cart = order.cart_id;
      const std::string key = order.family_key;
      directory.File(order);
      if (order.cart_id == cart && order.family_key == key) continue;
      order.pending = true;
      changed.push_back(std::move(order));
    }
    OMS_RETURN_IF_ERROR(txn.shipments().PutOrders(id, changed));
  }
}

}  // namespace oms_connector::shipments
