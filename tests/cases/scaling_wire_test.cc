// Several servers over one database: one pull at a time, one feed, and nothing
// lost or doubled when a server stops or the database is restarted.
#include <signal.h>
#include <stdlib.h>

#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/faults.h"
#include "fake_order_manager/http_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_group.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::Each;
using ::testing::Gt;
using ::testing::IsEmpty;

// More than two pages of stock at the Order Manager's page size.
constexpr int kProducts = 2500;

// What one reader has put together from the feed, page by page.
struct Reader {
  std::string cursor;
  int64_t last_revision = 0;
  bool ordered = true;
  std::map<std::string, int64_t> available;  // by SKU

  void Take(const v1::SyncInventoryResponse& page) {
    for (const v1::InventoryLevel& level : page.levels()) {
      ordered = ordered && level.revision() > last_revision;
      last_revision = level.revision();
      available[level.sku()] = level.available();
    }
    cursor = page.next_cursor();
  }
};

class ScalingWireTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = PostgresServer::Start();
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    servers_ = std::make_unique<ServerGroup>(*database_->NewDatabase());
    fake_ = StartFakeOrderManager(LongWireWorld(kProducts));
    for (int i = 0; i < kServers; ++i) servers_->Add();
    WireClient client(server(0).address());
    ASSERT_EQ(client
                  .Call(&ConnectionStub::CreateConnection,
                        NewConnectionRequest("acme", fake_->base_url(), ""))
                  .error(),
              "OK");
    ASSERT_EQ(client
                  .Call(&ConnectorStub::UpdateSettings, R"pb(
                    settings {
                      name: "connections/acme/settings"
                      inventory {
                        inventory_sync_mode: INVENTORY_SYNC_MODE_PER_WAREHOUSE
                      }
                    })pb")
                  .error(),
              "OK");
  }

  void TearDown() override {
    if (fake_ != nullptr) fake_->faults().ReleaseAll();
    // Before the database that they use.
    servers_ = nullptr;
  }

  ServerProcess& server(int i) { return (*servers_)[i]; }

  static WireAnswer<v1::SyncInventoryResponse> Sync(WireClient& client,
                                                    const std::string& cursor,
                                                    const std::string& rest) {
    return client.Call(
        &ConnectorStub::SyncInventory,
        absl::StrCat("connection: 'connections/acme' max_results: 5000 cursor: "
                     "'",
                     cursor, "' ", rest));
  }

  // Reads on until nothing newer is stored.
  static void CatchUp(WireClient& client, const std::string& freshness,
                      Reader* reader) {
    std::string rest = freshness;
    for (bool caught_up = false; !caught_up;) {
      const auto answer = Sync(client, reader->cursor, rest);
      ASSERT_EQ(answer.error(), "OK") << answer.status.error_message();
      reader->Take(answer.response);
      caught_up = answer->caught_up();
      rest = "max_staleness { seconds: 3600 }";
    }
  }

  std::map<std::string, int64_t> World() const {
    std::map<std::string, int64_t> available;
    fake_->Inspect([&](const FakeWorld& world) {
      for (const auto& [key, stock] : world.stock) {
        available[absl::StrCat("SKU-", stock.product_id)] = stock.on_hand;
      }
    });
    return available;
  }

  static constexpr int kServers = 3;
  std::unique_ptr<PostgresServer> database_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerGroup> servers_;
};

TEST_F(ScalingWireTest, ServersPullOneAtATimeAndEveryReaderSeesTheWholeFeed) {
  constexpr int kReaders = 2 * kServers;
  constexpr int kRounds = 5;
  std::vector<Reader> readers(kReaders);
  std::vector<std::thread> threads;
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([&, i] {
      WireClient client(server(i % kServers).address());
      for (int round = 0; round < kRounds; ++round) {
        fake_->Mutate([&](FakeWorld& world) {
          world.SetStock(1001 + i, 1, 10'000 + round);
        });
        CatchUp(client, "max_staleness {} max_wait { seconds: 50 }",
                &readers[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(fake_->log().max_concurrency(), 2) << "what one pull asks at once";
  const std::map<std::string, int64_t> world = World();
  for (int i = 0; i < kReaders; ++i) {
    WireClient client(server((i + 1) % kServers).address());
    CatchUp(client, "max_staleness {} max_wait { seconds: 50 }", &readers[i]);
    EXPECT_TRUE(readers[i].ordered) << i;
    EXPECT_EQ(readers[i].available, world) << i;
  }
}

TEST_F(ScalingWireTest, AServerThatSleptThroughItsLeaseCanWriteNothing) {
  WireClient sleeper(server(0).address());
  WireClient other(server(1).address());
  Fault fault = MakeFault(FaultKind::kHold, "productstocks/total");
  fault.parameters = {{"page", "2"}};
  const int64_t hold = fake_->faults().Add(fault);
  ASSERT_EQ(Sync(sleeper, "", "max_wait {}").error(), "OK");
  ASSERT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(60)));
  server(0).Signal(SIGSTOP);
  fake_->faults().Release(hold);

  // The lease lasts a minute.
  const absl::Time give_up = absl::Now() + absl::Minutes(3);
  auto answer = Sync(other, "", "max_staleness {} max_wait { seconds: 20 }");
  while (answer->run().state() != v1::SyncRun::STATE_SUCCEEDED &&
         absl::Now() < give_up) {
    answer = Sync(other, "", "max_staleness {} max_wait { seconds: 20 }");
  }
  ASSERT_EQ(answer->run().state(), v1::SyncRun::STATE_SUCCEEDED)
      << answer.error() << " " << answer->ShortDebugString().substr(0, 500);
  Reader reader;
  CatchUp(other, "max_staleness { seconds: 3600 }", &reader);
  EXPECT_EQ(reader.available, World());

  server(0).Signal(SIGCONT);
  // Its own run has ended when it has answered this; it then pulls anew.
  ASSERT_EQ(
      Sync(sleeper, "", "max_staleness {} max_wait { seconds: 50 }").error(),
      "OK");
  const auto after =
      Sync(sleeper, reader.cursor, "max_staleness {} max_wait { seconds: 50 }");
  ASSERT_EQ(after.error(), "OK");
  EXPECT_THAT(after->levels(), IsEmpty());
  EXPECT_TRUE(after->caught_up());
}

TEST_F(ScalingWireTest, ServiceResumesWhenTheDatabaseIsBack) {
  WireClient client(server(2).address());
  Reader reader;
  CatchUp(client, "max_staleness {} max_wait { seconds: 50 }", &reader);
  database_->StopImmediate();
  EXPECT_EQ(Sync(client, reader.cursor, "").error(),
            "UNAVAILABLE STORE_BUSY +RetryInfo");
  ASSERT_TRUE(database_->Restart().ok());
  fake_->Mutate([](FakeWorld& world) { world.SetStock(1001, 1, 77'777); });
  for (int i = 0; i < kServers; ++i) {
    WireClient again(server(i).address());
    CatchUp(again, "max_staleness {} max_wait { seconds: 50 }", &reader);
  }
  EXPECT_EQ(reader.available, World());
}

// The pulls that a server has ended, whatever became of them.
int PullsEnded(const ServerProcess& server) {
  const std::string& address = server.admin_address();
  const int port = atoi(address.substr(address.rfind(':') + 1).c_str());
  int ended = 0;
  for (const absl::string_view line :
       absl::StrSplit(Get(port, "/metrics").body, '\n')) {
    if (!absl::StartsWith(line, "oms_connector_pulls_total{")) continue;
    double pulls = 0;
    EXPECT_TRUE(absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &pulls));
    ended += static_cast<int>(pulls);
  }
  return ended;
}

TEST_F(ScalingWireTest, ServersShareThePullsThatNobodyAsksFor) {
  constexpr int kConnections = 20;
  constexpr int kPulls = 2 * kConnections;  // of inventory and of shipments
  ServerGroup pulling(*database_->NewDatabase(), {"--background_sync=true"});
  for (int i = 0; i < kServers; ++i) pulling.Add();
  WireClient client(pulling[0].address());
  for (int i = 0; i < kConnections; ++i) {
    ASSERT_EQ(client
                  .Call(&ConnectionStub::CreateConnection,
                        NewConnectionRequest(absl::StrCat("shop-", i),
                                             fake_->base_url(), ""))
                  .error(),
              "OK");
  }
  std::vector<int> ended(kServers);
  const absl::Time give_up = absl::Now() + absl::Minutes(3);
  while (std::accumulate(ended.begin(), ended.end(), 0) < kPulls &&
         absl::Now() < give_up) {
    for (int i = 0; i < kServers; ++i) ended[i] = PullsEnded(pulling[i]);
  }
  EXPECT_EQ(std::accumulate(ended.begin(), ended.end(), 0), kPulls);
  EXPECT_THAT(ended, Each(Gt(0)));
  for (int i = 0; i < kConnections; ++i) {
    const auto runs =
        client.Call(&ConnectionStub::ListSyncRuns,
                    absl::StrCat("parent: 'connections/shop-", i, "'"));
    ASSERT_EQ(runs.error(), "OK");
    // One of inventory, one of shipments.
    EXPECT_EQ(runs->runs_size(), 2) << runs->ShortDebugString();
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
