// What a store in PostgreSQL promises when several servers use it and when
// servers, connections and answers are lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "storage/postgres/postgres_session.h"
#include "storage/postgres/postgres_store.h"
#include "storage/sql/busy_retry.h"
#include "storage/store.h"
#include "tests/support/postgres_proxy.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::storage {
namespace {

using testing_support::LostCommit;
using testing_support::PostgresProxy;
using testing_support::PostgresServer;

constexpr model::Feed kFeed = model::Feed::kInventory;
constexpr char kAcme[] = "acme";

absl::Status InsertAcme(WriteTransaction& txn) {
  model::Connection connection;
  connection.id = kAcme;
  return txn.connections().InsertConnection(connection, {});
}

class PostgresFaultsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = PostgresServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    url_ = *server_->NewDatabase();
    store_ = Open(url_);
    ASSERT_EQ(store_->Write({}, InsertAcme), absl::OkStatus());
  }

  absl::StatusOr<std::unique_ptr<Store>> TryToOpen(const std::string& url) {
    PostgresStoreOptions options;
    options.url = url;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return OpenPostgresStore(options);
  }

  std::unique_ptr<Store> Open(const std::string& url) {
    auto store = TryToOpen(url);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  std::string WhyRefused(const std::string& url) {
    const auto store = TryToOpen(url);
    EXPECT_TRUE(absl::IsFailedPrecondition(store.status()));
    return std::string(store.status().message());
  }

  PostgresSession::Options SessionOptions(const std::string& url) {
    PostgresSession::Options options;
    options.connection.url = url;
    options.connection.clock = &clock_;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return options;
  }

  // Until the statement, asked of the server, gives `answer`.
  void Await(const std::string& sql, const std::string& answer) {
    while (server_->Execute(sql).value_or("") != answer) {
      std::this_thread::yield();
    }
  }
  void AwaitWaitersForLocks(int count) {
    Await("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type='Lock'",
          absl::StrCat(count));
  }

  static absl::Status PutRunOfNextSequence(WriteTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(const int64_t sequence,
                         txn.connections().TakeSequences(kAcme, 1));
    model::SyncRun run;
    run.run_id = absl::StrCat(sequence);
    run.start_time = absl::FromUnixMicros(sequence);
    return txn.runs().PutRun(kAcme, run);
  }
  int CountRuns(Store& store) {
    int count = 0;
    EXPECT_EQ(
        store.Read({},
                   [&](ReadTransaction& txn) -> absl::Status {
                     OMS_ASSIGN_OR_RETURN(
                         const auto runs,
                         txn.runs().ListRuns(kAcme, kFeed,
                                             absl::InfiniteFuture(), "", 1000));
                     count = static_cast<int>(runs.size());
                     return absl::OkStatus();
                   }),
        absl::OkStatus());
    return count;
  }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<PostgresServer> server_;
  std::string url_;
  std::unique_ptr<Store> store_;
};

TEST_F(PostgresFaultsTest, NobodyOvertakesATransactionThatHasTakenItsNumber) {
  const std::unique_ptr<Store> other = Open(url_);
  absl::Notification taken, go_on;
  std::thread slow([&] {
    EXPECT_EQ(store_->Write({},
                            [&](WriteTransaction& txn) {
                              const absl::Status status =
                                  PutRunOfNextSequence(txn);
                              taken.Notify();
                              go_on.WaitForNotification();
                              return status;
                            }),
              absl::OkStatus());
  });
  taken.WaitForNotification();
  std::thread fast([&] {
    EXPECT_EQ(other->Write({}, PutRunOfNextSequence), absl::OkStatus());
  });
  AwaitWaitersForLocks(1);
  EXPECT_EQ(CountRuns(*store_), 0);
  go_on.Notify();
  slow.join();
  fast.join();
  EXPECT_EQ(CountRuns(*other), 2);
}

TEST_F(PostgresFaultsTest, ServersThatMakeTheSameConnectionAtOnceTakeTurns) {
  const std::unique_ptr<Store> other = Open(url_);
  std::atomic<int> made = 0;
  const auto make_unless_there = [&](WriteTransaction& txn) {
    if (txn.connections().FindRequest({"bolt", "me", "Create", "1"}, {}).ok() &&
        txn.connections().GetConnection("bolt").ok()) {
      return absl::OkStatus();
    }
    model::Connection connection;
    connection.id = "bolt";
    ++made;
    return txn.connections().InsertConnection(connection, {});
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, store = i % 2 == 0 ? store_.get() : other.get()] {
      EXPECT_EQ(store->Write({}, make_unless_there), absl::OkStatus());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(PostgresFaultsTest, GoesOnAfterTheServerCrashedWithinATransaction) {
  int runs = 0;
  EXPECT_EQ(store_->Write({},
                          [&](WriteTransaction& txn) -> absl::Status {
                            OMS_RETURN_IF_ERROR(PutRunOfNextSequence(txn));
                            if (++runs == 1) {
                              server_->StopImmediate();
                              EXPECT_EQ(server_->Restart(), absl::OkStatus());
                            }
                            return txn.runs().PutCheckpoint(kAcme, kFeed,
                                                            "after");
                          }),
            absl::OkStatus());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(CountRuns(*store_), 1);
}

TEST_F(PostgresFaultsTest, SaysBusyWhileTheServerIsGone) {
  server_->StopImmediate();
  const base::CallContext soon(clock_.SteadyNow() + absl::Milliseconds(300),
                               {});
  EXPECT_TRUE(absl::IsDeadlineExceeded(store_->Write(soon, InsertAcme)));
  ASSERT_EQ(server_->Restart(), absl::OkStatus());
  EXPECT_EQ(CountRuns(*store_), 0);
}

TEST_F(PostgresFaultsTest, ACommitWhoseAnswerIsLostIsNotDoneAgain) {
  auto proxy = PostgresProxy::Start(server_->directory());
  ASSERT_TRUE(proxy.ok()) << proxy.status();
  const std::unique_ptr<Store> store = Open((*proxy)->Url(url_));
  for (const LostCommit how : {LostCommit::kAnswer, LostCommit::kRequest}) {
    SCOPED_TRACE(static_cast<int>(how));
    const int before = CountRuns(*store_);
    int runs = 0;
    (*proxy)->LoseNextCommit(how);
    EXPECT_EQ(store->Write({},
                           [&](WriteTransaction& txn) {
                             ++runs;
                             return PutRunOfNextSequence(txn);
                           }),
              absl::OkStatus());
    EXPECT_EQ(runs, how == LostCommit::kAnswer ? 1 : 2);
    EXPECT_EQ(CountRuns(*store_), before + 1);
  }
}

TEST_F(PostgresFaultsTest, ACommitThatWasGivenUpCannotComeLate) {
  auto proxy = PostgresProxy::Start(server_->directory());
  ASSERT_TRUE(proxy.ok()) << proxy.status();
  PostgresSession session(SessionOptions((*proxy)->Url(url_)));
  ASSERT_EQ(session.Begin(/*write=*/true, {}), absl::OkStatus());
  ASSERT_TRUE(session
                  .Execute("UPDATE counters SET last_revision = 99 "
                           "WHERE connection = (SELECT number FROM "
                           "connections WHERE connection = $1)",
                           {kAcme})
                  .ok());
  (*proxy)->LoseNextCommit(LostCommit::kLate);
  const absl::Status given_up = session.Commit();
  session.Rollback();
  EXPECT_TRUE(IsStoreBusy(given_up)) << given_up;
  (*proxy)->DeliverLate();
  EXPECT_EQ(store_->Write({},
                          [](WriteTransaction& txn) {
                            EXPECT_EQ(
                                *txn.connections().TakeRevisions(kAcme, 1), 1);
                            return absl::OkStatus();
                          }),
            absl::OkStatus());
}

TEST_F(PostgresFaultsTest, ALeaseHasOneHolderAndAStaleOneCanWriteNothing) {
  const std::unique_ptr<Store> other = Open(url_);
  const absl::Time now = clock_.Now();
  const auto acquire = [&](Store& store, const std::string& run,
                           absl::Time when) {
    model::PullLease held;
    EXPECT_EQ(store.Write({},
                          [&](WriteTransaction& txn) -> absl::Status {
                            model::PullLease lease;
                            lease.run_id = run;
                            lease.holder = run;
                            lease.expire_time = when + absl::Seconds(30);
                            OMS_ASSIGN_OR_RETURN(
                                held, txn.runs().AcquireLease(kAcme, kFeed,
                                                              lease, when));
                            return absl::OkStatus();
                          }),
              absl::OkStatus());
    return held;
  };
  std::atomic<int> holders = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string run = absl::StrCat("run-", i);
      Store& store = i % 2 == 0 ? *store_ : *other;
      if (acquire(store, run, now).run_id == run) ++holders;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(holders, 1);

  const absl::Time expired = now + absl::Seconds(31);
  const model::PullLease next = acquire(*other, "next", expired);
  EXPECT_EQ(next.run_id, "next");
  EXPECT_EQ(next.fence, 2);
  const auto write_under = [&](Store& store, const model::PullFence& fence) {
    return store.Write({}, [&](WriteTransaction& txn) -> absl::Status {
      OMS_RETURN_IF_ERROR(txn.runs().CheckFence(kAcme, kFeed, fence));
      return PutRunOfNextSequence(txn);
    });
  };
  EXPECT_TRUE(absl::IsAborted(write_under(*store_, {"next", 1})));
  EXPECT_EQ(write_under(*other, model::FenceOf(next)), absl::OkStatus());
  EXPECT_EQ(CountRuns(*store_), 1);
}

TEST_F(PostgresFaultsTest, AWaitForARowEndsWithItsContext) {
  PostgresSession holder(SessionOptions(url_));
  ASSERT_EQ(holder.Begin(/*write=*/true, {}), absl::OkStatus());
  ASSERT_TRUE(holder
                  .Execute("UPDATE counters SET last_change = 1 "
                           "WHERE connection = (SELECT number FROM "
                           "connections WHERE connection = $1)",
                           {kAcme})
                  .ok());
  const base::CallContext soon(clock_.SteadyNow() + absl::Milliseconds(200),
                               {});
  EXPECT_TRUE(
      absl::IsDeadlineExceeded(store_->Write(soon, PutRunOfNextSequence)));
  base::CancellationSource source;
  std::thread canceller([&] {
    AwaitWaitersForLocks(1);
    source.Cancel();
  });
  const base::CallContext cancelled(absl::InfiniteFuture(), source.token());
  EXPECT_TRUE(
      absl::IsCancelled(store_->Write(cancelled, PutRunOfNextSequence)));
  canceller.join();
  holder.Rollback();
  EXPECT_EQ(store_->Write({}, PutRunOfNextSequence), absl::OkStatus());
}

TEST_F(PostgresFaultsTest, ATransactionLeftAloneLetsItsRowsGo) {
  PostgresSession::Options options = SessionOptions(url_);
  options.connection.idle_in_transaction_timeout = absl::Milliseconds(100);
  PostgresSession stopped(options);
  ASSERT_EQ(stopped.Begin(/*write=*/true, {}), absl::OkStatus());
  ASSERT_TRUE(stopped
                  .Execute("UPDATE counters SET last_change = 7 "
                           "WHERE connection = (SELECT number FROM "
                           "connections WHERE connection = $1)",
                           {kAcme})
                  .ok());
  // Waits for the row, and gets it.
  EXPECT_EQ(store_->Write({}, PutRunOfNextSequence), absl::OkStatus());
  EXPECT_TRUE(IsStoreBusy(stopped.Query(
      "SELECT 1", {}, [](const SqlRow&) { return absl::Status(); })));
  stopped.Rollback();
}

TEST_F(PostgresFaultsTest, GoesOnWithAStandbyAndLosesNothingAcknowledged) {
  auto standby = PostgresServer::StartStandbyOf(*server_);
  ASSERT_TRUE(standby.ok()) << standby.status();
  ASSERT_TRUE(
      server_->Execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
          .ok());
  ASSERT_TRUE(server_->Execute("SELECT pg_reload_conf()").ok());
  Await("SELECT sync_state FROM pg_stat_replication", "sync");
  const std::unique_ptr<Store> store =
      Open(absl::StrCat(url_, ",", (*standby)->directory()));
  ASSERT_EQ(store->Write({}, PutRunOfNextSequence), absl::OkStatus());
  server_->StopImmediate();
  ASSERT_TRUE((*standby)->Execute("SELECT pg_promote()").ok());
  EXPECT_EQ(CountRuns(*store), 1);
  EXPECT_EQ(store->Write({}, PutRunOfNextSequence), absl::OkStatus());
  EXPECT_EQ(CountRuns(*store), 2);
  store_ = nullptr;
}

TEST_F(PostgresFaultsTest, RefusesAStandbyAlone) {
  auto standby = PostgresServer::StartStandbyOf(*server_);
  ASSERT_TRUE(standby.ok()) << standby.status();
  EXPECT_THAT(WhyRefused((*standby)->Url("test_1")),
              ::testing::HasSubstr("read-only"));
}

TEST_F(PostgresFaultsTest, RefusesDatabasesThatAreNotItsOwn) {
  ASSERT_TRUE(server_->Execute("CREATE TABLE theirs (x BIGINT)").ok());
  EXPECT_THAT(WhyRefused(server_->Url("postgres")),
              ::testing::HasSubstr("another program"));
  ASSERT_TRUE(
      server_
          ->Execute("UPDATE oms_connector_store SET schema_version = 99",
                    "test_1")
          .ok());
  EXPECT_THAT(WhyRefused(url_), ::testing::HasSubstr("newer program"));
}

TEST_F(PostgresFaultsTest, ServersThatStartTogetherMakeTheSchemaOnce) {
  const std::string url = *server_->NewDatabase();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_NE(Open(url), nullptr); });
  }
  for (std::thread& thread : threads) thread.join();
}

// Whoever comes next must not find what was noted by it in the future.
TEST_F(PostgresFaultsTest, TheTimeIsNotAheadOfTheServers) {
  PostgresSession session(SessionOptions(url_));
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(session.Begin(/*write=*/false, {}), absl::OkStatus());
    const absl::StatusOr<absl::Time> now = session.Now();
    ASSERT_TRUE(now.ok()) << now.status();
    absl::Time theirs;
    ASSERT_EQ(session.Query("SELECT CAST(extract(epoch FROM clock_timestamp()) "
                            "* 1000000 AS BIGINT)",
                            {},
                            [&](const SqlRow& row) {
                              theirs = row.Time(0);
                              return absl::OkStatus();
                            }),
              absl::OkStatus());
    EXPECT_LE(*now, theirs);
    ASSERT_EQ(session.Commit(), absl::OkStatus());
  }
}

}  // namespace
}  // namespace oms_connector::storage
