// What each daily call asks of the database, counted beneath a whole server:
// whatever the number of carts, channels and warehouses, one look at one moment
// of the store is an answer.
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/endpoints/sql_counter.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

constexpr int kMostStatementsOfALook = 8;
constexpr int kMostStatementsOfSettings = 2;

// Channels 7, 8 and so on, warehouses 1, 2 and so on, with every product.
FakeWorld WideWorld() {
  FakeWorld world = SmallWireWorld();
  for (int i = 1; i < 20; ++i) {
    SalesChannel channel;
    channel.sales_channel_id = 7 + i;
    channel.name = absl::StrCat("Shop ", i);
    world.Put(channel);
    Warehouse warehouse;
    warehouse.warehouse_id = 2 + i;
    warehouse.name = absl::StrCat("Far ", i);
    world.Put(warehouse);
    world.SetStock(10, warehouse.warehouse_id, i);
  }
  return world;
}

class CallCostTest : public ::testing::Test {
 protected:
  CallCostTest() : bench_(WideWorld(), Options()) {
    std::string carts;
    for (int i = 0; i < 20; ++i) {
      absl::StrAppend(&carts, "carts { id: 'cart-", i, "' sales_channel: '",
                      7 + i, "' sku_source: SKU_SOURCE_",
                      i % 2 == 0 ? "MASTER" : "LISTING", "_SKU } ");
    }
    bench_.CreateConnection("acme", carts);
  }

  server::Server::Options Options() {
    server::Server::Options options;
    options.decorate_sql = counter_.decorator();
    return options;
  }

  // What `call` costs when nothing else happens: the server looks after itself
  // now and then, so the cheapest of some calls counts. `before` comes before
  // each of them.
  template <typename Function>
  SqlCounts CostOf(
      Function call, absl::FunctionRef<void()> before = [] {}) {
    SqlCounts least;
    for (int i = 0; i < 5; ++i) {
      before();
      counter_.Reset();
      call();
      const SqlCounts counts = counter_.counts();
      if (i == 0 || counts.statements < least.statements) {
        least = counts;
        report_ = counter_.Report();
      }
    }
    return least;
  }

  std::string Sync(const std::string& more) {
    const auto page =
        bench_.Call(&ConnectorStub::SyncInventory,
                    absl::StrCat("connection: 'connections/acme' ", more));
    EXPECT_EQ(page.error(), "OK");
    EXPECT_TRUE(page->caught_up());
    return page->next_cursor();
  }
  std::string Poll(const std::string& more) {
    const auto page =
        bench_.Call(&ConnectorStub::PollShipments,
                    absl::StrCat("connection: 'connections/acme' ", more));
    EXPECT_EQ(page.error(), "OK");
    EXPECT_TRUE(page->caught_up());
    return page->next_cursor();
  }

  void ExpectOneLook(const SqlCounts& cost, int most = kMostStatementsOfALook) {
    EXPECT_EQ(cost.transactions, 1) << report_;
    EXPECT_EQ(cost.write_transactions, 0) << report_;
    EXPECT_LE(cost.statements, most) << report_;
  }

  // Of a first page and of one at the head, for the connection and for carts
  // with either kind of SKU.
  void ExpectCheapSyncs() {
    for (const char* cart : {"", "cart: 'cart-0'", "cart: 'cart-1'"}) {
      SCOPED_TRACE(cart);
      const std::string cursor = Sync(cart);
      ExpectOneLook(CostOf([&] { Sync(cart); }));
      ExpectOneLook(
          CostOf([&] { Sync(absl::StrCat(cart, " cursor: '", cursor, "'")); }));
    }
  }

  SqlCounter counter_;
  WireBench bench_;
  std::string report_;
};

TEST_F(CallCostTest, SettingsAreReadOnceUntilSomethingIsCommitted) {
  const auto get = [&] {
    EXPECT_EQ(bench_
                  .Call(&ConnectorStub::GetSettings,
                        "name: 'connections/acme/settings'")
                  .error(),
              "OK");
  };
  ExpectOneLook(CostOf(get), 0);
  bool on = false;
  const auto commit = [&] {
    on = !on;
    bench_.UpdateSettings(absl::StrCat(
        "inventory { download_products_data: ", on ? "true" : "false", " }"));
  };
  ExpectOneLook(CostOf(get, commit), kMostStatementsOfSettings);
}

TEST_F(CallCostTest, ASyncWithNothingStaleIsOneLookPerChannel) {
  bench_.UpdateSettings("inventory { download_products_data: true }");
  bench_.SyncNow();
  ExpectCheapSyncs();
}

TEST_F(CallCostTest, ASyncWithNothingStaleIsOneLookPerWarehouse) {
  bench_.SetPerWarehouse();
  bench_.UpdateSettings("inventory { download_products_data: true }");
  bench_.SyncNow();
  ExpectCheapSyncs();
}

TEST_F(CallCostTest, APollWithNothingStaleIsOneLook) {
  const std::string cursor = Poll("");
  ExpectOneLook(CostOf([&] { Poll(""); }));
  ExpectOneLook(CostOf([&] { Poll("cart: 'cart-3'"); }));
  if (!cursor.empty()) {
    ExpectOneLook(
        CostOf([&] { Poll(absl::StrCat("cursor: '", cursor, "'")); }));
  }
  // The first poll makes the consumer.
  Poll("consumer: 'reader' cart: 'cart-3'");
  ExpectOneLook(CostOf([&] { Poll("consumer: 'reader' cart: 'cart-3'"); }));
}

// What a look has read is kept while nobody commits; here another connection's
// settings change before each.
TEST_F(CallCostTest, ALookAfterACommitIsOneLookToo) {
  bench_.CreateConnection("bolt", "");
  bool on = false;
  const auto commit = [&] {
    on = !on;
    v1::UpdateSettingsRequest request;
    FillFromText(absl::StrCat("settings { name: 'connections/bolt/settings' "
                              "inventory { download_products_data: ",
                              on ? "true" : "false", " } }"),
                 &request);
    EXPECT_EQ(
        bench_.client().Call(&ConnectorStub::UpdateSettings, request).error(),
        "OK");
  };
  bench_.SetPerWarehouse();
  bench_.UpdateSettings("inventory { download_products_data: true }");
  bench_.SyncNow();
  const std::string synced = Sync("");
  ExpectOneLook(
      CostOf([&] { Sync(absl::StrCat("cursor: '", synced, "'")); }, commit));
  ExpectOneLook(CostOf([&] { Poll("cart: 'cart-3'"); }, commit));
  for (const char* cart : {"", "cart: 'cart-0'", "cart: 'cart-1'"}) {
    SCOPED_TRACE(cart);
    ExpectOneLook(CostOf([&] { Sync(cart); }, commit));
  }
}

TEST_F(CallCostTest, AWakeUpOfALongPollIsTheSameOnceMore) {
  Poll("");
  const SqlCounts cost = CostOf([&] { Poll("max_wait { nanos: 50000000 }"); });
  EXPECT_EQ(cost.transactions, 2) << report_;
  EXPECT_EQ(cost.write_transactions, 0) << report_;
  EXPECT_LE(cost.statements, 2 * kMostStatementsOfALook) << report_;
}

}  // namespace
}  // namespace oms_connector::testing_support
