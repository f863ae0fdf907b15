#include <utility>

#include "base/status_macros.h"
#include "storage/sql/find_in_list.h"
#include "storage/sql/inventory_tables.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define LISTING_COLUMNS                                          \
  "sales_channel_id, listing_id, listing_sku, listing_key, "     \
  "master_sku, master_key, product_id, active, push_inventory, " \
  "known, quantity, value_time, told_time, pass, missed, gone"
#define SELECT_LISTING \
  "SELECT " LISTING_COLUMNS " FROM listings WHERE connection = $1"

constexpr char kFindListings[] = SELECT_LISTING
    " AND sales_channel_id = $2 AND listing_id IN (" OMS_KEYS_FROM_3 ")";
constexpr char kFindListingsBySku[] = SELECT_LISTING
    " AND sales_channel_id = $2 AND listing_key IN (" OMS_KEYS_FROM_3 ")";
constexpr char kFindListingsByMasterSku[] = SELECT_LISTING
    " AND sales_channel_id = $2 AND master_key IN (" OMS_KEYS_FROM_3 ")";
constexpr char kFindListingsOfProducts[] =
    SELECT_LISTING " AND product_id IN (" OMS_KEYS_FROM_2 ")";
constexpr char kListUnseenListings[] = SELECT_LISTING
    " AND sales_channel_id = $2 AND pass <> $3 AND gone = 0 AND known = 1 "
    "AND listing_id > $4 ORDER BY listing_id LIMIT $5";
constexpr char kCountUntold[] =
    "SELECT count(*) FROM listings WHERE connection = $1 "
    "AND sales_channel_id = $2 AND gone = 0 AND known = 1 AND active = 1 "
    "AND (told_time IS NULL OR told_time <= $3)";

constexpr char kPutListing[] =
    "INSERT INTO listings (connection, " LISTING_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17) "
    "ON CONFLICT (connection, sales_channel_id, listing_id) DO UPDATE SET "
    "listing_sku = excluded.listing_sku, listing_key = excluded.listing_key, "
    "master_sku = excluded.master_sku, master_key = excluded.master_key, "
    "product_id = excluded.product_id, active = excluded.active, "
    "push_inventory = excluded.push_inventory, known = excluded.known, "
    "quantity = excluded.quantity, value_time = excluded.value_time, "
    "told_time = excluded.told_time, pass = excluded.pass, "
    "missed = excluded.missed, gone = excluded.gone";

#undef SELECT_LISTING
#undef LISTING_COLUMNS

StoredListing ListingAt(const SqlRow& row) {
  StoredListing stored;
  stored.listing.sales_channel_id = row.Int64(0);
  stored.listing.listing_id = row.Int64(1);
  stored.listing.listing_sku = row.String(2);
  stored.listing_key = row.String(3);
  stored.listing.master_sku = row.String(4);
  stored.master_key = row.String(5);
  stored.listing.product_id = row.Int64(6);
  stored.listing.active = row.Bool(7);
  stored.listing.push_inventory = row.Bool(8);
  stored.known = row.Bool(9);
  stored.quantity = row.OptionalInt64(10);
  stored.value_time = row.Time(11);
  stored.told_time = row.OptionalTime(12);
  stored.presence = {row.Int64(13), row.Bool(14), row.Bool(15)};
  return stored;
}

}  // namespace

absl::StatusOr<std::vector<StoredListing>> SqlInventoryTables::FindListings(
    absl::string_view connection, int64_t sales_channel_id,
    const std::vector<int64_t>& listing_ids) {
  std::vector<StoredListing> found;
  OMS_RETURN_IF_ERROR(FindInList(
      connection_, kFindListings, {connection, sales_channel_id}, listing_ids,
      [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredListing>>
SqlInventoryTables::FindListingsBySku(
    absl::string_view connection, int64_t sales_channel_id,
    const std::vector<std::string>& listing_keys) {
  std::vector<StoredListing> found;
  OMS_RETURN_IF_ERROR(
      FindInList(connection_, kFindListingsBySku,
                 {connection, sales_channel_id}, listing_keys,
                 [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredListing>>
SqlInventoryTables::FindListingsByMasterSku(
    absl::string_view connection, int64_t sales_channel_id,
    const std::vector<std::string>& master_keys) {
  std::vector<StoredListing> found;
  OMS_RETURN_IF_ERROR(
      FindInList(connection_, kFindListingsByMasterSku,
                 {connection, sales_channel_id}, master_keys,
                 [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<std::vector<StoredListing>>
SqlInventoryTables::FindListingsOfProducts(
    absl::string_view connection, const std::vector<int64_t>& product_ids) {
  std::vector<StoredListing> found;
  OMS_RETURN_IF_ERROR(FindInList(
      connection_, kFindListingsOfProducts, {connection}, product_ids,
      [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::StatusOr<int64_t> SqlInventoryTables::CountUntoldListings(
    absl::string_view connection, int64_t sales_channel_id, absl::Time since) {
  int64_t count = 0;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kCountUntold, {connection, sales_channel_id, SqlTime(since)},
      [&](const SqlRow& row) { count = row.Int64(0); }));
  return count;
}

absl::StatusOr<std::vector<StoredListing>>
SqlInventoryTables::ListUnseenListings(absl::string_view connection,
                                       int64_t sales_channel_id, int64_t pass,
                                       int64_t after, int limit) {
  std::vector<StoredListing> found;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kListUnseenListings,
                {connection, sales_channel_id, pass, after, int64_t{limit}},
                [&](const SqlRow& row) { found.push_back(ListingAt(row)); }));
  return found;
}

absl::Status SqlInventoryTables::PutListings(
    absl::string_view connection, const std::vector<StoredListing>& rows) {
  std::vector<std::vector<SqlParam>> params;
  params.reserve(rows.size());
  for (const StoredListing& row : rows) {
    const model::Listing& listing = row.listing;
    params.push_back({connection, listing.sales_channel_id, listing.listing_id,
                      absl::string_view(listing.listing_sku),
                      absl::string_view(row.listing_key),
                      absl::string_view(listing.master_sku),
                      absl::string_view(row.master_key), listing.product_id,
                      SqlBool(listing.active), SqlBool(listing.push_inventory),
                      SqlBool(row.known), SqlOptional(row.quantity),
                      SqlTime(row.value_time), SqlOptionalTime(row.told_time),
                      row.presence.pass, SqlBool(row.presence.missed),
                      SqlBool(row.presence.gone)});
  }
  return connection_.ExecuteBatch(kPutListing, params).status();
}

}  // namespace oms_connector::storage
