#include "fake_order_manager/fake_order_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fake_order_manager/http_client.h"

namespace oms_connector::testing_support {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kMonday = absl::FromUnixSeconds(1'755'424'800);

FakeWorld SmallWorld() {
  FakeWorld world;
  SalesChannel channel;
  channel.sales_channel_id = 7;
  channel.name = "Shop";
  world.Put(channel);
  for (const int64_t id : {1, 2}) {
    Warehouse warehouse;
    warehouse.warehouse_id = id;
    warehouse.name = absl::StrCat("Warehouse ", id);
    world.Put(warehouse);
  }
  for (int64_t i = 1; i <= 25; ++i) {
    Product product;
    product.product_id = 100 + i;
    product.master_sku = absl::StrCat("TEE-", i);
    product.modified = kMonday + i * absl::Minutes(1);
    world.Put(product);
    world.SetStock(100 + i, 1, i);
    world.SetStock(100 + i, 2, 10 * i, 1);
    Listing listing;
    listing.listing_id = 500 + i;
    listing.listing_sku = absl::StrCat("shop-tee-", i);
    listing.master_sku = product.master_sku;
    listing.product_id = product.product_id;
    listing.sales_channel_id = 7;
    listing.last_modified = product.modified;
    listing.quantity = i;
    listing.quantity_modified = product.modified;
    world.Put(listing);
  }
  return world;
}

class FakeOrderManagerTest : public ::testing::Test {
 protected:
  void Start(FakeOrderManager::Options options) {
    auto fake = FakeOrderManager::Start(std::move(options));
    ASSERT_TRUE(fake.ok()) << fake.status();
    fake_ = *std::move(fake);
  }
  void Start(FakeWorld world) {
    FakeOrderManager::Options options;
    options.world = std::move(world);
    Start(std::move(options));
  }

  json Rows(const std::string& target) {
    const HttpReply reply = Get(fake_->port(), target);
    EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
    return json::parse(reply.body, nullptr, false);
  }

  json Acknowledge(const std::string& token = "any") {
    HttpCall call;
    call.method = "POST";
    call.target = "/service/v1.2/inventory/acknowledge";
    call.body = R"({"salesChannelIds":[7]})";
    call.token = token;
    return json::parse(Send(fake_->port(), call).body, nullptr, false);
  }

  std::unique_ptr<FakeOrderManager> fake_;
};

std::vector<std::string> MasterSkus(const json& stock_rows) {
  std::vector<std::string> skus;
  for (const json& row : stock_rows) {
    skus.push_back(row["product"]["masterSku"].get<std::string>());
  }
  return skus;
}

TEST_F(FakeOrderManagerTest, EndsPagesWithAnEmptyOne) {
  Start(SmallWorld());
  const std::string pages = "/v1/productstocks/total?warehouseId=1&limit=10";
  EXPECT_THAT(Rows(pages + "&page=1"), SizeIs(10));
  EXPECT_THAT(Rows(pages + "&page=3"), SizeIs(5));
  EXPECT_THAT(Rows(pages + "&page=4"), IsEmpty());
  EXPECT_THAT(Rows(pages + "&page=9000000000000000000"), IsEmpty());
}

TEST_F(FakeOrderManagerTest, TellsEachRowOnceOverAllPages) {
  Start(SmallWorld());
  std::set<int64_t> ids;
  for (int page = 1; page <= 3; ++page) {
    for (const json& row :
         Rows(absl::StrCat("/v1.1/products?limit=10&page=", page))) {
      EXPECT_TRUE(ids.insert(row["productId"].get<int64_t>()).second);
    }
  }
  EXPECT_THAT(ids, SizeIs(25));
}

TEST_F(FakeOrderManagerTest, MatchesSkusFuzzily) {
  Start(SmallWorld());
  EXPECT_THAT(
      MasterSkus(Rows("/v1/productstocks/total?warehouseId=1&sku=tee-2")),
      ElementsAre("TEE-2", "TEE-20", "TEE-21", "TEE-22", "TEE-23", "TEE-24",
                  "TEE-25"));
}

TEST_F(FakeOrderManagerTest, SumsWarehousesWhereNoneIsAskedFor) {
  Start(SmallWorld());
  const json row = Rows("/v1/productstocks/total?sku=TEE-25")[0];
  EXPECT_EQ(row["onHandQuantity"], 275);
  EXPECT_EQ(row["lockedQuantity"], 1);
}

TEST_F(FakeOrderManagerTest, RepeatsWarehouseTotalsOnEachLocation) {
  FakeWorld world = SmallWorld();
  Stock& stock = world.SetStock(101, 1, 9);
  stock.locations.resize(2);
  stock.locations[0].stock_location_id = 1;
  stock.locations[0].quantity = 6;
  stock.locations[1].stock_location_id = 2;
  stock.locations[1].quantity = 3;
  Start(std::move(world));
  const json rows = Rows("/v1/inventory?warehouseId=1&limit=10");
  EXPECT_EQ(rows[0]["quantity"], 6);
  EXPECT_EQ(rows[1]["quantity"], 3);
  EXPECT_EQ(rows[0]["warehouseStockTotals"]["onHandQuantity"], 9);
  EXPECT_EQ(rows[1]["warehouseStockTotals"]["onHandQuantity"], 9);
}

TEST_F(FakeOrderManagerTest, FiltersByModifiedDate) {
  Start(SmallWorld());
  const std::string from = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ", kMonday + absl::Minutes(24), absl::UTCTimeZone());
  EXPECT_THAT(Rows("/v1.1/products?modifiedDateFrom=" + from), SizeIs(2));
  EXPECT_THAT(Rows("/v1/listings?salesChannelId=7&modifiedDateFrom=" + from),
              SizeIs(2));
}

TEST_F(FakeOrderManagerTest, TakesSeveralValuesOfOneFilter) {
  Start(SmallWorld());
  EXPECT_THAT(
      Rows("/v1/listings?listingSku%5B%5D=shop-tee-3&listingSku[]=SHOP-TEE-4"),
      SizeIs(2));
}

TEST_F(FakeOrderManagerTest, RefusesParametersItDoesNotHave) {
  Start(SmallWorld());
  EXPECT_EQ(Get(fake_->port(), "/v1/warehouses?page=1").status, 400);
  EXPECT_EQ(Get(fake_->port(), "/v1.1/products?limit=5").status, 400);
  EXPECT_EQ(Get(fake_->port(), "/v1.1/products?limit=1001").status, 400);
  EXPECT_EQ(Get(fake_->port(), "/v1.1/orders?modifiedDateFrom=today").status,
            400);
}

TEST_F(FakeOrderManagerTest, AcknowledgeTellsEverythingThenDifferences) {
  Start(SmallWorld());
  EXPECT_THAT(Acknowledge(), SizeIs(25));
  EXPECT_THAT(Acknowledge(), IsEmpty());
  fake_->Mutate([](FakeWorld& world) {
    world.SetChannelQuantity(503, 0, kMonday + absl::Hours(2));
  });
  const json changed = Acknowledge();
  ASSERT_THAT(changed, SizeIs(1));
  EXPECT_EQ(changed[0]["listingSku"], "shop-tee-3");
  EXPECT_EQ(changed[0]["quantity"], 0);
  EXPECT_THAT(Acknowledge(), IsEmpty());
}

TEST_F(FakeOrderManagerTest, AcknowledgeKeepsAMarkForEachAccount) {
  Start(SmallWorld());
  EXPECT_THAT(Acknowledge("one"), SizeIs(25));
  EXPECT_THAT(Acknowledge("two"), SizeIs(25));
}

TEST_F(FakeOrderManagerTest, AcknowledgeNeverTellsNumbersNobodyKnows) {
  FakeWorld world = SmallWorld();
  world.listings[501].quantity.reset();
  Start(std::move(world));
  EXPECT_THAT(Acknowledge(), SizeIs(24));
}

TEST_F(FakeOrderManagerTest, ABrokenAnswerMovesTheMarkAllTheSame) {
  Start(SmallWorld());
  fake_->faults().Add(
      MakeFault(FaultKind::kTruncatedJson, "inventory/acknowledge", 1));
  EXPECT_TRUE(Acknowledge().is_discarded());
  EXPECT_THAT(Acknowledge(), IsEmpty());
}

TEST_F(FakeOrderManagerTest, ARefusedAcknowledgeLeavesTheMark) {
  Start(SmallWorld());
  fake_->faults().Add(MakeFault(FaultKind::kStatus, "", 1));
  EXPECT_TRUE(Acknowledge().is_object());
  EXPECT_THAT(Acknowledge(), SizeIs(25));
}

TEST_F(FakeOrderManagerTest, RefusesAnotherToken) {
  FakeOrderManager::Options options;
  options.world = SmallWorld();
  options.token = "right";
  Start(std::move(options));
  HttpCall call;
  call.target = "/v1/warehouses";
  EXPECT_EQ(Send(fake_->port(), call).status, 401);
  call.token = "wrong";
  EXPECT_EQ(Send(fake_->port(), call).status, 401);
  call.token = "right";
  EXPECT_EQ(Send(fake_->port(), call).status, 200);
}

TEST_F(FakeOrderManagerTest, KnowsThePrefixOnlyWhereItIsWanted) {
  FakeOrderManager::Options options;
  options.path_prefix = PathPrefix::kRequired;
  Start(std::move(options));
  EXPECT_EQ(Get(fake_->port(), "/v1/warehouses").status, 404);
  EXPECT_EQ(Get(fake_->port(), "/service/v1/warehouses").status, 200);
}

TEST_F(FakeOrderManagerTest, LimitsRequestsPerSecondAndAccount) {
  FakeOrderManager::Options options;
  options.requests_per_second = 2;
  options.clock = [] { return kMonday; };
  Start(std::move(options));
  EXPECT_EQ(Get(fake_->port(), "/v1/warehouses").status, 200);
  EXPECT_EQ(Get(fake_->port(), "/v1/warehouses").status, 200);
  const HttpReply refused = Get(fake_->port(), "/v1/warehouses");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("x-skubana-quota-retryafter"), "500");
  HttpCall other;
  other.target = "/v1/warehouses";
  other.token = "another account";
  EXPECT_EQ(Send(fake_->port(), other).status, 200);
}

TEST_F(FakeOrderManagerTest, CountsRequestsByEndpointAndParameter) {
  Start(SmallWorld());
  Get(fake_->port(), "/v1.1/products?page=1");
  Get(fake_->port(), "/v1.1/products?page=2");
  Get(fake_->port(), "/v1/warehouses");
  Get(fake_->port(), "/nowhere");
  EXPECT_EQ(fake_->log().Count(), 4);
  EXPECT_EQ(fake_->log().Count("products"), 2);
  EXPECT_EQ(fake_->log().CountWith("products", {{"page", "2"}}), 1);
  EXPECT_EQ(fake_->log().requests().back().status, 404);
  const json counts = json::parse(fake_->log().ToJson());
  EXPECT_EQ(counts["endpoints"]["products"]["pages"]["2"], 1);
}

TEST_F(FakeOrderManagerTest, SeesHowManyRequestsRunAtOnce) {
  Start(SmallWorld());
  const int64_t hold = fake_->faults().Add(MakeFault(FaultKind::kHold));
  std::thread first([this] { Get(fake_->port(), "/v1/warehouses"); });
  ASSERT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(30)));
  std::thread second([this] { Get(fake_->port(), "/v1/warehouses"); });
  while (fake_->faults().hits(hold) < 2) std::this_thread::yield();
  fake_->faults().Release(hold);
  first.join();
  second.join();
  EXPECT_EQ(fake_->log().max_concurrency(), 2);
}

TEST_F(FakeOrderManagerTest, StopsWhileRequestsAreHeldOrAnswersEndless) {
  Start(SmallWorld());
  const int64_t hold =
      fake_->faults().Add(MakeFault(FaultKind::kHold, "warehouses"));
  fake_->faults().Add(MakeFault(FaultKind::kEndlessBody, "products"));
  std::thread held([this] { Get(fake_->port(), "/v1/warehouses"); });
  std::thread endless(
      [this] { EXPECT_FALSE(Get(fake_->port(), "/v1.1/products").complete); });
  ASSERT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(30)));
  while (fake_->log().Count("products") < 1) std::this_thread::yield();
  fake_->Stop();
  held.join();
  endless.join();
}

}  // namespace
}  // namespace oms_connector::testing_support
