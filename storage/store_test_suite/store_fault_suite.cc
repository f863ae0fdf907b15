// Whichever call to the database fails, a transaction happens whole or not at
// all, its caller is told which, and the store goes on.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "model/sync_run.h"
#include "storage/store.h"
#include "storage/store_test_suite/random_nouns.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

constexpr model::Feed kFeed = model::Feed::kInventory;
// More calls than any transaction below makes.
constexpr int kMaxCalls = 200;

// Something in every table, all or nothing.
absl::Status WriteEverywhere(WriteTransaction& txn, const std::string& id) {
  RandomNouns random(13);
  OMS_RETURN_IF_ERROR(
      txn.connections().InsertConnection(random.Connection(id), {}));
  OMS_RETURN_IF_ERROR(txn.connections().UpdateSettings(id, {}, false));
  OMS_RETURN_IF_ERROR(
      txn.connections().AppendSettingsChange(id, random.Change()));
  OMS_RETURN_IF_ERROR(txn.connections().TakeRevisions(id, 2).status());
  OMS_RETURN_IF_ERROR(
      txn.runs().AcquireLease(id, kFeed, {}, random.Time()).status());
  OMS_RETURN_IF_ERROR(txn.runs().PutRun(id, random.Run("run-1", kFeed)));
  return txn.runs().PutCheckpoint(id, kFeed, "whole");
}

// OK when all that WriteEverywhere writes is there, NOT_FOUND when nothing is.
absl::Status FindEverywhere(ReadTransaction& txn, const std::string& id) {
  OMS_RETURN_IF_ERROR(txn.connections().GetConnection(id).status());
  EXPECT_EQ(*txn.runs().GetCheckpoint(id, kFeed), "whole");
  EXPECT_EQ(txn.connections().ListSettingsChanges(id, 0, 9)->size(), 1u);
  EXPECT_TRUE(txn.runs().GetRun(id, "run-1").ok());
  return absl::OkStatus();
}

struct Fault {
  absl::Status status;
  bool loses_transaction;
};

std::vector<Fault> Faults() {
  const absl::Status busy = model::StoreBusy(absl::Seconds(1));
  std::vector<Fault> faults;
  for (const absl::Status& status :
       {busy, model::StoreFull(), model::Internal("broken")}) {
    faults.push_back({status, false});
    faults.push_back({status, true});
  }
  return faults;
}

}  // namespace

TEST_P(StoreTest, AWriteIsWholeOrNothingWhicheverCallFails) {
  int fired = 0;
  for (const Fault& fault : Faults()) {
    for (int n = 1; n <= kMaxCalls; ++n) {
      SCOPED_TRACE(absl::StrCat("call ", n, ": ", fault.status.ToString()));
      const std::string id = absl::StrCat("shop-", ++fired);
      faults().FailCall(n, fault.status, fault.loses_transaction);
      const absl::Status written = Write(
          [&](WriteTransaction& txn) { return WriteEverywhere(txn, id); });
      const bool reached = faults().fired();
      faults().Clear();
      const absl::Status found =
          Read([&](ReadTransaction& txn) { return FindEverywhere(txn, id); });
      ASSERT_EQ(found.code(), written.ok() ? absl::StatusCode::kOk
                                           : absl::StatusCode::kNotFound)
          << written;
      // The fault is told as it was, or was overcome by another run.
      if (!written.ok()) {
        EXPECT_EQ(written, fault.status);
      }
      ASSERT_EQ(Write([&](WriteTransaction& txn) {
                  if (!written.ok()) return WriteEverywhere(txn, id);
                  return txn.connections().DeleteConnection(id);
                }),
                absl::OkStatus());
      if (!reached) break;
    }
  }
  EXPECT_GT(fired, 6 * 10);
}

TEST_P(StoreTest, AReadSurvivesWhicheverCallFails) {
  ASSERT_EQ(
      Write([](WriteTransaction& txn) { return WriteEverywhere(txn, "acme"); }),
      absl::OkStatus());
  for (const Fault& fault : Faults()) {
    for (int n = 1; n <= kMaxCalls; ++n) {
      SCOPED_TRACE(absl::StrCat("call ", n, ": ", fault.status.ToString()));
      faults().FailCall(n, fault.status, fault.loses_transaction);
      const absl::Status read = Read([](ReadTransaction& txn) {
        OMS_RETURN_IF_ERROR(txn.connections().GetConnection("acme").status());
        return txn.runs().LatestRun("acme", kFeed).status();
      });
      const bool reached = faults().fired();
      faults().Clear();
      if (!read.ok()) {
        EXPECT_EQ(read, fault.status);
      }
      if (absl::IsUnavailable(fault.status)) {
        EXPECT_EQ(read, absl::OkStatus());
      }
      ASSERT_EQ(Find("acme"), absl::OkStatus());
      if (!reached) break;
    }
  }
}

TEST_P(StoreTest, OvercomesABusyDatabaseThatFreesItself) {
  for (int n = 1; n <= 10; ++n) {
    const std::string id = absl::StrCat("shop-", n);
    faults().FailCall(n, model::StoreBusy(absl::Seconds(1)));
    EXPECT_EQ(
        Write([&](WriteTransaction& txn) { return WriteEverywhere(txn, id); }),
        absl::OkStatus())
        << n;
  }
}

TEST_P(StoreTest, SaysThatTheDatabaseStaysBusy) {
  const absl::Status busy = model::StoreBusy(absl::Seconds(1));
  faults().FailAlways(busy);
  EXPECT_EQ(Write([](WriteTransaction&) { return absl::OkStatus(); }), busy);
  EXPECT_EQ(Read([](ReadTransaction&) { return absl::OkStatus(); }), busy);
  faults().Clear();
  Insert("acme");
  EXPECT_EQ(Find("acme"), absl::OkStatus());
}

TEST_P(StoreTest, AFunctionThatPassesOverALostTransactionDoesNotSucceed) {
  Insert("acme");
  EXPECT_TRUE(absl::IsInternal(Write([this](WriteTransaction& txn) {
    EXPECT_EQ(txn.runs().PutCheckpoint("acme", kFeed, "1"), absl::OkStatus());
    faults().FailCall(1, model::StoreFull(), /*loses_transaction=*/true);
    (void)txn.runs().PutCheckpoint("acme", kFeed, "2");
    return absl::OkStatus();
  })));
  EXPECT_EQ(Read([](ReadTransaction& txn) {
              EXPECT_EQ(*txn.runs().GetCheckpoint("acme", kFeed), "");
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, ManyWritersStayWholeWhileCallsFail) {
  constexpr int kThreads = 6;
  constexpr int kWrites = 30;
  std::atomic<int> wrong = 0;
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kWrites; ++i) {
        const std::string id = absl::StrCat("shop-", t, "-", i);
        const absl::Status written = Write(
            [&](WriteTransaction& txn) { return WriteEverywhere(txn, id); });
        absl::Status found;
        do {
          found = Read([&](ReadTransaction& txn) {
            return txn.connections().GetConnection(id).status();
          });
        } while (absl::IsResourceExhausted(found));
        if (written.ok() != found.ok()) ++wrong;
      }
      --running;
    });
  }
  for (int n = 1; running > 0; n = n % 97 + 1) {
    faults().FailCall(n, model::StoreFull(), n % 2 == 0);
    while (running > 0 && !faults().fired()) std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  faults().Clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace oms_connector::storage
