// The methods of the tables of shipments that keep orders.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "storage/document.h"
#include "storage/shipment_tables.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

using model::StoredOrder;

#define SELECT_ORDER                                            \
  "SELECT o.stored_order, o.order_id, r.order_id, o.blocking "  \
  "FROM orders AS o LEFT JOIN released_orders AS r "            \
  "ON r.connection = o.connection AND r.order_id = o.order_id " \
  "WHERE o.connection = $1 "
constexpr char kOrderRange[] = SELECT_ORDER
    "AND o.order_id BETWEEN $2 AND $3 ORDER BY o.order_id LIMIT $4";
constexpr char kFindOrder[] = SELECT_ORDER "AND o.order_id = $2";
constexpr char kListOrders[] =
    SELECT_ORDER "AND o.order_id > $2 ORDER BY o.order_id LIMIT $3";
#undef SELECT_ORDER
constexpr char kOrderIdRange[] =
    "SELECT order_id FROM orders WHERE connection = $1 "
    "AND order_id BETWEEN $2 AND $3 ORDER BY order_id LIMIT $4";
constexpr char kFindOrderId[] =
    "SELECT order_id FROM orders WHERE connection = $1 AND order_id = $2";
constexpr char kPutOrder[] = R"(
    INSERT INTO orders
      (connection, order_id, cart, family_key, read_time, readable, blocking,
       open, stored_order)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (connection, order_id) DO UPDATE SET
      cart = excluded.cart, family_key = excluded.family_key,
      read_time = excluded.read_time, readable = excluded.readable,
      blocking = excluded.blocking, open = excluded.open,
      stored_order = excluded.stored_order)";

// What decisions change.
constexpr char kPutFlags[] = R"(
    UPDATE orders SET blocking = $3, open = $4
    WHERE connection = $1 AND order_id = $2)";
constexpr char kAddReleased[] = R"(
    INSERT INTO released_orders (connection, order_id) VALUES ($1, $2)
    ON CONFLICT DO NOTHING)";
constexpr char kRemoveReleased[] =
    "DELETE FROM released_orders WHERE connection = $1 AND order_id = $2";

#define SELECT_NAMING \
  "SELECT related_id, order_id FROM order_links WHERE connection = $1 "
constexpr char kNamingRange[] = SELECT_NAMING
    "AND related_id BETWEEN $2 AND $3 ORDER BY related_id, order_id LIMIT $4";
constexpr char kNaming[] =
    SELECT_NAMING "AND related_id = $2 ORDER BY order_id";
#undef SELECT_NAMING
constexpr char kDeleteLink[] = R"(
    DELETE FROM order_links
    WHERE connection = $1 AND related_id = $2 AND order_id = $3)";
constexpr char kPutLink[] = R"(
    INSERT INTO order_links (connection, related_id, order_id)
    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING)";

constexpr char kWithFamilyKey[] = R"(
    SELECT order_id FROM orders WHERE connection = $1 AND cart = $2
      AND family_key = $3 AND family_key <> ''
    ORDER BY order_id LIMIT $4)";
constexpr char kListPending[] = R"(
    SELECT order_id FROM pending_orders
    WHERE connection = $1 AND order_id > $2 ORDER BY order_id LIMIT $3)";
constexpr char kAddPending[] = R"(
    INSERT INTO pending_orders (connection, order_id) VALUES ($1, $2)
    ON CONFLICT DO NOTHING)";
constexpr char kClearPending[] = R"(
    DELETE FROM pending_orders
    WHERE connection = $1 AND order_id > $2 AND order_id <= $3)";
constexpr char kRemovePending[] =
    "DELETE FROM pending_orders WHERE connection = $1 AND order_id = $2";
#define UNTRIED "SELECT order_id FROM orders WHERE connection = $1 AND "
#define THE_OLDEST " $2 ORDER BY read_time, order_id LIMIT $3"
constexpr char kListUnreadable[] =
    UNTRIED "readable = 0 AND read_time <" THE_OLDEST;
constexpr char kListUnreadableLater[] =
    UNTRIED "readable = 0 AND read_time >" THE_OLDEST;
constexpr char kListBlocking[] =
    UNTRIED "blocking = 1 AND read_time <" THE_OLDEST;
constexpr char kListBlockingLater[] =
    UNTRIED "blocking = 1 AND read_time >" THE_OLDEST;
constexpr char kListOpen[] = UNTRIED "open = 1 AND read_time <" THE_OLDEST;
constexpr char kListOpenLater[] = UNTRIED "open = 1 AND read_time >" THE_OLDEST;
#undef THE_OLDEST
#undef UNTRIED

// Whether it is not to be asked for at each pull.
bool CountsAsRead(const StoredOrder& order) {
  return order.readable || model::IsGone(order);
}

absl::StatusOr<StoredOrder> ReadOrder(const SqlRow& row) {
  OMS_ASSIGN_OR_RETURN(StoredOrder order,
                       DecodeDocument<StoredOrder>(row.Bytes(0)));
  order.released = !row.IsNull(2);
  order.blocking = row.Bool(3);
  order.in_store = {std::string(row.Bytes(0)), order.order.related_order_ids,
                    model::IsOpen(order), order.released, order.blocking};
  return order;
}

auto AppendId(std::vector<int64_t>& ids) {
  return [&ids](const SqlRow& row) {
    ids.push_back(row.Int64(0));
    return absl::OkStatus();
  };
}

// 0 stands for "none" where it appears, and would join strangers.
bool Links(int64_t order_id, int64_t related_id) {
  return related_id > 0 && related_id != order_id;
}

bool Contains(const std::vector<int64_t>& ids, int64_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

absl::StatusOr<std::vector<StoredOrder>> ShipmentReader::FindOrders(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<StoredOrder> orders;
  orders.reserve(order_ids.size());
  OMS_RETURN_IF_ERROR(
      QueryKeyPage({kOrderRange, kFindOrder, /*key_column=*/1}, number,
                   order_ids, [&](const SqlRow& row) -> absl::Status {
                     OMS_ASSIGN_OR_RETURN(StoredOrder order, ReadOrder(row));
                     orders.push_back(std::move(order));
                     return absl::OkStatus();
                   }));
  return orders;
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::FindOrderIds(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<int64_t> found;
  OMS_RETURN_IF_ERROR(QueryKeyPage({kOrderIdRange, kFindOrderId}, number,
                                   order_ids, AppendId(found)));
  return found;
}

absl::StatusOr<std::vector<StoredOrder>> ShipmentReader::ListOrders(
    absl::string_view connection, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<StoredOrder> orders;
  OMS_RETURN_IF_ERROR(sql_.Query(kListOrders, {number, after, int64_t{limit}},
                                 [&](const SqlRow& row) -> absl::Status {
                                   OMS_ASSIGN_OR_RETURN(StoredOrder order,
                                                        ReadOrder(row));
                                   orders.push_back(std::move(order));
                                   return absl::OkStatus();
                                 }));
  return orders;
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::OrdersThatName(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<int64_t> naming;
  OMS_RETURN_IF_ERROR(QueryKeyPage({kNamingRange, kNaming}, number, order_ids,
                                   [&](const SqlRow& row) {
                                     naming.push_back(row.Int64(1));
                                     return absl::OkStatus();
                                   }));
  std::sort(naming.begin(), naming.end());
  naming.erase(std::unique(naming.begin(), naming.end()), naming.end());
  return naming;
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::OrdersWithFamilyKeys(
    absl::string_view connection, absl::string_view cart,
    const std::vector<std::string>& family_keys, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_ASSIGN_OR_RETURN(const CartRow* const row, FindCart(number, cart));
  std::vector<int64_t> orders;
  if (row == nullptr) return orders;
  SqlParamRows params;
  for (const std::string& key : family_keys) {
    params.push_back({number, row->number, key, int64_t{limit}});
  }
  OMS_RETURN_IF_ERROR(
      sql_.QueryBatch(kWithFamilyKey, params, [&](size_t, const SqlRow& found) {
        orders.push_back(found.Int64(0));
        return absl::OkStatus();
      }));
  std::sort(orders.begin(), orders.end());
  orders.erase(std::unique(orders.begin(), orders.end()), orders.end());
  return orders;
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::ListPendingOrders(
    absl::string_view connection, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return QueryIds(sql_, kListPending, {number, after, int64_t{limit}});
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::ListUntried(
    absl::string_view before, absl::string_view later,
    absl::string_view connection, absl::Time tried_before, absl::Time now,
    int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_ASSIGN_OR_RETURN(
      std::vector<int64_t> ids,
      QueryIds(sql_, before, {number, SqlTime(tried_before), int64_t{limit}}));
  const int64_t left = limit - static_cast<int64_t>(ids.size());
  if (left == 0) return ids;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<int64_t> from_the_future,
      QueryIds(sql_, later,
               {number, SqlTime(std::max(now, tried_before)), left}));
  ids.insert(ids.end(), from_the_future.begin(), from_the_future.end());
  return ids;
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::ListUnreadableOrders(
    absl::string_view connection, absl::Time tried_before, absl::Time now,
    int limit) {
  return ListUntried(kListUnreadable, kListUnreadableLater, connection,
                     tried_before, now, limit);
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::ListBlockingOrders(
    absl::string_view connection, absl::Time tried_before, absl::Time now,
    int limit) {
  return ListUntried(kListBlocking, kListBlockingLater, connection,
                     tried_before, now, limit);
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::ListOpenOrders(
    absl::string_view connection, absl::Time tried_before, absl::Time now,
    int limit) {
  return ListUntried(kListOpen, kListOpenLater, connection, tried_before, now,
                     limit);
}

absl::Status ShipmentWriter::PutOrders(absl::string_view connection,
                                       absl::Span<StoredOrder* const> orders) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows rows;
  std::vector<StoredOrder*> changed;
  for (StoredOrder* const stored : orders) {
    std::string bytes = EncodeDocument(*stored);
    StoredOrder::InStore& in_store = stored->in_store;
    if (bytes == in_store.bytes) continue;
    changed.push_back(stored);
    in_store.bytes = std::move(bytes);
    in_store.open = model::IsOpen(*stored);
    in_store.blocking = stored->blocking;
    OMS_ASSIGN_OR_RETURN(const CartRow* const cart,
                         FindOrAddCart(number, stored->cart_id));
    rows.push_back({number, stored->order.order_id, cart->number,
                    stored->family_key, SqlTime(stored->read_time),
                    SqlBool(CountsAsRead(*stored)), SqlBool(stored->blocking),
                    SqlBool(in_store.open), Blob{in_store.bytes}});
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kPutOrder, rows).status());
  OMS_RETURN_IF_ERROR(PutOrderDecisions(connection, orders));
  return PutLinks(number, changed);
}

absl::Status ShipmentWriter::PutOrderDecisions(
    absl::string_view connection, absl::Span<StoredOrder* const> orders) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows flags, released, unreleased;
  for (StoredOrder* const stored : orders) {
    const int64_t id = stored->order.order_id;
    StoredOrder::InStore& in_store = stored->in_store;
    const bool open = model::IsOpen(*stored);
    if (in_store.open != open || in_store.blocking != stored->blocking) {
      flags.push_back({number, id, SqlBool(stored->blocking), SqlBool(open)});
    }
    if (in_store.released != stored->released) {
      (stored->released ? released : unreleased).push_back({number, id});
    }
    in_store.open = open;
    in_store.released = stored->released;
    in_store.blocking = stored->blocking;
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kPutFlags, flags).status());
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kAddReleased, released).status());
  return sql_.ExecuteBatch(kRemoveReleased, unreleased).status();
}

absl::Status ShipmentWriter::PutLinks(int64_t connection,
                                      absl::Span<StoredOrder* const> orders) {
  SqlParamRows gone;
  SqlParamRows added;
  for (StoredOrder* const stored : orders) {
    const int64_t id = stored->order.order_id;
    std::vector<int64_t>& before = stored->in_store.related_order_ids;
    const std::vector<int64_t>& now = stored->order.related_order_ids;
    for (const int64_t related : before) {
      if (Links(id, related) && !Contains(now, related)) {
        gone.push_back({connection, related, id});
      }
    }
    for (const int64_t related : now) {
      if (Links(id, related) && !Contains(before, related)) {
        added.push_back({connection, related, id});
      }
    }
    before = now;
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kDeleteLink, gone).status());
  return sql_.ExecuteBatch(kPutLink, added).status();
}

absl::Status ShipmentWriter::AddPending(absl::string_view connection,
                                        const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows rows;
  for (const int64_t id : order_ids) rows.push_back({number, id});
  return sql_.ExecuteBatch(kAddPending, rows).status();
}

absl::Status ShipmentWriter::ClearPending(absl::string_view connection,
                                          int64_t after, int64_t up_to) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  return sql_.Execute(kClearPending, {number, after, up_to}).status();
}

absl::Status ShipmentWriter::RemovePending(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows rows;
  for (const int64_t id : order_ids) rows.push_back({number, id});
  return sql_.ExecuteBatch(kRemovePending, rows).status();
}

}  // namespace oms_connector::storage
