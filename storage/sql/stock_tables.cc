#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "storage/sql/inventory_tables.h"
#include "storage/sql/row_fields.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

// A page of ids is read as one range while the range holds at most so many
// times as many rows; what lies beyond is looked up.
constexpr size_t kRangeSlack = 2;
// Fewer ids are looked up at once.
constexpr size_t kRangeFrom = 16;

#define SELECT_STOCK                                                           \
  "SELECT s.warehouse_id, s.product_id, s.sku, k.sku_key, k.text, s.on_hand, " \
  "s.locked, s.value_time, s.missed, s.gone, s.revision, s.available, "        \
  "s.reason, s.clamped_at_zero, s.as_of_time FROM stock AS s "                 \
  "JOIN skus AS k ON k.connection = s.connection AND k.number = s.sku "        \
  "WHERE s.connection = $1 AND s.warehouse_id = $2 "

constexpr char kStockRange[] = SELECT_STOCK
    "AND s.product_id BETWEEN $3 AND $4 ORDER BY s.product_id LIMIT $5";
constexpr char kFindStock[] = SELECT_STOCK "AND s.product_id = $3";

#undef SELECT_STOCK

constexpr char kFindStockProducts[] =
    "SELECT sku_key, product_id FROM stock_skus "
    "WHERE connection = $1 AND sku_key = $2";
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
  stock.warehouse_id = fields.Int64();
  stock.product_id = fields.Int64();
  stock.sku.number = fields.Int64();
  stock.sku.key = fields.Int64();
  stock.master_sku = fields.String();
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

absl::StatusOr<std::vector<model::StoredStock>> SqlInventoryTables::FindStock(
    absl::string_view connection, int64_t warehouse_id,
    const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredStock> found;
  if (product_ids.empty()) return found;
  auto next = product_ids.begin();  // the first not answered yet
  if (product_ids.size() >= kRangeFrom) {
    const size_t limit = kRangeSlack * product_ids.size();
    found.reserve(product_ids.size());
    size_t read = 0;
    int64_t last = 0;
    OMS_RETURN_IF_ERROR(
        QueryEach(sql_, kStockRange,
                  {number, warehouse_id, product_ids.front(),
                   product_ids.back(), static_cast<int64_t>(limit)},
                  [&](const SqlRow& row) {
                    ++read;
                    last = row.Int64(1);
                    while (next != product_ids.end() && *next < last) ++next;
                    if (next == product_ids.end() || *next != last) return;
                    found.push_back(StockAt(row));
                  }));
    if (read < limit) return found;
    next = std::upper_bound(product_ids.begin(), product_ids.end(), last);
  }
  OMS_RETURN_IF_ERROR(
      QueryKeys(sql_, kFindStock, {number, warehouse_id},
                std::vector<int64_t>(next, product_ids.end()),
                [&](const SqlRow& row) { found.push_back(StockAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<model::StoredStock>> SqlInventoryTables::FindStockAt(
    absl::string_view connection, const std::vector<int64_t>& warehouse_ids,
    const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<int64_t> products = product_ids;
  std::sort(products.begin(), products.end());
  products.erase(std::unique(products.begin(), products.end()), products.end());
  std::vector<SqlParam> params;
  params.reserve(3 * warehouse_ids.size() * products.size());
  for (const int64_t warehouse : warehouse_ids) {
    for (const int64_t product : products) {
      params.push_back(number);
      params.push_back(warehouse);
      params.push_back(product);
    }
  }
  std::vector<model::StoredStock> found;
  if (params.empty()) return found;
  OMS_RETURN_IF_ERROR(
      sql_.QueryBatch(kFindStock, 3, params, [&](size_t, const SqlRow& row) {
        found.push_back(StockAt(row));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>>
SqlInventoryTables::FindStockProducts(absl::string_view connection,
                                      const std::vector<int64_t>& sku_keys) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<std::pair<int64_t, int64_t>> found;
  OMS_RETURN_IF_ERROR(QueryKeys(sql_, kFindStockProducts, {number}, sku_keys,
                                [&](const SqlRow& row) {
                                  RowFields fields(row);
                                  const int64_t key = fields.Int64();
                                  found.emplace_back(key, fields.Int64());
                                }));
  return found;
}

absl::StatusOr<std::vector<int64_t>> SqlInventoryTables::ListStockIds(
    absl::string_view connection, int64_t warehouse_id, int64_t after,
    int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return ListIds(kListStockIds, {number, warehouse_id, after, int64_t{limit}});
}

absl::Status SqlInventoryTables::PutStock(
    absl::string_view connection, const std::vector<model::StoredStock>& rows) {
  if (rows.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, NumberToWrite(connection));
  std::vector<std::vector<SqlParam>> params;
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

absl::Status SqlInventoryTables::AddStockProducts(
    absl::string_view connection,
    const std::vector<std::pair<int64_t, int64_t>>& pairs) {
  if (pairs.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, NumberToWrite(connection));
  std::vector<std::vector<SqlParam>> params;
  params.reserve(pairs.size());
  for (const auto& [key, product] : pairs) {
    params.push_back({number, key, product});
  }
  return sql_.ExecuteBatch(kAddStockProduct, params).status();
}

}  // namespace oms_connector::storage
