// Warehouses and sales channels that were away and come back, and connections
// that share an account: what was known of them is not believed before the
// Order Manager has told it again.
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using model::InventorySyncMode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kLater[] = "later";

class InventoryReturn : public ::testing::Test {
 protected:
  InventoryReturn() {
    bench_.AddWarehouse(1);
    bench_.AddWarehouse(2);
    bench_.AddStock(1, 10, "A", 7);
    bench_.AddStock(1, 11, "B", 5);
    bench_.AddStock(2, 10, "A", 3);
    bench_.AddChannel(5, "Web Shop");
    bench_.AddChannel(6, "Market");
    bench_.AddListing(100, 5, 10, "L-A", "A", bench_.now());
    bench_.AddListing(101, 5, 11, "L-B", "B", bench_.now());
    bench_.AddListing(102, 6, 10, "M-A", "A", bench_.now());
    bench_.SetNumber(100, 70);
    bench_.SetNumber(101, 50);
    bench_.SetNumber(102, 20);
    cart_ = CartOf("shop", "Web Shop");
  }

  static model::Cart CartOf(const std::string& id, const std::string& channel) {
    model::Cart cart;
    cart.cart_id = id;
    cart.sales_channel = channel;
    return cart;
  }
  FakeWorld& world() { return bench_.world(); }
  std::string Seen() { return Brief(bench_.Levels()); }
  // Without another pull.
  std::string SeenNow() {
    SyncRequest request = bench_.Now();
    request.max_staleness = absl::InfiniteDuration();
    LevelMap levels;
    int64_t position = 0;
    EXPECT_TRUE(bench_.Drain(request, &position, &levels).ok());
    return Brief(levels);
  }
  SyncPage Pull() { return *bench_.Sync(); }

  // A connection of the same account, created after acme.
  void AddLater(std::vector<model::Cart> carts) {
    ASSERT_TRUE(
        bench_.store()
            .Write({},
                   [&](storage::WriteTransaction& txn) {
                     model::Connection later =
                         *txn.connections().GetConnection(kBenchConnection);
                     later.id = kLater;
                     later.carts = std::move(carts);
                     return txn.connections().InsertConnection(later, {});
                   })
            .ok());
  }
  absl::StatusOr<SyncPage> SyncLater(const std::string& cart = "") {
    SyncRequest request = bench_.Now();
    request.connection = kLater;
    request.cart = cart;
    return bench_.Sync(request);
  }
  std::string SeenLater() {
    SyncRequest request = bench_.Now();
    request.connection = kLater;
    LevelMap levels;
    int64_t position = 0;
    EXPECT_TRUE(bench_.Drain(request, &position, &levels).ok());
    return Brief(levels);
  }

  InventoryBench bench_;
  model::Cart cart_;
};

TEST_F(InventoryReturn, ARowOfAWarehouseThatComesBackIsUnknownUntilItIsRead) {
  bench_.SetMode(InventorySyncMode::kPerWarehouse);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  world().warehouses.at(1).active = false;
  EXPECT_EQ(Seen(), "A@1=W3 A@2=3 B@1=W3");
  bench_.Advance(absl::Hours(1));
  world().warehouses.at(1).active = true;
  world().stock[{1, 11}].raw = Garbled();
  // Its quantity is as it was; that it is so was read after the return.
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=W9");
  const LevelMap levels = bench_.Levels();
  EXPECT_EQ((levels.at({"A", model::LocationKind::kWarehouse, 1}).as_of_time),
            bench_.now() + absl::Microseconds(1));
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=W9");
  world().stock[{1, 11}].raw.clear();
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

TEST_F(InventoryReturn, SoIsOneOfAWarehouseThatACartTakesUpAgain) {
  bench_.SetMode(InventorySyncMode::kPerWarehouse);
  cart_.warehouse_ids = {1, 2};
  bench_.SetCarts({cart_});
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  cart_.warehouse_ids = {2};
  bench_.SetCarts({cart_});
  EXPECT_EQ(Seen(), "A@1=W3 A@2=3 B@1=W3");
  bench_.AddStock(1, 10, "A", 6);
  bench_.order_manager().SetHook([](const WatchedOrderManager::Request& r) {
    return r.endpoint == "stock" && r.id == 1 ? absl::UnavailableError("down")
                                              : absl::OkStatus();
  });
  cart_.warehouse_ids = {1, 2};
  bench_.SetCarts({cart_});
  Pull();
  EXPECT_EQ(SeenNow(), "A@1=W9 A@2=3 B@1=W9");
  bench_.order_manager().SetHook(nullptr);
  EXPECT_EQ(Seen(), "A@1=6 A@2=3 B@1=5");
}

// Kinds 1 and 5h: that a row was read in the future says nothing.
TEST_F(InventoryReturn, ARowThatWasReadByAClockAheadIsUnknownToo) {
  bench_.SetMode(InventorySyncMode::kPerWarehouse);
  bench_.clock().Jump(absl::Hours(72));
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  bench_.clock().Jump(-absl::Hours(72));
  world().warehouses.at(1).active = false;
  EXPECT_EQ(Seen(), "A@1=W3 A@2=3 B@1=W3");
  world().warehouses.at(1).active = true;
  world().stock[{1, 11}].raw = Garbled();
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=W9");
}

// A clock is set back meanwhile.
TEST_F(InventoryReturn, AClockThatWasAheadKeepsNoRowUnknown) {
  bench_.SetMode(InventorySyncMode::kPerWarehouse);
  Pull();
  world().warehouses.at(1).active = false;
  Pull();
  bench_.Advance(absl::Hours(72));
  world().warehouses.at(1).active = true;
  bench_.order_manager().SetHook([](const WatchedOrderManager::Request& r) {
    return r.endpoint == "stock" ? absl::UnavailableError("down")
                                 : absl::OkStatus();
  });
  Pull();
  bench_.order_manager().SetHook(nullptr);
  bench_.Advance(-absl::Hours(72));
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

TEST_F(InventoryReturn, AChannelThatComesBackIsUnknownUntilItsNumbersAreTold) {
  bench_.SetCarts({cart_});
  EXPECT_EQ(Seen(), "A@5=70 B@5=50");
  world().sales_channels.at(5).active = false;
  EXPECT_EQ(Seen(), "A@5=W3 B@5=W3");
  bench_.SetNumber(100, 71);
  world().sales_channels.at(5).active = true;
  bench_.order_manager().SetHook([](const WatchedOrderManager::Request& r) {
    return r.endpoint == "acknowledge" ? absl::UnauthenticatedError("refused")
                                       : absl::OkStatus();
  });
  Pull();
  EXPECT_EQ(SeenNow(), "A@5=W9 B@5=W9");
  bench_.order_manager().SetHook(nullptr);
  // The stored numbers with the differences since.
  EXPECT_EQ(Seen(), "A@5=71 B@5=50");
  EXPECT_FALSE(Pull().run->delta_gap_suspected);
}

TEST_F(InventoryReturn, OfTwoConnectionsOfOneAccountTheFirstIsToldTheNumbers) {
  bench_.SetCarts({cart_});
  AddLater({CartOf("other", "5"), CartOf("market", "Market")});
  EXPECT_EQ(Seen(), "A@5=70 B@5=50");
  bench_.SetNumber(100, 71);

  const absl::StatusOr<SyncPage> refused = SyncLater("other");
  const auto details = model::DetailsOf(refused.status());
  ASSERT_TRUE(details.has_value()) << refused.status();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(details->reason, "ACCOUNT_IN_USE");
  EXPECT_THAT(std::string(refused.status().message()),
              Not(HasSubstr(kBenchConnection)))
      << "whoever asks may not see that one";
  const absl::StatusOr<SyncPage> all = SyncLater();
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(all->run->cart_errors, SizeIs(1));
  EXPECT_EQ(all->run->cart_errors[0].cart_id, "other");
  EXPECT_TRUE(SyncLater("market").ok());
  EXPECT_EQ(SeenLater(), "A@6=20");
  EXPECT_EQ(Seen(), "A@5=71 B@5=50") << "nobody has taken the difference";
}

TEST_F(InventoryReturn, TheOtherOneIsToldThemOnceTheFirstIsGone) {
  bench_.SetCarts({cart_});
  AddLater({CartOf("other", "5")});
  EXPECT_EQ(Seen(), "A@5=70 B@5=50");
  EXPECT_EQ(SyncLater("other").status().code(),
            absl::StatusCode::kFailedPrecondition);
  bench_.SetMode(InventorySyncMode::kPerWarehouse);
  const absl::StatusOr<SyncPage> page = SyncLater("other");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->run->cart_errors, IsEmpty());
  EXPECT_TRUE(page->run->delta_gap_suspected)
      << "what was told before went to the other connection";
  EXPECT_EQ(SeenLater(), "A@5=W9 B@5=W9");
  bench_.Advance(absl::Minutes(1));
  bench_.SetNumber(100, 72);
  EXPECT_EQ(SeenLater(), "A@5=72 B@5=W9");
  bench_.SetNumber(101, 52);
  EXPECT_EQ(SeenLater(), "A@5=72 B@5=52");
  EXPECT_FALSE(SyncLater()->run->delta_gap_suspected);
}

}  // namespace
}  // namespace oms_connector::testing_support
