// Why a level is what it is: each reason with the rows that cause it.
#include "domain/inventory/level_explanation.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::ExplainedClaim;
using inventory::LevelExplanation;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class LevelExplanations : public ::testing::Test {
 protected:
  FakeWorld& world() { return bench_.world(); }

  std::vector<LevelExplanation> Explain(const std::string& sku,
                                        const std::string& cart = "") {
    auto explained = inventory::ExplainLevel(
        bench_.store(), {}, {kBenchConnection, cart, sku}, bench_.now());
    EXPECT_TRUE(explained.ok()) << explained.status();
    return explained.ok() ? explained->levels : std::vector<LevelExplanation>();
  }
  void Sync() { ASSERT_TRUE(bench_.Sync().ok()); }

  InventoryBench bench_;
};

class WarehouseExplanations : public LevelExplanations {
 protected:
  WarehouseExplanations() {
    bench_.SetMode(model::InventorySyncMode::kPerWarehouse);
    bench_.AddWarehouse(1);
    bench_.AddStock(1, 10, "Tee", 9, 2);
  }
};

TEST_F(WarehouseExplanations, TheCalculationOfAPublishedNumber) {
  const absl::Time read = bench_.now();
  Sync();
  bench_.Advance(absl::Hours(1));
  std::vector<LevelExplanation> found = Explain(" tEE ");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(Brief(found[0].level), "9");
  EXPECT_EQ(found[0].level.location.name, "Warehouse 1");
  EXPECT_EQ(found[0].text,
            "Published: 9, from 9 on hand; 2 locked are not subtracted, as "
            "Subtract Locked Quantity is off.");
  EXPECT_EQ(found[0].change_time, read);
  ASSERT_THAT(found[0].claims, SizeIs(1));
  const ExplainedClaim& claim = found[0].claims[0];
  EXPECT_EQ(claim.product_id, 10);
  EXPECT_EQ(claim.master_sku, "Tee");
  EXPECT_EQ(claim.listing_sku, "");
  EXPECT_EQ(claim.on_hand, 9);
  EXPECT_EQ(claim.locked, 2);
  EXPECT_EQ(claim.quantity, std::nullopt);
  EXPECT_EQ(claim.value_time, read);
}

// As the feed would answer next, before anybody has asked it.
TEST_F(WarehouseExplanations, SettingsInForceCountBeforeTheNextSync) {
  Sync();
  bench_.ChangeSettings(
      [](model::Settings& s) { s.subtract_locked_quantity = true; });
  EXPECT_EQ(Explain("Tee")[0].text,
            "Published: 7, from 9 on hand less 2 locked. The feed tells this "
            "from the next sync on.");
  Sync();
  EXPECT_EQ(Explain("Tee")[0].text,
            "Published: 7, from 9 on hand less 2 locked.");
}

TEST_F(WarehouseExplanations, EveryProductThatClaimsAnAmbiguousSku) {
  bench_.AddStock(1, 11, "TEE", 4, 0);
  Sync();
  const std::vector<LevelExplanation> found = Explain("tee");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].level.withheld_reason,
            model::WithheldReason::kAmbiguousSku);
  EXPECT_THAT(found[0].text, HasSubstr("product 10; product 11"));
  ASSERT_THAT(found[0].claims, SizeIs(2));
  EXPECT_EQ(found[0].claims[1].master_sku, "TEE");
}

// A flag is told whether or not the settings look at it.
TEST_F(WarehouseExplanations, AnInactiveProduct) {
  bench_.AddProduct(10, "Tee", /*active=*/false, bench_.now());
  Sync();
  EXPECT_EQ(Explain("Tee")[0].text,
            "Withheld: product 10 is inactive in the Order Manager, and Ignore "
            "Inactive Products is on.");
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  const std::vector<LevelExplanation> found = Explain("Tee");
  EXPECT_THAT(found[0].text, StartsWith("Published: 9"));
  EXPECT_FALSE(found[0].claims[0].product_active);
}

// The time is the quantity's: a level that was withheld in between bears the
// same one as before.
TEST_F(WarehouseExplanations, APublishedLevelBearsTheTimeOfItsQuantity) {
  const absl::Time read = bench_.now();
  bench_.AddProduct(10, "Tee", /*active=*/false, bench_.now());
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  Sync();
  bench_.Advance(absl::Hours(1));
  const absl::Time withheld = bench_.now();
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = true; });
  Sync();
  EXPECT_EQ(Explain("Tee")[0].change_time, withheld);
  bench_.Advance(absl::Hours(1));
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  Sync();
  EXPECT_EQ(Explain("Tee")[0].change_time, read);
}

TEST_F(WarehouseExplanations, NumbersThatCannotBe) {
  bench_.AddStock(1, 11, "DEBT", -4, 0);
  bench_.AddStock(1, 12, "SECRET", 4, std::nullopt);
  bench_.ChangeSettings(
      [](model::Settings& s) { s.subtract_locked_quantity = true; });
  Sync();
  EXPECT_EQ(Explain("DEBT")[0].text,
            "Published: 0, from -4 on hand less 0 locked. That is negative; 0 "
            "stands in its place.");
  EXPECT_EQ(Explain("SECRET")[0].text,
            "Withheld: the Order Manager tells no locked quantity for product "
            "12, which is to be subtracted.");
}

TEST_F(WarehouseExplanations, LevelsThatWereLeftBehind) {
  bench_.AddStock(1, 11, "GONE", 4, 0);
  Sync();
  world().stock.erase({1, 11});
  bench_.Advance(absl::Hours(25));
  Sync();
  EXPECT_THAT(Explain("GONE")[0].text,
              HasSubstr("a complete full pull did not find it"));
  world().warehouses.at(1).active = false;
  bench_.Advance(absl::Hours(1));
  Sync();
  EXPECT_THAT(Explain("Tee")[0].text,
              HasSubstr("Warehouse 1 is inactive in the Order Manager"));
  bench_.SetMode(model::InventorySyncMode::kPerSalesChannel);
  const std::vector<LevelExplanation> left = Explain("Tee");
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_THAT(left[0].text, HasSubstr("sync mode that was left"));
  EXPECT_THAT(left[0].claims, IsEmpty());
}

TEST_F(WarehouseExplanations, AnUnknownSkuHasNoLevels) {
  Sync();
  EXPECT_THAT(Explain("NOTHING"), IsEmpty());
  EXPECT_EQ(
      inventory::ExplainLevel(bench_.store(), {},
                              {kBenchConnection, "nobody", "Tee"}, bench_.now())
          .status()
          .code(),
      absl::StatusCode::kNotFound);
}

class ChannelExplanations : public LevelExplanations {
 protected:
  ChannelExplanations() {
    bench_.AddChannel(5, "Web Shop");
    bench_.AddListing(100, 5, 10, "L-A", "A", bench_.now());
    bench_.AddListing(101, 5, 11, "L-B", "B", bench_.now());
    bench_.SetNumber(100, 7);
    cart_.cart_id = "shop";
    cart_.sales_channel = "5";
    cart_.sku_source = model::SkuSource::kListingSku;
    bench_.SetCarts({cart_});
  }

  model::Cart cart_;
};

TEST_F(ChannelExplanations, TheOrderManagersOwnNumber) {
  Sync();
  const std::vector<LevelExplanation> found = Explain("L-A", "shop");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].text,
            "Published: 7, the Order Manager's own number for product 10, "
            "listing 100.");
  EXPECT_EQ(found[0].level.view, "shop");
  ASSERT_THAT(found[0].claims, SizeIs(1));
  EXPECT_EQ(found[0].claims[0].listing_sku, "L-A");
  EXPECT_EQ(found[0].claims[0].master_sku, "A");
  EXPECT_EQ(found[0].claims[0].quantity, 7);
  EXPECT_EQ(found[0].claims[0].on_hand, std::nullopt);
}

// People know a product by one SKU and look at a cart that uses the other.
TEST_F(ChannelExplanations, EitherSkuLeadsToTheLevel) {
  Sync();
  ASSERT_THAT(Explain("A", "shop"), SizeIs(1));
  EXPECT_EQ(Explain("A", "shop")[0].level.sku, "L-A");
  ASSERT_THAT(Explain("L-A"), SizeIs(1));
  EXPECT_EQ(Explain("L-A")[0].level.sku, "A");
  EXPECT_EQ(Explain("L-A")[0].claims[0].listing_sku, "L-A");
}

TEST_F(ChannelExplanations, ReasonsOfListings) {
  world().listings[100].push_inventory = false;
  Sync();
  EXPECT_THAT(Explain("A")[0].text,
              HasSubstr("listing 100 is marked in the Order Manager"));
  EXPECT_THAT(Explain("B")[0].text,
              HasSubstr("has not told the number of product 11, listing 101"));
  EXPECT_EQ(Explain("B")[0].claims[0].quantity, std::nullopt);
}

// A cart with listing SKUs of stock in warehouses.
TEST_F(ChannelExplanations, StockWithoutAListing) {
  bench_.SetMode(model::InventorySyncMode::kPerWarehouse);
  bench_.AddWarehouse(1);
  bench_.AddStock(1, 10, "A", 9, 0);
  bench_.AddStock(1, 20, "BARE", 3, 0);
  Sync();
  const std::vector<LevelExplanation> listed = Explain("A", "shop");
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].level.sku, "L-A");
  EXPECT_EQ(listed[0].claims[0].listing_id, 100);
  EXPECT_EQ(listed[0].claims[0].listing_sku, "L-A");
  EXPECT_EQ(listed[0].claims[0].on_hand, 9);
  EXPECT_THAT(Explain("BARE", "shop")[0].text,
              HasSubstr("has no listing for this product"));
}

TEST_F(ChannelExplanations, MoreClaimsThanAnAnswerBears) {
  for (int64_t i = 0; i < 60; ++i) {
    bench_.AddListing(200 + i, 5, 1000 + i, "L", "MANY", bench_.now());
  }
  Sync();
  const auto explained = inventory::ExplainLevel(
      bench_.store(), {}, {kBenchConnection, "", "MANY"}, bench_.now());
  ASSERT_TRUE(explained.ok());
  EXPECT_TRUE(explained->cut);
  ASSERT_THAT(explained->levels, SizeIs(1));
  EXPECT_THAT(explained->levels[0].claims,
              SizeIs(inventory::kMaxClaimsOfALevel));
  EXPECT_THAT(explained->levels[0].text, HasSubstr("and 45 more"));
}

}  // namespace
}  // namespace oms_connector::testing_support
