#include "storage/sql/deleted_connections.h"

#include "base/status_macros.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

constexpr char kNextDeleted[] = R"(
    SELECT number FROM connection_numbers WHERE deleted = 1
    ORDER BY number LIMIT 1)";

// `key` without the connection, which all keys begin with.
#define REMOVE_SOME(table, key)                   \
  "DELETE FROM " table " WHERE (connection, " key \
  ") IN (SELECT "                                 \
  "connection, " key " FROM " table               \
  " WHERE connection = $1 LIMIT "                 \
  "$2)"

// Of every table whose rows grow with what a connection sells or does; a test
// compares them with the schema. The last statement takes along the few tables
// with one or two rows for a connection.
constexpr const char* kRemoveSome[] = {
    REMOVE_SOME("stock", "warehouse_id, product_id"),
    REMOVE_SOME("levels", "view, sku_key, location_kind, location_id"),
    REMOVE_SOME("listings", "sales_channel_id, listing_id"),
    REMOVE_SOME("products", "product_id"),
    REMOVE_SOME("stock_skus", "sku_key, product_id"),
    REMOVE_SOME("skus", "number"),
    REMOVE_SOME("view_locations", "view, location_kind, location_id"),
    REMOVE_SOME("cart_views", "view"),
    REMOVE_SOME("locations", "location_kind, location_id"),
    REMOVE_SOME("shipment_events", "sequence"),
    REMOVE_SOME("shipments", "shipment_id"),
    REMOVE_SOME("shipment_views", "shipment_id"),
    REMOVE_SOME("deliveries", "shipment_id"),
    REMOVE_SOME("orders", "order_id"),
    REMOVE_SOME("released_orders", "order_id"),
    REMOVE_SOME("order_links", "related_id, order_id"),
    REMOVE_SOME("pending_orders", "order_id"),
    REMOVE_SOME("held_orders", "order_id"),
    REMOVE_SOME("shipment_consumers", "consumer"),
    REMOVE_SOME("shipment_carts", "number"),
    REMOVE_SOME("sync_runs", "run_id"),
    REMOVE_SOME("settings_changes", "change_id"),
    REMOVE_SOME("remembered_requests", "principal, rpc, request_id"),
};

#undef REMOVE_SOME

constexpr char kRemoveNumber[] =
    "DELETE FROM connection_numbers WHERE number = $1 AND deleted = 1";

}  // namespace

absl::StatusOr<int64_t> NextDeletedConnection(SqlConnection& sql) {
  int64_t number = 0;
  OMS_RETURN_IF_ERROR(QueryEach(sql, kNextDeleted, {}, [&](const SqlRow& row) {
    number = row.Int64(0);
  }));
  return number;
}

absl::StatusOr<int64_t> RemoveDeletedRows(SqlConnection& sql, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, NextDeletedConnection(sql));
  if (number == 0) return 0;
  int64_t removed = 0;
  for (const char* statement : kRemoveSome) {
    OMS_ASSIGN_OR_RETURN(const int64_t some,
                         sql.Execute(statement, {number, limit - removed}));
    removed += some;
    if (removed >= limit) return removed;
  }
  // A transaction that began before the delete may have added rows since; they
  // go with the number, as those of the small tables do.
  OMS_RETURN_IF_ERROR(sql.Execute(kRemoveNumber, {number}).status());
  return removed + 1;
}

}  // namespace oms_connector::storage
