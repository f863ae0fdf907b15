#include "domain/shipments/replica.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "domain/carriers/tracking_number.h"
#include "domain/shipments/family_loader.h"
#include "model/fields.h"

namespace oms_connector::shipments {
namespace {

using model::StoredOrder;
using model::StoredShipment;

// The rows as pointers, ascending by id, the last of each id.
template <typename Row>
std::vector<const Row*> LastOfEach(const std::vector<Row>& rows,
                                   int64_t Row::*id) {
  std::vector<const Row*> last;
  last.reserve(rows.size());
  for (const Row& row : rows) last.push_back(&row);
  std::stable_sort(last.begin(), last.end(), [id](const Row* a, const Row* b) {
    return a->*id < b->*id;
  });
  size_t kept = 0;
  for (size_t i = 0; i < last.size(); ++i) {
    if (i + 1 < last.size() && last[i + 1]->*id == last[i]->*id) continue;
    last[kept++] = last[i];
  }
  last.resize(kept);
  return last;
}

template <typename Row>
std::vector<int64_t> IdsOf(const std::vector<const Row*>& rows,
                           int64_t Row::*id) {
  std::vector<int64_t> ids;
  ids.reserve(rows.size());
  for (const Row* row : rows) ids.push_back(row->*id);
  return ids;
}

void SortUnique(std::vector<int64_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

template <typename Row>
std::vector<Row*> Pointers(std::vector<Row>& rows) {
  std::vector<Row*> pointers;
  pointers.reserve(rows.size());
  for (Row& row : rows) pointers.push_back(&row);
  return pointers;
}

// All that a decision can depend on; the modification time alone is not.
bool SameForDecisions(const model::Order& a, const model::Order& b) {
  bool same = true;
  model::Order::VisitFields([&](int, const char*, auto field) {
    const void* const modify_time = &(a.modify_time);
    if (static_cast<const void*>(&(a.*field)) == modify_time) return;
    same = same && model::internal::SameValue(a.*field, b.*field);
  });
  return same;
}

// Whether an order names no family; another order may still name it.
bool IsAlone(const StoredOrder& order) {
  return order.family_key.empty() && order.order.related_order_ids.empty();
}

// The orders that one page concerns beside its own: families that lost a
// member.
class LeftFamilies {
 public:
  void Compare(const StoredOrder& before, const StoredOrder& after) {
    const std::vector<int64_t>& related = before.order.related_order_ids;
    if (related != after.order.related_order_ids) {
      ids_.insert(ids_.end(), related.begin(), related.end());
    }
    if (!before.family_key.empty() && (before.family_key != after.family_key ||
                                       before.cart_id != after.cart_id)) {
      keys_[before.cart_id].push_back(before.family_key);
    }
  }

  // Those who must be decided without the members that left.
  absl::StatusOr<std::vector<int64_t>> Find(storage::ReadTransaction& txn,
                                            const std::string& connection) {
    for (auto& [cart, keys] : keys_) {
      std::sort(keys.begin(), keys.end());
      keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
      OMS_ASSIGN_OR_RETURN(
          const std::vector<int64_t> siblings,
          txn.shipments().OrdersWithFamilyKeys(
              connection, cart, keys, static_cast<int>(kMaxLoadedOrders)));
      ids_.insert(ids_.end(), siblings.begin(), siblings.end());
    }
    return std::move(ids_);
  }

 private:
  std::vector<int64_t> ids_;
  std::map<std::string, std::vector<std::string>> keys_;  // by cart
};

// Updates the row for an order that was just read; whether it has to be decided
// anew.
bool Refresh(const CartDirectory& directory, const model::Order& order,
             absl::Time now, StoredOrder& row) {
  const bool same_facts =
      row.known && row.readable && SameForDecisions(row.order, order);
  // Nothing is waited for of one whose parcels went, so when it was read last
  // does not matter.
  if (same_facts && row.released) return false;
  const bool same_status =
      row.known && row.readable && row.order.status == order.status;
  row.order = order;
  row.known = true;
  row.readable = true;
  row.read_time = now;
  row.times_missing = 0;
  if (!same_status) row.status_time = now;
  directory.File(row);
  // Whether one that left without a parcel is done is a matter of its products,
  // which may be known better by now.
  return !same_facts || (row.blocking && model::IsFinished(order));
}

StoredOrder UnknownOrder(int64_t order_id, absl::Time now) {
  StoredOrder order;
  order.order.order_id = order_id;
  order.known = false;
  order.readable = false;
  order.read_time = absl::UnixEpoch();
  order.status_time = now;
  return order;
}

StoredOrder NewOrder(int64_t order_id) {
  StoredOrder order;
  order.order.order_id = order_id;
  order.known = false;
  return order;
}

// Whether a record that is new to us is of a parcel that was pruned.
bool IsForgotten(const model::ShipmentRecord& record,
                 const std::optional<absl::Time>& forgotten_through) {
  return forgotten_through.has_value() && record.create_time.has_value() &&
         *record.create_time <= *forgotten_through;
}

bool SameRecord(const model::ShipmentRecord& a,
                const model::ShipmentRecord& b) {
  bool same = true;
  model::ShipmentRecord::VisitFields([&](int, const char*, auto field) {
    same = same && model::internal::SameValue(a.*field, b.*field);
  });
  return same;
}

// Times are kept in whole microseconds.
void RoundTimes(model::ShipmentRecord& record) {
  for (std::optional<absl::Time>* time :
       {&record.ship_time, &record.create_time}) {
    if (time->has_value()) {
      *time = absl::FromUnixMicros(absl::ToUnixMicros(**time));
    }
  }
}

// Where there are no orders yet, none is filed otherwise than by these carts.
absl::Status NoteFirstOrders(storage::WriteTransaction& txn,
                             const CartDirectory& directory) {
  const model::Connection& connection = directory.connection();
  OMS_ASSIGN_OR_RETURN(model::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection.id));
  if (!summary.state.keyed_under.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(
      const std::vector<StoredOrder> known,
      txn.shipments().ListOrders(
          connection.id, std::numeric_limits<int64_t>::min(), /*limit=*/1));
  if (!known.empty()) return absl::OkStatus();
  summary.state.keyed_under = connection.etag;
  return txn.shipments().PutShipmentState(connection.id, summary.state);
}

}  // namespace

absl::Status StoreOrders(storage::WriteTransaction& txn,
                         const CartDirectory& directory,
                         const std::vector<model::Order>& orders,
                         absl::Time now) {
  const std::string& connection = directory.connection().id;
  OMS_RETURN_IF_ERROR(NoteFirstOrders(txn, directory));
  const std::vector<const model::Order*> latest =
      LastOfEach(orders, &model::Order::order_id);
  OMS_ASSIGN_OR_RETURN(std::vector<StoredOrder> stored,
                       txn.shipments().FindOrders(
                           connection, IdsOf(latest, &model::Order::order_id)));
  std::vector<StoredOrder> rows;
  rows.reserve(latest.size());
  std::vector<int64_t> pending;
  std::vector<int64_t> alone;
  LeftFamilies left;
  auto next = stored.begin();
  for (const model::Order* const order : latest) {
    if (next == stored.end() || next->order.order_id != order->order_id) {
      StoredOrder& row = rows.emplace_back(NewOrder(order->order_id));
      Refresh(directory, *order, now, row);
      (IsAlone(row) ? alone : pending).push_back(order->order_id);
      continue;
    }
    const StoredOrder& before = *next++;
    StoredOrder& row = rows.emplace_back(before);
    if (Refresh(directory, *order, now, row)) {
      pending.push_back(order->order_id);
    }
    left.Compare(before, row);
  }
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrders(connection, Pointers(rows)));
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> others,
                       left.Find(txn, connection));
  pending.insert(pending.end(), others.begin(), others.end());
  // Parcels of an order that was not known would have made it known, so there
  // is nothing to decide about one that nobody else's parcels wait for.
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> naming,
                       txn.shipments().OrdersThatName(connection, alone));
  if (!naming.empty()) {
    pending.insert(pending.end(), alone.begin(), alone.end());
  }
  SortUnique(pending);
  return txn.shipments().AddPending(connection, pending);
}

absl::Status StoreUnreadOrders(storage::WriteTransaction& txn,
                               const CartDirectory& directory,
                               const std::vector<UnreadOrder>& orders,
                               absl::Time now) {
  const std::string& connection = directory.connection().id;
  const std::vector<const UnreadOrder*> latest =
      LastOfEach(orders, &UnreadOrder::order_id);
  OMS_ASSIGN_OR_RETURN(std::vector<StoredOrder> stored,
                       txn.shipments().FindOrders(
                           connection, IdsOf(latest, &UnreadOrder::order_id)));
  std::vector<StoredOrder> rows;
  std::vector<int64_t> pending;
  auto next = stored.begin();
  for (const UnreadOrder* const unread : latest) {
    const bool is_new =
        next == stored.end() || next->order.order_id != unread->order_id;
    StoredOrder row =
        is_new ? UnknownOrder(unread->order_id, now) : std::move(*next++);
    const bool was_gone = model::IsGone(row);
    row.times_missing = unread->missing ? row.times_missing + 1 : 0;
    if (is_new || row.readable || was_gone != model::IsGone(row)) {
      pending.push_back(unread->order_id);
    }
    if (row.readable) row.status_time = now;
    row.readable = false;
    row.read_time = now;
    rows.push_back(std::move(row));
  }
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrders(connection, Pointers(rows)));
  return txn.shipments().AddPending(connection, pending);
}

absl::StatusOr<int64_t> AddUnknownOrders(storage::WriteTransaction& txn,
                                         const CartDirectory& directory,
                                         std::vector<int64_t> order_ids,
                                         absl::Time now) {
  if (order_ids.empty()) return 0;
  const std::string& connection = directory.connection().id;
  SortUnique(order_ids);
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> known,
                       txn.shipments().FindOrderIds(connection, order_ids));
  std::vector<StoredOrder> rows;
  std::vector<int64_t> unknown;
  std::set_difference(order_ids.begin(), order_ids.end(), known.begin(),
                      known.end(), std::back_inserter(unknown));
  for (const int64_t id : unknown) rows.push_back(UnknownOrder(id, now));
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrders(connection, Pointers(rows)));
  OMS_RETURN_IF_ERROR(txn.shipments().AddPending(connection, unknown));
  return static_cast<int64_t>(unknown.size());
}

absl::StatusOr<bool> RefileOrders(storage::WriteTransaction& txn,
                                  const CartDirectory& directory, int limit,
                                  int64_t* after) {
  const std::string& id = directory.connection().id;
  OMS_ASSIGN_OR_RETURN(std::vector<StoredOrder> orders,
                       txn.shipments().ListOrders(id, *after, limit));
  std::vector<StoredOrder*> changed;
  std::vector<int64_t> pending;
  for (StoredOrder& order : orders) {
    *after = order.order.order_id;
    const std::string cart = order.cart_id;
    const std::string key = order.family_key;
    directory.File(order);
    if (order.cart_id == cart && order.family_key == key) continue;
    changed.push_back(&order);
    pending.push_back(order.order.order_id);
  }
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrders(id, changed));
  OMS_RETURN_IF_ERROR(txn.shipments().AddPending(id, pending));
  return orders.size() < static_cast<size_t>(limit);
}

absl::Status StoreShipments(storage::WriteTransaction& txn,
                            const CartDirectory& directory,
                            const std::vector<model::ShipmentRecord>& records,
                            absl::Time now) {
  const std::string& connection = directory.connection().id;
  std::vector<const model::ShipmentRecord*> latest =
      LastOfEach(records, &model::ShipmentRecord::shipment_id);
  latest.erase(std::remove_if(latest.begin(), latest.end(),
                              [](const model::ShipmentRecord* record) {
                                return record->is_return;
                              }),
               latest.end());
  OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection));
  OMS_ASSIGN_OR_RETURN(
      std::vector<StoredShipment> stored,
      txn.shipments().FindShipments(
          connection, IdsOf(latest, &model::ShipmentRecord::shipment_id)));
  std::vector<StoredShipment> rows;
  rows.reserve(latest.size());
  std::vector<int64_t> concerned;
  auto next = stored.begin();
  for (const model::ShipmentRecord* const told : latest) {
    const bool is_new =
        next == stored.end() || next->record.shipment_id != told->shipment_id;
    if (is_new && IsForgotten(*told, summary.state.forgotten_through)) continue;
    StoredShipment row;
    if (!is_new) row = std::move(*next++);
    model::ShipmentRecord record = *told;
    RoundTimes(record);
    if (record.order_number.empty()) {
      record.order_number = row.record.order_number;
    }
    if (!is_new && SameRecord(row.record, record)) continue;
    if (is_new) row.decided = false;
    if (!is_new) concerned.push_back(row.record.order_id);
    concerned.push_back(record.order_id);
    row.tracking_key =
        carriers::NormalizeTrackingNumber(record.tracking_number);
    row.record = std::move(record);
    rows.push_back(std::move(row));
  }
  OMS_RETURN_IF_ERROR(txn.shipments().PutShipments(connection, Pointers(rows)));
  SortUnique(concerned);
  OMS_RETURN_IF_ERROR(
      AddUnknownOrders(txn, directory, concerned, now).status());
  return txn.shipments().AddPending(connection, concerned);
}

}  // namespace oms_connector::shipments
