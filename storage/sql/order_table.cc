#include "storage/sql/order_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/sql/find_in_list.h"
#include "storage/sql/packed_list.h"

namespace oms_connector::storage {
namespace {

constexpr char kListNames[] =
    "SELECT kind, parent_id, id, name FROM reference_names "
    "WHERE connection = $1 ORDER BY kind, parent_id, id";
constexpr char kDeleteNames[] =
    "DELETE FROM reference_names WHERE connection = $1 AND kind = $2";
constexpr char kPutName[] =
    "INSERT INTO reference_names (connection, kind, parent_id, id, name) "
    "VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (connection, kind, parent_id, id) "
    "DO UPDATE SET name = excluded.name";

// Column 0 on; ReadOrder and ParamsOf follow this order.
#define ORDER_COLUMNS                                                      \
  "order_id, order_number, status, sales_channel_id, ship_country, "       \
  "modify_time, custom_fields, related_order_ids, lines, shipment_items, " \
  "external, suppress_channel_update, known, readable, read_time, "        \
  "status_time, cart, family_key, released, pending"

constexpr char kFindOrder[] = "SELECT " ORDER_COLUMNS
                              " FROM orders WHERE connection = $1 "
                              "AND order_id IN (" OMS_KEYS_FROM_2 ")";
constexpr char kListOrders[] =
    "SELECT " ORDER_COLUMNS
    " FROM orders "
    "WHERE connection = $1 AND order_id > $2 ORDER BY order_id LIMIT $3";
constexpr char kPutOrder[] =
    "INSERT INTO orders (connection, " ORDER_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17, $18, $19, $20, $21) "
    "ON CONFLICT (connection, order_id) DO UPDATE SET "
    "order_number = excluded.order_number, status = excluded.status, "
    "sales_channel_id = excluded.sales_channel_id, "
    "ship_country = excluded.ship_country, "
    "modify_time = excluded.modify_time, "
    "custom_fields = excluded.custom_fields, "
    "related_order_ids = excluded.related_order_ids, lines = excluded.lines, "
    "shipment_items = excluded.shipment_items, external = excluded.external, "
    "suppress_channel_update = excluded.suppress_channel_update, "
    "known = excluded.known, readable = excluded.readable, "
    "read_time = excluded.read_time, status_time = excluded.status_time, "
    "cart = excluded.cart, family_key = excluded.family_key, "
    "released = excluded.released, pending = excluded.pending";
#undef ORDER_COLUMNS

constexpr char kLinked[] =
    "SELECT related_id FROM order_links WHERE connection = $1 "
    "AND order_id IN (" OMS_KEYS_FROM_2
    ") UNION SELECT order_id FROM order_links WHERE connection = $1 "
    "AND related_id IN (" OMS_KEYS_FROM_2 ")";
constexpr char kDeleteLinks[] =
    "DELETE FROM order_links WHERE connection = $1 AND order_id = $2";
constexpr char kPutLink[] =
    "INSERT INTO order_links (connection, order_id, related_id) "
    "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

constexpr char kWithFamilyKey[] =
    "SELECT order_id FROM orders WHERE connection = $1 AND cart = $2 "
    "AND family_key = $3 AND family_key <> '' ORDER BY order_id LIMIT $4";
constexpr char kListPending[] =
    "SELECT order_id FROM orders WHERE connection = $1 AND order_id > $2 "
    "AND pending = 1 ORDER BY order_id LIMIT $3";
constexpr char kListUnreadable[] =
    "SELECT order_id FROM orders WHERE connection = $1 AND readable = 0 "
    "AND read_time < $2 ORDER BY read_time, order_id LIMIT $3";
constexpr char kSetPending[] =
    "UPDATE orders SET pending = $3 WHERE connection = $1 AND order_id = $2 "
    "AND pending <> $3";
constexpr char kSetUndeliveredPending[] =
    "UPDATE orders SET pending = 1 WHERE connection = $1 AND pending = 0 "
    "AND order_id IN (SELECT order_id FROM shipments WHERE connection = $1 "
    "AND (state = 1 OR (state = 5 AND last_sequence = 0)))";

// Done, long unread, and nothing of it is held or unanswered.
constexpr char kFindOldOrders[] =
    "SELECT connection, order_id FROM orders WHERE read_time < $1 "
    "AND pending = 0 AND (known = 0 OR status IN "
    "('SHIPPED', 'CANCELLED', 'PROCESSED_OUTSIDE_OF_SKUBANA')) "
    "AND NOT EXISTS (SELECT 1 FROM shipments s "
    "WHERE s.connection = orders.connection AND s.order_id = orders.order_id "
    "AND s.state IN (1, 2)) ORDER BY read_time LIMIT $2";
constexpr char kDeleteOrder[] =
    "DELETE FROM orders WHERE connection = $1 AND order_id = $2";

using Rows = std::vector<std::vector<std::string>>;

int64_t ToInt(const std::string& text) {
  int64_t value = 0;
  return absl::SimpleAtoi(text, &value) ? value : 0;
}

std::vector<std::string> FieldsOf(const model::OrderLine& line) {
  return {line.listing_sku, line.master_sku, absl::StrCat(line.quantity)};
}

std::string PackLines(const std::vector<model::OrderLine>& lines) {
  Rows rows;
  for (const model::OrderLine& line : lines) rows.push_back(FieldsOf(line));
  return PackRows(rows);
}

std::string PackItems(const std::vector<model::OrderShipmentItems>& shipments) {
  Rows rows;
  for (const model::OrderShipmentItems& shipment : shipments) {
    for (const model::OrderLine& item : shipment.items) {
      rows.push_back(FieldsOf(item));
      rows.back().insert(rows.back().begin(),
                         absl::StrCat(shipment.shipment_id));
    }
  }
  return PackRows(rows);
}

std::vector<model::OrderLine> UnpackLines(absl::string_view packed) {
  std::vector<model::OrderLine> lines;
  for (const auto& row : UnpackRows(packed, 3)) {
    lines.push_back({row[0], row[1], ToInt(row[2])});
  }
  return lines;
}

std::vector<model::OrderShipmentItems> UnpackItems(absl::string_view packed) {
  std::vector<model::OrderShipmentItems> shipments;
  for (const auto& row : UnpackRows(packed, 4)) {
    const int64_t id = ToInt(row[0]);
    if (shipments.empty() || shipments.back().shipment_id != id) {
      shipments.push_back({id, {}});
    }
    shipments.back().items.push_back({row[1], row[2], ToInt(row[3])});
  }
  return shipments;
}

StoredOrder ReadOrder(const SqlRow& row) {
  StoredOrder stored;
  model::Order& order = stored.order;
  order.order_id = row.Int64(0);
  order.order_number = row.String(1);
  order.status = row.String(2);
  order.sales_channel_id = row.Int64(3);
  order.ship_country = row.String(4);
  order.modify_time = row.OptionalTime(5);
  const std::vector<std::string> fields = UnpackTexts(row.Text(6));
  std::copy_n(fields.begin(),
              std::min(fields.size(), order.custom_fields.size()),
              order.custom_fields.begin());
  order.related_order_ids = UnpackInts(row.Text(7));
  order.lines = UnpackLines(row.Text(8));
  order.shipment_items = UnpackItems(row.Text(9));
  order.external = row.Bool(10);
  order.suppress_channel_update = row.Bool(11);
  stored.known = row.Bool(12);
  stored.readable = row.Bool(13);
  stored.read_time = row.Time(14);
  stored.status_time = row.Time(15);
  stored.cart_id = row.String(16);
  stored.family_key = row.String(17);
  stored.released = row.Bool(18);
  stored.pending = row.Bool(19);
  return stored;
}

// The packed columns of an order; they live while its statement runs.
struct PackedOrder {
  explicit PackedOrder(const model::Order& order)
      : custom_fields(PackTexts(
            {order.custom_fields.begin(), order.custom_fields.end()})),
        related(PackInts(order.related_order_ids)),
        lines(PackLines(order.lines)),
        items(PackItems(order.shipment_items)) {}

  std::string custom_fields, related, lines, items;
};

std::vector<SqlParam> ParamsOf(absl::string_view connection,
                               const StoredOrder& stored,
                               const PackedOrder& packed) {
  const model::Order& order = stored.order;
  return {connection,
          order.order_id,
          order.order_number,
          order.status,
          order.sales_channel_id,
          order.ship_country,
          SqlOptionalTime(order.modify_time),
          packed.custom_fields,
          packed.related,
          packed.lines,
          packed.items,
          SqlBool(order.external),
          SqlBool(order.suppress_channel_update),
          SqlBool(stored.known),
          SqlBool(stored.readable),
          SqlTime(stored.read_time),
          SqlTime(stored.status_time),
          stored.cart_id,
          stored.family_key,
          SqlBool(stored.released),
          SqlBool(stored.pending)};
}

// Runs a statement whose only column is an id.
absl::StatusOr<std::vector<int64_t>> QueryIds(
    SqlConnection& sql, absl::string_view statement,
    absl::Span<const SqlParam> params) {
  std::vector<int64_t> ids;
  OMS_RETURN_IF_ERROR(sql.Query(statement, params, [&](const SqlRow& row) {
    ids.push_back(row.Int64(0));
    return absl::OkStatus();
  }));
  return ids;
}

}  // namespace

absl::StatusOr<std::vector<ReferenceName>> OrderTable::ListReferenceNames(
    absl::string_view connection) {
  std::vector<ReferenceName> names;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kListNames, {connection}, [&](const SqlRow& row) {
        names.push_back({static_cast<NameKind>(row.Int64(0)), row.Int64(1),
                         row.Int64(2), row.String(3)});
        return absl::OkStatus();
      }));
  return names;
}

absl::Status OrderTable::PutReferenceNames(
    absl::string_view connection, NameKind kind,
    const std::vector<ReferenceName>& names) {
  const int64_t kind_number = static_cast<int64_t>(kind);
  OMS_RETURN_IF_ERROR(
      sql_.Execute(kDeleteNames, {connection, kind_number}).status());
  std::vector<std::vector<SqlParam>> rows;
  for (const ReferenceName& name : names) {
    rows.push_back(
        {connection, kind_number, name.parent_id, name.id, name.name});
  }
  return sql_.ExecuteBatch(kPutName, rows).status();
}

absl::StatusOr<std::vector<StoredOrder>> OrderTable::FindOrders(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  std::map<int64_t, StoredOrder> found;
  OMS_RETURN_IF_ERROR(FindInList(sql_, kFindOrder, {connection}, order_ids,
                                 [&](const SqlRow& row) {
                                   StoredOrder order = ReadOrder(row);
                                   const int64_t id = order.order.order_id;
                                   found.emplace(id, std::move(order));
                                 }));
  std::vector<StoredOrder> orders;
  for (const int64_t id : order_ids) {
    const auto order = found.find(id);
    if (order != found.end()) orders.push_back(order->second);
  }
  return orders;
}

absl::StatusOr<std::vector<StoredOrder>> OrderTable::ListOrders(
    absl::string_view connection, int64_t after, int limit) {
  std::vector<StoredOrder> orders;
  OMS_RETURN_IF_ERROR(sql_.Query(
      kListOrders, {connection, after, int64_t{limit}}, [&](const SqlRow& row) {
        orders.push_back(ReadOrder(row));
        return absl::OkStatus();
      }));
  return orders;
}

absl::StatusOr<std::vector<int64_t>> OrderTable::LinkedOrders(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  std::set<int64_t> linked;
  OMS_RETURN_IF_ERROR(
      FindInList(sql_, kLinked, {connection}, order_ids,
                 [&](const SqlRow& row) { linked.insert(row.Int64(0)); }));
  for (const int64_t id : order_ids) linked.erase(id);
  return std::vector<int64_t>(linked.begin(), linked.end());
}

absl::StatusOr<std::vector<int64_t>> OrderTable::OrdersWithFamilyKey(
    absl::string_view connection, absl::string_view cart,
    absl::string_view family_key, int limit) {
  return QueryIds(sql_, kWithFamilyKey,
                  {connection, cart, family_key, int64_t{limit}});
}

absl::StatusOr<std::vector<int64_t>> OrderTable::ListPendingOrders(
    absl::string_view connection, int64_t after, int limit) {
  return QueryIds(sql_, kListPending, {connection, after, int64_t{limit}});
}

absl::StatusOr<std::vector<int64_t>> OrderTable::ListUnreadableOrders(
    absl::string_view connection, absl::Time tried_before, int limit) {
  return QueryIds(sql_, kListUnreadable,
                  {connection, SqlTime(tried_before), int64_t{limit}});
}

absl::Status OrderTable::PutOrders(absl::string_view connection,
                                   const std::vector<StoredOrder>& orders) {
  std::vector<PackedOrder> packed;
  packed.reserve(orders.size());  // the rows hold views into it
  std::vector<std::vector<SqlParam>> rows;
  for (const StoredOrder& stored : orders) {
    packed.emplace_back(stored.order);
    rows.push_back(ParamsOf(connection, stored, packed.back()));
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kPutOrder, rows).status());
  return PutLinks(connection, orders);
}

absl::Status OrderTable::PutLinks(absl::string_view connection,
                                  const std::vector<StoredOrder>& orders) {
  std::vector<std::vector<SqlParam>> owners;
  std::vector<std::vector<SqlParam>> links;
  for (const StoredOrder& stored : orders) {
    const int64_t id = stored.order.order_id;
    owners.push_back({connection, id});
    for (const int64_t related : stored.order.related_order_ids) {
      // 0 stands for "none" where it appears, and would join strangers.
      if (related > 0 && related != id) {
        links.push_back({connection, id, related});
      }
    }
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kDeleteLinks, owners).status());
  return sql_.ExecuteBatch(kPutLink, links).status();
}

absl::Status OrderTable::SetPending(absl::string_view connection,
                                    const std::vector<int64_t>& order_ids,
                                    bool pending) {
  std::vector<std::vector<SqlParam>> rows;
  for (const int64_t id : order_ids) {
    rows.push_back({connection, id, SqlBool(pending)});
  }
  return sql_.ExecuteBatch(kSetPending, rows).status();
}

absl::Status OrderTable::SetUndeliveredPending(absl::string_view connection) {
  return sql_.Execute(kSetUndeliveredPending, {connection}).status();
}

absl::StatusOr<int64_t> OrderTable::PruneOrders(absl::Time before, int limit) {
  std::vector<std::pair<std::string, int64_t>> old;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kFindOldOrders, {SqlTime(before), int64_t{limit}},
                 [&](const SqlRow& row) {
                   old.emplace_back(row.String(0), row.Int64(1));
                   return absl::OkStatus();
                 }));
  std::vector<std::vector<SqlParam>> rows;
  for (const auto& [connection, id] : old) rows.push_back({connection, id});
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kDeleteLinks, rows).status());
  return sql_.ExecuteBatch(kDeleteOrder, rows);
}

}  // namespace oms_connector::storage
