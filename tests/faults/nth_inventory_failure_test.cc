// Each call of pulls and recomputes of inventory fails once (nth_failure.h).
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/endpoints/test_store.h"
#include "tests/faults/nth_failure.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using storage::FaultPlan;

class InventoryScene : public Scene {
 public:
  InventoryScene(const std::string& path, FaultPlan* faults, bool per_warehouse)
      : bench_(TestStoreOptions{nullptr, faults, path}) {
    bench_.order_manager().SetHook(
        [this](const WatchedOrderManager::Request&) { return fault_.Next(); });
    if (per_warehouse) bench_.SetMode(model::InventorySyncMode::kPerWarehouse);
    bench_.AddWarehouse(1);
    bench_.AddChannel(7, "Shop");
    bench_.AddStock(1, 10, "A", 7, 2);
    bench_.AddStock(1, 11, "B", 5, 1);
    bench_.AddProduct(10, "A", true, bench_.now() - absl::Hours(48));
    bench_.AddListing(20, 7, 10, "shop-A", "A", bench_.now() - absl::Hours(48));
    bench_.SetNumber(20, 50);
    model::Cart cart;
    cart.cart_id = "shop";
    cart.sales_channel = "Shop";
    cart.sku_source = model::SkuSource::kListingSku;
    bench_.SetCarts({cart});
  }

  absl::Status Act() override {
    const auto page = bench_.Sync();
    OMS_RETURN_IF_ERROR(page.status());
    gap_told_ = page->run.has_value() && page->run->delta_gap_suspected;
    return page->run.has_value() ? page->run->error : absl::OkStatus();
  }
  std::string Outcome() override {
    return absl::StrCat(Brief(Stored("")), " | ", Brief(Stored("shop")));
  }
  // A number that was acknowledged and could not be stored cannot be asked for
  // again: its level is withheld as unknown, and the gap is said.
  std::string ToldLoss() override {
    return gap_told_ ? "A@7=W9 | shop-A@7=W9" : "";
  }
  bool FailRequest(int n) override {
    fault_.FailNth(n);
    return true;
  }
  bool RequestFailed() const override { return fault_.failed(); }

 protected:
  LevelMap Stored(const std::string& cart) {
    inventory::SyncRequest request = bench_.Now();
    request.cart = cart;
    request.max_staleness = absl::InfiniteDuration();
    LevelMap levels;
    int64_t position = 0;
    const auto page = bench_.Drain(request, &position, &levels);
    EXPECT_TRUE(page.ok()) << page.status();
    return levels;
  }

  RequestFault fault_;
  InventoryBench bench_;
  bool gap_told_ = false;
};

// A second pull, which finds changes of every kind.
class ChangedInventoryScene final : public InventoryScene {
 public:
  ChangedInventoryScene(const std::string& path, FaultPlan* faults)
      : InventoryScene(path, faults, /*per_warehouse=*/true) {
    EXPECT_EQ(InventoryScene::Act(), absl::OkStatus());
    bench_.Advance(absl::Minutes(20));
    bench_.AddStock(1, 10, "A", 9, 3);   // another number
    bench_.AddStock(1, 11, "B2", 5, 1);  // another SKU
    bench_.AddStock(1, 12, "A", 1, 0);   // makes A ambiguous
  }
};

// Other settings, applied to what is stored.
class RecomputeScene final : public InventoryScene {
 public:
  RecomputeScene(const std::string& path, FaultPlan* faults)
      : InventoryScene(path, faults, /*per_warehouse=*/true) {
    EXPECT_EQ(InventoryScene::Act(), absl::OkStatus());
    bench_.ChangeSettings([](model::Settings& settings) {
      settings.subtract_locked_quantity = true;
    });
  }
  absl::Status Act() override {
    inventory::SyncRequest request = bench_.Now();
    request.max_staleness = absl::InfiniteDuration();
    return bench_.Sync(request).status();
  }
};

TEST_F(NthFailureTest, StatementsOfAFirstPullOfStock) {
  FailEachStatement(Maker<InventoryScene>(true));
}
TEST_F(NthFailureTest, StatementsOfAFirstPullOfChannels) {
  FailEachStatement(Maker<InventoryScene>(false));
}
TEST_F(NthFailureTest, StatementsOfAPullThatFindsChanges) {
  FailEachStatement(Maker<ChangedInventoryScene>());
}
TEST_F(NthFailureTest, StatementsOfARecompute) {
  FailEachStatement(Maker<RecomputeScene>());
}
TEST_F(NthFailureTest, RequestsOfPullsOfInventory) {
  FailEachRequest(Maker<InventoryScene>(true));
  FailEachRequest(Maker<InventoryScene>(false));
  FailEachRequest(Maker<ChangedInventoryScene>());
}

}  // namespace
}  // namespace oms_connector::testing_support
