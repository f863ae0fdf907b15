#include <utility>

#include "base/status_macros.h"
#include "storage/sql/find_in_list.h"
#include "storage/sql/inventory_tables.h"
#include "storage/sql/packed_list.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define PRODUCT_COLUMNS                                          \
  "product_id, master_sku, sku_key, name, type, active, brand, " \
  "description, upc, mpn, weight, length, width, height, "       \
  "map_price_currency, map_price_amount, categories, labels, "   \
  "image_urls, create_time, modify_time, revision, pass, missed, gone"
#define SELECT_PRODUCT \
  "SELECT " PRODUCT_COLUMNS " FROM products WHERE connection = $1"

constexpr char kFindProducts[] =
    SELECT_PRODUCT " AND product_id IN (" OMS_KEYS_FROM_2 ")";
constexpr char kFindProductsBySku[] =
    SELECT_PRODUCT " AND sku_key IN (" OMS_KEYS_FROM_2 ")";
constexpr char kListProducts[] =
    SELECT_PRODUCT " AND product_id > $2 ORDER BY product_id LIMIT $3";
constexpr char kListChangedProducts[] =
    SELECT_PRODUCT " AND revision > $2 ORDER BY revision LIMIT $3";
constexpr char kListUnseenProducts[] = SELECT_PRODUCT
    " AND pass <> $2 AND gone = 0 AND product_id > $3 "
    "ORDER BY product_id LIMIT $4";

constexpr char kPutProduct[] =
    "INSERT INTO products (connection, " PRODUCT_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) "
    "ON CONFLICT (connection, product_id) DO UPDATE SET "
    "master_sku = excluded.master_sku, sku_key = excluded.sku_key, "
    "name = excluded.name, type = excluded.type, active = excluded.active, "
    "brand = excluded.brand, description = excluded.description, "
    "upc = excluded.upc, mpn = excluded.mpn, weight = excluded.weight, "
    "length = excluded.length, width = excluded.width, "
    "height = excluded.height, "
    "map_price_currency = excluded.map_price_currency, "
    "map_price_amount = excluded.map_price_amount, "
    "categories = excluded.categories, labels = excluded.labels, "
    "image_urls = excluded.image_urls, create_time = excluded.create_time, "
    "modify_time = excluded.modify_time, revision = excluded.revision, "
    "pass = excluded.pass, missed = excluded.missed, gone = excluded.gone";

#undef SELECT_PRODUCT
#undef PRODUCT_COLUMNS

StoredProduct ProductAt(const SqlRow& row) {
  StoredProduct stored;
  model::Product& product = stored.product;
  product.product_id = row.Int64(0);
  product.master_sku = row.String(1);
  stored.sku_key = row.String(2);
  product.name = row.String(3);
  product.type = row.String(4);
  product.active = row.Bool(5);
  product.brand = row.String(6);
  product.description = row.String(7);
  product.upc = row.String(8);
  product.mpn = row.String(9);
  product.weight = row.OptionalDouble(10);
  product.length = row.OptionalDouble(11);
  product.width = row.OptionalDouble(12);
  product.height = row.OptionalDouble(13);
  if (!row.IsNull(14)) {
    product.map_price = model::Money{row.String(14), row.String(15)};
  }
  product.categories = UnpackTexts(row.Text(16));
  product.labels = UnpackTexts(row.Text(17));
  product.image_urls = UnpackTexts(row.Text(18));
  product.create_time = row.OptionalTime(19);
  product.modify_time = row.OptionalTime(20);
  product.revision = row.Int64(21);
  stored.presence = {row.Int64(22), row.Bool(23), row.Bool(24)};
  return stored;
}

// The lists of a product as columns; they must live until they are bound.
struct PackedLists {
  std::string categories, labels, image_urls;
};

std::vector<SqlParam> ProductParams(absl::string_view connection,
                                    const StoredProduct& stored,
                                    const PackedLists& lists) {
  const model::Product& product = stored.product;
  const bool priced = product.map_price.has_value();
  return {connection,
          product.product_id,
          absl::string_view(product.master_sku),
          absl::string_view(stored.sku_key),
          absl::string_view(product.name),
          absl::string_view(product.type),
          SqlBool(product.active),
          absl::string_view(product.brand),
          absl::string_view(product.description),
          absl::string_view(product.upc),
          absl::string_view(product.mpn),
          SqlOptional(product.weight),
          SqlOptional(product.length),
          SqlOptional(product.width),
          SqlOptional(product.height),
          priced ? SqlParam(absl::string_view(product.map_price->currency_code))
                 : SqlParam(nullptr),
          priced ? SqlParam(absl::string_view(product.map_price->amount))
                 : SqlParam(nullptr),
          absl::string_view(lists.categories),
          absl::string_view(lists.labels),
          absl::string_view(lists.image_urls),
          SqlOptionalTime(product.create_time),
          SqlOptionalTime(product.modify_time),
          product.revision,
          stored.presence.pass,
          SqlBool(stored.presence.missed),
          SqlBool(stored.presence.gone)};
}

}  // namespace

absl::StatusOr<std::vector<StoredProduct>> SqlInventoryTables::FindProducts(
    absl::string_view connection, const std::vector<int64_t>& product_ids) {
  std::vector<StoredProduct> found;
  OMS_RETURN_IF_ERROR(
      FindInList(connection_, kFindProducts, {connection}, product_ids,
                 [&](const SqlRow& row) { found.push_back(ProductAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredProduct>>
SqlInventoryTables::FindProductsBySku(
    absl::string_view connection, const std::vector<std::string>& sku_keys) {
  std::vector<StoredProduct> found;
  OMS_RETURN_IF_ERROR(
      FindInList(connection_, kFindProductsBySku, {connection}, sku_keys,
                 [&](const SqlRow& row) { found.push_back(ProductAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredProduct>> SqlInventoryTables::ListProducts(
    absl::string_view connection, int64_t after, int limit) {
  std::vector<StoredProduct> found;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kListProducts, {connection, after, int64_t{limit}},
                [&](const SqlRow& row) { found.push_back(ProductAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<model::Product>>
SqlInventoryTables::ListChangedProducts(absl::string_view connection,
                                        int64_t after, int limit) {
  std::vector<model::Product> found;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListChangedProducts, {connection, after, int64_t{limit}},
      [&](const SqlRow& row) { found.push_back(ProductAt(row).product); }));
  return found;
}

absl::StatusOr<std::vector<StoredProduct>>
SqlInventoryTables::ListUnseenProducts(absl::string_view connection,
                                       int64_t pass, int64_t after, int limit) {
  std::vector<StoredProduct> found;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kListUnseenProducts,
                {connection, pass, after, int64_t{limit}},
                [&](const SqlRow& row) { found.push_back(ProductAt(row)); }));
  return found;
}

absl::Status SqlInventoryTables::PutProducts(
    absl::string_view connection, const std::vector<StoredProduct>& rows) {
  std::vector<PackedLists> lists;
  lists.reserve(rows.size());
  std::vector<std::vector<SqlParam>> params;
  params.reserve(rows.size());
  for (const StoredProduct& row : rows) {
    lists.push_back({PackTexts(row.product.categories),
                     PackTexts(row.product.labels),
                     PackTexts(row.product.image_urls)});
    params.push_back(ProductParams(connection, row, lists.back()));
  }
  return connection_.ExecuteBatch(kPutProduct, params).status();
}

}  // namespace oms_connector::storage
