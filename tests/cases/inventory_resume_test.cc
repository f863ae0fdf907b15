// What runs conclude, and runs that stop on their way and go on: what is read
// again, what is not, and where stock is read from when the account's server
// offers one list only. The numbers are those of domain.md's rules of
// inventory.
#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using model::SyncKind;
using model::SyncState;
using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

class InventoryResume : public ::testing::Test {
 protected:
  InventoryResume() { bench_.AddTwoWarehouses(); }

  using Request = WatchedOrderManager::Request;

  FakeWorld& world() { return bench_.world(); }
  std::string Seen() { return Brief(bench_.Levels()); }
  // What is stored, without a pull.
  std::string Held(const std::string& cart = "") {
    SyncRequest request = bench_.Now();
    request.cart = cart;
    request.max_staleness = absl::InfiniteDuration();
    LevelMap levels;
    int64_t position = 0;
    const auto page = bench_.Drain(request, &position, &levels);
    EXPECT_TRUE(page.ok()) << page.status();
    return Brief(levels);
  }
  SyncPage Pull() { return *bench_.Sync(); }
  SyncPage PullFully() {
    SyncRequest request = bench_.Now();
    request.kind = SyncKind::kFull;
    return *bench_.Sync(request);
  }
  // Requests for which `answer` is OK are answered.
  void SetHook(std::function<absl::Status(const Request&)> answer) {
    bench_.order_manager().SetHook(std::move(answer));
  }
  // "stock 1/2": page 2 of the totals of warehouse 1. Those of one list come in
  // no order: two are asked for at once.
  std::vector<std::string> StockRequests(size_t after) {
    std::vector<std::string> texts;
    for (const Request& r : bench_.order_manager().requests()) {
      if (r.endpoint != "stock" && r.endpoint != "stock_by_location") continue;
      texts.push_back(absl::StrCat(r.endpoint, " ", r.id, "/", r.page));
    }
    texts.erase(texts.begin(), texts.begin() + after);
    return texts;
  }

  InventoryBench bench_;
};

// Rule 1.
TEST_F(InventoryResume, OnlyACompleteFullPullConcludesAbsence) {
  Pull();
  world().stock.erase({1, 11});
  Pull();
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  EXPECT_EQ(PullFully().run->kind, SyncKind::kFull);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=W2");
  bench_.AddStock(1, 11, "B", 6);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=6");
}

// Rule 1.
TEST_F(InventoryResume, AsksForAMissingSkuBeforeItConcludes) {
  Pull();
  // The row moves behind the page that is being read: a page shift.
  const Stock row = world().stock[{1, 11}];
  bench_.order_manager().SetHook(
      [&](const WatchedOrderManager::Request& request) {
        if (request.endpoint != "stock") return absl::OkStatus();
        bench_.fake().Mutate([&](FakeWorld& world) {
          world.stock.erase({1, 11});
          if (!request.sku.empty()) world.Put(row);
        });
        return absl::OkStatus();
      });
  PullFully();
  bench_.order_manager().SetHook(nullptr);
  EXPECT_EQ(Held(), "A@1=7 A@2=3 B@1=5");
}

// What never changes again is in no list of changes: an inactive product, a
// listing.
TEST_F(InventoryResume, WhatAFirstListHasMissedIsReadByTheNextPull) {
  const absl::Time long_ago = bench_.now() - absl::Hours(24 * 30);
  bench_.AddProduct(10, "A", true, bench_.now());
  bench_.AddProduct(11, "B", false, long_ago);
  bench_.AddChannel(7, "Shop");
  bench_.AddListing(20, 7, 10, "L-A", "A", long_ago);
  bench_.AddListing(21, 7, 12, "L-C", "C", bench_.now());
  model::Cart cart;
  cart.cart_id = "shop";
  cart.sales_channel = "Shop";
  cart.sku_source = model::SkuSource::kListingSku;
  bench_.SetCarts({cart});
  world().hidden.products = {11};
  world().hidden.listings = {20};
  EXPECT_EQ(Brief(bench_.Levels("shop")), "A@1=W8 A@2=W8") << "no listing";
  world().hidden = {};
  EXPECT_EQ(Brief(bench_.Levels("shop")),
            "A@1=W8 A@2=W8 B@1=W5 L-A@1=7 L-A@2=3");
  EXPECT_EQ(Held(), "A@1=7 A@2=3 B@1=W5") << "it is inactive";
}

TEST_F(InventoryResume, WhatAListOfChangesHasMissedIsReadByTheNextPull) {
  bench_.AddProduct(10, "A", true, bench_.now());
  bench_.AddProduct(11, "B", true, bench_.now());
  for (int i = 0; i < 3; ++i) {
    Pull();
    bench_.Advance(absl::Hours(1));
  }
  bench_.AddProduct(11, "B", false, bench_.now());
  bench_.Advance(absl::Hours(1));
  bench_.AddProduct(10, "A", true, bench_.now());
  world().hidden.products = {11};
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5") << "as it was";
  world().hidden = {};
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=W5");
}

// Each kind of row that no list of a full pull shows is asked for by its SKU.
TEST_F(InventoryResume, AFullPullWithholdsNothingThatIsOnlyHidden) {
  bench_.AddProduct(10, "A", true, bench_.now());
  bench_.AddProduct(11, "B", false, bench_.now());
  bench_.AddChannel(7, "Shop");
  bench_.AddListing(20, 7, 10, "L-A", "A", bench_.now());
  model::Cart cart;
  cart.cart_id = "shop";
  cart.sales_channel = "Shop";
  cart.sku_source = model::SkuSource::kListingSku;
  bench_.SetCarts({cart});
  Pull();
  world().hidden.products = {10, 11};
  world().hidden.listings = {20};
  EXPECT_EQ(PullFully().run->state, SyncState::kSucceeded);
  EXPECT_EQ(Held(), "A@1=7 A@2=3 B@1=W5");
  EXPECT_EQ(Held("shop"), "B@1=W5 L-A@1=7 L-A@2=3");
}

// Rule 1.
TEST_F(InventoryResume, ManyMissingKeysWaitForASecondFullPull) {
  for (int64_t id = 1000; id < 1300; ++id) {
    bench_.AddStock(1, id, absl::StrCat("S", id), 1);
  }
  Pull();
  for (int64_t id = 1000; id < 1300; ++id) world().stock.erase({1, id});
  PullFully();
  const auto absent = [&] {
    int count = 0;
    for (const auto& [key, level] : bench_.Levels()) {
      count +=
          level.withheld_reason == model::WithheldReason::kAbsentFromFullPull;
    }
    return count;
  };
  const auto asked_by_sku = [&] {
    int count = 0;
    for (const auto& request : bench_.order_manager().requests()) {
      count += request.endpoint == "stock" && !request.sku.empty();
    }
    return count;
  };
  EXPECT_EQ(asked_by_sku(), 200);
  EXPECT_EQ(absent(), 200);
  PullFully();
  EXPECT_EQ(absent(), 300);
}

// A filter that is refused (400) costs that question only.
TEST_F(InventoryResume, WhereNoSkuCanBeAskedForASecondFullPullConcludes) {
  Pull();
  SetHook([](const Request& request) {
    return request.sku.empty() ? absl::OkStatus()
                               : absl::UnimplementedError("400");
  });
  world().stock.erase({1, 11});
  const SyncPage first = PullFully();
  EXPECT_EQ(first.run->state, SyncState::kSucceeded);
  ASSERT_EQ(first.run->notes.size(), 1);
  EXPECT_EQ(first.run->notes[0].identifier, "sku");
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  PullFully();
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=W2");
}

// Rule 1: a resumed full pull concludes nothing.
TEST_F(InventoryResume, AResumedFullPullConcludesNothing) {
  bench_.SetPageLimit(1);
  Pull();
  world().stock.erase({1, 11});
  bool failed = false;
  bench_.order_manager().SetHook(
      [&](const WatchedOrderManager::Request& request) {
        if (request.endpoint == "stock" && request.id == 2 && !failed) {
          failed = true;
          return absl::UnavailableError("down");
        }
        return absl::OkStatus();
      });
  EXPECT_EQ(PullFully().run->state, SyncState::kFailed);
  const SyncPage resumed = Pull();
  EXPECT_EQ(resumed.run->state, SyncState::kSucceeded) << resumed.run->error;
  EXPECT_EQ(resumed.run->kind, SyncKind::kFull);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

TEST_F(InventoryResume, QuotaEndsARunAsPartialAndItGoesOnLater) {
  bool limited = true;
  bench_.order_manager().SetHook(
      [&](const WatchedOrderManager::Request& request) {
        if (request.endpoint == "stock" && request.id == 2 && limited) {
          return order_manager::QuotaExhausted(absl::Minutes(2));
        }
        return absl::OkStatus();
      });
  const SyncPage partial = Pull();
  EXPECT_EQ(partial.run->state, SyncState::kPartial);
  EXPECT_EQ(partial.run->resume_time, bench_.now() + absl::Minutes(2));
  EXPECT_FALSE(partial.caught_up);
  EXPECT_THAT(partial.levels, SizeIs(2));
  limited = false;
  const size_t requests = bench_.order_manager().requests().size();
  EXPECT_EQ(Pull().run->run_id, partial.run->run_id);
  EXPECT_THAT(bench_.order_manager().requests(), SizeIs(requests));
  bench_.Advance(absl::Minutes(2));
  const SyncPage whole = Pull();
  EXPECT_EQ(whole.run->state, SyncState::kSucceeded);
  EXPECT_EQ(whole.run->kind, SyncKind::kFull);
  EXPECT_TRUE(whole.caught_up);
  int first_warehouse = 0;
  for (const auto& request : bench_.order_manager().requests()) {
    first_warehouse += request.endpoint == "stock" && request.id == 1;
  }
  EXPECT_EQ(first_warehouse, 2);  // its page and the empty one, once
}

TEST_F(InventoryResume, ARestartGoesOnFromTheLastPage) {
  bench_.SetPageLimit(1);
  bool stuck = true;
  bench_.order_manager().SetHook(
      [&](const WatchedOrderManager::Request& request) {
        if (request.endpoint == "stock" && request.id == 2 && stuck) {
          stuck = false;
          return absl::UnavailableError("down");
        }
        return absl::OkStatus();
      });
  bench_.Sync().IgnoreError();
  bench_.Restart();
  const SyncPage page = Pull();
  EXPECT_EQ(page.run->state, SyncState::kSucceeded);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

TEST_F(InventoryResume, FallsBackToStockByLocationForADay) {
  bench_.order_manager().SetHook(
      [&](const WatchedOrderManager::Request& request) {
        return request.endpoint == "stock" ? absl::NotFoundError("no such path")
                                           : absl::OkStatus();
      });
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  EXPECT_EQ(bench_.order_manager().CountRequests("stock"), 1);
  Pull();
  EXPECT_EQ(bench_.order_manager().CountRequests("stock"), 1);
  bench_.Advance(absl::Hours(25));
  Pull();
  EXPECT_EQ(bench_.order_manager().CountRequests("stock"), 2);
}

// The server goes over to the other list while a run is stopped: pages of one
// are not pages of the other, so the warehouse is read again from its start.
TEST_F(InventoryResume, ARunStartsAWarehouseAgainWhenItsListIsRefused) {
  bench_.SetPageLimit(1);
  bench_.AddStock(1, 12, "C", 9);
  bool broken = true;
  SetHook([&](const Request& request) {
    if (request.endpoint == "stock" && request.page == 3 && broken) {
      return absl::UnavailableError("down");
    }
    if (request.endpoint == "stock" && !broken) {
      return absl::NotFoundError("no such path");
    }
    return absl::OkStatus();
  });
  EXPECT_FALSE(bench_.Sync().ok());
  broken = false;
  const size_t before = StockRequests(0).size();
  const SyncPage page = Pull();
  EXPECT_EQ(page.run->state, SyncState::kSucceeded) << page.run->error;
  EXPECT_TRUE(page.caught_up);
  EXPECT_EQ(Held(), "A@1=7 A@2=3 B@1=5 C@1=9");
  const std::vector<std::string> requests = StockRequests(before);
  EXPECT_THAT(requests,
              IsSupersetOf({"stock 1/3", "stock 1/1", "stock_by_location 1/1",
                            "stock_by_location 1/2", "stock_by_location 1/3",
                            "stock_by_location 2/1"}));
  EXPECT_THAT(requests, Not(Contains("stock 2/1")));
}

// A run that reads by location goes on by location, even when the day has
// passed for which that was remembered.
TEST_F(InventoryResume, ARunGoesOnInTheListThatItHasBegun) {
  bench_.SetPageLimit(1);
  bool broken = true;
  SetHook([&](const Request& request) {
    if (request.endpoint == "stock" && broken) {
      return absl::NotFoundError("no such path");
    }
    if (request.endpoint == "stock_by_location" && request.page == 2 &&
        broken) {
      return absl::UnavailableError("down");
    }
    return absl::OkStatus();
  });
  EXPECT_FALSE(bench_.Sync().ok());
  broken = false;
  const size_t before = StockRequests(0).size();
  bench_.Advance(absl::Hours(25));
  EXPECT_EQ(Pull().run->state, SyncState::kSucceeded);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  const std::vector<std::string> requests = StockRequests(before);
  EXPECT_THAT(requests, IsSupersetOf({"stock_by_location 1/2",
                                      "stock_by_location 1/3", "stock 2/1"}));
  EXPECT_THAT(requests, Not(Contains("stock_by_location 2/1")));
}

// A list shifts while it is read: a row comes twice, first with a number that
// is not stored yet, then with the one that is.
TEST_F(InventoryResume, OfARowThatComesTwiceTheLastNumberStays) {
  bench_.SetPageLimit(5);
  Pull();
  bench_.Advance(absl::Hours(1));
  bench_.AddStock(1, 10, "A", 8, 2);
  bool shifts = true;
  SetHook([&](const Request& request) {
    if (request.endpoint == "stock" && request.id == 1 && request.page == 2 &&
        std::exchange(shifts, false)) {
      for (const int64_t product : {1, 2, 3, 4, 5, 12}) {
        bench_.AddStock(1, product, absl::StrCat("N", product), 1, 0);
      }
      bench_.AddStock(1, 10, "A", 7, 2);
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(Pull().run->state, SyncState::kSucceeded);
  EXPECT_FALSE(shifts);
  EXPECT_EQ(Held(), "A@1=7 A@2=3 B@1=5 N12@1=1");
}

// The list by location is given up again when the server refuses that one.
TEST_F(InventoryResume, ReturnsToTotalsWhenTheOtherListIsRefused) {
  bool totals = false;
  SetHook([&](const Request& request) {
    const bool refused = request.endpoint == "stock" ? !totals : totals;
    const bool is_stock =
        request.endpoint == "stock" || request.endpoint == "stock_by_location";
    return is_stock && refused ? absl::PermissionDeniedError("403")
                               : absl::OkStatus();
  });
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
  totals = true;
  bench_.AddStock(1, 11, "B", 6);
  EXPECT_EQ(Pull().run->state, SyncState::kSucceeded);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=6");
}

// The account moves when a pull has begun, but has read nothing yet: what that
// pull reads is of the old place, so the next one is full.
TEST_F(InventoryResume, AMoveDuringAPullMakesTheNextOneFull) {
  Pull();
  int writes = 0;
  bench_.SetRunWriteHook([&] {
    if (++writes == 2) {
      bench_.ChangeConnection([](model::Connection& connection) {
        connection.order_manager.base_url = "http://localhost:1";
      });
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(Pull().run->kind, SyncKind::kIncremental);
  bench_.SetRunWriteHook(nullptr);
  SyncRequest held = bench_.Now();
  held.max_staleness.reset();
  EXPECT_EQ(bench_.Sync(held)->run->kind, SyncKind::kFull);
  EXPECT_EQ(Pull().run->kind, SyncKind::kIncremental);
}

// Who asks for a full pull gets one, even where a change pull ran already.
TEST_F(InventoryResume, AFullPullFollowsTheChangePullThatWasJoined) {
  Pull();
  absl::Notification held, release;
  SetHook([&](const Request& request) {
    if (request.endpoint == "stock" && !held.HasBeenNotified()) {
      held.Notify();
      release.WaitForNotification();
    }
    return absl::OkStatus();
  });
  absl::BlockingCounter answers(2);
  std::string change_run, full_run;
  bench_.StartSync({}, bench_.Now(), [&](const absl::StatusOr<SyncPage>& page) {
    EXPECT_EQ(page->run->kind, SyncKind::kIncremental);
    change_run = page->run->run_id;
    answers.DecrementCount();
  });
  held.WaitForNotification();
  SyncRequest full = bench_.Now();
  full.kind = SyncKind::kFull;
  bench_.StartSync({}, full, [&](const absl::StatusOr<SyncPage>& page) {
    EXPECT_EQ(page->run->kind, SyncKind::kFull);
    EXPECT_EQ(page->run->state, SyncState::kSucceeded);
    full_run = page->run->run_id;
    answers.DecrementCount();
  });
  release.Notify();
  answers.Wait();
  EXPECT_NE(full_run, change_run);
}

// Rule 10: what a run could not write is dropped, not written later; the next
// one writes the number of then.
TEST_F(InventoryResume, AFailedWriteIsDroppedInFavourOfTodaysNumber) {
  LevelMap levels;
  int64_t position = 0;
  ASSERT_TRUE(bench_.Drain(bench_.Now(), &position, &levels).ok());
  bench_.AddStock(1, 11, "B", 50);
  std::atomic<bool> asked = false;
  SetHook([&](const Request& request) {
    if (request.endpoint == "stock") asked = true;
    return absl::OkStatus();
  });
  // The page with the 50 was read; writing it fails once.
  bench_.SetRunWriteHook([&] {
    return asked.exchange(false) ? absl::UnavailableError("disk")
                                 : absl::OkStatus();
  });
  const SyncPage failed = Pull();
  EXPECT_EQ(failed.run->state, SyncState::kFailed);
  EXPECT_EQ(failed.run->counts.levels_changed, 0);
  bench_.SetRunWriteHook(nullptr);

  bench_.AddStock(1, 11, "B", 6);
  SyncRequest request = bench_.Now();
  request.position = position;
  const SyncPage next = *bench_.Sync(request);
  EXPECT_EQ(next.run->state, SyncState::kSucceeded);
  EXPECT_EQ(next.run->counts.levels_changed, 1);
  ASSERT_THAT(next.levels, SizeIs(1));
  EXPECT_EQ(next.levels[0].available, 6);
  // It was written once: no revision in between was the 50.
  EXPECT_EQ(next.levels[0].revision, position + 1);
}

TEST_F(InventoryResume, AServerThatRefusesBothListsEndsTheRun) {
  SetHook([&](const Request& request) {
    const bool is_stock =
        request.endpoint == "stock" || request.endpoint == "stock_by_location";
    return is_stock ? absl::PermissionDeniedError("403") : absl::OkStatus();
  });
  EXPECT_EQ(bench_.Sync().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(StockRequests(0), SizeIs(3));
}

}  // namespace
}  // namespace oms_connector::testing_support
