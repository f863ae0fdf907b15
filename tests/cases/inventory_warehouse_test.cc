// Per warehouse: what a client learns of stock, from the first pull on. The
// numbers are those of domain.md's rules of inventory.
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using model::SyncKind;
using model::SyncState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InventoryWarehouse : public ::testing::Test {
 protected:
  InventoryWarehouse() { bench_.AddTwoWarehouses(); }

  FakeWorld& world() { return bench_.world(); }
  std::string Seen(const std::string& cart = "") {
    return Brief(bench_.Levels(cart));
  }
  SyncPage Pull() { return *bench_.Sync(); }
  // Without another pull.
  LevelMap LevelsNow() {
    SyncRequest request = bench_.Now();
    request.max_staleness = absl::InfiniteDuration();
    LevelMap levels;
    int64_t position = 0;
    EXPECT_TRUE(bench_.Drain(request, &position, &levels).ok());
    return levels;
  }
  SyncPage PullFully() {
    SyncRequest request = bench_.Now();
    request.kind = SyncKind::kFull;
    return *bench_.Sync(request);
  }

  InventoryBench bench_;
};

TEST_F(InventoryWarehouse, PublishesOnHandPerWarehouse) {
  const SyncPage page = Pull();
  EXPECT_EQ(page.run->state, SyncState::kSucceeded) << page.run->error;
  EXPECT_TRUE(page.caught_up);
  EXPECT_EQ(page.run->counts.levels_changed, 3);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

// Rule 0.
TEST_F(InventoryWarehouse, FirstPullIsFull) {
  EXPECT_EQ(Pull().run->kind, SyncKind::kFull);
  EXPECT_EQ(Pull().run->kind, SyncKind::kIncremental);
  bench_.Advance(absl::Hours(25));
  EXPECT_EQ(Pull().run->kind, SyncKind::kFull);
}

// Rule 0: the union of the lists, without what is inactive.
TEST_F(InventoryWarehouse, PullsTheWarehousesThatCartsList) {
  bench_.AddWarehouse(3, /*active=*/false);
  bench_.AddStock(3, 10, "A", 99);
  bench_.AddWarehouse(4);
  bench_.AddStock(4, 10, "A", 44);
  bench_.AddWarehouse(5);
  bench_.AddStock(5, 10, "A", 55);
  model::Cart shop;
  shop.cart_id = "shop";
  shop.warehouse_ids = {2, 3};
  model::Cart market;
  market.cart_id = "market";
  market.warehouse_ids = {2, 4};
  bench_.SetCarts({shop, market});
  EXPECT_EQ(Seen(), "A@2=3 A@4=44");
  EXPECT_EQ(Seen("shop"), "A@2=3");
  EXPECT_EQ(Seen("market"), "A@2=3 A@4=44");
  for (const auto& request : bench_.order_manager().requests()) {
    EXPECT_TRUE(request.endpoint != "stock" || request.id % 2 == 0);
  }
}

// Rule 0: without a cart, and with one that has no list, all active ones.
TEST_F(InventoryWarehouse, PullsAllActiveWarehousesUnlessEachCartHasAList) {
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  model::Cart listed;
  listed.cart_id = "listed";
  listed.warehouse_ids = {2};
  model::Cart open;
  open.cart_id = "open";
  bench_.SetCarts({listed, open});
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  EXPECT_EQ(Seen("listed"), "A@2=3");
  EXPECT_EQ(Seen("open"), "A@1=7 A@2=3 B@1=5");
}

TEST_F(InventoryWarehouse, GivesOnlyWhatChangedAfterThePosition) {
  LevelMap levels;
  int64_t position = 0;
  ASSERT_TRUE(bench_.Drain(bench_.Now(), &position, &levels).ok());
  bench_.AddStock(1, 11, "B", 4, 1);
  SyncRequest request = bench_.Now();
  request.position = position;
  const SyncPage page = *bench_.Sync(request);
  ASSERT_THAT(page.levels, SizeIs(1));
  EXPECT_EQ(page.levels[0].sku, "B");
  EXPECT_EQ(page.levels[0].available, 4);
  EXPECT_EQ(page.run->counts.levels_changed, 1);
  EXPECT_EQ(page.run->counts.levels_unchanged, 2);
}

TEST_F(InventoryWarehouse, UnchangedPullMakesNoRevision) {
  const SyncPage first = Pull();
  const SyncPage second = Pull();
  EXPECT_EQ(second.next_position, first.next_position);
  EXPECT_EQ(second.run->counts.levels_changed, 0);
  EXPECT_EQ(second.run->counts.levels_unchanged, 3);
}

TEST_F(InventoryWarehouse, PagesCountLevelsUpToTheLimit) {
  SyncRequest request = bench_.Now();
  request.max_results = 2;
  const SyncPage page = *bench_.Sync(request);
  EXPECT_THAT(page.levels, SizeIs(2));
  EXPECT_FALSE(page.caught_up);
  request.position = page.next_position;
  request.max_staleness.reset();
  const SyncPage rest = *bench_.Sync(request);
  EXPECT_THAT(rest.levels, SizeIs(1));
  EXPECT_TRUE(rest.caught_up);
}

TEST_F(InventoryWarehouse, FreshLevelsNeedNoRequest) {
  Pull();
  const size_t before = bench_.order_manager().requests().size();
  SyncRequest request = bench_.Now();
  request.max_staleness.reset();
  EXPECT_THAT(bench_.Sync(request)->levels, SizeIs(3));
  EXPECT_THAT(bench_.order_manager().requests(), SizeIs(before));
  bench_.Advance(absl::Minutes(15));
  bench_.Sync(request).IgnoreError();
  EXPECT_GT(bench_.order_manager().requests().size(), before);
}

TEST_F(InventoryWarehouse, ErrorsAreAStatusOnlyBeforeTheFirstSuccess) {
  bench_.order_manager().SetHook([&](const WatchedOrderManager::Request&) {
    return absl::UnauthenticatedError("401");
  });
  EXPECT_EQ(bench_.Sync().status().code(),
            absl::StatusCode::kFailedPrecondition);
  bench_.order_manager().SetHook(nullptr);
  Pull();
  bench_.order_manager().SetHook([&](const WatchedOrderManager::Request&) {
    return absl::UnavailableError("down");
  });
  const SyncPage page = Pull();
  EXPECT_EQ(page.run->state, SyncState::kFailed);
  EXPECT_EQ(page.pull.last_error.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(page.levels, SizeIs(3));
  EXPECT_TRUE(page.caught_up);
}

// Rule 3.
TEST_F(InventoryWarehouse, AnInactiveOrMissingWarehouseWithholdsItsLevels) {
  Pull();
  world().warehouses.at(2).active = false;
  EXPECT_EQ(Seen(), "A@1=7 A@2=W3 B@1=5");
  world().warehouses.at(2).active = true;
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  world().warehouses.erase(2);
  EXPECT_EQ(Seen(), "A@1=7 A@2=W3 B@1=5");
}

// Rule 5.
TEST_F(InventoryWarehouse, OneSkuOfTwoProductsIsAmbiguous) {
  bench_.AddStock(1, 12, "a", 1);
  const SyncPage page = Pull();
  EXPECT_EQ(Seen(), "A@1=W4 A@2=3 B@1=5");
  EXPECT_EQ(page.run->counts.skus_ambiguous, 1);
  EXPECT_THAT(page.run->ambiguous_skus, ElementsAre("A"));
}

// Rules 5 and 11.
TEST_F(InventoryWarehouse, AnInactiveProductMakesNoActiveOneAmbiguous) {
  bench_.AddStock(1, 12, "a", 1);
  bench_.AddProduct(12, "a", /*active=*/false, bench_.now());
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

// Rule 6.
TEST_F(InventoryWarehouse, SubtractsLockedAndClampsAtZero) {
  bench_.AddStock(1, 12, "C", -4, 0);
  bench_.AddStock(1, 13, "D", 4, std::nullopt);
  bench_.AddStock(1, 14, "E", 1, 5);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5 C@1=0 D@1=4 E@1=1");
  bench_.ChangeSettings(
      [](model::Settings& s) { s.subtract_locked_quantity = true; });
  LevelMap levels = bench_.Levels();
  EXPECT_EQ(Brief(levels), "A@1=5 A@2=3 B@1=4 C@1=0 D@1=W9 E@1=0");
  const auto& level = levels[{"E", model::LocationKind::kWarehouse, 1}];
  EXPECT_TRUE(level.derivation.clamped_at_zero);
  EXPECT_TRUE(level.derivation.locked_subtracted);
  EXPECT_EQ(level.derivation.stock->on_hand, 1);
  EXPECT_EQ(level.derivation.stock->locked, 5);
  EXPECT_EQ(level.location.name, "Warehouse 1");
}

// Rules 6 and 7.
TEST_F(InventoryWarehouse, AGarbledRowIsCountedAndKeepsItsLastNumber) {
  const absl::Time first = bench_.now();
  Pull();
  bench_.Advance(absl::Hours(1));
  bench_.AddStock(1, 11, "B", 50);
  world().stock[{1, 11}].raw = Garbled();
  const SyncPage page = PullFully();
  EXPECT_EQ(page.run->counts.rows_rejected, 1);
  EXPECT_THAT(page.run->rejected_rows, SizeIs(1));
  EXPECT_EQ(page.run->rejected_rows[0].identifier, "productId 11, masterSku B");
  LevelMap levels = bench_.Levels();
  EXPECT_EQ(Brief(levels), "A@1=7 A@2=3 B@1=5");
  EXPECT_EQ((levels[{"B", model::LocationKind::kWarehouse, 1}].as_of_time),
            first);
}

// Rule 7: all are counted, the first 20 are kept, the other rows go on.
TEST_F(InventoryWarehouse, ManyGarbledRowsStopNobodyElse) {
  for (int64_t id = 100; id < 125; ++id) {
    bench_.AddStock(1, id, absl::StrCat("G", id), 1);
    world().stock[{1, id}].raw = Garbled();
  }
  const SyncPage page = Pull();
  EXPECT_EQ(page.run->state, SyncState::kSucceeded);
  EXPECT_EQ(page.run->counts.rows_rejected, 25);
  ASSERT_THAT(page.run->rejected_rows, SizeIs(20));
  EXPECT_EQ(page.run->rejected_rows[19].identifier,
            "productId 119, masterSku G119");
  EXPECT_EQ(Brief(*page.levels.begin()), "7");
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

// Rule 2: what is not known, not matched, inactive or ambiguous is withheld
// with its reason; nothing of it is 0.
TEST_F(InventoryWarehouse, WhatMustNotBePublishedIsNeverZero) {
  bench_.AddStock(1, 12, "a", 1);                // ambiguous
  bench_.AddStock(1, 13, "D", 4, std::nullopt);  // locked is not known
  bench_.AddStock(1, 14, "E", 4);
  bench_.AddProduct(14, "E", /*active=*/false, bench_.now());
  bench_.AddChannel(5, "Shop");
  bench_.AddListing(100, 5, 10, "L-A", "A", bench_.now());
  bench_.ChangeSettings(
      [](model::Settings& s) { s.subtract_locked_quantity = true; });
  model::Cart cart;
  cart.cart_id = "shop";
  cart.sales_channel = "5";
  cart.sku_source = model::SkuSource::kListingSku;
  bench_.SetCarts({cart});
  EXPECT_EQ(Seen(), "A@1=W4 A@2=3 B@1=4 D@1=W9 E@1=W5");
  EXPECT_EQ(Seen("shop"), "B@1=W8 D@1=W8 E@1=W5 L-A@1=5 L-A@2=3 a@1=W8");
  for (const auto& [key, level] : bench_.Levels()) {
    EXPECT_EQ(level.available.has_value(),
              level.withheld_reason == model::WithheldReason::kNone);
  }
}

// Rule 8: why is it 5?
TEST_F(InventoryWarehouse, EachLevelTellsHowItCameAbout) {
  bench_.ChangeSettings(
      [](model::Settings& s) { s.subtract_locked_quantity = true; });
  LevelMap levels = bench_.Levels();
  const auto& level = levels[{"A", model::LocationKind::kWarehouse, 1}];
  EXPECT_EQ(level.available, 5);
  EXPECT_EQ(level.derivation.source, model::LevelSource::kWarehouseStock);
  EXPECT_EQ(level.derivation.stock->on_hand, 7);
  EXPECT_EQ(level.derivation.stock->locked, 2);
  EXPECT_TRUE(level.derivation.locked_subtracted);
  EXPECT_FALSE(level.derivation.clamped_at_zero);
  EXPECT_EQ(level.as_of_time, bench_.now());
}

// Rule 8.
TEST_F(InventoryWarehouse, AsOfIsWhenTheValueWasFirstRead) {
  const absl::Time first = bench_.now();
  Pull();
  bench_.Advance(absl::Hours(1));
  bench_.AddStock(1, 11, "B", 4);
  LevelMap levels = bench_.Levels();
  EXPECT_EQ((levels[{"A", model::LocationKind::kWarehouse, 1}].as_of_time),
            first);
  EXPECT_EQ((levels[{"B", model::LocationKind::kWarehouse, 1}].as_of_time),
            bench_.now());
}

// Rule 9.
TEST_F(InventoryWarehouse, ASettingsChangeIsAppliedWithoutAPull) {
  LevelMap levels;
  int64_t position = 0;
  ASSERT_TRUE(bench_.Drain(bench_.Now(), &position, &levels).ok());
  const size_t requests = bench_.order_manager().requests().size();
  bench_.ChangeSettings(
      [](model::Settings& s) { s.subtract_locked_quantity = true; });
  SyncRequest request = bench_.Now();
  request.max_staleness.reset();
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@1=5 A@2=3 B@1=4");
  EXPECT_THAT(bench_.order_manager().requests(), SizeIs(requests));
}

// Rule 11.
TEST_F(InventoryWarehouse, IgnoresInactiveProductsUnlessTold) {
  bench_.AddProduct(10, "A", /*active=*/false, bench_.now());
  EXPECT_EQ(Seen(), "A@1=W5 A@2=W5 B@1=5");
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  const int products = bench_.order_manager().CountRequests("products");
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  EXPECT_EQ(bench_.order_manager().CountRequests("products"), products);
}

// Rule 11: without Ignore Inactive and Download Products Data nobody needs the
// list of products.
TEST_F(InventoryWarehouse, AsksForNoProductsWhenNothingNeedsThem) {
  bench_.AddProduct(10, "A", /*active=*/false, bench_.now());
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  Pull();
  PullFully();
  EXPECT_EQ(bench_.order_manager().CountRequests("products"), 0);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  bench_.ChangeSettings(
      [](model::Settings& s) { s.download_products_data = true; });
  Pull();
  EXPECT_GT(bench_.order_manager().CountRequests("products"), 0);
}

// Rule 11.
TEST_F(InventoryWarehouse, FlagsAreKeptFreshByModifiedTime) {
  bench_.AddProduct(10, "A", /*active=*/true, bench_.now());
  Pull();
  bench_.Advance(absl::Hours(1));
  bench_.AddProduct(10, "A", /*active=*/false,
                    bench_.now() - absl::Minutes(61));
  EXPECT_EQ(Pull().run->kind, SyncKind::kIncremental);
  EXPECT_EQ(Seen(), "A@1=W5 A@2=W5 B@1=5");
}

TEST_F(InventoryWarehouse, ARenamedSkuWithholdsTheOldOne) {
  Pull();
  bench_.AddStock(1, 11, "B2", 5);
  LevelMap levels;
  int64_t position = 0;
  ASSERT_TRUE(bench_.Drain(bench_.Now(), &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@1=7 A@2=3 B@1=W8 B2@1=5");
}

TEST_F(InventoryWarehouse, ACartWithListingSkusSeesThoseAndWhatHasNone) {
  bench_.AddChannel(5, "Shop");
  bench_.AddListing(100, 5, 10, "L-A", "A", bench_.now());
  model::Cart cart;
  cart.cart_id = "shop";
  cart.sales_channel = "shop";
  cart.sku_source = model::SkuSource::kListingSku;
  bench_.SetCarts({cart});
  EXPECT_EQ(Seen("shop"), "B@1=W8 L-A@1=7 L-A@2=3");
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  cart.sku_source = model::SkuSource::kMasterSku;
  bench_.SetCarts({cart});
  EXPECT_EQ(Seen("shop"), "A@1=7 A@2=3 B@1=5 L-A@1=W8 L-A@2=W8");
}

TEST_F(InventoryWarehouse, AListingIsMatchedByProductIdOrElseByMasterSku) {
  bench_.AddChannel(5, "Shop");
  bench_.AddListing(100, 5, 10, "L-A", "", bench_.now());
  bench_.AddListing(101, 5, 0, "L-B", "b", bench_.now());
  model::Cart cart;
  cart.cart_id = "shop";
  cart.sales_channel = "5";
  cart.sku_source = model::SkuSource::kListingSku;
  bench_.SetCarts({cart});
  EXPECT_EQ(Seen("shop"), "L-A@1=7 L-A@2=3 L-B@1=5");
  // A change of stock or of the product reaches the listing's level.
  bench_.AddStock(1, 10, "A", 6);
  bench_.AddStock(1, 11, "B", 4);
  EXPECT_EQ(Seen("shop"), "L-A@1=6 L-A@2=3 L-B@1=4");
  bench_.AddProduct(10, "A", /*active=*/false, bench_.now());
  bench_.AddProduct(11, "B", /*active=*/false, bench_.now());
  EXPECT_EQ(Seen("shop"), "L-A@1=W5 L-A@2=W5 L-B@1=W5");
}

TEST_F(InventoryWarehouse, AServerThatIgnoresPagesEndsTheRun) {
  bench_.fake().faults().Add(MakeFault(FaultKind::kPageIgnored));
  for (int64_t product = 1000; product < 1100; ++product) {
    bench_.AddStock(1, product, absl::StrCat("P", product), 1);
  }
  const absl::Status status = bench_.Sync().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("stock"));
}

TEST_F(InventoryWarehouse, ProductsComeWhenTheyAreDownloaded) {
  bench_.AddProduct(10, "A", /*active=*/true, bench_.now());
  bench_.AddProduct(11, "B", /*active=*/false, bench_.now());
  SyncRequest request = bench_.Now();
  SyncPage page = *bench_.Sync(request);
  EXPECT_THAT(page.products, IsEmpty());
  request.position = page.next_position;
  bench_.ChangeSettings(
      [](model::Settings& s) { s.download_products_data = true; });
  page = *bench_.Sync(request);
  ASSERT_THAT(page.products, SizeIs(1));
  EXPECT_EQ(page.products[0].product_id, 10);
  request.position = page.next_position;
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  page = *bench_.Sync(request);
  ASSERT_THAT(page.products, SizeIs(1));
  EXPECT_EQ(page.products[0].product_id, 11);
}

TEST_F(InventoryWarehouse, RefusesWhatItCannotUnderstand) {
  SyncRequest request = bench_.Now();
  request.max_results = -1;
  EXPECT_EQ(bench_.Sync(request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request = bench_.Now();
  request.cart = "nobody";
  EXPECT_EQ(bench_.Sync(request).status().code(), absl::StatusCode::kNotFound);
  request = bench_.Now();
  request.position = 1'000'000;
  EXPECT_EQ(bench_.Sync(request).status().code(),
            absl::StatusCode::kOutOfRange);
  request = bench_.Now();
  request.connection = "other";
  EXPECT_EQ(bench_.Sync(request).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(InventoryWarehouse, ARepeatedRequestIdJoinsTheSameRun) {
  SyncRequest request = bench_.Now();
  request.request_key = model::RequestKey{"me", "SyncInventory", "acme", "r"};
  request.request_fingerprint = "f";
  const SyncPage first = *bench_.Sync(request);
  const SyncPage again = *bench_.Sync(request);
  EXPECT_EQ(again.run->run_id, first.run->run_id);
  EXPECT_THAT(again.levels, SizeIs(3));
  request.request_fingerprint = "other";
  EXPECT_EQ(bench_.Sync(request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// An empty list where there was something is an accident more often than not.
TEST_F(InventoryWarehouse, OneEmptyListOfWarehousesIsNotBelieved) {
  Pull();
  const auto warehouses = world().warehouses;
  world().warehouses.clear();
  const SyncPage doubtful = Pull();
  EXPECT_EQ(doubtful.run->state, SyncState::kSucceeded);
  ASSERT_THAT(doubtful.run->notes, SizeIs(1));
  EXPECT_EQ(doubtful.run->notes[0].endpoint, "warehouses");
  EXPECT_EQ(Brief(LevelsNow()), "A@1=7 A@2=3 B@1=5");
  world().warehouses = warehouses;
  EXPECT_THAT(Pull().run->notes, IsEmpty());
  // Only two in a row are the truth.
  world().warehouses.clear();
  EXPECT_THAT(Pull().run->notes, SizeIs(1));
  EXPECT_THAT(Pull().run->notes, IsEmpty());
  EXPECT_EQ(Brief(LevelsNow()), "A@1=W3 A@2=W3 B@1=W3");
}

// Past moments that lie in the future count as never.
TEST_F(InventoryWarehouse, AClockThatWasAheadStopsNoFullPull) {
  bench_.Advance(absl::Hours(72));
  PullFully();
  bench_.clock().Set(bench_.now() - absl::Hours(72));
  EXPECT_EQ(Pull().run->kind, SyncKind::kFull);
}

}  // namespace
}  // namespace oms_connector::testing_support
