// SyncInventory over the wire: one pull for many callers, pages by cursor, both
// modes, and what a quota, a cancellation or a delete does to a pull.
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kShop[] = "carts { id: 'shop' sales_channel: 'shop' }";
constexpr char kListingShop[] =
    "carts { id: 'shop' sales_channel: '7' sku_source: SKU_SOURCE_LISTING_SKU "
    "}";

WireAnswer<v1::SyncInventoryResponse> Sync(WireBench& bench,
                                           const std::string& rest = "") {
  return bench.Call(&ConnectorStub::SyncInventory,
                    absl::StrCat("connection: 'connections/acme' ", rest));
}

// The first level of a SKU.
v1::InventoryLevel LevelOf(const v1::SyncInventoryResponse& page,
                           const std::string& sku) {
  for (const v1::InventoryLevel& level : page.levels()) {
    if (level.sku() == sku) return level;
  }
  ADD_FAILURE() << "no level of " << sku;
  return v1::InventoryLevel();
}

// A catalogue of three pages, pulled per warehouse.
std::unique_ptr<WireBench> LongBench() {
  auto bench = std::make_unique<WireBench>(LongWireWorld(3500));
  bench->CreateConnection();
  bench->SetPerWarehouse();
  return bench;
}

// Makes the fourth stock page wait; the fault's id. It is asked for while the
// second is stored: the first is stored by then, and perhaps the third.
int64_t HoldFourthPage(WireBench& bench) {
  Fault fault = MakeFault(FaultKind::kHold, "productstocks/total");
  fault.parameters = {{"page", "4"}};
  return bench.fake().faults().Add(fault);
}

// The answer once the first levels are stored: what waits is stored while the
// held page is awaited.
WireAnswer<v1::SyncInventoryResponse> SyncSome(WireBench& bench,
                                               const std::string& call) {
  auto answer = Sync(bench, call);
  const absl::Time give_up = absl::Now() + absl::Seconds(30);
  while (answer.ok() && answer->levels_size() == 0 && absl::Now() < give_up) {
    answer = Sync(bench, call);
  }
  return answer;
}

TEST(SyncWire, PerWarehousePublishesWhatIsOnHand) {
  WireBench bench;
  bench.CreateConnection();
  bench.SetPerWarehouse();
  const auto answer = bench.SyncNow();
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(Brief(answer.response),
            "TEE-BLUE@1=8 TEE-BLUE@2=9 TEE-RED@1=5 TEE-RED@2=6");
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_EQ(answer->run().kind(), v1::SYNC_KIND_FULL);
  EXPECT_EQ(answer->run().trigger(), v1::SyncRun::TRIGGER_CALL);
  EXPECT_TRUE(answer->caught_up());
  EXPECT_TRUE(answer->pull().has_last_success_time());
  EXPECT_FALSE(answer->pull().has_last_error());
  EXPECT_EQ(answer->run().counts().requests(), bench.fake().log().Count());
  EXPECT_EQ(answer->run().counts().levels_changed(), 4);
  const v1::Derivation derivation =
      LevelOf(answer.response, "TEE-RED").derivation();
  EXPECT_EQ(derivation.source(), v1::Derivation::SOURCE_WAREHOUSE_STOCK);
  EXPECT_TRUE(derivation.has_on_hand());
  EXPECT_NE(answer->levels(0).warehouse().name(), "");
  EXPECT_TRUE(answer->levels(0).has_as_of_time());
}

TEST(SyncWire, PerChannelPassesTheOrderManagersNumberThrough) {
  WireBench bench;
  bench.CreateConnection("acme", kListingShop);
  const auto master = bench.SyncNow();
  EXPECT_EQ(Brief(master.response), "TEE-BLUE@7=80 TEE-RED@7=50");
  const auto shop = Sync(bench, "cart: 'shop'");
  EXPECT_EQ(Brief(shop.response), "shop-TEE-BLUE@7=80 shop-TEE-RED@7=50");
  EXPECT_EQ(LevelOf(shop.response, "shop-TEE-RED").master_sku(), "TEE-RED");
  EXPECT_EQ(shop->levels(0).derivation().source(),
            v1::Derivation::SOURCE_CHANNEL_ALLOCATION);
}

TEST(SyncWire, ChangesComeAfterTheCursorAlone) {
  WireBench bench;
  bench.CreateConnection("acme", kShop);
  bench.SetPerWarehouse();
  const std::string cursor = bench.SyncNow()->next_cursor();
  EXPECT_EQ(Brief(bench.SyncNow("acme", cursor).response), "");
  bench.fake().Mutate([](FakeWorld& world) { world.SetStock(11, 2, 4); });
  const auto changed = bench.SyncNow("acme", cursor);
  EXPECT_EQ(Brief(changed.response), "TEE-BLUE@2=4");
  EXPECT_EQ(changed->run().counts().levels_changed(), 1);
  EXPECT_EQ(Brief(bench.SyncNow("acme", cursor).response), "TEE-BLUE@2=4");
}

TEST(SyncWire, FreshLevelsAskNobody) {
  WireBench bench;
  bench.CreateConnection("acme", kShop);
  ASSERT_EQ(bench.SyncNow().error(), "OK");
  const int64_t requests = bench.fake().log().Count();
  EXPECT_EQ(Sync(bench)->levels_size(), 2);
  EXPECT_EQ(bench.fake().log().Count(), requests);
}

TEST(SyncWire, InactiveProductsAreWithheldNotZero) {
  WireBench bench;
  bench.Merge("products", R"([{"productId": 11, "active": false}])");
  bench.CreateConnection();
  bench.SetPerWarehouse();
  const auto answer = bench.SyncNow();
  EXPECT_EQ(Brief(answer.response),
            "TEE-BLUE@1=WITHHELD_REASON_INACTIVE_PRODUCT "
            "TEE-BLUE@2=WITHHELD_REASON_INACTIVE_PRODUCT "
            "TEE-RED@1=5 TEE-RED@2=6");
  EXPECT_EQ(answer->run().counts().levels_withheld(), 2);
}

TEST(SyncWire, PagesByCursorGiveEveryLevelOnce) {
  const auto bench = LongBench();
  std::set<std::string> skus;
  std::string cursor;
  int pages = 0;
  for (bool caught_up = false; !caught_up && pages < 10; ++pages) {
    const auto page =
        Sync(*bench, absl::StrCat("max_results: 700 cursor: '", cursor, "'"));
    ASSERT_EQ(page.error(), "OK");
    for (const v1::InventoryLevel& level : page->levels()) {
      EXPECT_TRUE(skus.insert(level.sku()).second) << level.sku();
    }
    cursor = page->next_cursor();
    caught_up = page->caught_up();
  }
  EXPECT_THAT(skus, SizeIs(3500));
  EXPECT_EQ(pages, 5);
}

TEST(SyncWire, ReadingACursorAgainGivesTheSameKeys) {
  const auto bench = LongBench();
  const auto first = Sync(*bench, "max_results: 10");
  const std::string next =
      absl::StrCat("max_results: 10 cursor: '", first->next_cursor(), "'");
  const std::string once = Brief(Sync(*bench, next).response);
  EXPECT_EQ(Brief(Sync(*bench, next).response), once);
}

TEST(SyncWire, TenCallersAtOnceCauseOnePull) {
  const auto bench = LongBench();
  const int64_t hold = HoldFourthPage(*bench);
  std::atomic<int> caught_up = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 10; ++i) {
    callers.emplace_back([&] {
      const auto answer = Sync(*bench, "max_results: 5000");
      if (answer.ok() && answer->caught_up() && answer->levels_size() == 3500) {
        ++caught_up;
      }
    });
  }
  ASSERT_TRUE(bench->fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
  bench->fake().faults().Release(hold);
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(caught_up, 10);
  for (const char* page : {"1", "2", "3"}) {
    EXPECT_EQ(
        bench->fake().log().CountWith("productstocks/total", {{"page", page}}),
        1)
        << page;
  }
  const auto runs =
      bench->Call(&ConnectionStub::ListSyncRuns, "parent: 'connections/acme'");
  EXPECT_EQ(runs->runs_size(), 1);
}

TEST(SyncWire, WithoutWaitingTheRunIsStillRunning) {
  const auto bench = LongBench();
  const int64_t hold = HoldFourthPage(*bench);
  const auto answer = Sync(*bench, "max_wait {}");
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_RUNNING);
  EXPECT_FALSE(answer->caught_up());
  ASSERT_TRUE(bench->fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
  // What is stored by now nobody takes for all there is.
  const auto half = SyncSome(*bench, "max_wait {} max_results: 5000");
  EXPECT_EQ(half->run().name(), answer->run().name());
  EXPECT_THAT(half->levels_size(), AnyOf(1000, 2000, 3000));
  EXPECT_FALSE(half->caught_up());
  bench->fake().faults().Release(hold);
  EXPECT_TRUE(Sync(*bench, "max_results: 5000")->caught_up());
}

TEST(SyncWire, RequestIdJoinsTheRunItStarted) {
  WireBench bench;
  bench.CreateConnection("acme", kShop);
  const std::string call =
      "max_staleness {} request_id: '6f1c0a56-94dc-4a6c-9f64-0a0f3c3f7a11'";
  const auto first = Sync(bench, call);
  ASSERT_EQ(first.error(), "OK");
  const int64_t requests = bench.fake().log().Count();
  const auto again = Sync(bench, call);
  ASSERT_EQ(again.error(), "OK");
  EXPECT_EQ(again->run().name(), first->run().name());
  EXPECT_EQ(bench.fake().log().Count(), requests);
}

TEST(SyncWire, RequestIdJoinsTheRunWhileItRuns) {
  const auto bench = LongBench();
  const int64_t hold = HoldFourthPage(*bench);
  const std::string call =
      "max_wait {} request_id: '6f1c0a56-94dc-4a6c-9f64-0a0f3c3f7a12'";
  const auto first = Sync(*bench, call);
  ASSERT_EQ(first.error(), "OK");
  ASSERT_TRUE(bench->fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
  const auto again = SyncSome(*bench, call);
  ASSERT_EQ(again.error(), "OK");
  EXPECT_EQ(again->run().name(), first->run().name());
  EXPECT_EQ(again->run().state(), v1::SyncRun::STATE_RUNNING);
  EXPECT_THAT(again->levels_size(), AnyOf(1000, 2000, 3000));
  bench->fake().faults().Release(hold);
  EXPECT_TRUE(Sync(*bench, "max_results: 5000")->caught_up());
  const auto after = Sync(*bench, call);
  EXPECT_EQ(after->run().name(), first->run().name());
  EXPECT_EQ(after->run().state(), v1::SyncRun::STATE_SUCCEEDED);
}

TEST(SyncWire, LeavingAModeIsTold) {
  WireBench bench;
  bench.CreateConnection("acme", kShop);
  bench.SetPerWarehouse();
  const std::string cursor = bench.SyncNow()->next_cursor();
  bench.UpdateSettings(
      "inventory { inventory_sync_mode: INVENTORY_SYNC_MODE_PER_SALES_CHANNEL "
      "}");
  const auto answer = Sync(bench, absl::StrCat("cursor: '", cursor, "'"));
  ASSERT_EQ(answer.error(), "OK");
  const std::string brief = Brief(answer.response);
  for (const char* level :
       {"TEE-RED@1=WITHHELD_REASON_MODE_CHANGED",
        "TEE-BLUE@2=WITHHELD_REASON_MODE_CHANGED", "TEE-RED@7=50"}) {
    EXPECT_THAT(brief, HasSubstr(level));
  }
}

TEST(SyncWire, SubtractingLockedQuantityNeedsNoPull) {
  WireBench bench;
  bench.fake().Mutate([](FakeWorld& world) {
    world.SetStock(10, 1, 5, 2);
    world.SetStock(11, 1, 1, 3);
  });
  bench.CreateConnection();
  bench.SetPerWarehouse();
  const std::string cursor = bench.SyncNow()->next_cursor();
  const int64_t requests = bench.fake().log().Count();
  bench.UpdateSettings("inventory { subtract_locked_quantity: true }");
  const auto answer = Sync(bench, absl::StrCat("cursor: '", cursor, "'"));
  EXPECT_EQ(Brief(answer.response), "TEE-BLUE@1=0 TEE-RED@1=3");
  EXPECT_TRUE(
      LevelOf(answer.response, "TEE-BLUE").derivation().clamped_at_zero());
  EXPECT_EQ(bench.fake().log().Count(), requests);
}

// The same words in both modes, and nobody is called for them.
TEST(SyncWire, ALevelIsExplainedWithAllThatClaimsIt) {
  WireBench bench;
  bench.CreateConnection("acme", kListingShop);
  const auto explain = [&](const std::string& rest) {
    return bench.Call(&ConnectionStub::ExplainLevel,
                      absl::StrCat("parent: 'connections/acme' ", rest));
  };
  ASSERT_EQ(Sync(bench, "cart: 'shop'").error(), "OK");
  auto answer = explain("sku: 'tee-red'");
  ASSERT_EQ(answer.error(), "OK");
  ASSERT_THAT(answer->levels(), SizeIs(1));
  const v1::LevelExplanation& channel = answer->levels(0);
  EXPECT_EQ(channel.level().sku(), "TEE-RED");
  EXPECT_EQ(channel.level().sales_channel().id(), 7);
  ASSERT_THAT(channel.claims(), SizeIs(1));
  EXPECT_EQ(channel.claims(0).quantity(), channel.level().available());
  EXPECT_NE(channel.claims(0).listing_sku(), "");
  EXPECT_THAT(channel.text(), StartsWith("Published: "));
  // The cart's own SKU leads to the same listing.
  auto listed = explain(absl::StrCat("cart: 'shop' sku: '",
                                     channel.claims(0).listing_sku(), "'"));
  ASSERT_EQ(listed.error(), "OK");
  ASSERT_THAT(listed->levels(), SizeIs(1));
  EXPECT_EQ(listed->levels(0).claims(0).listing_id(),
            channel.claims(0).listing_id());

  bench.SetPerWarehouse();
  ASSERT_EQ(bench.SyncNow().error(), "OK");
  const int64_t requests = bench.fake().log().Count();
  answer = explain("sku: 'TEE-RED'");
  ASSERT_EQ(answer.error(), "OK");
  ASSERT_THAT(answer->levels(), SizeIs(3));  // the channel's is told as well
  EXPECT_EQ(answer->levels(0).level().withheld_reason(),
            v1::InventoryLevel::WITHHELD_REASON_MODE_CHANGED);
  const v1::LevelExplanation& warehouse = answer->levels(1);
  EXPECT_EQ(warehouse.level().warehouse().id(), 1);
  EXPECT_EQ(warehouse.level().available(), 5);
  ASSERT_THAT(warehouse.claims(), SizeIs(1));
  EXPECT_EQ(warehouse.claims(0).on_hand(), 5);
  EXPECT_FALSE(warehouse.claims(0).has_quantity());
  EXPECT_TRUE(warehouse.has_change_time());
  EXPECT_THAT(explain("sku: 'NO-SUCH-SKU'")->levels(), SizeIs(0));
  EXPECT_THAT(explain("cart: 'nobody' sku: 'A'").error(),
              StartsWith("NOT_FOUND CART_NOT_FOUND"));
  EXPECT_EQ(bench.fake().log().Count(), requests);
}

TEST(SyncWire, ProductsComeWithTheLevelsWhereAskedFor) {
  WireBench bench;
  bench.CreateConnection("acme", kShop);
  bench.UpdateSettings("inventory { download_products_data: true }");
  const auto answer = bench.SyncNow();
  ASSERT_EQ(answer->products_size(), 2);
  EXPECT_EQ(answer->products(0).master_sku(), "TEE-RED");
  EXPECT_EQ(answer->products(0).product_id(), 10);
}

TEST(SyncWire, QuotaLongerThanTheCallEndsAsPartialAndGoesOnLater) {
  const auto bench = LongBench();
  // No product is read, so the second request for stock comes soon.
  bench->UpdateSettings("inventory { ignore_inactive_products: false }");
  Fault quota = MakeFault(FaultKind::kQuota, "productstocks/total", 1);
  quota.parameters = {{"page", "2"}};
  quota.retry_after = absl::Milliseconds(6500);
  bench->fake().faults().Add(quota);
  const auto answer = Sync(*bench, "max_wait { seconds: 4 }");
  ASSERT_EQ(answer.error(), "OK") << answer.status.error_message();
  ASSERT_EQ(answer->run().state(), v1::SyncRun::STATE_PARTIAL)
      << answer->run().DebugString();
  ASSERT_TRUE(answer->run().has_resume_time());
  EXPECT_FALSE(answer->caught_up());
  const int64_t requests = bench->fake().log().Count();

  const auto early = Sync(*bench, "max_staleness {} max_wait {}");
  EXPECT_EQ(early->run().name(), answer->run().name());
  EXPECT_EQ(early->run().state(), v1::SyncRun::STATE_PARTIAL);
  EXPECT_EQ(bench->fake().log().Count(), requests);

  const absl::Time resume =
      absl::FromUnixSeconds(answer->run().resume_time().seconds()) +
      absl::Nanoseconds(answer->run().resume_time().nanos());
  absl::SleepFor(resume - absl::Now() + absl::Milliseconds(50));
  const auto late = Sync(*bench, "max_results: 5000");
  EXPECT_EQ(late->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_EQ(late->run().kind(), v1::SYNC_KIND_FULL);
  EXPECT_TRUE(late->caught_up());
  EXPECT_EQ(late->levels_size(), 3500);
  // Four pages, the empty one that ends them, and the one that was refused; the
  // one behind that may have been asked for in the meantime.
  EXPECT_THAT(bench->fake().log().Count("productstocks/total"), AnyOf(6, 7));
}

TEST(SyncWire, CancelledRunSaysSoAndTheNextStartsAgain) {
  const auto bench = LongBench();
  const int64_t hold = HoldFourthPage(*bench);
  const auto answer = Sync(*bench, "max_wait {}");
  ASSERT_TRUE(bench->fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
  const auto cancelled =
      bench->Call(&ConnectionStub::CancelSyncRun,
                  absl::StrCat("name: '", answer->run().name(), "'"));
  ASSERT_EQ(cancelled.error(), "OK");
  bench->fake().faults().Release(hold);
  const auto after = Sync(*bench, "max_results: 5000");
  ASSERT_EQ(after.error(), "OK");
  EXPECT_NE(after->run().name(), answer->run().name());
  EXPECT_TRUE(after->caught_up());
  const auto run =
      bench->Call(&ConnectionStub::GetSyncRun,
                  absl::StrCat("name: '", answer->run().name(), "'"));
  EXPECT_EQ(run->run().state(), v1::SyncRun::STATE_CANCELLED);
  EXPECT_EQ(run->run().error().code(), 1);
  EXPECT_EQ(
      bench->fake().log().CountWith("productstocks/total", {{"page", "1"}}), 2);
}

TEST(SyncWire, DeleteEndsARunningPull) {
  const auto bench = LongBench();
  const int64_t hold = HoldFourthPage(*bench);
  ASSERT_EQ(Sync(*bench, "max_wait {}").error(), "OK");
  ASSERT_TRUE(bench->fake().faults().WaitUntilHeld(hold, absl::Seconds(30)));
  ASSERT_EQ(
      bench->Call(&ConnectionStub::DeleteConnection, "name: 'connections/acme'")
          .error(),
      "OK");
  bench->fake().faults().Release(hold);
  EXPECT_THAT(Sync(*bench).error(), StartsWith("NOT_FOUND"));
  // The id can be taken again, and nothing of before is left.
  bench->CreateConnection();
  bench->SetPerWarehouse();
  EXPECT_EQ(
      bench->Call(&ConnectionStub::ListSyncRuns, "parent: 'connections/acme'")
          ->runs_size(),
      0);
  EXPECT_EQ(Sync(*bench, "max_results: 5000")->levels_size(), 3500);
}

}  // namespace
}  // namespace oms_connector::testing_support
