// A bad network between server and PostgreSQL: whatever it does to a write,
// that is there whole or not at all, it is there where it was said to be done,
// and the store works again as soon as the network does.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "gtest/gtest.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"
#include "tests/faults/fault_proxy.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::testing_support {
namespace {

using Kind = FaultProxy::Kind;

constexpr char kId[] = "acme";
constexpr model::Feed kFeed = model::Feed::kInventory;
// Of the answers to one write, greetings included, there are fewer bytes.
constexpr int64_t kMostBytes = 20'000;

// Statements that wait for a lock, and those that hold one meanwhile.
constexpr char kWaiters[] = "pg_locks WHERE NOT granted";
constexpr char kSleepers[] = "pg_stat_activity WHERE wait_event = 'PgSleep'";

class PostgresNetworkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    PostgresServer::Options options;
    options.tls = true;  // it listens on a port then
    auto server = PostgresServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    database_ = *server_->NewDatabase();
    const std::string url = server_->TlsUrl(database_);
    const size_t host = url.find("@localhost:") + 1;
    const std::string address = url.substr(host, url.find('/', host) - host);
    proxy_ = std::make_unique<FaultProxy>(PortOf(address));
    storage::StoreOptions store;
    store.url = absl::StrReplaceAll(
        url, {{address, absl::StrCat("localhost:", proxy_->port())}});
    store.clock = &clock_;
    store.sleeper = &sleeper_;
    store.ids = &ids_;
    auto opened = storage::OpenStore(store);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
    ASSERT_EQ(store_->Write({},
                            [](storage::WriteTransaction& txn) {
                              model::Connection connection;
                              connection.id = kId;
                              connection.epoch = "e";
                              return txn.connections().InsertConnection(
                                  connection, {});
                            }),
              absl::OkStatus());
  }

  // A checkpoint that says `number`, and a change of the history, which must
  // not be there without it.
  absl::Status WriteNumber(int number, absl::Duration patience) {
    return WriteNumber(number,
                       base::CallContext(clock_.SteadyNow() + patience, {}));
  }
  absl::Status WriteNumber(int number, const base::CallContext& context) {
    return store_->Write(
        context, [&](storage::WriteTransaction& txn) -> absl::Status {
          OMS_RETURN_IF_ERROR(
              txn.runs().PutCheckpoint(kId, kFeed, absl::StrCat(number)));
          return txn.connections().AppendSettingsChange(kId, {});
        });
  }
  // The number of the last write that is there; a failure where half of one is.
  int LastNumber() {
    int number = -1;
    EXPECT_EQ(store_->Read(
                  {},
                  [&](storage::ReadTransaction& txn) -> absl::Status {
                    OMS_ASSIGN_OR_RETURN(const std::string checkpoint,
                                         txn.runs().GetCheckpoint(kId, kFeed));
                    OMS_ASSIGN_OR_RETURN(
                        const auto changes,
                        txn.connections().ListSettingsChanges(kId, 0, 1));
                    number = atoi(checkpoint.c_str());
                    changes_ = changes.empty() ? 0 : changes[0].change_id;
                    return absl::OkStatus();
                  }),
              absl::OkStatus());
    return number;
  }

  // Writes once in such weather; what came of it, seen in fair weather.
  absl::Status WriteIn(const FaultProxy::Weather& weather,
                       absl::Duration patience) {
    const int before = LastNumber();
    const int64_t changes = changes_;
    proxy_->Set(weather);
    const absl::Status status = WriteNumber(++number_, patience);
    proxy_->Set({});
    const bool there = LastNumber() == number_;
    EXPECT_EQ(changes_, changes + (there ? 1 : 0));
    EXPECT_TRUE(there || LastNumber() == before);
    EXPECT_TRUE(there || !status.ok());
    unheard_ += there && !status.ok() ? 1 : 0;
    return status;
  }

  // Waits until there are so many; false after half a minute.
  bool Await(const std::string& count, absl::string_view what) {
    for (int looks = 0; looks < 3000; ++looks) {
      const auto found =
          server_->Execute(absl::StrCat("SELECT count(*) FROM ", what));
      EXPECT_TRUE(found.ok()) << found.status();
      if (found.value_or("") == count) return true;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<PostgresServer> server_;
  std::string database_;  // its URL
  std::unique_ptr<FaultProxy> proxy_;
  std::unique_ptr<storage::Store> store_;
  int number_ = 0;
  int64_t changes_ = 0;
  int unheard_ = 0;  // writes that are there though they were said to fail
};

TEST_F(PostgresNetworkTest, AWriteThatIsCutAnywhereIsWholeOrNotThere) {
  int cuts = 0;
  for (const Kind kind : {Kind::kCut, Kind::kReset}) {
    bool passed = false;
    for (int64_t bytes = 0; bytes < kMostBytes && !passed; bytes += 173) {
      SCOPED_TRACE(absl::StrCat("after ", bytes, " bytes"));
      passed = WriteIn({kind, bytes}, absl::Milliseconds(500)).ok();
      ++cuts;
    }
    EXPECT_TRUE(passed);
  }
  printf("%d writes cut, %d of them done unheard\n", cuts - 2, unheard_);
  EXPECT_GT(cuts, 20);
}

TEST_F(PostgresNetworkTest, WhoIsNotThereIsSaidToBeOutOfReach) {
  for (const Kind kind : {Kind::kRefuse, Kind::kHalfOpen}) {
    for (const int64_t bytes : {0, 1000, 2000}) {
      SCOPED_TRACE(absl::StrCat("after ", bytes, " bytes"));
      EXPECT_FALSE(WriteIn({kind, bytes}, absl::Seconds(1)).ok());
    }
  }
}

// A machine that takes connections and says nothing on them: who leaves a
// statement asks it for nothing more, and the statement ends where it runs.
TEST_F(PostgresNetworkTest, WhoLeavesAStatementWaitsForNobody) {
  std::thread locker([&] {
    const size_t name = database_.find("/test_") + 1;
    server_
        ->Execute("BEGIN; LOCK TABLE settings_changes; SELECT pg_sleep(120)",
                  database_.substr(name, database_.find('?') - name))
        .status()
        .IgnoreError();
  });
  ASSERT_TRUE(Await("1", kSleepers));
  base::CancellationSource source;
  std::thread leaver([&] {
    EXPECT_TRUE(Await("1", kWaiters));
    proxy_->SetForNew({Kind::kHalfOpen, 0});
    source.Cancel();
  });
  EXPECT_TRUE(absl::IsCancelled(WriteNumber(
      ++number_, base::CallContext(absl::InfiniteFuture(), source.token()))));
  leaver.join();
  // The rows are locked still, and nobody waits for them.
  EXPECT_TRUE(Await("0", kWaiters));
  EXPECT_TRUE(Await("1", kSleepers));
  EXPECT_TRUE(server_
                  ->Execute(absl::StrCat(
                      "SELECT pg_terminate_backend(pid) FROM ", kSleepers))
                  .ok());
  locker.join();
  proxy_->Set({});
  EXPECT_NE(LastNumber(), number_);
  EXPECT_EQ(WriteNumber(number_, absl::Minutes(1)), absl::OkStatus());
}

TEST_F(PostgresNetworkTest, SlowNetworksOnlyTakeTime) {
  FaultProxy::Weather slow;
  slow.kind = Kind::kDelay;
  slow.delay = absl::Milliseconds(20);
  EXPECT_EQ(WriteIn(slow, absl::Minutes(1)), absl::OkStatus());
  EXPECT_EQ(WriteIn({Kind::kThrottle, 50'000}, absl::Minutes(1)),
            absl::OkStatus());
}

}  // namespace
}  // namespace oms_connector::testing_support
