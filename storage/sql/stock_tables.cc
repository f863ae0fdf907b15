#include <utility>

#include "base/status_macros.h"
#include "storage/sql/find_in_list.h"
#include "storage/sql/inventory_tables.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define STOCK_COLUMNS                                        \
  "warehouse_id, product_id, master_sku, sku_key, on_hand, " \
  "locked, value_time, pass, missed, gone"
#define SELECT_STOCK "SELECT " STOCK_COLUMNS " FROM stock WHERE connection = $1"

constexpr char kFindStock[] = SELECT_STOCK
    " AND warehouse_id = $2 AND product_id IN (" OMS_KEYS_FROM_3 ")";
constexpr char kFindStockBySku[] =
    SELECT_STOCK " AND sku_key IN (" OMS_KEYS_FROM_2 ")";
constexpr char kFindStockOfProducts[] =
    SELECT_STOCK " AND product_id IN (" OMS_KEYS_FROM_2 ")";
constexpr char kListUnseenStock[] = SELECT_STOCK
    " AND warehouse_id = $2 AND pass <> $3 AND gone = 0 AND product_id > $4 "
    "ORDER BY product_id LIMIT $5";

constexpr char kPutStock[] =
    "INSERT INTO stock (connection, " STOCK_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
    "ON CONFLICT (connection, warehouse_id, product_id) DO UPDATE SET "
    "master_sku = excluded.master_sku, sku_key = excluded.sku_key, "
    "on_hand = excluded.on_hand, locked = excluded.locked, "
    "value_time = excluded.value_time, pass = excluded.pass, "
    "missed = excluded.missed, gone = excluded.gone";

#undef SELECT_STOCK
#undef STOCK_COLUMNS

StoredStock StockAt(const SqlRow& row) {
  StoredStock stock;
  stock.row = {row.Int64(0), row.Int64(1), row.String(2), row.Int64(4),
               row.OptionalInt64(5)};
  stock.sku_key = row.String(3);
  stock.value_time = row.Time(6);
  stock.presence = {row.Int64(7), row.Bool(8), row.Bool(9)};
  return stock;
}

}  // namespace

absl::StatusOr<std::vector<StoredStock>> SqlInventoryTables::FindStock(
    absl::string_view connection, int64_t warehouse_id,
    const std::vector<int64_t>& product_ids) {
  std::vector<StoredStock> found;
  OMS_RETURN_IF_ERROR(FindInList(
      connection_, kFindStock, {connection, warehouse_id}, product_ids,
      [&](const SqlRow& row) { found.push_back(StockAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredStock>> SqlInventoryTables::FindStockBySku(
    absl::string_view connection, const std::vector<std::string>& sku_keys) {
  std::vector<StoredStock> found;
  OMS_RETURN_IF_ERROR(
      FindInList(connection_, kFindStockBySku, {connection}, sku_keys,
                 [&](const SqlRow& row) { found.push_back(StockAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredStock>>
SqlInventoryTables::FindStockOfProducts(
    absl::string_view connection, const std::vector<int64_t>& product_ids) {
  std::vector<StoredStock> found;
  OMS_RETURN_IF_ERROR(
      FindInList(connection_, kFindStockOfProducts, {connection}, product_ids,
                 [&](const SqlRow& row) { found.push_back(StockAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredStock>> SqlInventoryTables::ListUnseenStock(
    absl::string_view connection, int64_t warehouse_id, int64_t pass,
    int64_t after, int limit) {
  std::vector<StoredStock> found;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kListUnseenStock,
                {connection, warehouse_id, pass, after, int64_t{limit}},
                [&](const SqlRow& row) { found.push_back(StockAt(row)); }));
  return found;
}

absl::Status SqlInventoryTables::PutStock(
    absl::string_view connection, const std::vector<StoredStock>& rows) {
  std::vector<std::vector<SqlParam>> params;
  params.reserve(rows.size());
  for (const auto& [row, sku_key, value_time, presence] : rows) {
    params.push_back(
        {connection, row.warehouse_id, row.product_id,
         absl::string_view(row.master_sku), absl::string_view(sku_key),
         row.on_hand, SqlOptional(row.locked), SqlTime(value_time),
         presence.pass, SqlBool(presence.missed), SqlBool(presence.gone)});
  }
  return connection_.ExecuteBatch(kPutStock, params).status();
}

}  // namespace oms_connector::storage
