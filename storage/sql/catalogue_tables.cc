// Products and listings: what is for sale, and where.
#include <utility>

#include "base/status_macros.h"
#include "storage/document.h"
#include "storage/inventory_tables.h"
#include "storage/sql/row_fields.h"
#include "storage/sql/sku_texts.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define FLAG_COLUMNS "product_id, sku, sku_key, active, missed, gone, revision"
#define SELECT_FLAGS "SELECT " FLAG_COLUMNS " FROM products "
#define SELECT_PRODUCT "SELECT " FLAG_COLUMNS ", details FROM products "

constexpr char kProductRange[] = SELECT_PRODUCT
    "WHERE connection = $1 AND product_id BETWEEN $2 AND $3 "
    "ORDER BY product_id LIMIT $4";
constexpr char kFindProduct[] =
    SELECT_PRODUCT "WHERE connection = $1 AND product_id = $2";
constexpr char kFindProductBySku[] =
    SELECT_FLAGS "WHERE connection = $1 AND sku_key = $2";
constexpr char kListProducts[] = SELECT_PRODUCT
    "WHERE connection = $1 AND product_id > $2 ORDER BY product_id LIMIT $3";
constexpr char kListProductIds[] =
    "SELECT product_id FROM products WHERE connection = $1 AND gone = 0 "
    "AND product_id > $2 ORDER BY product_id LIMIT $3";
// Without a SKU there is no row of skus.
constexpr char kListChangedProducts[] =
    "SELECT p.product_id, p.active, p.revision, k.text, p.details "
    "FROM products AS p LEFT JOIN skus AS k "
    "ON k.connection = p.connection AND k.number = p.sku "
    "WHERE p.connection = $1 AND p.revision > $2 ORDER BY p.revision LIMIT $3";
constexpr char kPutProduct[] =
    "INSERT INTO products (connection, " FLAG_COLUMNS
    ", details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (connection, product_id) DO UPDATE SET sku = excluded.sku, "
    "sku_key = excluded.sku_key, active = excluded.active, "
    "missed = excluded.missed, gone = excluded.gone, "
    "revision = excluded.revision, details = excluded.details";

constexpr char kFlagsRange[] = SELECT_FLAGS
    "WHERE connection = $1 AND product_id BETWEEN $2 AND $3 "
    "ORDER BY product_id LIMIT $4";
constexpr char kFindFlags[] =
    SELECT_FLAGS "WHERE connection = $1 AND product_id = $2";

#undef SELECT_PRODUCT
#undef SELECT_FLAGS
#undef FLAG_COLUMNS

#define LISTING_COLUMNS                                                  \
  "listing_id, sales_channel_id, sku, sku_key, master_sku, master_key, " \
  "product_id, active, push_inventory, known, quantity, value_time, "    \
  "told_time, missed, gone"
#define SELECT_LISTING \
  "SELECT " LISTING_COLUMNS " FROM listings WHERE connection = $1 "

constexpr char kListingRange[] = SELECT_LISTING
    "AND sales_channel_id = $2 AND listing_id BETWEEN $3 AND $4 "
    "ORDER BY listing_id LIMIT $5";
constexpr char kFindListing[] =
    SELECT_LISTING "AND sales_channel_id = $2 AND listing_id = $3";
constexpr char kFindListingBySku[] =
    SELECT_LISTING "AND sales_channel_id = $2 AND sku_key = $3";
constexpr char kFindListingByMaster[] =
    SELECT_LISTING "AND sales_channel_id = $2 AND master_key = $3";
constexpr char kFindListingOfProduct[] = SELECT_LISTING "AND product_id = $2";
constexpr char kListListingIds[] =
    "SELECT listing_id FROM listings WHERE connection = $1 "
    "AND sales_channel_id = $2 AND gone = 0 AND known = 1 AND listing_id > $3 "
    "ORDER BY listing_id LIMIT $4";
constexpr char kCountUntold[] =
    "SELECT count(*) FROM listings WHERE connection = $1 "
    "AND sales_channel_id = $2 AND gone = 0 AND known = 1 AND active = 1 "
    "AND (told_time IS NULL OR told_time <= $3)";
constexpr char kForgetFutureNumbers[] =
    "UPDATE listings SET told_time = NULL WHERE connection = $1 "
    "AND sales_channel_id = $2 AND told_time > $3";
constexpr char kPutListing[] =
    "INSERT INTO listings (connection, " LISTING_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16) "
    "ON CONFLICT (connection, sales_channel_id, listing_id) DO UPDATE SET "
    "sku = excluded.sku, sku_key = excluded.sku_key, "
    "master_sku = excluded.master_sku, master_key = excluded.master_key, "
    "product_id = excluded.product_id, active = excluded.active, "
    "push_inventory = excluded.push_inventory, known = excluded.known, "
    "quantity = excluded.quantity, value_time = excluded.value_time, "
    "told_time = excluded.told_time, missed = excluded.missed, "
    "gone = excluded.gone";

#undef SELECT_LISTING
#undef LISTING_COLUMNS

model::ProductFlags FlagsAt(RowFields& fields) {
  model::ProductFlags flags;
  flags.product_id = fields.Int64();
  flags.sku.number = fields.Int64();
  flags.sku.key = fields.Int64();
  flags.active = fields.Bool();
  flags.missed = fields.Bool();
  flags.gone = fields.Bool();
  flags.revision = fields.Int64();
  return flags;
}

model::StoredProduct ProductAt(const SqlRow& row) {
  RowFields fields(row);
  model::StoredProduct stored;
  stored.flags = FlagsAt(fields);
  stored.details = fields.Bytes();
  return stored;
}

model::StoredListing ListingAt(const SqlRow& row) {
  RowFields fields(row);
  model::StoredListing stored;
  stored.listing_id = fields.Int64();
  stored.sales_channel_id = fields.Int64();
  stored.sku.number = fields.Int64();
  stored.sku.key = fields.Int64();
  stored.master.number = fields.Int64();
  stored.master.key = fields.Int64();
  stored.product_id = fields.Int64();
  stored.active = fields.Bool();
  stored.push_inventory = fields.Bool();
  stored.known = fields.Bool();
  stored.quantity = fields.OptionalInt64();
  stored.value_time = fields.Time();
  stored.told_time = fields.OptionalTime();
  stored.missed = fields.Bool();
  stored.gone = fields.Bool();
  return stored;
}

}  // namespace

// ---- Products --------------------------------------------------------------

absl::StatusOr<std::vector<model::StoredProduct>> InventoryReader::FindProducts(
    absl::string_view connection, const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredProduct> found;
  OMS_RETURN_IF_ERROR(QueryKeyPage(
      sql_, {kProductRange, kFindProduct}, {number}, Ascending(product_ids),
      [&](const SqlRow& row) { found.push_back(ProductAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<model::ProductFlags>>
InventoryReader::FindProductFlags(absl::string_view connection,
                                  const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::ProductFlags> found;
  found.reserve(product_ids.size());
  OMS_RETURN_IF_ERROR(QueryKeyPage(sql_, {kFlagsRange, kFindFlags}, {number},
                                   Ascending(product_ids),
                                   [&](const SqlRow& row) {
                                     RowFields fields(row);
                                     found.push_back(FlagsAt(fields));
                                   }));
  OMS_RETURN_IF_ERROR(NameSkus(sql_, number, &found));
  return found;
}

absl::StatusOr<std::vector<model::ProductFlags>>
InventoryReader::FindProductsBySku(absl::string_view connection,
                                   const std::vector<int64_t>& sku_keys) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::ProductFlags> found;
  OMS_RETURN_IF_ERROR(QueryKeys(sql_, kFindProductBySku, {number}, sku_keys,
                                [&](const SqlRow& row) {
                                  RowFields fields(row);
                                  found.push_back(FlagsAt(fields));
                                }));
  return found;
}

absl::StatusOr<std::vector<model::StoredProduct>> InventoryReader::ListProducts(
    absl::string_view connection, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredProduct> found;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kListProducts, {number, after, int64_t{limit}},
                [&](const SqlRow& row) { found.push_back(ProductAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<int64_t>> InventoryReader::ListProductIds(
    absl::string_view connection, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return QueryIds(sql_, kListProductIds, {number, after, int64_t{limit}});
}

absl::StatusOr<std::vector<model::Product>>
InventoryReader::ListChangedProducts(absl::string_view connection,
                                     int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::Product> found;
  OMS_RETURN_IF_ERROR(sql_.Query(
      kListChangedProducts, {number, after, int64_t{limit}},
      [&](const SqlRow& row) -> absl::Status {
        RowFields fields(row);
        const int64_t product_id = fields.Int64();
        const bool active = fields.Bool();
        const int64_t revision = fields.Int64();
        std::string sku = fields.String();
        OMS_ASSIGN_OR_RETURN(model::Product product,
                             DecodeDocument<model::Product>(fields.Bytes()));
        product.product_id = product_id;
        product.active = active;
        product.revision = revision;
        product.master_sku = std::move(sku);
        found.push_back(std::move(product));
        return absl::OkStatus();
      }));
  return found;
}

absl::Status InventoryWriter::PutProducts(
    absl::string_view connection,
    const std::vector<model::StoredProduct>& rows) {
  if (rows.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows params;
  params.reserve(rows.size());
  for (const auto& [flags, details] : rows) {
    params.push_back({number, flags.product_id, flags.sku.number, flags.sku.key,
                      SqlBool(flags.active), SqlBool(flags.missed),
                      SqlBool(flags.gone), flags.revision, Blob{details}});
  }
  return sql_.ExecuteBatch(kPutProduct, params).status();
}

// ---- Listings --------------------------------------------------------------

absl::StatusOr<std::vector<model::StoredListing>> InventoryReader::FindListings(
    absl::string_view connection, int64_t sales_channel_id,
    const std::vector<int64_t>& listing_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredListing> found;
  OMS_RETURN_IF_ERROR(QueryKeyPage(
      sql_, {kListingRange, kFindListing}, {number, sales_channel_id},
      Ascending(listing_ids),
      [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<model::StoredListing>>
InventoryReader::FindListingsBySku(absl::string_view connection,
                                   int64_t sales_channel_id,
                                   const std::vector<int64_t>& sku_keys) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredListing> found;
  OMS_RETURN_IF_ERROR(
      QueryKeys(sql_, kFindListingBySku, {number, sales_channel_id}, sku_keys,
                [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<model::StoredListing>>
InventoryReader::FindListingsByMasterSku(
    absl::string_view connection, int64_t sales_channel_id,
    const std::vector<int64_t>& master_keys) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredListing> found;
  OMS_RETURN_IF_ERROR(QueryKeys(
      sql_, kFindListingByMaster, {number, sales_channel_id}, master_keys,
      [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<model::StoredListing>>
InventoryReader::FindListingsOfProducts(
    absl::string_view connection, const std::vector<int64_t>& product_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredListing> found;
  OMS_RETURN_IF_ERROR(
      QueryKeys(sql_, kFindListingOfProduct, {number}, product_ids,
                [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<int64_t>> InventoryReader::ListListingIds(
    absl::string_view connection, int64_t sales_channel_id, int64_t after,
    int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return QueryIds(sql_, kListListingIds,
                  {number, sales_channel_id, after, int64_t{limit}});
}

absl::StatusOr<int64_t> InventoryReader::CountUntoldListings(
    absl::string_view connection, int64_t sales_channel_id, absl::Time since) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  int64_t count = 0;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kCountUntold, {number, sales_channel_id, SqlTime(since)},
                [&](const SqlRow& row) { count = RowFields(row).Int64(); }));
  return count;
}

absl::Status InventoryWriter::ForgetFutureNumbers(absl::string_view connection,
                                                  int64_t sales_channel_id,
                                                  absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  return sql_
      .Execute(kForgetFutureNumbers, {number, sales_channel_id, SqlTime(now)})
      .status();
}

absl::Status InventoryWriter::PutListings(
    absl::string_view connection,
    const std::vector<model::StoredListing>& rows) {
  if (rows.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows params;
  params.reserve(rows.size());
  for (const model::StoredListing& row : rows) {
    params.push_back({number, row.listing_id, row.sales_channel_id,
                      row.sku.number, row.sku.key, row.master.number,
                      row.master.key, row.product_id, SqlBool(row.active),
                      SqlBool(row.push_inventory), SqlBool(row.known),
                      SqlOptional(row.quantity), SqlTime(row.value_time),
                      SqlOptionalTime(row.told_time), SqlBool(row.missed),
                      SqlBool(row.gone)});
  }
  return sql_.ExecuteBatch(kPutListing, params).status();
}

}  // namespace oms_connector::storage
