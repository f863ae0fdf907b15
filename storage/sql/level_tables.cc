#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "storage/inventory_tables.h"
#include "storage/sql/row_fields.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define LEVEL_COLUMNS                                            \
  "view, sku_key, location_kind, location_id, sku, master_sku, " \
  "product_id, revision, available, reason, clamped_at_zero, as_of_time"

constexpr char kFindLevels[] =
    "SELECT " LEVEL_COLUMNS
    " FROM levels WHERE connection = $1 AND view = $2 AND sku_key = $3";
constexpr char kListLevelKeys[] =
    "SELECT DISTINCT sku_key FROM levels WHERE connection = $1 AND view = $2 "
    "AND sku_key > $3 ORDER BY sku_key LIMIT $4";
constexpr char kPutLevel[] =
    "INSERT INTO levels (connection, " LEVEL_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
    "ON CONFLICT (connection, view, sku_key, location_kind, location_id) "
    "DO UPDATE SET sku = excluded.sku, master_sku = excluded.master_sku, "
    "product_id = excluded.product_id, revision = excluded.revision, "
    "available = excluded.available, reason = excluded.reason, "
    "clamped_at_zero = excluded.clamped_at_zero, "
    "as_of_time = excluded.as_of_time";
constexpr char kDeleteLevel[] =
    "DELETE FROM levels WHERE connection = $1 AND view = $2 AND sku_key = $3 "
    "AND location_kind = $4 AND location_id = $5";

#undef LEVEL_COLUMNS

// What the feed tells of a level beside stock, in this order.
#define SELECT_BESIDE_STOCK                                        \
  "SELECT s.product_id, s.warehouse_id, s.revision, s.available, " \
  "s.reason, s.clamped_at_zero, s.as_of_time, s.value_time, "      \
  "s.on_hand, s.locked, k.text FROM stock AS s "                   \
  "LEFT JOIN skus AS k ON k.connection = s.connection "            \
  "AND k.number = s.sku WHERE s.connection = $1 "

constexpr char kListBesideStock[] =
    SELECT_BESIDE_STOCK "AND s.revision > $2 ORDER BY s.revision LIMIT $3";
// Rows without a level are passed over by the caller, so that no statement
// goes through many of them.
constexpr char kListAtWarehouse[] = SELECT_BESIDE_STOCK
    "AND s.warehouse_id = $2 AND s.product_id > $3 "
    "ORDER BY s.product_id LIMIT $4";

#undef SELECT_BESIDE_STOCK

// And of a level of the table. 2 = a warehouse; its quantities are those in
// stock now. Without a master SKU there is no row of skus.
#define SELECT_FEED                                                          \
  "SELECT l.location_kind, l.location_id, l.revision, "                      \
  "l.available, l.reason, l.clamped_at_zero, l.as_of_time, k.text, m.text, " \
  "s.on_hand, s.locked FROM levels AS l "                                    \
  "LEFT JOIN skus AS k ON k.connection = l.connection "                      \
  "AND k.number = l.sku "                                                    \
  "LEFT JOIN skus AS m ON m.connection = l.connection "                      \
  "AND m.number = l.master_sku "                                             \
  "LEFT JOIN stock AS s ON l.location_kind = 2 "                             \
  "AND s.connection = l.connection AND s.warehouse_id = l.location_id "      \
  "AND s.product_id = l.product_id "                                         \
  "WHERE l.connection = $1 AND l.view = $2 "

constexpr char kListLevels[] =
    SELECT_FEED "AND l.revision > $3 ORDER BY l.revision LIMIT $4";
constexpr char kFindFeedLevel[] = SELECT_FEED
    "AND l.sku_key = $3 AND l.location_kind = $4 AND l.location_id = $5";

#undef SELECT_FEED

// 4 = AMBIGUOUS_SKU.
constexpr char kListAmbiguousStock[] =
    "SELECT DISTINCT k.sku_key FROM stock AS s JOIN skus AS k "
    "ON k.connection = s.connection AND k.number = s.sku "
    "WHERE s.connection = $1 AND s.reason = 4";
constexpr char kListAmbiguousLevels[] =
    "SELECT DISTINCT sku_key FROM levels "
    "WHERE connection = $1 AND reason = 4";

// 9 = QUANTITY_UNKNOWN
constexpr char kCountUnknown[] =
    "SELECT (SELECT COUNT(*) FROM stock WHERE connection = $1 AND reason = 9) "
    "+ (SELECT COUNT(*) FROM levels WHERE connection = $1 AND reason = 9 "
    "AND view = 0)";

void SetReason(model::WithheldReason reason, model::InventoryLevel* level) {
  level->withheld_reason = reason;
  level->state = reason == model::WithheldReason::kNone
                     ? model::LevelState::kPublished
                     : model::LevelState::kWithheld;
  level->derivation.source =
      level->location.kind == model::LocationKind::kWarehouse
          ? model::LevelSource::kWarehouseStock
          : model::LevelSource::kChannelAllocation;
}

// Returns the product.
int64_t ReadBesideStock(const SqlRow& row, model::InventoryLevel* into) {
  RowFields fields(row);
  model::InventoryLevel& level = *into;
  const int64_t product_id = fields.Int64();
  level.location.kind = model::LocationKind::kWarehouse;
  level.location.id = fields.Int64();
  level.revision = fields.Int64();
  level.available = fields.OptionalInt64();
  SetReason(fields.As<model::WithheldReason>(), &level);
  level.derivation.clamped_at_zero = fields.Bool();
  const std::optional<absl::Time> as_of = fields.OptionalTime();
  level.as_of_time = as_of.value_or(fields.Time());
  model::StockQuantities& stock = level.derivation.stock.emplace();
  stock.on_hand = fields.Int64();
  stock.locked = fields.OptionalInt64();
  level.sku = fields.String();
  level.master_sku = level.sku;
  return product_id;
}

model::InventoryLevel FeedLevelAt(const SqlRow& row) {
  RowFields fields(row);
  model::InventoryLevel level;
  level.location.kind = fields.As<model::LocationKind>();
  level.location.id = fields.Int64();
  level.revision = fields.Int64();
  level.available = fields.OptionalInt64();
  SetReason(fields.As<model::WithheldReason>(), &level);
  level.derivation.clamped_at_zero = fields.Bool();
  level.as_of_time = fields.Time();
  level.sku = fields.String();
  level.master_sku = fields.String();
  const std::optional<int64_t> on_hand = fields.OptionalInt64();
  if (on_hand.has_value()) {
    level.derivation.stock = {*on_hand, fields.OptionalInt64()};
  }
  return level;
}

}  // namespace

absl::StatusOr<std::vector<model::StoredLevel>> InventoryReader::FindLevels(
    absl::string_view connection, int64_t view,
    const std::vector<int64_t>& sku_keys) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredLevel> found;
  OMS_RETURN_IF_ERROR(QueryKeys(
      sql_, kFindLevels, {number, view}, sku_keys, [&](const SqlRow& row) {
        RowFields fields(row);
        model::StoredLevel& level = found.emplace_back();
        level.view = fields.Int64();
        level.sku_key = fields.Int64();
        level.kind = fields.As<model::LocationKind>();
        level.location_id = fields.Int64();
        level.sku = fields.Int64();
        level.master_sku = fields.Int64();
        level.product_id = fields.Int64();
        level.value.revision = fields.Int64();
        level.value.available = fields.OptionalInt64();
        level.value.reason = fields.As<model::WithheldReason>();
        level.value.clamped_at_zero = fields.Bool();
        level.value.as_of_time = fields.Time();
      }));
  return found;
}

absl::StatusOr<std::vector<int64_t>> InventoryReader::ListLevelKeys(
    absl::string_view connection, int64_t view, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return QueryIds(sql_, kListLevelKeys, {number, view, after, int64_t{limit}});
}

absl::StatusOr<std::vector<model::InventoryLevel>> InventoryReader::ListLevels(
    absl::string_view connection, int64_t view, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::InventoryLevel> levels;
  if (view == 0) {
    OMS_RETURN_IF_ERROR(
        QueryEach(sql_, kListBesideStock, {number, after, int64_t{limit}},
                  [&](const SqlRow& row) {
                    if (levels.empty()) levels.reserve(limit);
                    ReadBesideStock(row, &levels.emplace_back());
                  }));
  }
  const auto beside = static_cast<std::ptrdiff_t>(levels.size());
  OMS_RETURN_IF_ERROR(QueryEach(
      sql_, kListLevels, {number, view, after, int64_t{limit}},
      [&](const SqlRow& row) { levels.push_back(FeedLevelAt(row)); }));
  std::inplace_merge(
      levels.begin(), levels.begin() + beside, levels.end(),
      [](const auto& a, const auto& b) { return a.revision < b.revision; });
  if (levels.size() > static_cast<size_t>(limit)) {
    levels.erase(levels.begin() + limit, levels.end());
  }
  return levels;
}

absl::StatusOr<std::vector<model::PlacedLevel>> InventoryReader::ListLevelsAt(
    absl::string_view connection, model::LocationKind kind, int64_t location_id,
    const model::LocationPlace& after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::PlacedLevel> placed;
  int64_t key = after.after;
  if (after.beside_stock) {
    if (kind == model::LocationKind::kWarehouse) {
      OMS_RETURN_IF_ERROR(QueryEach(
          sql_, kListAtWarehouse, {number, location_id, key, int64_t{limit}},
          [&](const SqlRow& row) {
            model::PlacedLevel& one = placed.emplace_back();
            one.place = {/*beside_stock=*/true,
                         ReadBesideStock(row, &one.level.emplace())};
            if (one.level->revision == 0) one.level.reset();
          }));
    }
    if (!placed.empty()) return placed;
    key = 0;  // keys are numbers from 1 on
  }
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> keys,
                       ListLevelKeys(connection, /*view=*/0, key, limit));
  if (keys.empty()) return placed;
  SqlParamRows params;
  for (const int64_t each : keys) {
    placed.push_back({{/*beside_stock=*/false, each}, std::nullopt});
    params.push_back({number, int64_t{0}, each, SqlEnum(kind), location_id});
  }
  OMS_RETURN_IF_ERROR(sql_.QueryBatch(kFindFeedLevel, params,
                                      [&](size_t index, const SqlRow& row) {
                                        placed[index].level = FeedLevelAt(row);
                                        return absl::OkStatus();
                                      }));
  return placed;
}

absl::StatusOr<model::AmbiguousSkus> InventoryReader::CountAmbiguousSkus(
    absl::string_view connection, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_ASSIGN_OR_RETURN(std::vector<int64_t> keys,
                       QueryIds(sql_, kListAmbiguousStock, {number}));
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> more,
                       QueryIds(sql_, kListAmbiguousLevels, {number}));
  keys.insert(keys.end(), more.begin(), more.end());
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  model::AmbiguousSkus ambiguous;
  ambiguous.count = static_cast<int64_t>(keys.size());
  if (keys.size() > static_cast<size_t>(limit)) keys.resize(limit);
  OMS_ASSIGN_OR_RETURN(ambiguous.first, GetSkuTexts(connection, keys));
  std::sort(ambiguous.first.begin(), ambiguous.first.end());
  return ambiguous;
}

absl::StatusOr<int64_t> InventoryReader::CountUnknownLevels(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  int64_t count = 0;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kCountUnknown, {number},
                [&](const SqlRow& row) { count = row.Int64(0); }));
  return count;
}

absl::Status InventoryWriter::PutLevels(
    absl::string_view connection,
    const std::vector<model::StoredLevel>& levels) {
  if (levels.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows params;
  params.reserve(levels.size());
  for (const model::StoredLevel& level : levels) {
    params.push_back(
        {number, level.view, level.sku_key, SqlEnum(level.kind),
         level.location_id, level.sku, level.master_sku, level.product_id,
         level.value.revision, SqlOptional(level.value.available),
         SqlEnum(level.value.reason), SqlBool(level.value.clamped_at_zero),
         SqlTime(level.value.as_of_time)});
  }
  return sql_.ExecuteBatch(kPutLevel, params).status();
}

absl::Status InventoryWriter::DeleteLevels(
    absl::string_view connection,
    const std::vector<model::StoredLevel>& levels) {
  if (levels.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows params;
  for (const model::StoredLevel& level : levels) {
    params.push_back({number, level.view, level.sku_key, SqlEnum(level.kind),
                      level.location_id});
  }
  return sql_.ExecuteBatch(kDeleteLevel, params).status();
}

}  // namespace oms_connector::storage
