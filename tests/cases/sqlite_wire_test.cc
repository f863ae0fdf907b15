// What only a server over an SQLite file promises: it is alone with the file,
// and knows at its start that whoever had it before is dead.
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "fake_order_manager/http_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/restart_bench.h"
#include "tests/support/server_process.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SqliteWireTest : public ::testing::Test {
 protected:
  int AdminPort() {
    const std::string& address = bench_.process().admin_address();
    return atoi(address.substr(address.rfind(':') + 1).c_str());
  }

  std::string Read(absl::string_view name) const {
    std::ifstream file(bench_.directory().File(name), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  RestartBench bench_;
};

TEST_F(SqliteWireTest, RunThatTheKilledServerLeftSaysSo) {
  bench_.Start();
  bench_.CreateConnection();
  bench_.KillInTheMiddleOfAPull();
  bench_.Start();
  const auto runs = bench_.client().Call(&ConnectionStub::ListSyncRuns,
                                         "parent: 'connections/acme'");
  ASSERT_EQ(runs.error(), "OK");
  ASSERT_GE(runs->runs_size(), 1);
  const v1::SyncRun& run = runs->runs(runs->runs_size() - 1);
  EXPECT_NE(run.state(), v1::SyncRun::STATE_RUNNING) << run.DebugString();
  EXPECT_EQ(run.error().code(), 10) << run.DebugString();
}

TEST_F(SqliteWireTest, SecondServerOnTheSameFileIsRefused) {
  bench_.Start();
  const auto second = ServerProcess::Start(bench_.Arguments(),
                                           bench_.directory().File("second"));
  EXPECT_EQ(second->address(), "");
  EXPECT_GT(second->Wait(), 0);
  EXPECT_THAT(second->Log(),
              AllOf(HasSubstr("oms_connector_server: "),
                    HasSubstr("Another server uses this store")));
}

TEST_F(SqliteWireTest, KeyIsMadeBesideTheFileForTheServersUserAlone) {
  std::vector<std::string> arguments = bench_.Arguments();
  arguments[3] = "--secret_key_file=";
  const auto process =
      ServerProcess::Start(arguments, bench_.directory().File("log"));
  ASSERT_NE(process->address(), "") << process->Log();
  struct stat key;
  ASSERT_EQ(stat(bench_.directory().File("store.db.key").c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600u);
  struct stat store;
  ASSERT_EQ(stat(bench_.directory().File("store.db").c_str(), &store), 0);
  EXPECT_EQ(store.st_mode & 0077, 0u);
}

TEST_F(SqliteWireTest, TokenStandsNowhereInTheClear) {
  bench_.Start();
  bench_.CreateConnection();
  ASSERT_EQ(bench_.Sync("max_staleness {}").error(), "OK");
  const auto connection = bench_.client().Call(&ConnectionStub::GetConnection,
                                               "name: 'connections/acme'");
  ASSERT_EQ(connection.error(), "OK");
  EXPECT_FALSE(connection->connection().order_manager().has_access_token());
  EXPECT_TRUE(connection->connection().order_manager().access_token_set());
  EXPECT_THAT(connection->DebugString(), Not(HasSubstr(kWireToken)));
  for (const char* file : {"store.db", "store.db-wal", "key", "log"}) {
    EXPECT_EQ(Read(file).find(kWireToken), std::string::npos) << file;
  }
  EXPECT_NE(Read("log"), "");
  const HttpReply metrics = Get(AdminPort(), "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.body.find(kWireToken), std::string::npos);
}

// What needs no Order Manager goes on, and who asks is told what to do.
TEST_F(SqliteWireTest, ALostKeyCostsThePullsAlone) {
  bench_.Start();
  bench_.CreateConnection();
  ASSERT_EQ(bench_.Sync("max_staleness {}").error(), "OK");
  bench_.process().Signal(SIGTERM);
  ASSERT_EQ(bench_.process().Wait(), 0);
  std::filesystem::remove(bench_.directory().File("key"));
  bench_.Start();
  EXPECT_THAT(Read("log"), AllOf(HasSubstr("access tokens do not open"),
                                 HasSubstr("--token-file FILE")));
  const auto page = bench_.Sync("max_staleness {}");
  ASSERT_EQ(page.error(), "OK");
  EXPECT_GT(page->levels_size(), 0);
  EXPECT_THAT(page->run().error().message(),
              HasSubstr("does not open with the server's key"));
  const auto test = bench_.client().Call(&ConnectionStub::TestConnection,
                                         "name: 'connections/acme'");
  ASSERT_EQ(test.error(), "OK");
  EXPECT_EQ(test->error().message(), page->run().error().message());
  ASSERT_EQ(bench_.client()
                .Call(&ConnectionStub::UpdateConnection,
                      absl::StrCat("connection { name: 'connections/acme' "
                                   "order_manager { access_token: '",
                                   kWireToken, "' } }"))
                .error(),
            "OK");
  const auto mended = bench_.Sync("max_staleness {}");
  EXPECT_EQ(mended->run().state(), v1::SyncRun::STATE_SUCCEEDED);
}

// After a restore positions come again, with other contents: a cursor from
// before would skip what was restored away and told anew.
class RestoreWireTest : public SqliteWireTest {
 protected:
  // One of the server's modes that do their work and exit.
  void RunOnce(const std::string& flag) {
    std::vector<std::string> arguments = bench_.Arguments();
    arguments.push_back(flag);
    const auto process =
        ServerProcess::Start(arguments, bench_.directory().File("once"));
    ASSERT_EQ(process->Wait(), 0) << process->Log();
  }

  void Stop() {
    bench_.process().Signal(SIGTERM);
    ASSERT_EQ(bench_.process().Wait(), 0);
  }

  // A changed number, and a pull that sees it: its cursor.
  std::string CursorAfterChange(int quantity) {
    bench_.fake().Mutate(
        [&](FakeWorld& world) { world.SetStock(1001, 1, quantity); });
    const auto page = bench_.Sync("max_staleness {}");
    EXPECT_EQ(page.error(), "OK");
    return page->next_cursor();
  }

  std::string ErrorAt(const std::string& cursor) {
    return bench_.Sync(absl::StrCat("cursor: '", cursor, "'")).error();
  }
};

TEST_F(RestoreWireTest, CursorsFromBeforeItNeverCountAgain) {
  bench_.Start();
  bench_.CreateConnection();
  CursorAfterChange(1);
  // A backup that was killed has left its half.
  std::ofstream(bench_.directory().File("copy.db.partial")) << "half";
  RunOnce(absl::StrCat("--backup_to=", bench_.directory().File("copy.db")));
  const std::string lost = CursorAfterChange(2);
  Stop();
  std::filesystem::rename(bench_.directory().File("copy.db"),
                          bench_.directory().File("store.db"));
  bench_.Start();
  EXPECT_EQ(ErrorAt(lost), "OUT_OF_RANGE CURSOR_EXPIRED");
  CursorAfterChange(3);
  const std::string later = CursorAfterChange(4);
  EXPECT_EQ(ErrorAt(lost), "OUT_OF_RANGE CURSOR_EXPIRED");
  EXPECT_EQ(ErrorAt(later), "OK");
}

TEST_F(RestoreWireTest, StorePutBackByOtherMeansIsMarkedByHand) {
  bench_.Start();
  bench_.CreateConnection();
  const std::string before = CursorAfterChange(1);
  Stop();
  RunOnce("--mark_restored");
  bench_.Start();
  EXPECT_EQ(ErrorAt(before), "OUT_OF_RANGE CURSOR_EXPIRED");
  // The token, sealed under the epoch of its time, still opens.
  EXPECT_EQ(ErrorAt(CursorAfterChange(2)), "OK");
}

}  // namespace
}  // namespace oms_connector::testing_support
