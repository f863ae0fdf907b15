// What is known of stock: the rows as the Order Manager tells them, the levels
// computed from them, and how far pulling and computing have come.
//
// SKU keys are SKUs folded for comparison (base/text_fold.h); the caller folds.
// Lists of keys or ids to find may be of any length and hold repetitions; what
// is found comes in no particular order, unless said otherwise. A Put inserts
// rows or replaces them whole.
#ifndef OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
#define OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/inventory.h"

namespace oms_connector::storage {

// One per connection; a default-made one where nothing was stored yet.
struct InventoryState {
  // The view_generation (model::Connection) under which all levels are
  // computed; 0 = none yet.
  int64_t computed_generation = 0;
  // A recompute under way: for which generation, and after which step and key
  // it goes on. Both empty = from the start.
  int64_t target_generation = 0;
  std::string position_step;
  std::string position_key;
  // Warehouses or channels came, went or changed their flag: levels must be
  // computed anew, though those stored may be read meanwhile.
  bool locations_changed = false;
  // The run that computes all levels at its end and none before; empty = none.
  std::string deferred_by_run;
  std::string base_url;   // of the account that was pulled last
  int64_t full_pass = 0;  // number of the newest full pull
  std::optional<absl::Time> last_complete_full_time;
  // Numbers were asked for and the answer is not stored yet.
  std::optional<absl::Time> acknowledge_in_flight;
  // Since when differences may be missing; unset = none are.
  std::optional<absl::Time> gap_time;
  int64_t last_revision = 0;  // the newest that inventory has taken
};

// Whether the last list of the Order Manager had it.
struct StoredSalesChannel {
  model::SalesChannel channel;
  bool listed = true;
};
struct StoredWarehouse {
  model::Warehouse warehouse;
  bool listed = true;
};

// What is remembered of a row for the conclusion that it is gone.
struct Presence {
  int64_t pass = 0;     // the newest full pull that has seen it
  bool missed = false;  // a complete full pull has missed it
  bool gone = false;    // concluded: not in the Order Manager any more
};

struct StoredStock {
  model::StockRow row;
  std::string sku_key;
  absl::Time value_time;  // when these quantities were first read
  Presence presence;
};

struct StoredProduct {
  model::Product product;  // its revision is 0 while it is not in the feed
  std::string sku_key;
  Presence presence;
};

struct StoredListing {
  model::Listing listing;
  std::string listing_key;
  std::string master_key;
  bool known = true;  // false: only a number was told, the listing is unread
  std::optional<int64_t> quantity;
  absl::Time value_time;                // when this quantity was first read
  std::optional<absl::Time> told_time;  // when one was last told
  Presence presence;
};

struct StoredLevel {
  model::InventoryLevel level;
  std::string sku_key;
  int64_t product_id = 0;  // whose stock the derivation tells
};

// SKU keys that are ambiguous, and the first of them as they are spelled.
struct AmbiguousSkus {
  int64_t count = 0;
  std::vector<std::string> first;
};

class InventoryReader {
 public:
  virtual ~InventoryReader() = default;

  virtual absl::StatusOr<InventoryState> GetState(
      absl::string_view connection) = 0;
  // Named times of the pulling room: what was read completely, and when that
  // reading began.
  virtual absl::StatusOr<std::map<std::string, absl::Time>> ListSourceMarks(
      absl::string_view connection) = 0;

  // Ascending by id.
  virtual absl::StatusOr<std::vector<StoredSalesChannel>> ListSalesChannels(
      absl::string_view connection) = 0;
  virtual absl::StatusOr<std::vector<StoredWarehouse>> ListWarehouses(
      absl::string_view connection) = 0;

  virtual absl::StatusOr<std::vector<StoredStock>> FindStock(
      absl::string_view connection, int64_t warehouse_id,
      const std::vector<int64_t>& product_ids) = 0;
  virtual absl::StatusOr<std::vector<StoredStock>> FindStockBySku(
      absl::string_view connection,
      const std::vector<std::string>& sku_keys) = 0;
  virtual absl::StatusOr<std::vector<StoredStock>> FindStockOfProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;

  virtual absl::StatusOr<std::vector<StoredProduct>> FindProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;
  virtual absl::StatusOr<std::vector<StoredProduct>> FindProductsBySku(
      absl::string_view connection,
      const std::vector<std::string>& sku_keys) = 0;

  virtual absl::StatusOr<std::vector<StoredListing>> FindListings(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& listing_ids) = 0;
  virtual absl::StatusOr<std::vector<StoredListing>> FindListingsBySku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<std::string>& listing_keys) = 0;
  virtual absl::StatusOr<std::vector<StoredListing>> FindListingsByMasterSku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<std::string>& master_keys) = 0;
  // In all channels.
  virtual absl::StatusOr<std::vector<StoredListing>> FindListingsOfProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) = 0;
  // Listings of a channel that were told no number after `since`; those that
  // are gone, unread or inactive do not count.
  virtual absl::StatusOr<int64_t> CountUntoldListings(
      absl::string_view connection, int64_t sales_channel_id,
      absl::Time since) = 0;

  // Rows not gone that a full pull with number `pass` has not seen, by
  // ascending id after `after`.
  virtual absl::StatusOr<std::vector<StoredStock>> ListUnseenStock(
      absl::string_view connection, int64_t warehouse_id, int64_t pass,
      int64_t after, int limit) = 0;
  virtual absl::StatusOr<std::vector<StoredProduct>> ListUnseenProducts(
      absl::string_view connection, int64_t pass, int64_t after, int limit) = 0;
  virtual absl::StatusOr<std::vector<StoredListing>> ListUnseenListings(
      absl::string_view connection, int64_t sales_channel_id, int64_t pass,
      int64_t after, int limit) = 0;

  // Every key under which stock, a listing or a level of the view is known,
  // ascending, after `after`.
  virtual absl::StatusOr<std::vector<std::string>> ListSkuKeys(
      absl::string_view connection, absl::string_view view,
      absl::string_view after, int limit) = 0;
  // Without location names and without the quantities of the derivation.
  virtual absl::StatusOr<std::vector<StoredLevel>> FindLevels(
      absl::string_view connection, absl::string_view view,
      const std::vector<std::string>& sku_keys) = 0;
  // The feed: levels of a view, and products, with a revision after `after`,
  // ascending by revision. Levels come with the location's name and with the
  // quantities in stock now; whether locked ones were subtracted is for the
  // caller to say.
  virtual absl::StatusOr<std::vector<model::InventoryLevel>> ListLevels(
      absl::string_view connection, absl::string_view view, int64_t after,
      int limit) = 0;
  virtual absl::StatusOr<std::vector<model::Product>> ListChangedProducts(
      absl::string_view connection, int64_t after, int limit) = 0;
  // Ascending by id, after `after`.
  virtual absl::StatusOr<std::vector<StoredProduct>> ListProducts(
      absl::string_view connection, int64_t after, int limit) = 0;
  // The next view, in ascending order, that has levels; nullopt at the end.
  virtual absl::StatusOr<std::optional<std::string>> NextView(
      absl::string_view connection, absl::string_view after) = 0;
  virtual absl::StatusOr<AmbiguousSkus> CountAmbiguousSkus(
      absl::string_view connection, int limit) = 0;
};

class InventoryWriter : public InventoryReader {
 public:
  // Reads the state and keeps other writers of this connection's inventory
  // waiting until the transaction ends. To be called before anything is
  // computed from what is stored.
  virtual absl::StatusOr<InventoryState> LockState(
      absl::string_view connection) = 0;
  virtual absl::Status PutState(absl::string_view connection,
                                const InventoryState& state) = 0;
  virtual absl::Status PutSourceMark(absl::string_view connection,
                                     absl::string_view source,
                                     absl::Time time) = 0;
  virtual absl::Status DeleteSourceMarks(absl::string_view connection) = 0;

  virtual absl::Status PutSalesChannels(
      absl::string_view connection,
      const std::vector<StoredSalesChannel>& channels) = 0;
  virtual absl::Status PutWarehouses(
      absl::string_view connection,
      const std::vector<StoredWarehouse>& warehouses) = 0;
  virtual absl::Status PutStock(absl::string_view connection,
                                const std::vector<StoredStock>& rows) = 0;
  virtual absl::Status PutProducts(absl::string_view connection,
                                   const std::vector<StoredProduct>& rows) = 0;
  virtual absl::Status PutListings(absl::string_view connection,
                                   const std::vector<StoredListing>& rows) = 0;
  virtual absl::Status PutLevels(absl::string_view connection,
                                 const std::vector<StoredLevel>& levels) = 0;
  virtual absl::Status DeleteView(absl::string_view connection,
                                  absl::string_view view) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
