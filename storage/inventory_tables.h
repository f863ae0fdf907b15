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
#include "storage/document.h"

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
  virtual ~InventoryReader() = default;

  virtual absl::StatusOr<model::InventoryState> GetState(
      absl::string_view connection) = 0;
  // Ascending by kind and id.
  virtual absl::StatusOr<std::vector<model::StoredLocation>> ListLocations(
      absl::string_view connection) = 0;
  virtual absl::StatusOr<model::StoredViews> ListViews(
      absl::string_view connection) = 0;

  // The numbers of spellings, in the order asked; the key is also told of a
  // spelling that is new itself, and {0, 0} of one whose key is.
  virtual absl::StatusOr<std::vector<model::Sku>> FindSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts) = 0;
  // The spellings of numbers, in the order asked; "" for one that there is not.
  virtual absl::StatusOr<std::vector<std::string>> GetSkuTexts(
      absl::string_view connection, const std::vector<int64_t>& numbers) = 0;
  // Every key that was ever used, ascending, after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListSkuKeys(
      absl::string_view connection, int64_t after, int limit) = 0;

  // Of one warehouse, ascending by product. `product_ids` ascend.
  virtual absl::StatusOr<std::vector<model::StoredStock>> FindStock(
      absl::string_view connection, int64_t warehouse_id,
      const std::vector<int64_t>& product_ids) = 0;
  // Of all the warehouses and products.
  virtual absl::StatusOr<std::vector<model::StoredStock>> FindStockAt(
      absl::string_view connection, const std::vector<int64_t>& warehouse_ids,
      const std::vector<int64_t>& product_ids) = 0;
  // Which products may have stock under the keys, as (key, product).
  virtual absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>>
  FindStockProducts(absl::string_view connection,
                    const std::vector<int64_t>& sku_keys) = 0;

  virtual absl::StatusOr<std::vector<model::StoredProduct>> FindProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;
  virtual absl::StatusOr<std::vector<model::ProductFlags>> FindProductFlags(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;
  virtual absl::StatusOr<std::vector<model::ProductFlags>> FindProductsBySku(
      absl::string_view connection, const std::vector<int64_t>& sku_keys) = 0;

  virtual absl::StatusOr<std::vector<model::StoredListing>> FindListings(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& listing_ids) = 0;
  virtual absl::StatusOr<std::vector<model::StoredListing>> FindListingsBySku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& sku_keys) = 0;
  virtual absl::StatusOr<std::vector<model::StoredListing>>
  FindListingsByMasterSku(absl::string_view connection,
                          int64_t sales_channel_id,
                          const std::vector<int64_t>& master_keys) = 0;
  // In all channels.
  virtual absl::StatusOr<std::vector<model::StoredListing>>
  FindListingsOfProducts(absl::string_view connection,
                         const std::vector<int64_t>& product_ids) = 0;
  // Listings of a channel that were told no number after `since`; those that
  // are gone, unread or inactive do not count.
  virtual absl::StatusOr<int64_t> CountUntoldListings(
      absl::string_view connection, int64_t sales_channel_id,
      absl::Time since) = 0;

  // Ids of rows that are not gone (of listings: and were read), ascending,
  // after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListStockIds(
      absl::string_view connection, int64_t warehouse_id, int64_t after,
      int limit) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> ListProductIds(
      absl::string_view connection, int64_t after, int limit) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> ListListingIds(
      absl::string_view connection, int64_t sales_channel_id, int64_t after,
      int limit) = 0;

  // Levels of the keys in the table of levels.
  virtual absl::StatusOr<std::vector<model::StoredLevel>> FindLevels(
      absl::string_view connection, int64_t view,
      const std::vector<int64_t>& sku_keys) = 0;
  // The keys of one view's levels in that table, ascending, after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListLevelKeys(
      absl::string_view connection, int64_t view, int64_t after, int limit) = 0;

  // The feed, ascending by revision, after `after`: levels of a view, the
  // connection's own with those beside stock; and products. Levels come
  // without view and location name, with the quantities in stock now; whether
  // locked ones were subtracted is for the caller to say.
  virtual absl::StatusOr<std::vector<model::InventoryLevel>> ListLevels(
      absl::string_view connection, int64_t view, int64_t after, int limit) = 0;
  virtual absl::StatusOr<std::vector<model::Product>> ListChangedProducts(
      absl::string_view connection, int64_t after, int limit) = 0;
  // The connection's own levels at one location, after `after`; none only at
  // the end. Looks at `limit` rows at most.
  virtual absl::StatusOr<std::vector<model::PlacedLevel>> ListLevelsAt(
      absl::string_view connection, model::LocationKind kind,
      int64_t location_id, const model::LocationPlace& after, int limit) = 0;
  // Ascending by id, after `after`.
  virtual absl::StatusOr<std::vector<model::StoredProduct>> ListProducts(
      absl::string_view connection, int64_t after, int limit) = 0;
  virtual absl::StatusOr<model::AmbiguousSkus> CountAmbiguousSkus(
      absl::string_view connection, int limit) = 0;
  // How many of the connection's own levels are QUANTITY_UNKNOWN.
  virtual absl::StatusOr<int64_t> CountUnknownLevels(
      absl::string_view connection) = 0;
};

class InventoryWriter : public InventoryReader {
 public:
  // Reads the state and keeps other writers of this connection's inventory
  // waiting until the transaction ends. To be called before anything is
  // computed from what is stored.
  virtual absl::StatusOr<model::InventoryState> LockState(
      absl::string_view connection) = 0;
  virtual absl::Status PutState(absl::string_view connection,
                                const model::InventoryState& state) = 0;

  virtual absl::Status PutLocations(
      absl::string_view connection,
      const std::vector<model::StoredLocation>& locations) = 0;
  virtual absl::Status AddWithheld(absl::string_view connection,
                                   const model::Location& location,
                                   int64_t count) = 0;
  // Gives a cart its view.
  virtual absl::StatusOr<int64_t> AddView(absl::string_view connection,
                                          absl::string_view cart_id) = 0;
  // With its levels and locations.
  virtual absl::Status DeleteView(absl::string_view connection,
                                  int64_t view) = 0;
  virtual absl::Status PutViewLocations(
      absl::string_view connection,
      const std::vector<model::ViewLocation>& locations) = 0;
  virtual absl::Status DeleteViewLocations(absl::string_view connection,
                                           int64_t view) = 0;

  // The numbers of spellings, in the order given; new ones where there are
  // none yet.
  virtual absl::StatusOr<std::vector<model::Sku>> AddSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts) = 0;
  virtual absl::Status PutStock(
      absl::string_view connection,
      const std::vector<model::StoredStock>& rows) = 0;
  // What was read or told after `now` was so by a clock that was wrong: stock
  // of the warehouse counts as read at `now`, numbers of the channel's listings
  // as never told.
  virtual absl::Status ForgetFutureReadings(absl::string_view connection,
                                            int64_t warehouse_id,
                                            absl::Time now) = 0;
  virtual absl::Status ForgetFutureNumbers(absl::string_view connection,
                                           int64_t sales_channel_id,
                                           absl::Time now) = 0;
  // (key, product), those that are there already too.
  virtual absl::Status AddStockProducts(
      absl::string_view connection,
      const std::vector<std::pair<int64_t, int64_t>>& pairs) = 0;
  virtual absl::Status PutProducts(
      absl::string_view connection,
      const std::vector<model::StoredProduct>& rows) = 0;
  virtual absl::Status PutListings(
      absl::string_view connection,
      const std::vector<model::StoredListing>& rows) = 0;
  virtual absl::Status PutLevels(
      absl::string_view connection,
      const std::vector<model::StoredLevel>& levels) = 0;
  // By view, key and location.
  virtual absl::Status DeleteLevels(
      absl::string_view connection,
      const std::vector<model::StoredLevel>& levels) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
