// A store that cannot take more, or not now, as callers meet it.
#include <sqlite3.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fillable_disk.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

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

  // Before the bench, whose store is opened on it.
  FillableDisk disk_;
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
