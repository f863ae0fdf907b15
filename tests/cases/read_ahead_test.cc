// What looks at a feed leave for those that follow, and that it is used only
// where nothing has changed since: the facts that each look begins with, and
// the page after a full one.
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "base/call_context.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/endpoints/sql_counter.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using model::InventorySyncMode;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// Nine products in one warehouse, read three to a page.
class ReadAheadTest : public ::testing::Test {
 protected:
  ReadAheadTest() {
    bench_.AddWarehouse(1);
    for (int64_t id = 1; id <= 9; ++id) {
      const std::string sku = absl::StrCat("SKU-", id);
      bench_.AddProduct(id, sku, true, bench_.now());
      bench_.AddStock(1, id, sku, 10 * id);
    }
    bench_.SetMode(InventorySyncMode::kPerWarehouse);
    EXPECT_TRUE(bench_.Sync().ok());
  }

  SyncRequest PageFrom(int64_t position) const {
    SyncRequest request = bench_.Now();
    request.max_staleness = absl::Hours(1);
    request.max_results = 3;
    request.position = position;
    return request;
  }
  // With what was read until the answer was there. What is read ahead comes
  // after it, and before this returns where the first look was the answer.
  SyncPage Get(const SyncRequest& request) {
    SyncPage answer;
    absl::Notification answered;
    bench_.counter().Reset();
    bench_.StartSync({}, request, [&](absl::StatusOr<SyncPage> page) {
      until_answer_ = bench_.counter().counts();
      stock_reads_ = StockReads();
      EXPECT_TRUE(page.ok()) << page.status();
      if (page.ok()) answer = *std::move(page);
      answered.Notify();
    });
    answered.WaitForNotification();
    return answer;
  }
  int64_t StockReads() {
    int64_t reads = 0;
    for (const auto& [text, times] : bench_.counter().texts()) {
      if (absl::StrContains(text, "k.text FROM stock AS s")) {
        reads += times;
      }
    }
    return reads;
  }
  static std::vector<std::string> Skus(const SyncPage& page) {
    std::vector<std::string> skus;
    for (const auto& level : page.levels) {
      skus.push_back(
          absl::StrCat(level.sku, "=", level.available.value_or(-1)));
    }
    return skus;
  }

  InventoryBench bench_;
  SqlCounts until_answer_;
  int64_t stock_reads_ = 0;
};

TEST_F(ReadAheadTest, ThePageAfterAFullOneIsThereBeforeItIsAskedFor) {
  const SyncPage first = Get(PageFrom(0));
  EXPECT_THAT(Skus(first), ElementsAre("SKU-1=10", "SKU-2=20", "SKU-3=30"));
  EXPECT_EQ(stock_reads_, 1);
  const SyncPage second = Get(PageFrom(first.next_position));
  EXPECT_THAT(Skus(second), ElementsAre("SKU-4=40", "SKU-5=50", "SKU-6=60"));
  EXPECT_EQ(stock_reads_, 0) << "the page was read again";
  const SyncPage third = Get(PageFrom(second.next_position));
  EXPECT_THAT(Skus(third), ElementsAre("SKU-7=70", "SKU-8=80", "SKU-9=90"));
  EXPECT_EQ(stock_reads_, 0);
  EXPECT_TRUE(third.caught_up);
  // Nothing is read beyond the end.
  EXPECT_EQ(StockReads(), 0);
}

TEST_F(ReadAheadTest, AnotherPageIsReadWhenItIsAskedFor) {
  const SyncPage first = Get(PageFrom(0));
  SyncRequest larger = PageFrom(first.next_position);
  larger.max_results = 4;
  EXPECT_THAT(Skus(Get(larger)), SizeIs(4));
  EXPECT_EQ(stock_reads_, 1);
  // Who begins again gets the first page again.
  EXPECT_THAT(Skus(Get(PageFrom(0))),
              ElementsAre("SKU-1=10", "SKU-2=20", "SKU-3=30"));
}

TEST_F(ReadAheadTest, WhatHasChangedSinceIsReadAnew) {
  const SyncPage first = Get(PageFrom(0));
  // By a pull: the level is told at its new place in the feed.
  bench_.AddStock(1, 5, "SKU-5", 7);
  ASSERT_TRUE(bench_.Sync().ok());
  const SyncPage second = Get(PageFrom(first.next_position));
  EXPECT_THAT(Skus(second), ElementsAre("SKU-4=40", "SKU-6=60", "SKU-7=70"));
  EXPECT_EQ(stock_reads_, 1);
  const SyncPage third = Get(PageFrom(second.next_position));
  EXPECT_THAT(Skus(third), ElementsAre("SKU-8=80", "SKU-9=90", "SKU-5=7"));
}

// Written behind the server's back, as another server does.
TEST_F(ReadAheadTest, SettingsOfAnotherServerHoldAtOnce) {
  const SyncPage first = Get(PageFrom(0));
  bench_.SetMode(InventorySyncMode::kPerSalesChannel);
  SyncRequest next = PageFrom(first.next_position);
  next.max_wait = absl::ZeroDuration();
  const SyncPage second = Get(next);
  for (const auto& level : second.levels) {
    EXPECT_EQ(level.withheld_reason, model::WithheldReason::kModeChanged)
        << level.sku;
  }
}

TEST_F(ReadAheadTest, ALookAtWhatIsKnownReadsNothing) {
  SyncPage page = Get(PageFrom(0));
  while (!page.caught_up) page = Get(PageFrom(page.next_position));
  page = Get(PageFrom(page.next_position));
  EXPECT_TRUE(page.caught_up);
  EXPECT_EQ(until_answer_.transactions, 1);
  EXPECT_EQ(until_answer_.statements, 0) << bench_.counter().Report();
}

TEST_F(ReadAheadTest, WhoAsksForAPageThatIsBeingReadWaitsForIt) {
  absl::Notification answered;
  absl::Notification reading;
  absl::Notification go_on;
  // The second read is of the page ahead.
  int reads = 0;
  absl::Mutex mutex;
  bench_.SetReadHook([&] {
    absl::MutexLock lock(&mutex);
    if (++reads == 2) {
      mutex.Unlock();
      reading.Notify();
      go_on.WaitForNotification();
      mutex.Lock();
    }
    return absl::OkStatus();
  });
  SyncPage first;
  std::thread caller([&] {
    bench_.StartSync({}, PageFrom(0), [&](absl::StatusOr<SyncPage> page) {
      ASSERT_TRUE(page.ok()) << page.status();
      first = *std::move(page);
      answered.Notify();
    });
  });
  answered.WaitForNotification();
  reading.WaitForNotification();
  bench_.counter().Reset();
  absl::Notification second_answered;
  SyncPage second;
  bench_.StartSync({}, PageFrom(first.next_position),
                   [&](absl::StatusOr<SyncPage> page) {
                     ASSERT_TRUE(page.ok()) << page.status();
                     second = *std::move(page);
                     second_answered.Notify();
                   });
  EXPECT_FALSE(second_answered.HasBeenNotified());
  go_on.Notify();
  second_answered.WaitForNotification();
  caller.join();
  EXPECT_THAT(Skus(second), ElementsAre("SKU-4=40", "SKU-5=50", "SKU-6=60"));
}

TEST_F(ReadAheadTest, APageThatCannotBeReadAheadIsReadWhenItIsAskedFor) {
  int reads = 0;
  bench_.SetReadHook([&] {
    return ++reads == 2 ? absl::UnavailableError("the store is away")
                        : absl::OkStatus();
  });
  const SyncPage first = Get(PageFrom(0));
  EXPECT_EQ(reads, 2);
  EXPECT_THAT(Skus(Get(PageFrom(first.next_position))),
              ElementsAre("SKU-4=40", "SKU-5=50", "SKU-6=60"));
  EXPECT_EQ(stock_reads_, 1);
}

}  // namespace
}  // namespace oms_connector::testing_support
