// The tables of inventory, as SQL.
#ifndef OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/inventory.h"
#include "storage/inventory_tables.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// SKUs by their numbers.
class SkuTexts {
 public:
  struct Entry {
    int64_t number = 0;
    int64_t key = 0;
    std::string text;
  };

  void reserve(size_t count) { entries_.reserve(count); }
  // By ascending numbers.
  void Add(Entry entry) { entries_.push_back(std::move(entry)); }
  // All zero and empty where there is none.
  const Entry& At(int64_t number) const;

 private:
  std::vector<Entry> entries_;
  Entry none_;
};

// Works within the transaction that `sql` is in; owns neither. Locations,
// state and SKUs are in inventory_tables.cc, the rows in stock_tables.cc,
// catalogue_tables.cc (products and listings) and level_tables.cc.
class SqlInventoryTables final : public InventoryWriter {
 public:
  SqlInventoryTables(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  absl::StatusOr<model::InventoryState> GetState(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<model::StoredLocation>> ListLocations(
      absl::string_view connection) override;
  absl::StatusOr<model::StoredViews> ListViews(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<model::Sku>> FindSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts) override;
  absl::StatusOr<std::vector<std::string>> GetSkuTexts(
      absl::string_view connection,
      const std::vector<int64_t>& numbers) override;
  absl::StatusOr<std::vector<int64_t>> ListSkuKeys(absl::string_view connection,
                                                   int64_t after,
                                                   int limit) override;
  absl::StatusOr<std::vector<model::StoredStock>> FindStock(
      absl::string_view connection, int64_t warehouse_id,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<std::vector<model::StoredStock>> FindStockAt(
      absl::string_view connection, const std::vector<int64_t>& warehouse_ids,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>> FindStockProducts(
      absl::string_view connection,
      const std::vector<int64_t>& sku_keys) override;
  absl::StatusOr<std::vector<model::StoredProduct>> FindProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<std::vector<model::ProductFlags>> FindProductFlags(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<std::vector<model::ProductFlags>> FindProductsBySku(
      absl::string_view connection,
      const std::vector<int64_t>& sku_keys) override;
  absl::StatusOr<std::vector<model::StoredListing>> FindListings(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& listing_ids) override;
  absl::StatusOr<std::vector<model::StoredListing>> FindListingsBySku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& sku_keys) override;
  absl::StatusOr<std::vector<model::StoredListing>> FindListingsByMasterSku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& master_keys) override;
  absl::StatusOr<std::vector<model::StoredListing>> FindListingsOfProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<int64_t> CountUntoldListings(absl::string_view connection,
                                              int64_t sales_channel_id,
                                              absl::Time since) override;
  absl::StatusOr<std::vector<int64_t>> ListStockIds(
      absl::string_view connection, int64_t warehouse_id, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListProductIds(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListListingIds(
      absl::string_view connection, int64_t sales_channel_id, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<model::StoredLevel>> FindLevels(
      absl::string_view connection, int64_t view,
      const std::vector<int64_t>& sku_keys) override;
  absl::StatusOr<std::vector<int64_t>> ListLevelKeys(
      absl::string_view connection, int64_t view, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<model::InventoryLevel>> ListLevels(
      absl::string_view connection, int64_t view, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<model::Product>> ListChangedProducts(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<model::PlacedLevel>> ListLevelsAt(
      absl::string_view connection, model::LocationKind kind,
      int64_t location_id, const model::LocationPlace& after,
      int limit) override;
  absl::StatusOr<std::vector<model::StoredProduct>> ListProducts(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<int64_t> CountUnknownLevels(
      absl::string_view connection) override;
  absl::StatusOr<model::AmbiguousSkus> CountAmbiguousSkus(
      absl::string_view connection, int limit) override;

  absl::StatusOr<model::InventoryState> LockState(
      absl::string_view connection) override;
  absl::Status PutState(absl::string_view connection,
                        const model::InventoryState& state) override;
  absl::Status PutLocations(
      absl::string_view connection,
      const std::vector<model::StoredLocation>& locations) override;
  absl::Status AddWithheld(absl::string_view connection,
                           const model::Location& location,
                           int64_t count) override;
  absl::StatusOr<int64_t> AddView(absl::string_view connection,
                                  absl::string_view cart_id) override;
  absl::Status DeleteView(absl::string_view connection, int64_t view) override;
  absl::Status PutViewLocations(
      absl::string_view connection,
      const std::vector<model::ViewLocation>& locations) override;
  absl::Status DeleteViewLocations(absl::string_view connection,
                                   int64_t view) override;
  absl::StatusOr<std::vector<model::Sku>> AddSkus(
      absl::string_view connection,
      const std::vector<absl::string_view>& texts) override;
  absl::Status PutStock(absl::string_view connection,
                        const std::vector<model::StoredStock>& rows) override;
  absl::Status ForgetFutureReadings(absl::string_view connection,
                                    int64_t warehouse_id,
                                    absl::Time now) override;
  absl::Status ForgetFutureNumbers(absl::string_view connection,
                                   int64_t sales_channel_id,
                                   absl::Time now) override;
  absl::Status AddStockProducts(
      absl::string_view connection,
      const std::vector<std::pair<int64_t, int64_t>>& pairs) override;
  absl::Status PutProducts(
      absl::string_view connection,
      const std::vector<model::StoredProduct>& rows) override;
  absl::Status PutListings(
      absl::string_view connection,
      const std::vector<model::StoredListing>& rows) override;
  absl::Status PutLevels(
      absl::string_view connection,
      const std::vector<model::StoredLevel>& levels) override;
  absl::Status DeleteLevels(
      absl::string_view connection,
      const std::vector<model::StoredLevel>& levels) override;

 private:
  // For writes: NOT_FOUND where there is no such connection.
  absl::StatusOr<int64_t> NumberToWrite(absl::string_view connection);
  absl::StatusOr<std::vector<int64_t>> ListIds(absl::string_view sql,
                                               std::vector<SqlParam> params);
  // Each SKU once, however many rows have it. SKUs are numbered as they come,
  // so those of a page lie together and are read as a range; joined they would
  // be found one by one.
  absl::StatusOr<SkuTexts> ReadSkus(int64_t connection,
                                    std::vector<int64_t> numbers);
  // Sets key and text of the SKUs of stock or products.
  template <typename Row>
  absl::Status NameSkus(int64_t connection, std::vector<Row>* rows) {
    std::vector<int64_t> numbers;
    numbers.reserve(rows->size());
    for (const Row& row : *rows) numbers.push_back(row.sku.number);
    OMS_ASSIGN_OR_RETURN(const SkuTexts skus,
                         ReadSkus(connection, std::move(numbers)));
    for (Row& row : *rows) {
      const SkuTexts::Entry& sku = skus.At(row.sku.number);
      row.sku.key = sku.key;
      row.master_sku = sku.text;
    }
    return absl::OkStatus();
  }

  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_
