#ifndef OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_

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
#include "storage/inventory_tables.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The tables of storage/inventory_tables.h in SQL. Lives as long as one
// transaction of `connection`, which it does not own. Its methods are written
// in inventory_tables.cc (state, locations), stock_tables.cc, product_tables.cc
// listing_tables.cc and level_tables.cc.
class SqlInventoryTables final : public InventoryWriter {
 public:
  SqlInventoryTables(SqlConnection& connection, ConnectionNumbers& numbers)
      : connection_(connection), numbers_(numbers) {}

  absl::StatusOr<InventoryState> GetState(
      absl::string_view connection) override;
  absl::StatusOr<std::map<std::string, absl::Time>> ListSourceMarks(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<StoredSalesChannel>> ListSalesChannels(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<StoredWarehouse>> ListWarehouses(
      absl::string_view connection) override;

  absl::StatusOr<std::vector<StoredStock>> FindStock(
      absl::string_view connection, int64_t warehouse_id,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<std::vector<StoredStock>> FindStockBySku(
      absl::string_view connection,
      const std::vector<std::string>& sku_keys) override;
  absl::StatusOr<std::vector<StoredStock>> FindStockOfProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) override;

  absl::StatusOr<std::vector<StoredProduct>> FindProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<std::vector<StoredProduct>> FindProductsBySku(
      absl::string_view connection,
      const std::vector<std::string>& sku_keys) override;

  absl::StatusOr<std::vector<StoredListing>> FindListings(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<int64_t>& listing_ids) override;
  absl::StatusOr<std::vector<StoredListing>> FindListingsBySku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<std::string>& listing_keys) override;
  absl::StatusOr<std::vector<StoredListing>> FindListingsByMasterSku(
      absl::string_view connection, int64_t sales_channel_id,
      const std::vector<std::string>& master_keys) override;
  absl::StatusOr<std::vector<StoredListing>> FindListingsOfProducts(
      absl::string_view connection,
      const std::vector<int64_t>& product_ids) override;
  absl::StatusOr<int64_t> CountUntoldListings(absl::string_view connection,
                                              int64_t sales_channel_id,
                                              absl::Time since) override;

  absl::StatusOr<std::vector<StoredStock>> ListUnseenStock(
      absl::string_view connection, int64_t warehouse_id, int64_t pass,
      int64_t after, int limit) override;
  absl::StatusOr<std::vector<StoredProduct>> ListUnseenProducts(
      absl::string_view connection, int64_t pass, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<StoredListing>> ListUnseenListings(
      absl::string_view connection, int64_t sales_channel_id, int64_t pass,
      int64_t after, int limit) override;

  absl::StatusOr<std::vector<std::string>> ListSkuKeys(
      absl::string_view connection, absl::string_view view,
      absl::string_view after, int limit) override;
  absl::StatusOr<std::vector<StoredLevel>> FindLevels(
      absl::string_view connection, absl::string_view view,
      const std::vector<std::string>& sku_keys) override;
  absl::StatusOr<std::vector<model::InventoryLevel>> ListLevels(
      absl::string_view connection, absl::string_view view, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<model::Product>> ListChangedProducts(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<StoredProduct>> ListProducts(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::optional<std::string>> NextView(
      absl::string_view connection, absl::string_view after) override;
  absl::StatusOr<AmbiguousSkus> CountAmbiguousSkus(absl::string_view connection,
                                                   int limit) override;

  absl::StatusOr<InventoryState> LockState(
      absl::string_view connection) override;
  absl::Status PutState(absl::string_view connection,
                        const InventoryState& state) override;
  absl::Status PutSourceMark(absl::string_view connection,
                             absl::string_view source,
                             absl::Time time) override;
  absl::Status DeleteSourceMarks(absl::string_view connection) override;
  absl::Status PutSalesChannels(
      absl::string_view connection,
      const std::vector<StoredSalesChannel>& channels) override;
  absl::Status PutWarehouses(
      absl::string_view connection,
      const std::vector<StoredWarehouse>& warehouses) override;
  absl::Status PutStock(absl::string_view connection,
                        const std::vector<StoredStock>& rows) override;
  absl::Status PutProducts(absl::string_view connection,
                           const std::vector<StoredProduct>& rows) override;
  absl::Status PutListings(absl::string_view connection,
                           const std::vector<StoredListing>& rows) override;
  absl::Status PutLevels(absl::string_view connection,
                         const std::vector<StoredLevel>& levels) override;
  absl::Status DeleteView(absl::string_view connection,
                          absl::string_view view) override;

 private:
  SqlConnection& connection_;
  ConnectionNumbers& numbers_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_INVENTORY_TABLES_H_
