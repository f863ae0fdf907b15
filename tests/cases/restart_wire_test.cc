// What a server leaves behind when it is killed, told to end, or started where
// another one runs: the real program, its file, its signals.
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/http_client.h"
#include "tests/support/long_poll_crowd.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// More than two pages of stock at the largest page size there is.
constexpr int kProducts = 2500;

class RestartWireTest : public ::testing::Test {
 protected:
  RestartWireTest() : fake_(StartFakeOrderManager(LongWireWorld(kProducts))) {}

  std::vector<std::string> Arguments() const {
    return {"--listen=127.0.0.1:0",
            "--admin_listen=127.0.0.1:0",
            absl::StrCat("--store=sqlite:", directory_.File("store.db")),
            "--allow_loopback_order_manager",
            "--background_sync=false",
            "--order_manager_requests_per_second=0",
            "--log_level=debug",
            "--drain_delay=0s"};
  }

  void Start() {
    process_ = ServerProcess::Start(Arguments(), directory_.File("log"));
    ASSERT_NE(process_->address(), "") << process_->Log();
    client_ = std::make_unique<WireClient>(process_->address());
  }

  void CreateConnection() {
    ASSERT_EQ(client_
                  ->Call(&ConnectionStub::CreateConnection,
                         NewConnectionRequest("acme", fake_->base_url(), ""))
                  .error(),
              "OK");
    ASSERT_EQ(client_
                  ->Call(&ConnectorStub::UpdateSettings, R"pb(
                    settings {
                      name: "connections/acme/settings"
                      inventory {
                        inventory_sync_mode: INVENTORY_SYNC_MODE_PER_WAREHOUSE
                      }
                    })pb")
                  .error(),
              "OK");
  }

  WireAnswer<v1::SyncInventoryResponse> Sync(const std::string& rest = "") {
    return client_->Call(
        &ConnectorStub::SyncInventory,
        absl::StrCat("connection: 'connections/acme' max_results: 5000 ",
                     rest));
  }

  int64_t StockRequests(const char* page) const {
    return fake_->log().CountWith("productstocks/total", {{"page", page}});
  }

  // Starts a pull and kills the server while the Order Manager holds page 2.
  void KillInTheMiddleOfAPull() {
    Fault fault = MakeFault(FaultKind::kHold, "productstocks/total");
    fault.parameters = {{"page", "2"}};
    const int64_t hold = fake_->faults().Add(fault);
    EXPECT_EQ(Sync("max_wait {}").error(), "OK");
    ASSERT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(30)));
    process_->Signal(SIGKILL);
    EXPECT_EQ(process_->Wait(), -SIGKILL);
    fake_->faults().Release(hold);
  }

  int AdminPort() const {
    const std::string& address = process_->admin_address();
    return atoi(address.substr(address.rfind(':') + 1).c_str());
  }

  std::string Read(absl::string_view name) const {
    std::ifstream file(directory_.File(name), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  TestDirectory directory_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<ServerProcess> process_;
  std::unique_ptr<WireClient> client_;
};

TEST_F(RestartWireTest, KilledPullGoesOnFromItsLastPage) {
  Start();
  CreateConnection();
  KillInTheMiddleOfAPull();
  ASSERT_EQ(StockRequests("1"), 1);

  Start();
  const auto answer = Sync();
  ASSERT_EQ(answer.error(), "OK") << process_->Log();
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_TRUE(answer->caught_up());
  EXPECT_EQ(answer->levels_size(), kProducts);
  EXPECT_EQ(StockRequests("1"), 1);
  EXPECT_EQ(StockRequests("3"), 1);
}

TEST_F(RestartWireTest, RunThatTheKilledServerLeftSaysSo) {
  Start();
  CreateConnection();
  KillInTheMiddleOfAPull();
  Start();
  const auto runs = client_->Call(&ConnectionStub::ListSyncRuns,
                                  "parent: 'connections/acme'");
  ASSERT_EQ(runs.error(), "OK");
  ASSERT_GE(runs->runs_size(), 1);
  const v1::SyncRun& run = runs->runs(runs->runs_size() - 1);
  EXPECT_NE(run.state(), v1::SyncRun::STATE_RUNNING) << run.DebugString();
  EXPECT_EQ(run.error().code(), 10) << run.DebugString();
}

TEST_F(RestartWireTest, CursorsFromBeforeAKillStayGood) {
  Start();
  CreateConnection();
  const auto before = Sync("max_staleness {}");
  ASSERT_EQ(before.error(), "OK");
  ASSERT_TRUE(before->caught_up());
  process_->Signal(SIGKILL);
  process_->Wait();

  fake_->Mutate([](FakeWorld& world) { world.SetStock(1001, 1, 777); });
  Start();
  const auto after = Sync(
      absl::StrCat("max_staleness {} cursor: '", before->next_cursor(), "'"));
  ASSERT_EQ(after.error(), "OK");
  EXPECT_EQ(Brief(after.response), "SKU-1001@1=777");
}

TEST_F(RestartWireTest, SecondServerOnTheSameFileIsRefused) {
  Start();
  const auto second =
      ServerProcess::Start(Arguments(), directory_.File("second"));
  EXPECT_EQ(second->address(), "");
  EXPECT_GT(second->Wait(), 0);
  EXPECT_THAT(second->Log(),
              AllOf(HasSubstr("oms_connector_server: "),
                    HasSubstr("Another server uses this store")));
}

TEST_F(RestartWireTest, SecondServerOnTheSamePortIsRefused) {
  Start();
  std::vector<std::string> arguments = Arguments();
  arguments[0] = absl::StrCat("--listen=", process_->address());
  arguments[2] = absl::StrCat("--store=sqlite:", directory_.File("other.db"));
  const auto second =
      ServerProcess::Start(arguments, directory_.File("second"));
  EXPECT_EQ(second->address(), "");
  EXPECT_GT(second->Wait(), 0);
  EXPECT_THAT(second->Log(), AllOf(HasSubstr("oms_connector_server: "),
                                   HasSubstr(process_->address())));
}

TEST_F(RestartWireTest, SigtermAnswersALongPollAndExitsCleanly) {
  Start();
  CreateConnection();
  // The feed is fresh, so that the next poll only waits for events.
  ASSERT_EQ(client_
                ->Call(&ConnectorStub::PollShipments,
                       "connection: 'connections/acme'")
                .error(),
            "OK");
  const absl::Time start = absl::Now();
  std::thread ending([&] {
    EXPECT_TRUE(AwaitLongPolls(process_->admin_address(), 1));
    process_->Signal(SIGTERM);
  });
  const auto answer =
      client_->Call(&ConnectorStub::PollShipments,
                    "connection: 'connections/acme' max_wait { seconds: 30 }");
  ending.join();
  EXPECT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->events_size(), 0);
  EXPECT_EQ(process_->Wait(), 0) << process_->Log();
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

// The crowd's connections, not its calls, may take a few: gRPC sizes its pools
// by what goes on.
TEST_F(RestartWireTest, ThousandLongPollsCostNoThreadsAndSigtermAnswersThem) {
  constexpr int kCrowd = 1000;
  constexpr char kLongPoll[] =
      "connection: 'connections/acme' max_wait { seconds: 30 }";
  Start();
  CreateConnection();
  ASSERT_EQ(client_
                ->Call(&ConnectorStub::PollShipments,
                       "connection: 'connections/acme'")
                .error(),
            "OK");
  const int before = process_->Threads();
  ASSERT_GT(before, 0);
  LongPollCrowd crowd(process_->address(), kCrowd, kLongPoll);
  ASSERT_TRUE(AwaitLongPolls(process_->admin_address(), kCrowd));
  EXPECT_LE(process_->Threads(), before + 10);
  EXPECT_EQ(crowd.answered(), 0);
  process_->Signal(SIGTERM);
  ASSERT_TRUE(crowd.AwaitAnswers(absl::Seconds(20))) << crowd.answered();
  for (const auto& answer : crowd.answers()) ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(process_->Wait(), 0) << process_->Log();
}

TEST_F(RestartWireTest, SigtermLetsACallSeeItsPullEnd) {
  Start();
  CreateConnection();
  Fault fault = MakeFault(FaultKind::kHold, "productstocks/total");
  fault.parameters = {{"page", "2"}};
  const int64_t hold = fake_->faults().Add(fault);
  std::thread ending([&] {
    EXPECT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(30)));
    process_->Signal(SIGTERM);
    // The call is still there when nobody else is let in any more.
    const absl::Time give_up = absl::Now() + absl::Seconds(20);
    while (WireClient(process_->address())
                   .Call(&ConnectionStub::ListConnections, "")
                   .error() == "OK" &&
           absl::Now() < give_up) {
    }
    fake_->faults().Release(hold);
  });
  const auto answer = Sync();
  ending.join();
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_TRUE(answer->caught_up());
  EXPECT_EQ(process_->Wait(), 0) << process_->Log();
}

TEST_F(RestartWireTest, SigtermInTheMiddleOfAPullExitsCleanly) {
  Start();
  CreateConnection();
  Fault fault = MakeFault(FaultKind::kHold, "productstocks/total");
  fault.parameters = {{"page", "2"}};
  const int64_t hold = fake_->faults().Add(fault);
  ASSERT_EQ(Sync("max_wait {}").error(), "OK");
  ASSERT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(30)));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0) << process_->Log();
  fake_->faults().Release(hold);
  Start();
  EXPECT_TRUE(Sync()->caught_up());
  EXPECT_EQ(StockRequests("1"), 1);
}

TEST_F(RestartWireTest, KeyIsForTheServersUserAlone) {
  Start();
  struct stat key;
  ASSERT_EQ(stat(directory_.File("store.db.key").c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600u);
  struct stat store;
  ASSERT_EQ(stat(directory_.File("store.db").c_str(), &store), 0);
  EXPECT_EQ(store.st_mode & 0077, 0u);
}

TEST_F(RestartWireTest, TokenStandsNowhereInTheClear) {
  Start();
  CreateConnection();
  ASSERT_EQ(Sync("max_staleness {}").error(), "OK");
  const auto connection =
      client_->Call(&ConnectionStub::GetConnection, "name: 'connections/acme'");
  ASSERT_EQ(connection.error(), "OK");
  EXPECT_FALSE(connection->connection().order_manager().has_access_token());
  EXPECT_TRUE(connection->connection().order_manager().access_token_set());
  EXPECT_THAT(connection->DebugString(), Not(HasSubstr(kWireToken)));
  for (const char* file : {"store.db", "store.db-wal", "store.db.key", "log"}) {
    EXPECT_EQ(Read(file).find(kWireToken), std::string::npos) << file;
  }
  EXPECT_NE(Read("log"), "");
  const HttpReply metrics = Get(AdminPort(), "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.body.find(kWireToken), std::string::npos);
}

TEST_F(RestartWireTest, SealedTokenOpensAfterARestart) {
  Start();
  CreateConnection();
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  Start();
  EXPECT_EQ(Sync()->levels_size(), kProducts);
}

// After a restore positions come again, with other contents: a cursor from
// before would skip what was restored away and told anew.
class RestoreWireTest : public RestartWireTest {
 protected:
  // One of the server's modes that do their work and exit.
  void RunOnce(const std::string& flag) {
    std::vector<std::string> arguments = Arguments();
    arguments.push_back(flag);
    const auto process =
        ServerProcess::Start(arguments, directory_.File("once"));
    ASSERT_EQ(process->Wait(), 0) << process->Log();
  }

  void Stop() {
    process_->Signal(SIGTERM);
    ASSERT_EQ(process_->Wait(), 0);
  }

  // A changed number, and a pull that sees it: its cursor.
  std::string CursorAfterChange(int quantity) {
    fake_->Mutate([&](FakeWorld& world) { world.SetStock(1001, 1, quantity); });
    const auto page = Sync("max_staleness {}");
    EXPECT_EQ(page.error(), "OK");
    return page->next_cursor();
  }

  std::string ErrorAt(const std::string& cursor) {
    return Sync(absl::StrCat("cursor: '", cursor, "'")).error();
  }
};

TEST_F(RestoreWireTest, CursorsFromBeforeItNeverCountAgain) {
  Start();
  CreateConnection();
  CursorAfterChange(1);
  RunOnce(absl::StrCat("--backup_to=", directory_.File("copy.db")));
  const std::string lost = CursorAfterChange(2);
  Stop();
  std::filesystem::rename(directory_.File("copy.db"),
                          directory_.File("store.db"));
  Start();
  EXPECT_EQ(ErrorAt(lost), "OUT_OF_RANGE CURSOR_EXPIRED");
  CursorAfterChange(3);
  const std::string later = CursorAfterChange(4);
  EXPECT_EQ(ErrorAt(lost), "OUT_OF_RANGE CURSOR_EXPIRED");
  EXPECT_EQ(ErrorAt(later), "OK");
}

TEST_F(RestoreWireTest, StorePutBackByOtherMeansIsMarkedByHand) {
  Start();
  CreateConnection();
  const std::string before = CursorAfterChange(1);
  Stop();
  RunOnce("--mark_restored");
  Start();
  EXPECT_EQ(ErrorAt(before), "OUT_OF_RANGE CURSOR_EXPIRED");
  // The token, sealed under the epoch of its time, still opens.
  EXPECT_EQ(ErrorAt(CursorAfterChange(2)), "OK");
}

}  // namespace
}  // namespace oms_connector::testing_support
