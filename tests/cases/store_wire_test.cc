// A store that cannot take more, or not now, as callers meet it.
#include <sqlite3.h>

#include <cstdlib>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/http_client.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/support/test_disk.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;

class StoreWireTest : public ::testing::Test {
 protected:
  StoreWireTest() {
    bench_.CreateConnection("acme", "carts { id: 'shop' sales_channel: '7' }");
  }

  std::string SetFallback(bool on) {
    return bench_
        .Call(&ConnectorStub::UpdateSettings,
              absl::StrCat("settings { name: 'connections/acme/settings' "
                           "shipment { parse_carrier_fallback: ",
                           on ? "true" : "false", " } }"))
        .error();
  }
  bool Fallback() {
    const auto answer = bench_.Call(&ConnectorStub::GetSettings,
                                    "name: 'connections/acme/settings'");
    EXPECT_EQ(answer.error(), "OK");
    return answer->settings().shipment().parse_carrier_fallback();
  }

  HttpReply Admin(const std::string& page) {
    const std::string& address = bench_.server().admin_address();
    return Get(atoi(address.substr(address.rfind(':') + 1).c_str()), page);
  }
  // What gRPC's health service says of one of our services.
  bool IsServing() {
    const auto channel = grpc::CreateChannel(
        bench_.server().address(), grpc::InsecureChannelCredentials());
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service("oms_connector.v1.ConnectorService");
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status =
        grpc::health::v1::Health::NewStub(channel)->Check(&context, request,
                                                          &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  }
  // What the connection's health says of the store; empty where all is well.
  std::string StoreError() {
    const auto answer =
        bench_.Call(&ConnectionStub::GetConnection, "name: 'connections/acme'");
    EXPECT_EQ(answer.error(), "OK");
    return answer->connection().health().store_error().message();
  }
  // At most half a minute.
  static bool Await(const std::function<bool()>& holds) {
    for (int i = 0; i < 300; ++i) {
      if (holds()) return true;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return false;
  }

  // Before the bench, whose store is opened on it.
  TestDisk disk_;
  WireBench bench_;
};

TEST_F(StoreWireTest, FullDiskIsSaidAndOvercomeWithoutARestart) {
  const auto page = bench_.SyncNow();
  ASSERT_EQ(page.error(), "OK");
  disk_.SetFull(true);
  EXPECT_EQ(SetFallback(true), "RESOURCE_EXHAUSTED STORE_FULL");
  EXPECT_EQ(
      bench_
          .Call(&ConnectionStub::CreateConnection,
                NewConnectionRequest("bolt", bench_.fake().base_url(), ""))
          .error(),
      "RESOURCE_EXHAUSTED STORE_FULL");
  // What is stored is served as it was.
  EXPECT_FALSE(Fallback());
  const auto again = bench_.Call(&ConnectorStub::SyncInventory,
                                 "connection: 'connections/acme'");
  EXPECT_EQ(again.error(), "OK");
  EXPECT_EQ(Brief(again.response), Brief(page.response));
  disk_.SetFull(false);
  EXPECT_EQ(SetFallback(true), "OK");
  EXPECT_TRUE(Fallback());
}

TEST_F(StoreWireTest, FullDiskShowsToWhoeverLooksUntilItIsMended) {
  EXPECT_EQ(Admin("/readyz").status, 200);
  EXPECT_TRUE(IsServing());
  disk_.SetFull(true);
  EXPECT_EQ(SetFallback(true), "RESOURCE_EXHAUSTED STORE_FULL");
  const HttpReply ready = Admin("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("the store is full"));
  EXPECT_EQ(Admin("/healthz").status, 200) << "a restart would not help";
  EXPECT_FALSE(IsServing());
  EXPECT_THAT(StoreError(), HasSubstr("no room left"));
  EXPECT_THAT(Admin("/metrics").body,
              HasSubstr("oms_connector_store_writable 0"));
  disk_.SetFull(false);
  // The server looks again every second.
  ASSERT_TRUE(Await([&] { return Admin("/readyz").status == 200; }));
  EXPECT_TRUE(IsServing());
  EXPECT_EQ(StoreError(), "");
  EXPECT_THAT(Admin("/metrics").body,
              HasSubstr("oms_connector_store_writable 1"));
  EXPECT_EQ(SetFallback(true), "OK");
}

TEST_F(StoreWireTest, PullOntoAFullDiskIsRefusedAndTheNextGoesWell) {
  ASSERT_EQ(bench_.SyncNow().error(), "OK");
  bench_.Merge("listings", R"json([
    {"listingId": 20, "quantity": 51, "lastModified": "-1m",
     "quantityModified": "-1m"}])json");
  disk_.SetFull(true);
  EXPECT_EQ(bench_.SyncNow().error(), "RESOURCE_EXHAUSTED STORE_FULL");
  disk_.SetFull(false);
  const auto page = bench_.SyncNow();
  ASSERT_EQ(page.error(), "OK");
  EXPECT_EQ(page->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_THAT(Brief(page.response), ::testing::HasSubstr("=51"));
}

TEST_F(StoreWireTest, StoreThatIsLockedIsSaidToBeBusy) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(bench_.directory().File("store.db").c_str(), &other),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(SetFallback(true), "UNAVAILABLE STORE_BUSY +RetryInfo");
  EXPECT_FALSE(Fallback());
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(SetFallback(true), "OK");
  sqlite3_close(other);
}

}  // namespace
}  // namespace oms_connector::testing_support
