#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "storage/inventory_tables.h"
#include "storage/sql/row_fields.h"
#include "storage/sql/sku_texts.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define SELECT_STOCK                                                    \
  "SELECT product_id, warehouse_id, sku, on_hand, locked, value_time, " \
  "missed, gone, revision, available, reason, clamped_at_zero, "        \
  "as_of_time FROM stock WHERE connection = $1 AND warehouse_id = $2 "

constexpr char kStockRange[] = SELECT_STOCK
    "AND product_id BETWEEN $3 AND $4 ORDER BY product_id LIMIT $5";
constexpr char kFindStock[] = SELECT_STOCK "AND product_id = $3";

#undef SELECT_STOCK

// What stands is told apart here, as a column costs as much as finding the row.
#define SELECT_STANDING                                             \
  "SELECT product_id, sku, on_hand, locked, CASE WHEN missed = 0 "  \
  "AND gone = 0 AND value_time >= $3 THEN 1 ELSE 0 END FROM stock " \
  "WHERE connection = $1 AND warehouse_id = $2 "

constexpr char kStandingRange[] = SELECT_STANDING
    "AND product_id BETWEEN $4 AND $5 ORDER BY product_id LIMIT $6";
constexpr char kFindStanding[] = SELECT_STANDING "AND product_id = $4";

#undef SELECT_STANDING

#define SELECT_PAIR \
  "SELECT sku_key, product_id FROM stock_skus WHERE connection = $1 "

constexpr char kStockProductsRange[] = SELECT_PAIR
    "AND sku_key BETWEEN $2 AND $3 "
    "ORDER BY sku_key, product_id LIMIT $4";
constexpr char kFindStockProducts[] =
    SELECT_PAIR "AND sku_key = $2 ORDER BY product_id";

#undef SELECT_PAIR

constexpr char kForgetFutureReadings[] =
    "UPDATE stock SET value_time = $3 WHERE connection = $1 "
    "AND warehouse_id = $2 AND value_time > $3";

constexpr char kAddStockProduct[] =
    "INSERT INTO stock_skus (connection, sku_key, product_id) "
    "VALUES ($1, $2, $3) "
    "ON CONFLICT (connection, sku_key, product_id) DO NOTHING";

constexpr char kListStockIds[] =
    "SELECT product_id FROM stock WHERE connection = $1 AND warehouse_id = $2 "
    "AND gone = 0 AND product_id > $3 ORDER BY product_id LIMIT $4";

constexpr char kPutStock[] =
    "INSERT INTO stock (connection, warehouse_id, product_id, sku, on_hand, "
    "locked, value_time, missed, gone, revision, available, reason, "
    "clamped_at_zero, as_of_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
    "$10, $11, $12, $13, $14) "
    "ON CONFLICT (connection, warehouse_id, product_id) DO UPDATE SET "
    "sku = excluded.sku, on_hand = excluded.on_hand, "
    "locked = excluded.locked, value_time = excluded.value_time, "
    "missed = excluded.missed, gone = excluded.gone, "
    "revision = excluded.revision, available = excluded.available, "
    "reason = excluded.reason, clamped_at_zero = excluded.clamped_at_zero, "
    "as_of_time = excluded.as_of_time";

model::StoredStock StockAt(const SqlRow& row) {
  RowFields fields(row);
  model::StoredStock stock;
  stock.product_id = fields.Int64();
  stock.warehouse_id = fields.Int64();
  stock.sku.number = fields.Int64();
  stock.on_hand = fields.Int64();
  stock.locked = fields.OptionalInt64();
  stock.value_time = fields.Time();
  stock.missed = fields.Bool();
  stock.gone = fields.Bool();
  stock.level.revision = fields.Int64();
  stock.level.available = fields.OptionalInt64();
  stock.level.reason = fields.As<model::WithheldReason>();
  stock.level.clamped_at_zero = fields.Bool();
  stock.level.as_of_time = fields.OptionalTime().value_or(stock.value_time);
  return stock;
}

}  // namespace

absl::StatusOr<std::vector<model::StoredStock>> InventoryReader::FindStock(
    absl::string_view connection, int64_t warehouse_id,
    const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredStock> found;
  found.reserve(product_ids.size());
  OMS_RETURN_IF_ERROR(QueryKeyPage(
      sql_, {kStockRange, kFindStock}, {number, warehouse_id}, product_ids,
      [&](const SqlRow& row) { found.push_back(StockAt(row)); }));
  OMS_RETURN_IF_ERROR(NameSkus(sql_, number, &found));
  return found;
}

absl::StatusOr<std::vector<model::StandingStock>>
InventoryReader::FindStandingStock(absl::string_view connection,
                                   int64_t warehouse_id, absl::Time since,
                                   const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StandingStock> found;
  found.reserve(product_ids.size());
  OMS_RETURN_IF_ERROR(QueryKeyPage(sql_, {kStandingRange, kFindStanding},
                                   {number, warehouse_id, SqlTime(since)},
                                   product_ids, [&](const SqlRow& row) {
                                     RowFields fields(row);
                                     model::StandingStock stock;
                                     stock.product_id = fields.Int64();
                                     stock.sku = fields.Int64();
                                     stock.on_hand = fields.Int64();
                                     stock.locked = fields.OptionalInt64();
                                     if (fields.Bool()) found.push_back(stock);
                                   }));
  return found;
}

absl::StatusOr<std::vector<model::StoredStock>> InventoryReader::FindStockAt(
    absl::string_view connection, const std::vector<int64_t>& warehouse_ids,
    const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  const std::vector<int64_t> products = Ascending(product_ids);
  SqlParamRows rows;
  rows.reserve(warehouse_ids.size() * products.size());
  for (const int64_t warehouse : warehouse_ids) {
    for (const int64_t product : products) {
      rows.push_back({number, warehouse, product});
    }
  }
  std::vector<model::StoredStock> found;
  if (rows.empty()) return found;
  OMS_RETURN_IF_ERROR(
      sql_.QueryBatch(kFindStock, rows, [&](size_t, const SqlRow& row) {
        found.push_back(StockAt(row));
        return absl::OkStatus();
      }));
  OMS_RETURN_IF_ERROR(NameSkus(sql_, number, &found));
  return found;
}

absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>>
InventoryReader::FindStockProducts(absl::string_view connection,
                                   const std::vector<int64_t>& sku_keys) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<std::pair<int64_t, int64_t>> found;
  OMS_RETURN_IF_ERROR(
      QueryKeyPage(sql_, {kStockProductsRange, kFindStockProducts}, {number},
                   Ascending(sku_keys), [&](const SqlRow& row) {
                     RowFields fields(row);
                     const int64_t key = fields.Int64();
                     found.emplace_back(key, fields.Int64());
                   }));
  return found;
}

absl::StatusOr<std::vector<int64_t>> InventoryReader::ListStockIds(
    absl::string_view connection, int64_t warehouse_id, int64_t after,
    int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return QueryIds(sql_, kListStockIds,
                  {number, warehouse_id, after, int64_t{limit}});
}

absl::Status InventoryWriter::PutStock(
    absl::string_view connection, const std::vector<model::StoredStock>& rows) {
  if (rows.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows params;
  params.reserve(rows.size());
  for (const model::StoredStock& row : rows) {
    const model::LevelValue& level = row.level;
    const bool same_time =
        !level.exists() || level.as_of_time == row.value_time;
    params.push_back(
        {number, row.warehouse_id, row.product_id, row.sku.number, row.on_hand,
         SqlOptional(row.locked), SqlTime(row.value_time), SqlBool(row.missed),
         SqlBool(row.gone), level.revision, SqlOptional(level.available),
         SqlEnum(level.reason), SqlBool(level.clamped_at_zero),
         same_time ? SqlParam(nullptr) : SqlTime(level.as_of_time)});
  }
  return sql_.ExecuteBatch(kPutStock, params).status();
}

absl::Status InventoryWriter::ForgetFutureReadings(absl::string_view connection,
                                                   int64_t warehouse_id,
                                                   absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  return sql_
      .Execute(kForgetFutureReadings, {number, warehouse_id, SqlTime(now)})
      .status();
}

absl::Status InventoryWriter::AddStockProducts(
    absl::string_view connection,
    const std::vector<std::pair<int64_t, int64_t>>& pairs) {
  if (pairs.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows params;
  params.reserve(pairs.size());
  for (const auto& [key, product] : pairs) {
    params.push_back({number, key, product});
  }
  return sql_.ExecuteBatch(kAddStockProduct, params).status();
}

}  // namespace oms_connector::storage
