// Small rows of the tables of inventory, for their tests.
#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_INVENTORY_SAMPLES_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_INVENTORY_SAMPLES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "model/inventory.h"
#include "model/inventory_rows.h"
#include "storage/inventory_tables.h"

namespace oms_connector::storage::inventory_samples {

inline const absl::Time kNow = absl::FromUnixMicros(1'786'960'800'123'456);

// Numbers of SKUs of acme, in the order asked.
inline std::vector<model::Sku> Skus(
    InventoryWriter& tables, const std::vector<absl::string_view>& texts) {
  absl::StatusOr<std::vector<model::Sku>> skus = tables.AddSkus("acme", texts);
  EXPECT_TRUE(skus.ok()) << skus.status();
  return skus.ok() ? *skus : std::vector<model::Sku>(texts.size());
}

inline model::StoredStock Stock(int64_t warehouse, int64_t product,
                                model::Sku sku, int64_t on_hand,
                                std::optional<int64_t> locked = 1) {
  model::StoredStock stock;
  stock.warehouse_id = warehouse;
  stock.product_id = product;
  stock.sku = sku;
  stock.on_hand = on_hand;
  stock.locked = locked;
  stock.value_time = kNow;
  return stock;
}

}  // namespace oms_connector::storage::inventory_samples

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_INVENTORY_SAMPLES_H_
