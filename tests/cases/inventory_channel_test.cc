// Per sales channel: the Order Manager's own numbers, passed through. The
// numbers are those of domain.md's rules of inventory.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using model::InventorySyncMode;
using model::SyncKind;
using model::SyncState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InventoryChannel : public ::testing::Test {
 protected:
  InventoryChannel() {
    bench_.AddChannel(5, "Web Shop");
    bench_.AddChannel(6, "Market");
    bench_.AddListing(100, 5, 10, "L-A", "A", bench_.now());
    bench_.AddListing(101, 5, 11, "L-B", "B", bench_.now());
    bench_.AddListing(102, 6, 10, "M-A", "A", bench_.now());
    bench_.SetNumber(100, 7);
    bench_.SetNumber(101, 5);
    bench_.SetNumber(102, 2);
    cart_.cart_id = "shop";
    cart_.sales_channel = "web shop";
    cart_.sku_source = model::SkuSource::kListingSku;
    bench_.SetCarts({cart_});
  }

  FakeWorld& world() { return bench_.world(); }
  std::string Seen(const std::string& cart = "shop") {
    return Brief(bench_.Levels(cart));
  }
  // What is stored, without a pull.
  LevelMap Told(const std::string& cart) {
    SyncRequest request = bench_.Now();
    request.cart = cart;
    request.max_staleness = absl::InfiniteDuration();
    LevelMap levels;
    int64_t position = 0;
    EXPECT_TRUE(bench_.Drain(request, &position, &levels).ok());
    return levels;
  }
  SyncPage Pull(SyncKind kind = SyncKind::kIncremental) {
    SyncRequest request = bench_.Now();
    request.kind = kind;
    return *bench_.Sync(request);
  }
  void FailOnce(const std::string& endpoint, const absl::Status& status) {
    bench_.order_manager().SetHook(
        [=, done = std::make_shared<bool>(false)](
            const WatchedOrderManager::Request& request) {
          if (request.endpoint != endpoint || *done) return absl::OkStatus();
          *done = true;
          return status;
        });
  }

  // Requests to the endpoint are answered with this body. Returns the fault.
  int64_t Answer(const std::string& endpoint, std::string body,
                 std::optional<int64_t> count = std::nullopt) {
    Fault fault = MakeFault(FaultKind::kBody, endpoint, count);
    fault.json = std::move(body);
    return bench_.fake().faults().Add(fault);
  }

  InventoryBench bench_;
  model::Cart cart_;
};

TEST_F(InventoryChannel, PassesTheOrderManagersNumbersThrough) {
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5");
  EXPECT_EQ(Seen(""), "A@5=7 B@5=5");
  LevelMap levels = bench_.Levels("shop");
  const auto& level = levels[{"L-A", model::LocationKind::kSalesChannel, 5}];
  EXPECT_EQ(level.derivation.source, model::LevelSource::kChannelAllocation);
  EXPECT_EQ(level.master_sku, "A");
  EXPECT_EQ(level.location.name, "Web Shop");
  EXPECT_FALSE(level.derivation.stock.has_value());
}

// Rule 0: a channel that no cart names is never acknowledged.
TEST_F(InventoryChannel, NeverAcknowledgesAChannelThatNoCartNames) {
  Pull();
  EXPECT_EQ(bench_.order_manager().CountRequests("acknowledge"), 1);
  for (const auto& request : bench_.order_manager().requests()) {
    EXPECT_TRUE(request.endpoint != "acknowledge" || request.id == 5);
  }
}

// One empty list may be a fault; two are the truth.
TEST_F(InventoryChannel, CartsOfChannelsThatWentAreTold) {
  Pull();
  const int64_t fault = Answer("saleschannels", "[]");
  SyncPage page = Pull();
  EXPECT_THAT(page.run->cart_errors, IsEmpty());
  ASSERT_THAT(page.run->notes, SizeIs(1));
  EXPECT_EQ(page.run->notes[0].endpoint, "saleschannels");
  EXPECT_THAT(page.levels, SizeIs(2));
  page = Pull();
  ASSERT_THAT(page.run->cart_errors, SizeIs(1));
  EXPECT_EQ(page.run->cart_errors[0].cart_id, "shop");
  SyncRequest request = bench_.Now();
  request.cart = "shop";
  const absl::Status refused = bench_.Sync(request).status();
  EXPECT_EQ(model::ReasonOf(refused), "SALES_CHANNEL_NOT_FOUND");
  bench_.fake().faults().Release(fault);
  EXPECT_THAT(Pull().run->cart_errors, IsEmpty());
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5");
}

// Kinds 1 and 2: what was told by a clock that was ahead is not told since.
TEST_F(InventoryChannel, AClockThatWasAheadClosesNoGap) {
  bench_.clock().Jump(absl::Hours(72));
  Pull();
  bench_.clock().Jump(-absl::Hours(72));
  FailOnce("acknowledge", absl::UnavailableError("broken"));
  Pull();
  EXPECT_TRUE(Pull().run->delta_gap_suspected);
  bench_.Advance(absl::Minutes(1));
  bench_.SetNumber(100, 8);
  EXPECT_TRUE(Pull().run->delta_gap_suspected);
  bench_.SetNumber(101, 6);
  EXPECT_FALSE(Pull().run->delta_gap_suspected);
}

// Kinds 1 and 2: nor does one keep a gap open.
TEST_F(InventoryChannel, AGapOfAClockThatWasAheadIsClosedAllTheSame) {
  Pull();
  bench_.clock().Jump(absl::Hours(72));
  FailOnce("acknowledge", absl::UnavailableError("broken"));
  Pull();
  bench_.clock().Jump(-absl::Hours(72));
  EXPECT_TRUE(Pull().run->delta_gap_suspected);
  bench_.Advance(absl::Minutes(1));
  bench_.SetNumber(100, 8);
  bench_.SetNumber(101, 6);
  EXPECT_FALSE(Pull().run->delta_gap_suspected);
}

TEST_F(InventoryChannel, AChannelThatIsNotToldBlocksNoOther) {
  model::Cart market = cart_;
  market.cart_id = "market";
  market.sales_channel = "Market";
  bench_.SetCarts({cart_, market});
  Pull();
  bench_.order_manager().SetHook([](const WatchedOrderManager::Request& r) {
    return r.endpoint == "acknowledge" && r.id == 5
               ? absl::UnavailableError("too much")
               : absl::OkStatus();
  });
  for (const int64_t number : {3, 4}) {
    bench_.SetNumber(102, number);
    bench_.Advance(absl::Hours(1));
    EXPECT_EQ(Pull().run->state, SyncState::kFailed);
    EXPECT_EQ(Brief(Told("market")), absl::StrCat("M-A@6=", number));
  }
  bench_.order_manager().SetHook(nullptr);
  bench_.Advance(absl::Hours(1));
  EXPECT_EQ(Pull().run->state, SyncState::kSucceeded);
}

TEST_F(InventoryChannel, ADifferenceChangesOneLevel) {
  Pull();
  bench_.SetNumber(101, 4);
  const SyncPage page = Pull();
  EXPECT_EQ(page.run->counts.levels_changed, 1);  // B of the connection's own
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=4");
}

// Subtract Locked cannot apply per channel.
TEST_F(InventoryChannel, SubtractLockedDoesNotApply) {
  Pull();
  bench_.ChangeSettings(
      [](model::Settings& s) { s.subtract_locked_quantity = true; });
  LevelMap levels = bench_.Levels("shop");
  EXPECT_EQ(Brief(levels), "L-A@5=7 L-B@5=5");
  EXPECT_FALSE(levels.begin()->second.derivation.locked_subtracted);
}

// Rule 4.
TEST_F(InventoryChannel, ListingFlagsWithhold) {
  world().listings[100].active = false;
  world().listings[101].push_inventory = false;
  EXPECT_EQ(Seen(), "L-A@5=W6 L-B@5=W7");
}

// The Order Manager leaves fields out as it likes.
TEST_F(InventoryChannel, ListingWithoutAMasterSkuStandsUnderItsProducts) {
  bench_.AddProduct(10, "A", true, bench_.now());
  world().listings[100].master_sku = "";
  world().listings[101].master_sku = "";  // and its product is unknown
  EXPECT_EQ(Seen(""), "A@5=7");
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5");
}

TEST_F(InventoryChannel, ListingThatLosesItsMasterSkuKeepsTheOneItHad) {
  Pull();
  world().listings[101].master_sku = "";
  Pull(SyncKind::kFull);
  EXPECT_EQ(Seen(""), "A@5=7 B@5=5");
}

// Rule 4.
TEST_F(InventoryChannel, ACartThatMatchesNoChannelFailsAlone) {
  model::Cart lost = cart_;
  lost.cart_id = "lost";
  lost.sales_channel = "Nowhere";
  bench_.SetCarts({cart_, lost});
  SyncRequest request = bench_.Now();
  request.cart = "lost";
  const absl::Status status = bench_.Sync(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("Web Shop"));
  const SyncPage page = Pull();
  ASSERT_THAT(page.run->cart_errors, SizeIs(1));
  EXPECT_EQ(page.run->cart_errors[0].cart_id, "lost");
  EXPECT_EQ(Seen("shop"), "L-A@5=7 L-B@5=5");
}

// Rule 4.
TEST_F(InventoryChannel, AChannelIsNamedByIdOrName) {
  cart_.sales_channel = "6";
  bench_.SetCarts({cart_});
  EXPECT_EQ(Seen(), "M-A@6=2");
  bench_.AddChannel(7, "MARKET");
  cart_.sales_channel = "market";
  bench_.SetCarts({cart_});
  SyncRequest request = bench_.Now();
  request.cart = "shop";
  EXPECT_EQ(bench_.Sync(request).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// Rule 5.
TEST_F(InventoryChannel, TwoActiveListingsOfOneSkuAreAmbiguous) {
  bench_.AddListing(103, 5, 12, "l-a", "C", bench_.now());
  bench_.SetNumber(103, 1);
  EXPECT_EQ(Seen("shop"), "L-A@5=W4 L-B@5=5");
  EXPECT_EQ(Seen(""), "A@5=7 B@5=5 C@5=1");
  world().listings[103].active = false;
  world().listings[103].last_modified = bench_.now();
  EXPECT_EQ(Seen("shop"), "L-A@5=7 L-B@5=5");
}

// Rule 5: for master SKUs, two active listings of one product.
TEST_F(InventoryChannel, TwoListingsOfAProductAreAmbiguousByMasterSku) {
  bench_.AddListing(103, 5, 10, "L-A2", "A", bench_.now());
  bench_.SetNumber(103, 1);
  EXPECT_EQ(Seen("shop"), "L-A@5=7 L-A2@5=1 L-B@5=5");
  EXPECT_EQ(Seen(""), "A@5=W4 B@5=5");
}

// Rule 6.
TEST_F(InventoryChannel, AListingWithoutANumberIsUnknown) {
  bench_.AddListing(103, 5, 12, "L-C", "C", bench_.now());
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5 L-C@5=W9");
  int64_t waiting = 0;  // levels_without_number of the connection's health
  ASSERT_TRUE(bench_.store()
                  .Read({},
                        [&](storage::ReadTransaction& txn) {
                          waiting = *txn.inventory().CountUnknownLevels(
                              kBenchConnection);
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_EQ(waiting, 1) << "the connection's own";
  bench_.SetNumber(103, 0);
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5 L-C@5=0");
}

// Rule 6.
TEST_F(InventoryChannel, ANegativeNumberIsClamped) {
  bench_.SetNumber(101, -3);
  LevelMap levels = bench_.Levels("shop");
  EXPECT_EQ(Brief(levels), "L-A@5=7 L-B@5=0");
  EXPECT_TRUE((levels[{"L-B", model::LocationKind::kSalesChannel, 5}]
                   .derivation.clamped_at_zero));
}

// Rule 3.
TEST_F(InventoryChannel, AnInactiveChannelWithholdsItsLevels) {
  Pull();
  world().sales_channels.at(5).active = false;
  EXPECT_EQ(Seen(), "L-A@5=W3 L-B@5=W3");
}

// Rules 2 and 11.
TEST_F(InventoryChannel, WithholdsInactiveProducts) {
  bench_.AddProduct(10, "A", /*active=*/false, bench_.now());
  EXPECT_EQ(Seen(), "L-A@5=W5 L-B@5=5");
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5");
}

// Rule 1.
TEST_F(InventoryChannel, AFullPullConcludesThatAListingIsGone) {
  Pull();
  world().listings.erase(101);
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5");
  Pull(SyncKind::kFull);
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=W2");
}

// Rule 1.
TEST_F(InventoryChannel, ABrokenAcknowledgeIsASuspectedGapUntilAllIsToldAgain) {
  Pull();
  FailOnce("acknowledge", absl::UnavailableError("cut off"));
  const SyncPage broken = Pull();
  EXPECT_EQ(broken.run->state, SyncState::kFailed);
  EXPECT_TRUE(broken.run->delta_gap_suspected);
  EXPECT_TRUE(Pull().run->delta_gap_suspected);
  bench_.Advance(absl::Minutes(1));
  bench_.SetNumber(100, 7);
  EXPECT_TRUE(Pull().run->delta_gap_suspected);
  bench_.SetNumber(101, 5);
  EXPECT_FALSE(Pull().run->delta_gap_suspected);
}

// What is told once and cannot be read is not taken for what was told before.
TEST_F(InventoryChannel, AnUnreadableNumberLeavesItsListingUnknown) {
  Pull();
  bench_.Advance(absl::Minutes(1));
  bench_.SetNumber(101, 4);
  world().listings[101].raw["quantity"] = "\"many\"";
  EXPECT_TRUE(Pull().run->delta_gap_suspected);
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=W9");
  world().listings[101].raw.clear();
  bench_.Advance(absl::Minutes(1));
  bench_.SetNumber(101, 4);
  EXPECT_TRUE(Pull().run->delta_gap_suspected);  // for what else there was
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=4");
  bench_.SetNumber(100, 7);
  EXPECT_FALSE(Pull().run->delta_gap_suspected);
}

TEST_F(InventoryChannel, OfSeveralNumbersOfOneListingTheNewestCounts) {
  Pull();
  const auto tell = [&](const std::vector<std::string>& numbers) {
    constexpr char kListing[] = R"({"listingId": 101, "listingSku": "L-B", )";
    Answer("inventory/acknowledge",
           absl::StrCat("[", kListing,
                        absl::StrJoin(numbers, absl::StrCat("},", kListing)),
                        "}]"),
           1);
    Pull();
  };
  tell({R"("quantity": 1, "lastModified": "2026-08-17T10:01:00Z")",
        R"("quantity": 2, "lastModified": "2026-08-17T10:03:00Z")",
        R"("quantity": 3, "lastModified": "2026-08-17T10:02:00Z")"});
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=2");
  tell({R"("quantity": 4, "lastModified": "2026-08-17T10:09:00Z")",
        R"("quantity": 5)"});
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5");
}

TEST_F(InventoryChannel, ARefusedAcknowledgeIsNoGap) {
  Pull();
  FailOnce("acknowledge", order_manager::QuotaExhausted(absl::Minutes(1)));
  const SyncPage partial = Pull();
  EXPECT_EQ(partial.run->state, SyncState::kPartial);
  EXPECT_FALSE(partial.run->delta_gap_suspected);
  bench_.Advance(absl::Minutes(1));
  EXPECT_FALSE(Pull().run->delta_gap_suspected);
}

TEST_F(InventoryChannel, AnAcknowledgeThatNeverArrivedIsNoGap) {
  Pull();
  FailOnce("acknowledge",
           order_manager::NotProcessed(absl::UnavailableError("down")));
  const SyncPage failed = Pull();
  EXPECT_EQ(failed.run->state, SyncState::kFailed);
  EXPECT_FALSE(failed.run->delta_gap_suspected);
  EXPECT_FALSE(Pull().run->delta_gap_suspected);
}

TEST_F(InventoryChannel, ANoteThatACrashLeftBehindIsASuspectedGap) {
  Pull();
  ASSERT_TRUE(
      bench_.store()
          .Write({},
                 [&](storage::WriteTransaction& txn) -> absl::Status {
                   auto state = txn.inventory().LockState(kBenchConnection);
                   state->acknowledge_in_flight = bench_.now();
                   return txn.inventory().PutState(kBenchConnection, *state);
                 })
          .ok());
  EXPECT_TRUE(Pull().run->delta_gap_suspected);
}

// Rule 9.
TEST_F(InventoryChannel, ModeChangeLeavesTheOldLevelsWithheld) {
  bench_.AddWarehouse(1);
  bench_.AddStock(1, 10, "A", 3);
  LevelMap levels;
  int64_t position = 0;
  ASSERT_TRUE(bench_.Drain(bench_.Now(), &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@5=7 B@5=5");
  bench_.SetMode(InventorySyncMode::kPerWarehouse);
  SyncRequest request = bench_.Now();
  request.max_staleness.reset();  // due all the same: stock was never read
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@5=W1 A@1=3 B@5=W1");
  const size_t requests = bench_.order_manager().requests().size();
  bench_.SetMode(InventorySyncMode::kPerSalesChannel);
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@5=7 A@1=W1 B@5=5");
  EXPECT_THAT(bench_.order_manager().requests(), SizeIs(requests));
}

// api.md: while a recompute is due, levels of older settings are not shown,
// and a pull that is due as well comes first.
TEST_F(InventoryChannel, AnAnswerNeverShowsLevelsOfOlderSettings) {
  bench_.AddWarehouse(1);
  bench_.AddStock(1, 10, "A", 3);
  Pull();
  bench_.SetMode(InventorySyncMode::kPerWarehouse);
  bool seen_old = false;
  bench_.order_manager().SetHook(
      [&](const WatchedOrderManager::Request& request) {
        if (request.endpoint != "stock") return absl::OkStatus();
        SyncRequest peek = bench_.Now();
        peek.max_wait = absl::ZeroDuration();
        const auto page = bench_.Sync(peek);
        seen_old =
            seen_old || !page.ok() || !page->levels.empty() || page->caught_up;
        return absl::OkStatus();
      });
  EXPECT_EQ(Seen(""), "A@5=W1 A@1=3 B@5=W1");
  EXPECT_FALSE(seen_old);
}

TEST_F(InventoryChannel, AnUnreachableOrderManagerDoesNotHoldBackNewSettings) {
  Pull();
  bench_.ChangeSettings(
      [](model::Settings& s) { s.ignore_inactive_products = false; });
  bench_.order_manager().SetHook([](const WatchedOrderManager::Request&) {
    return absl::UnavailableError("down");
  });
  EXPECT_EQ(Seen(), "L-A@5=7 L-B@5=5");
}

TEST_F(InventoryChannel, AChangedCartLeavesItsOldKeysWithheld) {
  LevelMap levels;
  int64_t position = 0;
  SyncRequest request = bench_.Now();
  request.cart = "shop";
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  cart_.sku_source = model::SkuSource::kMasterSku;
  bench_.SetCarts({cart_});
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@5=7 B@5=5 L-A@5=W8 L-B@5=W8");
  cart_.sales_channel = "market";
  bench_.SetCarts({cart_});
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@5=W3 A@6=2 B@5=W3 L-A@5=W3 L-B@5=W3");
}

// Who could not read meanwhile is told all the same.
TEST_F(InventoryChannel, ACartThatWasNotServedForAWhileIsToldWhatWent) {
  cart_.sku_source = model::SkuSource::kMasterSku;
  bench_.SetCarts({cart_});
  SyncRequest request = bench_.Now();
  request.cart = "shop";
  int64_t position = 0;
  LevelMap levels;
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@5=7 B@5=5");
  cart_.sales_channel = "Nowhere";
  bench_.SetCarts({cart_});
  Pull();
  EXPECT_FALSE(bench_.Sync(request).ok());
  cart_.sales_channel = "Web Shop";
  cart_.sku_source = model::SkuSource::kListingSku;
  bench_.SetCarts({cart_});
  ASSERT_TRUE(bench_.Drain(request, &position, &levels).ok());
  EXPECT_EQ(Brief(levels), "A@5=W8 B@5=W8 L-A@5=7 L-B@5=5");
}

}  // namespace
}  // namespace oms_connector::testing_support
