// Servers that are given two database hosts: the primary is lost in the middle
// of their work, its synchronous standby takes over, and nobody restarts a
// server.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/world_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_group.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::ElementsAre;

constexpr char kOrders[] = R"json([
  {"orderId": 70001, "orderNumber": "A-1", "orderStatus": "SHIPPED",
   "salesChannelId": 7, "createdDate": "-1d", "modifiedDate": "-1h"},
  {"orderId": 70002, "orderNumber": "A-2", "orderStatus": "SHIPPED",
   "salesChannelId": 7, "createdDate": "-1d", "modifiedDate": "-1h"}])json";

std::string ShipmentRow(int64_t shipment, int64_t order) {
  return absl::StrCat(
      R"([{"shipmentId": )", shipment, R"(, "orderId": )", order,
      R"(, "orderNumber": "A-)", order - 70000, R"(", "created": "-1h",
      "shipDate": "-1h", "trackingNumber": "1Z)",
      shipment, R"(", "shipMethod": {"shippingCarrier": "UPS"}}])");
}

std::vector<int64_t> ShipmentsOf(const v1::PollShipmentsResponse& page) {
  std::vector<int64_t> shipments;
  for (const v1::ShipmentEvent& event : page.events()) {
    shipments.push_back(event.shipment().shipment_id());
  }
  return shipments;
}

class FailoverWireTest : public ::testing::Test {
 protected:
  static constexpr int kServers = 2;

  void SetUp() override {
    auto primary = PostgresServer::Start();
    ASSERT_TRUE(primary.ok()) << primary.status();
    primary_ = *std::move(primary);
    const std::string url = *primary_->NewDatabase();
    auto standby = PostgresServer::StartStandbyOf(*primary_);
    ASSERT_TRUE(standby.ok()) << standby.status();
    standby_ = *std::move(standby);
    MakeStandbySynchronous();
    servers_ = std::make_unique<ServerGroup>(
        absl::StrCat(url, ",", standby_->directory()));
    for (int i = 0; i < kServers; ++i) {
      servers_->Add();
      clients_.push_back(
          std::make_unique<WireClient>((*servers_)[i].address()));
    }
    fake_ = StartFakeOrderManager(SmallWireWorld());
    Merge("orders", kOrders);
    CreateConnection("acme");
  }

  void TearDown() override { servers_ = nullptr; }

  void CreateConnection(const std::string& id) {
    ASSERT_EQ(clients_[0]
                  ->Call(&ConnectionStub::CreateConnection,
                         NewConnectionRequest(
                             id, fake_->base_url(),
                             "carts { id: 'shop' sales_channel: '7' }"))
                  .error(),
              "OK");
  }

  // As a careful caller does: again while the store is busy.
  template <typename Call>
  auto Persist(Call call) {
    const absl::Time give_up = absl::Now() + absl::Minutes(2);
    auto answer = call();
    while (!answer.ok() && absl::Now() < give_up) {
      EXPECT_EQ(answer.error(), "UNAVAILABLE STORE_BUSY +RetryInfo");
      answer = call();
    }
    return answer;
  }

  // Each call changes the setting that the one before it has set.
  WireAnswer<v1::UpdateSettingsResponse> Toggle(WireClient& client,
                                                const std::string& connection,
                                                int n,
                                                const std::string& request_id) {
    return Persist([&] {
      return client.Call(
          &ConnectorStub::UpdateSettings,
          absl::StrCat("settings { name: '", connection,
                       "/settings' inventory { subtract_locked_quantity: ",
                       n % 2 == 0 ? "false" : "true", " } } request_id: '",
                       request_id, "'"));
    });
  }

  std::vector<std::string> ChangesOf(const std::string& connection) {
    std::vector<std::string> request_ids;
    std::string page;
    do {
      const auto changes = clients_[0]->Call(
          &ConnectionStub::ListSettingsChanges,
          absl::StrCat("parent: '", connection, "' page_token: '", page, "'"));
      EXPECT_EQ(changes.error(), "OK");
      for (const v1::SettingsChange& change : changes->changes()) {
        request_ids.push_back(change.request_id());
      }
      page = changes->next_page_token();
    } while (!page.empty());
    return request_ids;
  }

  void MakeStandbySynchronous() {
    ASSERT_TRUE(
        primary_->Execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            .ok());
    ASSERT_TRUE(primary_->Execute("SELECT pg_reload_conf()").ok());
    while (primary_->Execute("SELECT sync_state FROM pg_stat_replication")
               .value_or("") != "sync") {
      std::this_thread::yield();
    }
  }

  void FailOver() {
    primary_->StopImmediate();
    ASSERT_TRUE(standby_->Execute("SELECT pg_promote()").ok());
  }

  void Merge(absl::string_view table, const std::string& json) {
    fake_->Mutate([&](FakeWorld& world) {
      const absl::Status merged = MergeRows(table, json, absl::Now(), world);
      EXPECT_TRUE(merged.ok()) << merged;
    });
  }

  WireAnswer<v1::PollShipmentsResponse> Poll(WireClient& client,
                                             const std::string& rest) {
    return client.Call(
        &ConnectorStub::PollShipments,
        absl::StrCat("connection: 'connections/acme' max_staleness {} ", rest));
  }

  std::unique_ptr<PostgresServer> primary_;
  std::unique_ptr<PostgresServer> standby_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerGroup> servers_;
  std::vector<std::unique_ptr<WireClient>> clients_;
};

TEST_F(FailoverWireTest, EventsPositionsAndCursorsGoOn) {
  Merge("shipments", ShipmentRow(90001, 70001));
  const auto before = Poll(*clients_[0], "consumer: 'erp'");
  ASSERT_EQ(before.error(), "OK");
  ASSERT_THAT(ShipmentsOf(before.response), ElementsAre(90001));
  ASSERT_EQ(clients_[0]
                ->Call(&ConnectorStub::AcknowledgeShipments,
                       absl::StrCat("connection: 'connections/acme' "
                                    "consumer: 'erp' cursor: '",
                                    before->next_cursor(), "'"))
                .error(),
            "OK");
  const auto levels =
      clients_[1]->Call(&ConnectorStub::SyncInventory,
                        "connection: 'connections/acme' max_staleness {}");
  ASSERT_EQ(levels.error(), "OK");

  FailOver();
  Merge("shipments", ShipmentRow(90002, 70002));
  for (const auto& client : clients_) {
    // What was acknowledged is not told again, what was stored is.
    EXPECT_THAT(ShipmentsOf(Persist([&] {
                              return Poll(*client, "consumer: 'erp'");
                            }).response),
                ElementsAre(90002));
    EXPECT_THAT(
        ShipmentsOf(
            Poll(*client, absl::StrCat("cursor: '", before->next_cursor(), "'"))
                .response),
        ElementsAre(90002));
    EXPECT_THAT(ShipmentsOf(Poll(*client, "").response),
                ElementsAre(90001, 90002));
  }
  fake_->Mutate([](FakeWorld& world) { world.SetStock(10, 1, 55); });
  const auto more = clients_[0]->Call(
      &ConnectorStub::SyncInventory,
      absl::StrCat("connection: 'connections/acme' max_staleness {} cursor: '",
                   levels->next_cursor(), "'"));
  EXPECT_EQ(more.error(), "OK");
  EXPECT_TRUE(more->caught_up());
}

TEST_F(FailoverWireTest, NothingAcknowledgedUnderLoadIsLostOrDoubled) {
  std::atomic<bool> stop = false;
  std::atomic<int> acknowledged = 0;
  std::vector<std::vector<std::string>> kept(kServers);
  std::vector<std::thread> writers;
  for (int i = 0; i < kServers; ++i) {
    const std::string id = absl::StrCat("shop-", i);
    CreateConnection(id);
    writers.emplace_back([&, i, connection = "connections/" + id] {
      Toggle(*clients_[i], connection, 0, "");
      for (int n = 1; !stop; ++n) {
        const std::string request_id =
            absl::StrFormat("%08d-0000-4000-8000-%012d", i, n);
        const auto answer = Toggle(*clients_[i], connection, n, request_id);
        EXPECT_EQ(answer.error(), "OK");
        if (!answer.ok()) return;
        kept[i].push_back(request_id);
        ++acknowledged;
      }
    });
  }
  const auto await = [&](int count) {
    const absl::Time give_up = absl::Now() + absl::Minutes(2);
    while (acknowledged < count && absl::Now() < give_up) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    EXPECT_GE(acknowledged, count);
  };
  await(40);
  FailOver();
  await(acknowledged + 40);
  stop = true;
  for (std::thread& writer : writers) writer.join();
  for (int i = 0; i < kServers; ++i) {
    std::vector<std::string> stored =
        ChangesOf(absl::StrCat("connections/shop-", i));
    stored.erase(std::remove(stored.begin(), stored.end(), ""), stored.end());
    std::reverse(stored.begin(), stored.end());
    EXPECT_EQ(stored, kept[i]);
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
