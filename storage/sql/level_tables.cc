#include <utility>

#include "base/status_macros.h"
#include "storage/sql/find_in_list.h"
#include "storage/sql/inventory_tables.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

// Each part stops at the limit by its own index before the parts are merged.
constexpr char kListSkuKeys[] = R"(
    SELECT sku_key FROM (
      SELECT sku_key FROM (SELECT DISTINCT sku_key FROM stock
        WHERE connection = $1 AND sku_key > $3 ORDER BY sku_key LIMIT $4) AS a
      UNION
      SELECT sku_key FROM (SELECT DISTINCT listing_key AS sku_key FROM listings
        WHERE connection = $1 AND listing_key > $3
        ORDER BY listing_key LIMIT $4) AS b
      UNION
      SELECT sku_key FROM (SELECT DISTINCT master_key AS sku_key FROM listings
        WHERE connection = $1 AND master_key > $3
        ORDER BY master_key LIMIT $4) AS c
      UNION
      SELECT sku_key FROM (SELECT DISTINCT sku_key FROM levels
        WHERE connection = $1 AND view = $2 AND sku_key > $3
        ORDER BY sku_key LIMIT $4) AS d
    ) AS keys ORDER BY sku_key LIMIT $4)";

#define LEVEL_COLUMNS                                            \
  "view, sku_key, location_kind, location_id, sku, master_sku, " \
  "product_id, available, reason, clamped_at_zero, as_of_time, revision"

constexpr char kFindLevels[] = "SELECT " LEVEL_COLUMNS
                               " FROM levels WHERE connection = $1 AND view = "
                               "$2 AND sku_key IN (" OMS_KEYS_FROM_3 ")";

constexpr char kPutLevel[] =
    "INSERT INTO levels (connection, " LEVEL_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
    "ON CONFLICT (connection, view, sku_key, location_kind, location_id) "
    "DO UPDATE SET sku = excluded.sku, master_sku = excluded.master_sku, "
    "product_id = excluded.product_id, available = excluded.available, "
    "reason = excluded.reason, clamped_at_zero = excluded.clamped_at_zero, "
    "as_of_time = excluded.as_of_time, revision = excluded.revision";

#undef LEVEL_COLUMNS

// 1 = a sales channel, 2 = a warehouse.
constexpr char kListLevels[] = R"(
    SELECT l.view, l.location_kind, l.location_id, l.sku, l.master_sku,
      l.available, l.reason, l.clamped_at_zero, l.as_of_time, l.revision,
      COALESCE(w.name, c.name, ''), s.on_hand, s.locked
    FROM levels AS l
    LEFT JOIN warehouses AS w ON l.location_kind = 2
      AND w.connection = l.connection AND w.warehouse_id = l.location_id
    LEFT JOIN sales_channels AS c ON l.location_kind = 1
      AND c.connection = l.connection AND c.sales_channel_id = l.location_id
    LEFT JOIN stock AS s ON l.location_kind = 2
      AND s.connection = l.connection AND s.warehouse_id = l.location_id
      AND s.product_id = l.product_id
    WHERE l.connection = $1 AND l.view = $2 AND l.revision > $3
    ORDER BY l.revision LIMIT $4)";

constexpr char kNextView[] =
    "SELECT min(view) FROM levels WHERE connection = $1 AND view > $2";
constexpr char kDeleteView[] =
    "DELETE FROM levels WHERE connection = $1 AND view = $2";

// 4 = AMBIGUOUS_SKU.
constexpr char kCountAmbiguous[] =
    "SELECT count(DISTINCT sku_key) FROM levels "
    "WHERE connection = $1 AND reason = 4";
constexpr char kListAmbiguous[] =
    "SELECT min(sku) FROM levels WHERE connection = $1 AND reason = 4 "
    "GROUP BY sku_key ORDER BY sku_key LIMIT $2";

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

StoredLevel StoredLevelAt(const SqlRow& row) {
  StoredLevel stored;
  model::InventoryLevel& level = stored.level;
  level.view = row.String(0);
  stored.sku_key = row.String(1);
  level.location.kind = row.As<model::LocationKind>(2);
  level.location.id = row.Int64(3);
  level.sku = row.String(4);
  level.master_sku = row.String(5);
  stored.product_id = row.Int64(6);
  level.available = row.OptionalInt64(7);
  SetReason(row.As<model::WithheldReason>(8), &level);
  level.derivation.clamped_at_zero = row.Bool(9);
  level.as_of_time = row.Time(10);
  level.revision = row.Int64(11);
  return stored;
}

model::InventoryLevel FeedLevelAt(const SqlRow& row) {
  model::InventoryLevel level;
  level.view = row.String(0);
  level.location = {row.As<model::LocationKind>(1), row.Int64(2),
                    row.String(10)};
  level.sku = row.String(3);
  level.master_sku = row.String(4);
  level.available = row.OptionalInt64(5);
  SetReason(row.As<model::WithheldReason>(6), &level);
  level.derivation.clamped_at_zero = row.Bool(7);
  level.as_of_time = row.Time(8);
  level.revision = row.Int64(9);
  level.derivation.on_hand = row.OptionalInt64(11);
  level.derivation.locked = row.OptionalInt64(12);
  return level;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> SqlInventoryTables::ListSkuKeys(
    absl::string_view connection, absl::string_view view,
    absl::string_view after, int limit) {
  std::vector<std::string> keys;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListSkuKeys, {connection, view, after, int64_t{limit}},
      [&](const SqlRow& row) { keys.push_back(row.String(0)); }));
  return keys;
}

absl::StatusOr<std::vector<StoredLevel>> SqlInventoryTables::FindLevels(
    absl::string_view connection, absl::string_view view,
    const std::vector<std::string>& sku_keys) {
  std::vector<StoredLevel> found;
  OMS_RETURN_IF_ERROR(FindInList(
      connection_, kFindLevels, {connection, view}, sku_keys,
      [&](const SqlRow& row) { found.push_back(StoredLevelAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<model::InventoryLevel>>
SqlInventoryTables::ListLevels(absl::string_view connection,
                               absl::string_view view, int64_t after,
                               int limit) {
  std::vector<model::InventoryLevel> levels;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListLevels, {connection, view, after, int64_t{limit}},
      [&](const SqlRow& row) { levels.push_back(FeedLevelAt(row)); }));
  return levels;
}

absl::StatusOr<std::optional<std::string>> SqlInventoryTables::NextView(
    absl::string_view connection, absl::string_view after) {
  std::optional<std::string> view;
  OMS_RETURN_IF_ERROR(QueryEach(connection_, kNextView, {connection, after},
                                [&](const SqlRow& row) {
                                  if (!row.IsNull(0)) view = row.String(0);
                                }));
  return view;
}

absl::StatusOr<AmbiguousSkus> SqlInventoryTables::CountAmbiguousSkus(
    absl::string_view connection, int limit) {
  AmbiguousSkus ambiguous;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kCountAmbiguous, {connection},
                [&](const SqlRow& row) { ambiguous.count = row.Int64(0); }));
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListAmbiguous, {connection, int64_t{limit}},
      [&](const SqlRow& row) { ambiguous.first.push_back(row.String(0)); }));
  return ambiguous;
}

absl::Status SqlInventoryTables::PutLevels(
    absl::string_view connection, const std::vector<StoredLevel>& levels) {
  std::vector<std::vector<SqlParam>> params;
  params.reserve(levels.size());
  for (const auto& [level, sku_key, product_id] : levels) {
    params.push_back({connection, absl::string_view(level.view),
                      absl::string_view(sku_key), SqlEnum(level.location.kind),
                      level.location.id, absl::string_view(level.sku),
                      absl::string_view(level.master_sku), product_id,
                      SqlOptional(level.available),
                      SqlEnum(level.withheld_reason),
                      SqlBool(level.derivation.clamped_at_zero),
                      SqlTime(level.as_of_time), level.revision});
  }
  return connection_.ExecuteBatch(kPutLevel, params).status();
}

absl::Status SqlInventoryTables::DeleteView(absl::string_view connection,
                                            absl::string_view view) {
  return connection_.Execute(kDeleteView, {connection, view}).status();
}

}  // namespace oms_connector::storage
