#include "fake_order_manager/control_endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>

#include "fake_order_manager/generator.h"
#include "fake_order_manager/http_client.h"

namespace oms_connector::testing_support {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kMonday = absl::FromUnixSeconds(1'755'424'800);

class ControlEndpointsTest : public ::testing::Test {
 protected:
  ControlEndpointsTest() {
    WorldPlan plan;
    plan.products = 20;
    FakeOrderManager::Options options;
    options.world = GenerateWorld(plan, kMonday);
    options.token = "secret";
    options.clock = [] { return kMonday; };
    options.control = MakeControlEndpoints(options.world);
    fake_ = FakeOrderManager::Start(std::move(options)).value();
  }

  // Control requests need no token.
  HttpReply Control(const std::string& method, const std::string& path,
                    const std::string& body = "") {
    HttpCall call;
    call.method = method;
    call.target = "/_control/" + path;
    call.body = body;
    return Send(fake_->port(), call);
  }

  HttpReply Ask(const std::string& target) {
    HttpCall call;
    call.target = target;
    call.token = "secret";
    return Send(fake_->port(), call);
  }

  json Rows(const std::string& target) { return json::parse(Ask(target).body); }

  std::unique_ptr<FakeOrderManager> fake_;
};

TEST_F(ControlEndpointsTest, ChangesRowsOfTheWorld) {
  EXPECT_EQ(Control("POST", "world/stock",
                    R"({"productId": 1001, "warehouseId": 1,
                        "onHandQuantity": 777})")
                .status,
            200);
  EXPECT_EQ(Control("POST", "world/products",
                    R"([{"productId": 1001, "masterSku": "ONLY-ONE"}])")
                .status,
            200);
  const json rows = Rows("/v1/productstocks/total?warehouseId=1&sku=only-one");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0]["onHandQuantity"], 777);
}

TEST_F(ControlEndpointsTest, AChangeCountsAsMadeNow) {
  Control("POST", "world/products", R"({"productId": 1003, "active": false})");
  const json rows =
      Rows("/v1.1/products?modifiedDateFrom=2025-08-17T10:00:00Z");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0]["productId"], 1003);
}

TEST_F(ControlEndpointsTest, RemovesRows) {
  EXPECT_EQ(Control("DELETE", "world/warehouses/2").status, 200);
  EXPECT_THAT(Rows("/v1/warehouses"), SizeIs(1));
  EXPECT_EQ(Control("DELETE", "world/warehouses/2").status, 404);
}

TEST_F(ControlEndpointsTest, ReplacesTheWorldAndResetsIt) {
  const std::string before = Control("GET", "world").body;
  EXPECT_EQ(Control("PUT", "world", R"({"warehouses": []})").status, 200);
  EXPECT_THAT(Rows("/v1/warehouses"), IsEmpty());
  EXPECT_EQ(Control("POST", "reset").status, 200);
  EXPECT_EQ(Control("GET", "world").body, before);
}

TEST_F(ControlEndpointsTest, CountsRequestsButNotItsOwn) {
  Control("GET", "world");
  Rows("/v1/warehouses");
  EXPECT_EQ(json::parse(Control("GET", "counters").body)["requests"], 1);
  Control("DELETE", "counters");
  EXPECT_EQ(json::parse(Control("GET", "counters").body)["requests"], 0);
}

TEST_F(ControlEndpointsTest, InjectsFaultsAndTellsTheirHits) {
  const json added = json::parse(
      Control("POST", "faults", R"({"kind": "status", "status": 503})").body);
  EXPECT_EQ(Ask("/v1/warehouses").status, 503);
  const json faults = json::parse(Control("GET", "faults").body);
  ASSERT_THAT(faults, SizeIs(1));
  EXPECT_EQ(faults[0]["id"], added["id"]);
  EXPECT_EQ(faults[0]["hits"], 1);
  EXPECT_EQ(faults[0]["fault"]["kind"], "status");
  EXPECT_EQ(Control("DELETE", "faults").status, 200);
  EXPECT_EQ(Ask("/v1/warehouses").status, 200);
}

TEST_F(ControlEndpointsTest, WaitsForAHeldRequestAndLetsItGo) {
  Control("POST", "faults", R"({"kind": "hold"})");
  EXPECT_EQ(Control("POST", "faults/1/await?timeoutMs=0").body,
            R"({"held":false})");
  std::thread request([this] { Rows("/v1/warehouses"); });
  EXPECT_EQ(Control("POST", "faults/1/await?timeoutMs=30000").body,
            R"({"held":true})");
  EXPECT_EQ(Control("DELETE", "faults/1").status, 200);
  request.join();
}

TEST_F(ControlEndpointsTest, SetsTheQuota) {
  Control("PUT", "quota", R"({"requestsPerSecond": 1})");
  EXPECT_EQ(Ask("/v1/warehouses").status, 200);
  EXPECT_EQ(Ask("/v1/warehouses").status, 429);
}

TEST_F(ControlEndpointsTest, MakesAcknowledgeTellEverythingAgain) {
  HttpCall call;
  call.method = "POST";
  call.target = "/service/v1.2/inventory/acknowledge";
  call.token = "secret";
  call.body = R"({"salesChannelIds": [7]})";
  const std::string everything = Send(fake_->port(), call).body;
  EXPECT_EQ(Send(fake_->port(), call).body, "[]");
  Control("POST", "acknowledge/forget");
  EXPECT_EQ(Send(fake_->port(), call).body, everything);
}

TEST_F(ControlEndpointsTest, SaysWhatIsWrongWithARequest) {
  EXPECT_EQ(Control("POST", "world/parcels", "{}").status, 404);
  EXPECT_EQ(Control("POST", "world/products", "{").status, 400);
  EXPECT_EQ(Control("POST", "world/products", R"({"sku": 1})").status, 400);
  EXPECT_EQ(Control("POST", "faults", R"({"kind": "flood"})").status, 400);
  EXPECT_EQ(Control("PUT", "quota", "{}").status, 400);
  EXPECT_EQ(Control("DELETE", "faults/99").status, 404);
  EXPECT_EQ(Control("GET", "weather").status, 404);
}

TEST_F(ControlEndpointsTest, AreNotThereUnlessAskedFor) {
  auto plain = FakeOrderManager::Start({}).value();
  EXPECT_EQ(Get(plain->port(), "/_control/world").status, 404);
}

}  // namespace
}  // namespace oms_connector::testing_support
