// What transactions promise: all or nothing, one consistent state, the order of
// numbers, deadlines; and that writers do not harm each other.
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "storage/store.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

constexpr model::Feed kFeed = model::Feed::kInventory;

absl::Status InsertIn(WriteTransaction& txn, const std::string& id) {
  model::Connection connection;
  connection.id = id;
  return txn.connections().InsertConnection(connection, {});
}

}  // namespace

TEST_P(StoreTest, AFailedFunctionChangesNothing) {
  EXPECT_EQ(Write([](WriteTransaction& txn) {
              OMS_RETURN_IF_ERROR(InsertIn(txn, "acme"));
              return absl::AbortedError("changed my mind");
            }),
            absl::AbortedError("changed my mind"));
  EXPECT_TRUE(absl::IsNotFound(Find("acme")));
}

TEST_P(StoreTest, ATransactionSeesItsOwnChanges) {
  EXPECT_EQ(Write([](WriteTransaction& txn) {
              OMS_RETURN_IF_ERROR(InsertIn(txn, "acme"));
              return txn.connections().GetConnection("acme").status();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, ASnapshotHasAnotherNameOnceAnythingIsCommitted) {
  Insert("acme");
  const auto name = [&] {
    std::string name;
    EXPECT_EQ(store().Read({},
                           [&](ReadTransaction& txn) {
                             OMS_ASSIGN_OR_RETURN(name, txn.Snapshot());
                             return absl::OkStatus();
                           }),
              absl::OkStatus());
    return name;
  };
  const std::string first = name();
  EXPECT_NE(first, "");
  EXPECT_EQ(name(), first);
  Insert("bolt");
  EXPECT_NE(name(), first);
}

TEST_P(StoreTest, ASnapshotKeepsItsNameWhileOthersCommit) {
  // In memory nobody writes while another reads.
  if (!keeps_content()) return;
  Insert("acme");
  int runs = 0;
  EXPECT_EQ(store().Read({},
                         [&](ReadTransaction& txn) -> absl::Status {
                           OMS_ASSIGN_OR_RETURN(const std::string before,
                                                txn.Snapshot());
                           if (++runs == 1) Insert("bolt");
                           OMS_ASSIGN_OR_RETURN(const std::string after,
                                                txn.Snapshot());
                           EXPECT_EQ(after, before);
                           const absl::Status bolt =
                               txn.connections().GetConnection("bolt").status();
                           if (!absl::IsNotFound(bolt))
                             OMS_RETURN_IF_ERROR(bolt);
                           // What was named before the commit does not show it.
                           EXPECT_EQ(bolt.ok(), runs > 1);
                           return absl::OkStatus();
                         }),
            absl::OkStatus());
  EXPECT_LE(runs, 2);
}

TEST_P(StoreTest, ASnapshotIsNamedAfterWhatItShows) {
  Insert("acme");
  // Whatever was asked first.
  std::string first;
  std::string second;
  const auto look = [&](std::string* name) {
    return store().Read({}, [&](ReadTransaction& txn) {
      OMS_RETURN_IF_ERROR(txn.connections().GetConnection("acme").status());
      OMS_ASSIGN_OR_RETURN(*name, txn.Snapshot());
      return absl::OkStatus();
    });
  };
  EXPECT_EQ(look(&first), absl::OkStatus());
  EXPECT_EQ(look(&second), absl::OkStatus());
  EXPECT_EQ(first, second);
}

TEST_P(StoreTest, WhatATransactionWritesHasNoName) {
  EXPECT_EQ(Write([&](WriteTransaction& txn) {
              OMS_RETURN_IF_ERROR(InsertIn(txn, "acme"));
              OMS_ASSIGN_OR_RETURN(const std::string name, txn.Snapshot());
              EXPECT_EQ(name, "");
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, KeepsWhatIsCommittedWhenOpenedAgain) {
  Insert("acme");
  Reopen();
  // In memory the content goes with the store.
  EXPECT_EQ(Find("acme").code(), keeps_content() ? absl::StatusCode::kOk
                                                 : absl::StatusCode::kNotFound);
}

TEST_P(StoreTest, EndedContextsReachNoTransaction) {
  base::CancellationSource source;
  source.Cancel();
  const base::CallContext cancelled(absl::InfiniteFuture(), source.token());
  const base::CallContext late(clock_.SteadyNow() - absl::Seconds(1), {});
  bool ran = false;
  const auto write = [&](WriteTransaction&) {
    ran = true;
    return absl::OkStatus();
  };
  const auto read = [&](ReadTransaction&) {
    ran = true;
    return absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsCancelled(store().Write(cancelled, write)));
  EXPECT_TRUE(absl::IsCancelled(store().Read(cancelled, read)));
  EXPECT_TRUE(absl::IsDeadlineExceeded(store().Write(late, write)));
  EXPECT_TRUE(absl::IsDeadlineExceeded(store().Read(late, read)));
  EXPECT_FALSE(ran);
}

TEST_P(StoreTest, CancellingStopsTheNextStatement) {
  base::CancellationSource source;
  const base::CallContext context(absl::InfiniteFuture(), source.token());
  EXPECT_TRUE(
      absl::IsCancelled(store().Write(context, [&](WriteTransaction& txn) {
        OMS_RETURN_IF_ERROR(InsertIn(txn, "acme"));
        source.Cancel();
        return InsertIn(txn, "bolt");
      })));
  EXPECT_TRUE(absl::IsNotFound(Find("acme")));
  EXPECT_EQ(Write([](WriteTransaction& txn) { return InsertIn(txn, "acme"); }),
            absl::OkStatus());
}

TEST_P(StoreTest, AWriterThatFailsDoesNotHarmThoseBesideIt) {
  constexpr int kThreads = 8;
  constexpr int kWrites = 25;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kWrites; ++i) {
        const std::string id = absl::StrCat("shop-", t, "-", i);
        const bool fails = (t + i) % 3 == 0;
        const absl::Status status = Write([&](WriteTransaction& txn) {
          OMS_RETURN_IF_ERROR(InsertIn(txn, id));
          // One in two of those that fail does so in the database.
          if (fails && i % 2 == 0) return InsertIn(txn, id);
          return fails ? absl::AbortedError("on purpose") : absl::OkStatus();
        });
        const absl::StatusCode expected = !fails ? absl::StatusCode::kOk
                                          : i % 2 == 0
                                              ? absl::StatusCode::kAlreadyExists
                                              : absl::StatusCode::kAborted;
        if (status.code() != expected) ++wrong;
        if (absl::IsNotFound(Find(id)) != fails) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(StoreTest, NumbersBecomeVisibleInTheirOrder) {
  Insert("acme");
  constexpr int kThreads = 4;
  constexpr int kWrites = 50;
  std::atomic<int> writing = kThreads;
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&] {
      for (int i = 0; i < kWrites; ++i) {
        // Each run is named after the revision that was taken for it.
        EXPECT_EQ(Write([](WriteTransaction& txn) -> absl::Status {
                    OMS_ASSIGN_OR_RETURN(
                        const int64_t revision,
                        txn.connections().TakeRevisions("acme", 1));
                    model::SyncRun run;
                    run.run_id = absl::StrCat(revision);
                    run.start_time = absl::FromUnixMicros(revision);
                    return txn.runs().PutRun("acme", run);
                  }),
                  absl::OkStatus());
      }
      --writing;
    });
  }
  // Whoever sees a number sees all before it.
  int64_t newest = 0;
  for (bool last_look = false; !last_look;) {
    last_look = writing == 0;
    ASSERT_EQ(Read([&](ReadTransaction& txn) -> absl::Status {
                OMS_ASSIGN_OR_RETURN(
                    const std::vector<model::SyncRun> runs,
                    txn.runs().ListRuns("acme", kFeed, absl::InfiniteFuture(),
                                        "", 1000));
                const int64_t count = static_cast<int64_t>(runs.size());
                EXPECT_GE(count, newest);
                newest = count;
                for (int64_t i = 0; i < count; ++i) {
                  EXPECT_EQ(runs[i].run_id, absl::StrCat(count - i));
                }
                return absl::OkStatus();
              }),
              absl::OkStatus());
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(newest, kThreads * kWrites);
}

TEST_P(StoreTest, AReadSeesOneStateFromBeginningToEnd) {
  Insert("acme");
  const auto set = [this](const std::string& text) {
    return Write([&](WriteTransaction& txn) {
      OMS_RETURN_IF_ERROR(txn.runs().PutCheckpoint("acme", kFeed, text));
      return txn.runs().PutCheckpoint("acme", model::Feed::kShipments, text);
    });
  };
  ASSERT_EQ(set("0"), absl::OkStatus());
  absl::Notification done;
  std::thread writer([&] {
    for (int i = 1; i <= 100; ++i) {
      EXPECT_EQ(set(absl::StrCat(i)), absl::OkStatus());
    }
    done.Notify();
  });
  while (!done.HasBeenNotified()) {
    ASSERT_EQ(Read([](ReadTransaction& txn) {
                const auto first = txn.runs().GetCheckpoint("acme", kFeed);
                const auto second =
                    txn.runs().GetCheckpoint("acme", model::Feed::kShipments);
                EXPECT_EQ(*first, *second);
                return absl::OkStatus();
              }),
              absl::OkStatus());
  }
  writer.join();
}

}  // namespace oms_connector::storage
