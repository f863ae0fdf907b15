// Rule 9 of inventory: levels that are computed anew because settings have
// changed, with many callers at once: one does the work, nobody holds a thread
// while it lasts.
#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "domain/inventory/level_refresher.h"
#include "domain/inventory/view_recompute.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using ::testing::IsEmpty;

// Some steps of work (view_recompute.cc).
constexpr int kProducts = 1800;
constexpr int kCallers = 40;
constexpr absl::Duration kPatience = absl::Seconds(60);

class InventoryRecompute : public ::testing::Test {
 protected:
  InventoryRecompute() {
    bench_.SetMode(model::InventorySyncMode::kPerWarehouse);
    bench_.AddWarehouse(1);
    for (int64_t id = 1; id <= kProducts; ++id) {
      bench_.AddStock(1, id, absl::StrCat("S", id), 9, 2);
    }
    EXPECT_TRUE(bench_.Sync().ok());
    held_ = bench_.Now();
    held_.max_staleness.reset();
    held_.max_results = 5000;
  }
  ~InventoryRecompute() override { bench_.SetWriteHook(nullptr); }

  void SubtractLocked(bool subtract) {
    bench_.ChangeSettings(
        [&](model::Settings& s) { s.subtract_locked_quantity = subtract; });
  }
  static void ExpectAll(const absl::StatusOr<SyncPage>& page,
                        int64_t available) {
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_TRUE(page->caught_up);
    ASSERT_EQ(page->levels.size(), static_cast<size_t>(kProducts));
    for (const model::InventoryLevel& level : page->levels) {
      ASSERT_EQ(level.available, available) << level.sku;
    }
  }

  // Whether levels come to be of the settings in force, without any call.
  bool AwaitComputed() {
    const absl::Time limit = absl::Now() + kPatience;
    bool pending = true;
    while (pending && absl::Now() < limit) {
      EXPECT_TRUE(bench_.store()
                      .Read({},
                            [&](storage::ReadTransaction& txn) -> absl::Status {
                              const auto due = inventory::LevelRefresher::IsDue(
                                  txn, kBenchConnection, bench_.now());
                              pending = *due;
                              return due.status();
                            })
                      .ok());
      if (pending) absl::SleepFor(absl::Milliseconds(5));
    }
    return !pending;
  }

  InventoryBench bench_;
  SyncRequest held_;  // asks for what is held
};

TEST_F(InventoryRecompute, ManyCallersCauseOne) {
  std::atomic<int> writes{0};
  bench_.SetWriteHook([&] {
    ++writes;
    return absl::OkStatus();
  });
  SubtractLocked(true);
  ExpectAll(bench_.Sync(held_), 7);
  const int of_one_caller = writes.exchange(0);
  EXPECT_GT(of_one_caller, kProducts / 1000);

  SubtractLocked(false);
  absl::BlockingCounter answers(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    bench_.StartSync({}, held_, [&](const absl::StatusOr<SyncPage>& page) {
      ExpectAll(page, 9);
      answers.DecrementCount();
    });
  }
  answers.Wait();
  EXPECT_EQ(writes, of_one_caller);
}

// The bench has two threads; the one that works is kept from going on.
TEST_F(InventoryRecompute, CallersWaitWithoutAThread) {
  absl::Notification held, release;
  bench_.SetWriteHook([&] {
    if (!held.HasBeenNotified()) held.Notify();
    release.WaitForNotification();
    return absl::OkStatus();
  });
  SubtractLocked(true);
  absl::BlockingCounter answers(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    bench_.StartSync({}, held_, [&](const absl::StatusOr<SyncPage>& page) {
      ExpectAll(page, 7);
      answers.DecrementCount();
    });
  }
  ASSERT_TRUE(held.WaitForNotificationWithTimeout(kPatience));

  // Other calls are answered meanwhile.
  absl::Notification answered;
  SyncRequest other = held_;
  other.connection = "other";
  bench_.StartSync({}, other, [&](const absl::StatusOr<SyncPage>& page) {
    EXPECT_EQ(page.status().code(), absl::StatusCode::kNotFound);
    answered.Notify();
  });
  EXPECT_TRUE(answered.WaitForNotificationWithTimeout(kPatience));

  // So is a caller whose time is up: with nothing of older settings.
  absl::Notification ended;
  const base::CallContext hasty(bench_.now() + absl::Milliseconds(1100), {});
  bench_.StartSync(hasty, held_, [&](const absl::StatusOr<SyncPage>& page) {
    EXPECT_TRUE(page.ok()) << page.status();
    EXPECT_THAT(page->levels, IsEmpty());
    EXPECT_FALSE(page->caught_up);
    ended.Notify();
  });
  // Only now: the bench's clock stands still for the caller as well.
  bench_.Advance(absl::Milliseconds(150));
  EXPECT_TRUE(ended.WaitForNotificationWithTimeout(kPatience));
  release.Notify();
  answers.Wait();
}

TEST_F(InventoryRecompute, AppliesWhatChangesMeanwhile) {
  std::atomic<int> writes{0};
  bench_.SetWriteHook([&] {
    if (++writes == 3) {
      bench_.ChangeSettings([](model::Settings& s) {
        s.subtract_locked_quantity = false;
        s.ignore_inactive_products = false;
      });
    }
    return absl::OkStatus();
  });
  SubtractLocked(true);
  ExpectAll(bench_.Sync(held_), 9);
}

// Its only caller has left; what it asked for is done all the same.
TEST_F(InventoryRecompute, GoesOnWhenNobodyWaits) {
  absl::Notification held, release;
  bench_.SetWriteHook([&] {
    if (!held.HasBeenNotified()) held.Notify();
    release.WaitForNotification();
    return absl::OkStatus();
  });
  SubtractLocked(true);
  absl::Notification ended;
  bench_.StartSync({bench_.now() + absl::Milliseconds(1100), {}}, held_,
                   [&](const absl::StatusOr<SyncPage>& page) {
                     EXPECT_TRUE(page.ok() && !page->caught_up);
                     ended.Notify();
                   });
  ASSERT_TRUE(held.WaitForNotificationWithTimeout(kPatience));
  bench_.Advance(absl::Milliseconds(150));
  ASSERT_TRUE(ended.WaitForNotificationWithTimeout(kPatience));
  release.Notify();
  EXPECT_TRUE(AwaitComputed());
}

// A call has begun to compute levels anew and stands in the middle when a pull
// begins that computes them at its end: what the pull stores behind that middle
// is computed too.
TEST_F(InventoryRecompute, APullThatDefersComputesWhatAHalfDoneOneHasPassed) {
  SubtractLocked(true);
  for (int step = 0; step < 3; ++step) {
    EXPECT_TRUE(bench_.store()
                    .Write({},
                           [&](storage::WriteTransaction& txn) {
                             model::SyncCounts counts;
                             const auto done = inventory::RecomputeStep(
                                 txn, kBenchConnection, bench_.now(), &counts);
                             EXPECT_FALSE(*done);
                             return done.status();
                           })
                    .ok());
  }
  bench_.Advance(absl::Hours(1));
  for (int64_t id = 1; id <= kProducts; ++id) {
    bench_.AddStock(1, id, absl::StrCat("S", id), 20, 5);
  }
  ASSERT_EQ(bench_.Sync()->run->state, model::SyncState::kSucceeded);
  ExpectAll(bench_.Sync(held_), 15);
}

// Settings have changed, so levels are computed behind what a full pull has
// concluded; that counts though the computing fails.
TEST_F(InventoryRecompute, WhatWasConcludedCountsThoughTheRunFailsBehindIt) {
  bench_.Advance(absl::Hours(1));
  bench_.world().stock.erase({1, 7});
  SubtractLocked(true);
  const auto concluded = [this] {
    return bench_.State().last_complete_full_time == bench_.now();
  };
  bool failed = false;
  bench_.SetRunWriteHook([&] {
    if (failed || !concluded()) return absl::OkStatus();
    failed = true;
    return absl::UnavailableError("disk");
  });
  SyncRequest full = bench_.Now();
  full.kind = model::SyncKind::kFull;
  EXPECT_EQ(bench_.Sync(full)->run->state, model::SyncState::kFailed);
  EXPECT_TRUE(failed);
  bench_.SetRunWriteHook(nullptr);
  LevelMap levels;
  int64_t position = 0;
  full.max_staleness = absl::Minutes(30);
  const auto page = bench_.Drain(full, &position, &levels);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->run->state, model::SyncState::kFailed) << "no pull was due";
  EXPECT_EQ(levels.size(), static_cast<size_t>(kProducts));
  for (const auto& [key, level] : levels) {
    EXPECT_EQ(Brief(level), level.sku == "S7" ? "W2" : "7");
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
