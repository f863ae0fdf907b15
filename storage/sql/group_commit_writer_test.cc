#include "storage/sql/group_commit_writer.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "model/errors.h"
#include "storage/schema/schema.h"
#include "storage/sqlite/sqlite_database.h"
#include "storage/store.h"
#include "storage/store_test_suite/fault_sql_connection.h"

namespace oms_connector::storage {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

absl::Status Insert(WriteTransaction& txn, const std::string& id) {
  model::Connection connection;
  connection.id = id;
  return txn.connections().InsertConnection(connection, {});
}

// A writer over a real database in memory, whose calls can be made to fail and
// whose commits are counted.
class GroupCommitWriterTest : public ::testing::Test {
 protected:
  GroupCommitWriterTest() {
    options_.clock = &clock_;
    options_.sleeper = &sleeper_;
    options_.ids = &ids_;
    Start();
  }
  ~GroupCommitWriterTest() override { JoinThreads(); }

  // A new, empty one under options_.
  void Start(const std::string& path = kSqliteMemoryPath) {
    SqliteDatabaseOptions database;
    database.path = path;
    database.clock = options_.clock;
    database.sleeper = options_.sleeper;
    auto connection = OpenSqliteWriter(database, SqliteSchema());
    ASSERT_TRUE(connection.ok()) << connection.status();
    writer_ = std::make_unique<GroupCommitWriter>(
        std::make_unique<FaultSqlConnection>(*std::move(connection), &faults_),
        options_);
  }

  // Keeps the writer's thread within a function until Release.
  void Occupy() {
    InThread([this] {
      EXPECT_EQ(writer_->Write({},
                               [this](WriteTransaction&) {
                                 // It may run again.
                                 if (!occupied_.HasBeenNotified()) {
                                   occupied_.Notify();
                                 }
                                 released_.WaitForNotification();
                                 return absl::OkStatus();
                               }),
                absl::OkStatus());
    });
    occupied_.WaitForNotification();
  }
  void Release() { released_.Notify(); }

  void InThread(std::function<void()> function) {
    threads_.emplace_back(std::move(function));
  }
  void JoinThreads() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // Queues a write in a thread of its own and returns when it waits.
  void Queue(absl::Status* status, WriteFunction function,
             const base::CallContext& context = {}) {
    const size_t before = writer_->queued();
    InThread([=] { *status = writer_->Write(context, function); });
    while (writer_->queued() == before) std::this_thread::yield();
  }

  // Queues writes that insert shop-0, shop-1, ...
  void QueueInserts(std::vector<absl::Status>& statuses) {
    inserts_.reserve(statuses.size());
    for (size_t i = 0; i < statuses.size(); ++i) {
      inserts_.push_back([i](WriteTransaction& txn) {
        return Insert(txn, absl::StrCat("shop-", i));
      });
      Queue(&statuses[i], inserts_.back());
    }
  }

  std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    EXPECT_EQ(writer_->Write({},
                             [&](WriteTransaction& txn) -> absl::Status {
                               ids.clear();
                               OMS_ASSIGN_OR_RETURN(
                                   const std::vector<model::Connection> all,
                                   txn.connections().ListConnections("", 100));
                               for (const auto& c : all) ids.push_back(c.id);
                               return absl::OkStatus();
                             }),
              absl::OkStatus());
    return ids;
  }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  FaultPlan faults_;
  GroupCommitWriter::Options options_;
  std::unique_ptr<GroupCommitWriter> writer_;
  absl::Notification occupied_;
  absl::Notification released_;
  std::vector<std::function<absl::Status(WriteTransaction&)>> inserts_;
  std::vector<std::thread> threads_;
};

TEST_F(GroupCommitWriterTest, WhatWaitsSharesACommit) {
  options_.max_group_time = absl::Hours(1);
  Start();
  const int64_t before = faults_.commits();
  Occupy();
  std::vector<absl::Status> statuses(5, absl::UnknownError(""));
  QueueInserts(statuses);
  Release();
  JoinThreads();
  EXPECT_THAT(statuses, Each(absl::OkStatus()));
  EXPECT_EQ(faults_.commits() - before, 1);
  EXPECT_THAT(Ids(),
              ElementsAre("shop-0", "shop-1", "shop-2", "shop-3", "shop-4"));
}

TEST_F(GroupCommitWriterTest, WhoeverIsAloneHasNoSavepoint) {
  const int64_t before = faults_.calls();
  EXPECT_EQ(
      writer_->Write({}, [](WriteTransaction&) { return absl::OkStatus(); }),
      absl::OkStatus());
  EXPECT_EQ(faults_.calls() - before, 2);  // begins and commits
}

TEST_F(GroupCommitWriterTest, AFirstOneThatFailsIsUndoneWithoutACommit) {
  const int64_t before = faults_.commits();
  EXPECT_EQ(writer_->Write({},
                           [](WriteTransaction& txn) {
                             OMS_RETURN_IF_ERROR(Insert(txn, "bad"));
                             return absl::AbortedError("on purpose");
                           }),
            absl::AbortedError("on purpose"));
  EXPECT_EQ(faults_.commits(), before);
  EXPECT_THAT(Ids(), ElementsAre());
}

TEST_F(GroupCommitWriterTest, AGroupEndsAtItsSize) {
  options_.max_group_time = absl::Hours(1);
  options_.max_group_size = 2;
  Start();
  const int64_t before = faults_.commits();
  Occupy();  // the first of the first group
  std::vector<absl::Status> statuses(5, absl::UnknownError(""));
  QueueInserts(statuses);
  Release();
  JoinThreads();
  EXPECT_THAT(statuses, Each(absl::OkStatus()));
  EXPECT_EQ(faults_.commits() - before, 3);
}

TEST_F(GroupCommitWriterTest, AGroupEndsAtItsTime) {
  options_.max_group_time = absl::ZeroDuration();
  Start();
  const int64_t before = faults_.commits();
  Occupy();
  std::vector<absl::Status> statuses(3, absl::UnknownError(""));
  QueueInserts(statuses);
  Release();
  JoinThreads();
  EXPECT_EQ(faults_.commits() - before, 4);
}

TEST_F(GroupCommitWriterTest, OneThatFailsIsUndoneAlone) {
  options_.max_group_time = absl::Hours(1);
  Start();
  const int64_t before = faults_.commits();
  Occupy();
  absl::Status good, bad, doubled;
  const auto fail = [](WriteTransaction& txn) {
    OMS_RETURN_IF_ERROR(Insert(txn, "bad"));
    return absl::AbortedError("on purpose");
  };
  const auto insert_twice = [](WriteTransaction& txn) {
    OMS_RETURN_IF_ERROR(Insert(txn, "twice"));
    return Insert(txn, "twice");
  };
  const auto insert = [](WriteTransaction& txn) { return Insert(txn, "good"); };
  Queue(&bad, fail);
  Queue(&doubled, insert_twice);
  Queue(&good, insert);
  Release();
  JoinThreads();
  EXPECT_EQ(bad, absl::AbortedError("on purpose"));
  EXPECT_TRUE(absl::IsAlreadyExists(doubled));
  EXPECT_EQ(good, absl::OkStatus());
  EXPECT_EQ(faults_.commits() - before, 1);
  EXPECT_THAT(Ids(), ElementsAre("good"));
}

TEST_F(GroupCommitWriterTest, OneWhoseStatementIsCutShortHarmsNobody) {
  options_.max_group_time = absl::Hours(1);
  Start();
  Occupy();
  base::CancellationSource source;
  absl::Status first, cut, last;
  const auto insert_first = [](WriteTransaction& txn) {
    return Insert(txn, "first");
  };
  const auto cut_short = [&](WriteTransaction& txn) {
    OMS_RETURN_IF_ERROR(Insert(txn, "cut"));
    // As if the database had been interrupted within a statement, after which
    // it rolls back everything.
    faults_.FailCall(1, absl::CancelledError("interrupted"),
                     /*loses_transaction=*/true);
    OMS_RETURN_IF_ERROR(Insert(txn, "cut-2"));
    return absl::OkStatus();
  };
  const auto insert_last = [](WriteTransaction& txn) {
    return Insert(txn, "last");
  };
  Queue(&first, insert_first);
  Queue(&cut, cut_short);
  Queue(&last, insert_last);
  Release();
  JoinThreads();
  EXPECT_EQ(first, absl::OkStatus());
  EXPECT_TRUE(absl::IsCancelled(cut));
  EXPECT_EQ(last, absl::OkStatus());
  EXPECT_THAT(Ids(), ElementsAre("first", "last"));
}

TEST_F(GroupCommitWriterTest, AfterAFailedCommitEachIsWrittenAlone) {
  options_.max_group_time = absl::Hours(1);
  Start();
  const int64_t before = faults_.commits();
  Occupy();
  std::vector<absl::Status> statuses(4, absl::UnknownError(""));
  QueueInserts(statuses);
  absl::Status failing;
  const auto fail_the_commit = [&](WriteTransaction&) {
    // The next two calls release the savepoint and commit.
    faults_.FailCall(2, model::StoreFull());
    return absl::OkStatus();
  };
  Queue(&failing, fail_the_commit);
  Release();
  JoinThreads();
  EXPECT_THAT(statuses, Each(absl::OkStatus()));
  // Run alone, it makes its own commit fail.
  EXPECT_EQ(failing, absl::OkStatus());
  EXPECT_EQ(faults_.commits() - before, 6);
  EXPECT_THAT(Ids(), ElementsAre("shop-0", "shop-1", "shop-2", "shop-3"));
}

TEST_F(GroupCommitWriterTest, AFunctionThatMetABusyStoreRunsAgain) {
  int runs = 0;
  EXPECT_EQ(writer_->Write({},
                           [&](WriteTransaction& txn) {
                             if (++runs < 3) {
                               return model::StoreBusy(absl::Seconds(1));
                             }
                             return Insert(txn, "acme");
                           }),
            absl::OkStatus());
  EXPECT_EQ(runs, 3);
  EXPECT_THAT(Ids(), ElementsAre("acme"));
}

// Another program's lock is waited for once, not once for each try.
TEST_F(GroupCommitWriterTest, ALockThatIsHeldForLongIsToldWhenItWasWaitedFor) {
  const std::string path = ::testing::TempDir() + "/locked_for_long.db";
  std::filesystem::remove(path);
  base::ManualClock clock;
  base::ManualSleeper sleeper(&clock);
  options_.clock = &clock;
  options_.sleeper = &sleeper;
  Start(path);
  SqliteDatabaseOptions other;
  other.path = path;
  other.clock = &clock;
  other.sleeper = &sleeper;
  auto holder = OpenSqliteWriter(other, SqliteSchema());
  ASSERT_TRUE(holder.ok()) << holder.status();
  ASSERT_EQ((*holder)->Begin(/*write=*/true, {}), absl::OkStatus());
  const auto insert = [](WriteTransaction& txn) { return Insert(txn, "acme"); };
  const absl::Time start = clock.Now();
  EXPECT_EQ(writer_->Write({}, insert), model::StoreBusy(absl::Seconds(1)));
  EXPECT_GE(clock.Now() - start, absl::Seconds(5));
  EXPECT_LT(clock.Now() - start, absl::Seconds(6));
  (*holder)->Rollback();
  EXPECT_EQ(writer_->Write({}, insert), absl::OkStatus());
  EXPECT_THAT(Ids(), ElementsAre("acme"));
  writer_.reset();  // before its clock
}

TEST_F(GroupCommitWriterTest, AnswersOverloadedWhenTooManyWait) {
  options_.queue_capacity = 2;
  Start();
  Occupy();
  std::vector<absl::Status> statuses(2, absl::UnknownError(""));
  QueueInserts(statuses);
  const absl::Status refused = writer_->Write(
      {}, [](WriteTransaction& txn) { return Insert(txn, "refused"); });
  EXPECT_EQ(refused, model::Overloaded(absl::Seconds(1)));
  Release();
  JoinThreads();
  EXPECT_THAT(Ids(), ElementsAre("shop-0", "shop-1"));
}

TEST_F(GroupCommitWriterTest, WhoeverWaitsTooLongIsTakenOut) {
  Occupy();
  const auto never = [](WriteTransaction& txn) { return Insert(txn, "never"); };
  const base::CallContext brief(clock_.SteadyNow() + absl::Milliseconds(20),
                                {});
  EXPECT_TRUE(absl::IsDeadlineExceeded(writer_->Write(brief, never)));

  base::CancellationSource source;
  absl::Status cancelled;
  Queue(&cancelled, never,
        base::CallContext(absl::InfiniteFuture(), source.token()));
  source.Cancel();
  // Its thread may only be on its way out; the writer is still occupied.
  while (writer_->queued() > 0) std::this_thread::yield();
  Release();
  JoinThreads();
  EXPECT_TRUE(absl::IsCancelled(cancelled));
  EXPECT_THAT(Ids(), ElementsAre());
}

TEST_F(GroupCommitWriterTest, ManyWritersCancelledAtRandomGetTheTruth) {
  constexpr int kThreads = 8;
  constexpr int kWrites = 40;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < kThreads; ++t) {
    InThread([this, t, &wrong] {
      for (int i = 0; i < kWrites; ++i) {
        const std::string id = absl::StrCat("shop-", t, "-", i);
        base::CancellationSource source;
        std::thread canceller([&] { source.Cancel(); });
        const absl::Status written = writer_->Write(
            {absl::InfiniteFuture(), source.token()},
            [&](WriteTransaction& txn) { return Insert(txn, id); });
        canceller.join();
        const absl::Status found =
            writer_->Write({}, [&](WriteTransaction& txn) {
              return txn.connections().GetConnection(id).status();
            });
        if (written.ok() != found.ok()) ++wrong;
      }
    });
  }
  JoinThreads();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace oms_connector::storage
