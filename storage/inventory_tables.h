// What is known of stock: the rows as the Order Manager tells them, the levels
// computed from them, and how far pulling and computing have come.
//
// Rows to be written bear numbers of SKUs that AddSkus gave in the same
// connection.
//
// Lists of keys or ids to find may be of any length and hold repetitions; what
// is found comes in no particular order, unless said otherwise. A Put inserts
// rows or replaces them whole.
#ifndef OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
#define OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/inventory.h"
#include "model/inventory_rows.h"
#include "storage/connection_numbers.h"
#include "storage/document.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The details of a product as they are kept: equal bytes are equal details.
inline std::string DetailsOf(const model::Product& product) {
  return EncodeDocument(product);
}

// What they tell; the rest of the product are its flags.
inline absl::StatusOr<model::Product> ProductOf(absl::string_view details) {
  return DecodeDocument<model::Product>(details);
}

class InventoryReader {
 public:
  InventoryReader(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  absl::StatusOr<model::InventoryState> GetState(absl::string_view connection);
  // Ascending by kind and id.
  absl::StatusOr<std::vector<model::StoredLocation>> ListLocations(
      absl::string_view connection);
  absl::StatusOr<model::StoredViews> ListViews(absl::string_view connection);

  // The numbers of spellings, in the order asked; the key is also told of a
  // spelling that is new itself, and {0, 0} of one whose key is.
  absl::StatusOr<std::vector<model::Sku>> FindSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts);
  // The spellings of numbers, in the order asked; "" for one that there is not.
  absl::StatusOr<std::vector<std::string>> GetSkuTexts(
      absl::string_view connection, const std::vector<int64_t>& numbers);
  // Every key that was ever used, ascending, after `after`.
  absl::StatusOr<std::vector<int64_t>> ListSkuKeys(absl::string_view connection,
                                                   int64_t after, int limit);

  // Of one warehouse, ascending by product. `product_ids` ascend.
  absl::StatusOr<std::vector<model::StoredStock>> FindStock(
      absl::string_view connection, int64_t warehouse_id,
      const std::vector<int64_t>& product_ids);
  // Those of them with a reading from `since` on that no full pull has missed:
  // one of these that is told again as it stands needs nothing.
  absl::StatusOr<std::vector<model::StandingStock>> FindStandingStock(
      absl::string_view connection, int64_t warehouse_id, absl::Time since,
      const std::vector<int64_t>& product_ids);
  // Of all the warehouses and products.
  absl::StatusOr<std::vector<model::StoredStock>> FindStockAt(
      absl::string_view connection, const std::vector<int64_t>& warehouse_ids,
      const std::vector<int64_t>& product_ids);
  // Which products may have stock under the keys, as (key, product).
  absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>> FindStockProducts(
      absl::string_view connection, const std::vector<int64_t>& sku_keys);

  absl::StatusOr<std::vector<model::StoredProduct>> FindProducts(
      absl::string_view connection, const std::vector<int64_t>& product_ids);
  absl::StatusOr<std::vector<model::ProductFlags>> FindProductFlags(
      absl::string_view connection, const std::vector<int64_t>& product_ids);
  absl::StatusOr<std::vector<model::ProductFlags>> FindProductsBySku(
      absl::string_view connection, const std::vector<int64_t>& sku_keys);

  absl::StatusOr<std::vector<model::StoredListing>> FindListings(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& listing_ids);
  absl::StatusOr<std::vector<model::StoredListing>> FindListingsBySku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& sku_keys);
  absl::StatusOr<std::vector<model::StoredListing>> FindListingsByMasterSku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& master_keys);
  // In all channels.
  absl::StatusOr<std::vector<model::StoredListing>> FindListingsOfProducts(
      absl::string_view connection, const std::vector<int64_t>& product_ids);
  // Listings of a channel that were told no number after `since`; those that
  // are gone, unread or inactive do not count.
  absl::StatusOr<int64_t> CountUntoldListings(absl::string_view connection,
                                              int64_t sales_channel_id,
                                              absl::Time since);

  // Ids of rows that are not gone (of listings: and were read), ascending,
  // after `after`.
  absl::StatusOr<std::vector<int64_t>> ListStockIds(
      absl::string_view connection, int64_t warehouse_id, int64_t after,
      int limit);
  absl::StatusOr<std::vector<int64_t>> ListProductIds(
      absl::string_view connection, int64_t after, int limit);
  absl::StatusOr<std::vector<int64_t>> ListListingIds(
      absl::string_view connection, int64_t sales_channel_id, int64_t after,
      int limit);

  // Levels of the keys in the table of levels.
  absl::StatusOr<std::vector<model::StoredLevel>> FindLevels(
      absl::string_view connection, int64_t view,
      const std::vector<int64_t>& sku_keys);
  // The keys of one view's levels in that table, ascending, after `after`.
  absl::StatusOr<std::vector<int64_t>> ListLevelKeys(
      absl::string_view connection, int64_t view, int64_t after, int limit);

  // The feed, ascending by revision, after `after`: levels of a view, the
  // connection's own with those beside stock; and products. Levels come
  // without view and location name, with the quantities in stock now; whether
  // locked ones were subtracted is for the caller to say.
  absl::StatusOr<std::vector<model::InventoryLevel>> ListLevels(
      absl::string_view connection, int64_t view, int64_t after, int limit);
  absl::StatusOr<std::vector<model::Product>> ListChangedProducts(
      absl::string_view connection, int64_t after, int limit);
  // The connection's own levels at one location, after `after`; none only at
  // the end. Looks at `limit` rows at most.
  absl::StatusOr<std::vector<model::PlacedLevel>> ListLevelsAt(
      absl::string_view connection, model::LocationKind kind,
      int64_t location_id, const model::LocationPlace& after, int limit);
  // Ascending by id, after `after`.
  absl::StatusOr<std::vector<model::StoredProduct>> ListProducts(
      absl::string_view connection, int64_t after, int limit);
  absl::StatusOr<model::AmbiguousSkus> CountAmbiguousSkus(
      absl::string_view connection, int limit);
  // How many of the connection's own levels are QUANTITY_UNKNOWN.
  absl::StatusOr<int64_t> CountUnknownLevels(absl::string_view connection);

 protected:
  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
};

class InventoryWriter : public InventoryReader {
 public:
  using InventoryReader::InventoryReader;

  // Reads the state and keeps other writers of this connection's inventory
  // waiting until the transaction ends. To be called before anything is
  // computed from what is stored.
  absl::StatusOr<model::InventoryState> LockState(absl::string_view connection);
  absl::Status PutState(absl::string_view connection,
                        const model::InventoryState& state);

  absl::Status PutLocations(
      absl::string_view connection,
      const std::vector<model::StoredLocation>& locations);
  absl::Status AddWithheld(absl::string_view connection,
                           const model::Location& location, int64_t count);
  // Gives a cart its view.
  absl::StatusOr<int64_t> AddView(absl::string_view connection,
                                  absl::string_view cart_id);
  // With its levels and locations.
  absl::Status DeleteView(absl::string_view connection, int64_t view);
  absl::Status PutViewLocations(
      absl::string_view connection,
      const std::vector<model::ViewLocation>& locations);
  absl::Status DeleteViewLocations(absl::string_view connection, int64_t view);

  // The numbers of spellings, in the order given; new ones where there are
  // none yet.
  absl::StatusOr<std::vector<model::Sku>> AddSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts);
  absl::Status PutStock(absl::string_view connection,
                        const std::vector<model::StoredStock>& rows);
  // What was read or told after `now` was so by a clock that was wrong: stock
  // of the warehouse counts as read at `now`, numbers of the channel's listings
  // as never told.
  absl::Status ForgetFutureReadings(absl::string_view connection,
                                    int64_t warehouse_id, absl::Time now);
  absl::Status ForgetFutureNumbers(absl::string_view connection,
                                   int64_t sales_channel_id, absl::Time now);
  // (key, product), those that are there already too.
  absl::Status AddStockProducts(
      absl::string_view connection,
      const std::vector<std::pair<int64_t, int64_t>>& pairs);
  absl::Status PutProducts(absl::string_view connection,
                           const std::vector<model::StoredProduct>& rows);
  absl::Status PutListings(absl::string_view connection,
                           const std::vector<model::StoredListing>& rows);
  absl::Status PutLevels(absl::string_view connection,
                         const std::vector<model::StoredLevel>& levels);
  // By view, key and location.
  absl::Status DeleteLevels(absl::string_view connection,
                            const std::vector<model::StoredLevel>& levels);
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
