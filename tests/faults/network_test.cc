// A network that delays, cuts, resets and falls silent: between callers and the
// server, and between the server and the Order Manager.
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "tests/faults/fault_proxy.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using Kind = FaultProxy::Kind;

class CallerNetworkTest : public ::testing::Test {
 protected:
  CallerNetworkTest() : proxy_(PortOf(bench_.server().address())) {
    bench_.CreateConnection();
  }

  // A caller with a connection of its own through the network.
  std::unique_ptr<WireClient> Caller() const {
    return std::make_unique<WireClient>(
        absl::StrCat("127.0.0.1:", proxy_.port()));
  }
  int Changes() {
    return bench_
        .Call(&ConnectionStub::ListSettingsChanges,
              "parent: 'connections/acme' page_size: 1000")
        ->changes_size();
  }

  WireBench bench_;
  FaultProxy proxy_;
};

// Wherever the answer is cut: the caller repeats with its request id and learns
// what became of it, and it was done once.
TEST_F(CallerNetworkTest, AChangeWhoseAnswerIsCutIsMadeOnce) {
  int cuts = 0;
  int made_unseen = 0;
  for (const Kind kind : {Kind::kCut, Kind::kReset}) {
    bool passed = false;
    for (int64_t bytes = 0; bytes < 2'000 && !passed; bytes += 31) {
      SCOPED_TRACE(absl::StrCat("after ", bytes, " bytes"));
      const std::string request = absl::StrFormat(
          "settings { name: 'connections/acme/settings' shipment { "
          "parse_carrier_fallback: %s } } "
          "request_id: '00000000-0000-4000-8000-%012d'",
          cuts % 2 == 0 ? "true" : "false", cuts);
      const int before = Changes();
      proxy_.Set({kind, bytes});
      const auto first = Caller()->Call(&ConnectorStub::UpdateSettings, request,
                                        absl::Seconds(10));
      passed = first.ok();
      made_unseen += !passed && Changes() > before ? 1 : 0;
      const auto again = bench_.Call(&ConnectorStub::UpdateSettings, request);
      ASSERT_EQ(again.error(), "OK");
      if (passed) {
        EXPECT_EQ(first->settings().etag(), again->settings().etag());
      }
      EXPECT_EQ(Changes(), before + 1);
      ++cuts;
    }
    EXPECT_TRUE(passed);
  }
  printf("%d cut answers, %d of changes that had been made\n", cuts - 2,
         made_unseen);
  EXPECT_GE(made_unseen, 2);
}

TEST_F(CallerNetworkTest, SlowNetworksOnlyTakeTime) {
  const std::string clean = Brief(bench_.SyncNow().response);
  proxy_.Set({Kind::kDelay, 0, absl::Milliseconds(100)});
  EXPECT_EQ(Brief(Caller()
                      ->Call(&ConnectorStub::SyncInventory,
                             "connection: 'connections/acme'")
                      .response),
            clean);
  proxy_.Set({Kind::kThrottle, 2'000});
  EXPECT_EQ(Brief(Caller()
                      ->Call(&ConnectorStub::SyncInventory,
                             "connection: 'connections/acme'")
                      .response),
            clean);
}

TEST_F(CallerNetworkTest, WhoIsNeverHeardOfAgainKeepsNobodyWaiting) {
  proxy_.Set({Kind::kHalfOpen, 300});
  const auto silent = Caller();
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(absl::StartsWith(
        silent
            ->Call(&ConnectorStub::GetSettings,
                   "name: 'connections/acme/settings'", absl::Milliseconds(100))
            .error(),
        i == 0 ? "" : "DEADLINE_EXCEEDED"));
    EXPECT_EQ(bench_
                  .Call(&ConnectorStub::GetSettings,
                        "name: 'connections/acme/settings'")
                  .error(),
              "OK");
  }
}

class OrderManagerNetworkTest : public ::testing::Test {
 protected:
  OrderManagerNetworkTest() : proxy_(PortOf(bench_.fake().base_url())) {
    bench_.CreateConnection("clean");
    bench_.SetPerWarehouse("clean");
    clean_ = Brief(bench_.SyncNow("clean").response);
    EXPECT_NE(clean_, "");
  }

  // A connection that reads through the network.
  void Create(const std::string& id) {
    bench_.CreateConnection(
        id, absl::StrCat("order_manager { base_url: 'http://127.0.0.1:",
                         proxy_.port(), "' }"));
    bench_.SetPerWarehouse(id);
  }

  WireBench bench_;
  FaultProxy proxy_;
  std::string clean_;
};

TEST_F(OrderManagerNetworkTest, WhateverBreaksAPullTheNextOneIsWhole) {
  int broken = 0;
  int pulls = 0;
  const std::vector<FaultProxy::Weather> weathers = {
      {Kind::kCut, 0},          {Kind::kCut, 40},
      {Kind::kCut, 150},        {Kind::kCut, 260},
      {Kind::kCut, 400},        {Kind::kCut, 700},
      {Kind::kReset, 0},        {Kind::kReset, 150},
      {Kind::kReset, 500},      {Kind::kRefuse, 0},
      {Kind::kThrottle, 3'000}, {Kind::kDelay, 0, absl::Milliseconds(50)}};
  for (const FaultProxy::Weather& weather : weathers) {
    const std::string id = absl::StrCat("shop-", ++pulls);
    SCOPED_TRACE(absl::StrCat(id, " kind ", static_cast<int>(weather.kind),
                              " after ", weather.bytes));
    Create(id);
    proxy_.Set(weather);
    const auto first = bench_.SyncNow(id);
    if (first.ok() && first->caught_up()) {
      EXPECT_EQ(Brief(first.response), clean_);
    } else {
      ++broken;
    }
    // Others are pulled all the same.
    EXPECT_EQ(Brief(bench_.SyncNow("clean").response), clean_);
    proxy_.Set({});
    const auto second = bench_.SyncNow(id);
    ASSERT_EQ(second.error(), "OK");
    EXPECT_EQ(second->run().state(), v1::SyncRun::STATE_SUCCEEDED);
    EXPECT_EQ(Brief(second.response), clean_);
  }
  printf("%d pulls through bad networks, %d of them broken\n", pulls, broken);
  EXPECT_GE(broken, 6);
}

TEST_F(OrderManagerNetworkTest, ASilentOneKeepsOthersFromNothing) {
  Create("silent");
  proxy_.Set({Kind::kHalfOpen, 0});
  EXPECT_EQ(bench_
                .Call(&ConnectorStub::SyncInventory,
                      "connection: 'connections/silent' max_wait {}")
                .error(),
            "OK");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Brief(bench_.SyncNow("clean").response), clean_);
  }
  proxy_.Set({});
  const auto page =
      bench_.Call(&ConnectorStub::SyncInventory,
                  "connection: 'connections/silent' max_staleness {}");
  EXPECT_EQ(page.error(), "OK");
  EXPECT_EQ(Brief(bench_.SyncNow("silent").response), clean_);
}

}  // namespace
}  // namespace oms_connector::testing_support
