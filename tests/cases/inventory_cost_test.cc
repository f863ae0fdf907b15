// What inventory costs the store, in statements and rows, so that no step of a
// pull comes to depend on how much there is beside it.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/endpoints/sql_counter.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using model::InventorySyncMode;
using model::SkuSource;

constexpr int64_t kPage = 100;
// How products are looked up for stock.
constexpr char kLookUp[] =
    "SELECT product_id, sku, sku_key, active, missed, gone, revision FROM "
    "products WHERE connection = $1 AND product_id BETWEEN";

model::Cart Cart(const std::string& id, SkuSource source,
                 std::vector<int64_t> warehouses = {}) {
  model::Cart cart;
  cart.cart_id = id;
  cart.sales_channel = "Shop";
  cart.sku_source = source;
  cart.warehouse_ids = std::move(warehouses);
  return cart;
}

// A catalogue whose products are in one warehouse and, per channel, listed in
// one channel.
class Catalogue {
 public:
  Catalogue(int64_t products, InventorySyncMode mode,
            std::vector<model::Cart> carts) {
    bench_.SetPageLimit(kPage);
    bench_.SetPageWait(absl::Minutes(10));
    bench_.Restart();
    bench_.AddWarehouse(1);
    bench_.AddWarehouse(2);
    bench_.AddChannel(5, "Shop");
    for (int64_t id = 1; id <= products; ++id) {
      const std::string sku = absl::StrCat("SKU-", id);
      bench_.AddProduct(id, sku, true, bench_.now());
      bench_.AddStock(1, id, sku, id % 50, 0);
      bench_.AddListing(id, 5, id, absl::StrCat("L-", id), sku, bench_.now());
      bench_.SetNumber(id, id % 50);
    }
    bench_.SetMode(mode);
    bench_.SetCarts(std::move(carts));
  }

  InventoryBench& bench() { return bench_; }

  // What one pull costs.
  SqlCounts Pull(model::SyncKind kind = model::SyncKind::kIncremental) {
    // So that products and listings of before are not asked for again.
    bench_.Advance(absl::Hours(1));
    inventory::SyncRequest request = bench_.Now();
    request.kind = kind;
    // What pages cost is not the matter, nor what is read ahead of them.
    request.position = bench_.State().last_revision;
    request.max_results = 1;
    bench_.counter().Reset();
    absl::StatusOr<SyncPage> page = bench_.Sync(request);
    // A caller waits for some seconds.
    while (page.ok() && page->run->state == model::SyncState::kRunning) {
      page = bench_.Sync(request);
    }
    EXPECT_TRUE(page.ok()) << page.status();
    if (page.ok()) run_ = *page->run;
    EXPECT_EQ(run_.state, model::SyncState::kSucceeded) << run_.error;
    return bench_.counter().counts();
  }
  const model::SyncRun& run() const { return run_; }

  // How often a statement that begins like this was run.
  int64_t Runs(const std::string& beginning) {
    int64_t runs = 0;
    for (const auto& [text, times] : bench_.counter().texts()) {
      if (absl::StartsWith(text, beginning)) runs += times;
    }
    return runs;
  }

 private:
  InventoryBench bench_;
  model::SyncRun run_;
};

// Statements that write rows of the catalogue or look for what claims a SKU.
void ExpectNothingTouched(Catalogue& catalogue) {
  for (const char* beginning :
       {"INSERT INTO stock", "INSERT INTO levels", "INSERT INTO skus",
        "INSERT INTO listings", "INSERT INTO products",
        "SELECT sku_key, product_id FROM stock_skus", "DELETE FROM levels",
        "UPDATE locations"}) {
    EXPECT_EQ(catalogue.Runs(beginning), 0)
        << beginning << "\n"
        << catalogue.bench().counter().Report();
  }
}

TEST(InventoryCost, AnUnchangedPageOfStockIsReadAndNothingElse) {
  Catalogue catalogue(1000, InventorySyncMode::kPerWarehouse,
                      {Cart("own", SkuSource::kMasterSku),
                       Cart("listed", SkuSource::kListingSku)});
  catalogue.Pull();
  for (const model::SyncKind kind :
       {model::SyncKind::kIncremental, model::SyncKind::kFull}) {
    catalogue.Pull(kind);
    ExpectNothingTouched(catalogue);
    EXPECT_EQ(catalogue.run().counts.levels_unchanged, 1000);
    EXPECT_EQ(catalogue.run().counts.levels_changed, 0);
  }
}

TEST(InventoryCost, AnUnchangedPageOfListingsIsReadAndNothingElse) {
  Catalogue catalogue(1000, InventorySyncMode::kPerSalesChannel,
                      {Cart("own", SkuSource::kMasterSku)});
  catalogue.Pull();
  catalogue.Pull(model::SyncKind::kFull);
  ExpectNothingTouched(catalogue);
  EXPECT_EQ(catalogue.run().counts.levels_unchanged, 1000);
}

// 1,000 products beside several times as many; with OMS_SOAK 10,000.
int64_t Few() { return std::getenv("OMS_SOAK") != nullptr ? 10'000 : 1000; }

void ExpectGrowth(int times, const SqlCounts& few, const SqlCounts& many) {
  EXPECT_LE(many.statements, few.statements * times * 1.05);
  EXPECT_LE(many.rows_read, few.rows_read * times * 1.05);
  EXPECT_LE(many.rows_changed, few.rows_changed * times * 1.05);
}

// Pages of stock, products and listings that are as they were are read, and
// commit nothing, however many there are.
TEST(InventoryCost, UnchangedPullsGrowWithTheirPages) {
  for (const InventorySyncMode mode : {InventorySyncMode::kPerWarehouse,
                                       InventorySyncMode::kPerSalesChannel}) {
    std::map<int64_t, SqlCounts> costs;
    for (const int64_t products : {Few(), Few() * 10}) {
      Catalogue catalogue(products, mode,
                          {Cart("listed", SkuSource::kListingSku)});
      catalogue.bench().ChangeSettings([](model::Settings& settings) {
        settings.download_products_data = true;
      });
      catalogue.Pull();
      costs[products] = catalogue.Pull(model::SyncKind::kFull);
    }
    ExpectGrowth(10, costs[Few()], costs[Few() * 10]);
    EXPECT_EQ(costs[Few()].write_transactions,
              costs[Few() * 10].write_transactions);
  }
}

TEST(InventoryCost, FirstPullsGrowWithTheirRowsInBothModes) {
  for (const InventorySyncMode mode : {InventorySyncMode::kPerWarehouse,
                                       InventorySyncMode::kPerSalesChannel}) {
    std::map<int64_t, SqlCounts> costs;
    for (const int64_t products : {Few(), Few() * 5}) {
      Catalogue catalogue(products, mode,
                          {Cart("listed", SkuSource::kListingSku)});
      costs[products] = catalogue.Pull();
    }
    ExpectGrowth(5, costs[Few()], costs[Few() * 5]);
  }
}

// Stock is spelled as its product is: each page of products is looked up once,
// not once more for each warehouse.
TEST(InventoryCost, AProductIsLookedUpOnceForAllWarehouses) {
  std::map<int, int64_t> lookups;
  for (const int warehouses : {1, 4}) {
    Catalogue catalogue(1000, InventorySyncMode::kPerWarehouse, {});
    for (int warehouse = 2; warehouse <= warehouses; ++warehouse) {
      catalogue.bench().AddWarehouse(warehouse);
      for (int64_t id = 1; id <= 1000; ++id) {
        catalogue.bench().AddStock(warehouse, id, absl::StrCat("SKU-", id), 1);
      }
    }
    catalogue.bench().ChangeSettings([](model::Settings& settings) {
      settings.ignore_inactive_products = true;
    });
    catalogue.Pull();
    EXPECT_EQ(catalogue.run().counts.levels_changed, 1000 * warehouses);
    lookups[warehouses] = catalogue.Runs(kLookUp);
  }
  EXPECT_GT(lookups[1], 0);
  EXPECT_EQ(lookups[4], lookups[1]);
}

// Changed products wait for others while they are small.
TEST(InventoryCost, LargeProductsWaitForNoOthers) {
  std::map<size_t, int64_t> commits;
  for (const size_t bytes : {100, 60'000}) {
    InventoryBench bench;
    bench.SetPageLimit(20);
    bench.SetPageWait(absl::Minutes(10));
    bench.Restart();
    bench.AddWarehouse(1);
    for (int64_t id = 1; id <= 200; ++id) {
      bench.AddProduct(id, absl::StrCat("SKU-", id), true, bench.now());
      bench.world().products[id].description = std::string(bytes, 'x');
    }
    bench.SetMode(InventorySyncMode::kPerWarehouse);
    bench.ChangeSettings([](model::Settings& settings) {
      settings.download_products_data = true;
    });
    bench.counter().Reset();
    ASSERT_TRUE(bench.Sync().ok());
    commits[bytes] = bench.counter().counts().write_transactions;
  }
  // Four of ten pages are 4.8 MB.
  EXPECT_EQ(commits[60'000] - commits[100], 2);
}

// Each warehouse has the same ones: a feed that is read from page to page asks
// for each text once.
TEST(InventoryCost, AFeedReadsEachSkuOnce) {
  Catalogue catalogue(1000, InventorySyncMode::kPerWarehouse, {});
  for (int64_t id = 1; id <= 1000; ++id) {
    catalogue.bench().AddStock(2, id, absl::StrCat("SKU-", id), 1);
  }
  catalogue.Pull();
  inventory::SyncRequest request = catalogue.bench().Now();
  request.max_staleness = absl::InfiniteDuration();
  request.max_results = 250;
  catalogue.bench().counter().Reset();
  LevelMap levels;
  int64_t position = 0;
  ASSERT_TRUE(catalogue.bench().Drain(request, &position, &levels).ok());
  EXPECT_EQ(levels.size(), 2000);
  EXPECT_LE(catalogue.Runs("SELECT number, sku_key, text FROM skus"), 5)
      << catalogue.bench().counter().Report();
}

TEST(InventoryCost, AChangedRowCostsItself) {
  std::map<int64_t, int64_t> rows;
  for (const int64_t products : {1000, 3000}) {
    Catalogue catalogue(products, InventorySyncMode::kPerWarehouse,
                        {Cart("own", SkuSource::kMasterSku)});
    catalogue.Pull();
    const SqlCounts unchanged = catalogue.Pull();
    catalogue.bench().AddStock(1, 500, "SKU-500", 77, 0);
    const SqlCounts changed = catalogue.Pull();
    EXPECT_EQ(catalogue.run().counts.levels_changed, 1);
    rows[products] = changed.rows_changed - unchanged.rows_changed;
    // It is compared once more under the lock, with what levels follow from.
    EXPECT_LE(changed.rows_read - unchanged.rows_read, 15);
  }
  // The row with its level, the counter of revisions, the state that tells it,
  // the run and its checkpoint.
  EXPECT_LE(rows[1000], 5);
  EXPECT_EQ(rows[1000], rows[3000]);
}

TEST(InventoryCost, ACartWithMasterSkusCostsNoLevels) {
  std::map<size_t, int64_t> rows;
  for (const size_t carts : {size_t{1}, size_t{4}}) {
    std::vector<model::Cart> all;
    for (size_t i = 0; i < carts; ++i) {
      all.push_back(Cart(absl::StrCat("cart-", i), SkuSource::kMasterSku));
    }
    Catalogue catalogue(1000, InventorySyncMode::kPerWarehouse, all);
    rows[carts] = catalogue.Pull().rows_changed;
  }
  // Each cart's view and its two locations, and the steps that make them.
  EXPECT_LE(rows[4] - rows[1], 3 * 12);
}

TEST(InventoryCost, ALocationThatIsGainedOrLostIsOneRow) {
  Catalogue catalogue(1000, InventorySyncMode::kPerWarehouse,
                      {Cart("own", SkuSource::kMasterSku, {1, 2}),
                       Cart("all", SkuSource::kMasterSku)});
  catalogue.Pull();
  const LevelMap before = catalogue.bench().Levels("own");
  EXPECT_EQ(before.size(), 1000u);
  for (const bool gained : {false, true}) {
    catalogue.bench().SetCarts(
        {Cart("own", SkuSource::kMasterSku,
              gained ? std::vector<int64_t>{1, 2} : std::vector<int64_t>{2}),
         Cart("all", SkuSource::kMasterSku)});
    catalogue.bench().counter().Reset();
    inventory::SyncRequest request = catalogue.bench().Now();
    request.max_staleness = absl::InfiniteDuration();
    request.cart = "own";
    LevelMap levels;
    int64_t position = 0;
    ASSERT_TRUE(catalogue.bench().Drain(request, &position, &levels).ok());
    EXPECT_EQ(catalogue.Runs("INSERT INTO stock"), 0);
    EXPECT_EQ(catalogue.Runs("INSERT INTO levels"), 0);
    EXPECT_EQ(catalogue.Runs("INSERT INTO view_locations"), 1);
    EXPECT_EQ(levels.size(), 1000u);
    for (const auto& [key, level] : levels) {
      EXPECT_EQ(level.available.has_value(), gained);
    }
  }
}

// A reader at the head is told each change of what it sees once.
TEST(InventoryCost, ACartThatChangesIsToldEachLevelOnce) {
  Catalogue catalogue(250, InventorySyncMode::kPerWarehouse,
                      {Cart("own", SkuSource::kMasterSku)});
  catalogue.Pull();
  int64_t position = 0;
  inventory::SyncRequest request = catalogue.bench().Now();
  request.max_staleness = absl::InfiniteDuration();
  request.cart = "own";
  request.max_results = 60;
  LevelMap told;
  const auto read = [&] {
    LevelMap fresh;
    EXPECT_TRUE(catalogue.bench().Drain(request, &position, &fresh).ok());
    for (const auto& [key, level] : fresh) told[key] = level;
    return fresh.size();
  };
  EXPECT_EQ(read(), 250u);
  EXPECT_EQ(read(), 0u);
  // Lost, gained, lost and gained again at once.
  catalogue.bench().SetCarts({Cart("own", SkuSource::kMasterSku, {2})});
  EXPECT_EQ(read(), 250u);
  EXPECT_EQ(read(), 0u);
  catalogue.bench().SetCarts({Cart("own", SkuSource::kMasterSku, {1})});
  EXPECT_EQ(read(), 250u);
  EXPECT_EQ(read(), 0u);
  for (const auto& [key, level] : told)
    EXPECT_TRUE(level.available.has_value());
  // Listing SKUs: its keys leave, others come; then the other way round.
  catalogue.bench().SetCarts({Cart("own", SkuSource::kListingSku)});
  catalogue.Pull();
  EXPECT_EQ(read(), 500u);
  EXPECT_EQ(read(), 0u);
  int published = 0;
  for (const auto& [key, level] : told) {
    const bool listed = absl::StartsWith(level.sku, "L-");
    EXPECT_EQ(level.available.has_value(), listed) << level.sku;
    published += level.available.has_value() ? 1 : 0;
  }
  EXPECT_EQ(published, 250);
  catalogue.bench().SetCarts({Cart("own", SkuSource::kMasterSku)});
  EXPECT_EQ(read(), 500u);
  EXPECT_EQ(read(), 0u);
  for (const auto& [key, level] : told) {
    EXPECT_EQ(level.available.has_value(), absl::StartsWith(level.sku, "SKU-"))
        << level.sku;
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
