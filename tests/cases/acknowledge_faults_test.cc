// The Order Manager tells each difference of a number once. Whatever happens to
// the pull that asks for them, at whichever of its steps: each number that was
// told is published, or its listing is QUANTITY_UNKNOWN, or a gap is suspected;
// and none is suspected where nothing was lost.
#include <iostream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "fake_order_manager/faults.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;

constexpr int64_t kChannel = 5;
constexpr int64_t kListings = 3;
// More than a pull of this world has.
constexpr int kMaxSteps = 60;

enum class Trouble {
  kCancelled,           // CancelSyncRun
  kCancelledElsewhere,  // the same, asked of another server
  kKilled,              // nothing is stored or asked from here on
  kLost,     // the answer to this request never arrives, if it is a request
  kDrained,  // the server is told to stop, and another one goes on
  kGarbled,  // a row of the answer to this request cannot be read
};

// What has become of the numbers.
struct Outcome {
  int published = 0;
  int unknown = 0;
  int stale = 0;  // the number from before
  bool suspected = false;
  bool reached = false;  // the pull had so many steps
};

class Story {
 public:
  Story(Trouble trouble, int at,
        InventoryBench::Door door = InventoryBench::Door::kDirect)
      : bench_(TestStoreOptions(), door), trouble_(trouble), at_(at) {
    if (trouble == Trouble::kCancelledElsewhere) {
      bench_.AddServers({absl::ZeroDuration()});
    }
    bench_.AddChannel(kChannel, "Shop");
    for (int64_t id = 1; id <= kListings; ++id) {
      bench_.AddListing(id, kChannel, id, SkuOf(id), SkuOf(id), bench_.now());
      bench_.SetNumber(id, id);
    }
    model::Cart cart;
    cart.cart_id = "shop";
    cart.sales_channel = "Shop";
    bench_.SetCarts({cart});
    EXPECT_TRUE(bench_.Sync().ok());
    for (int64_t id = 1; id <= kListings; ++id) {
      bench_.SetNumber(id, 10 * id);
    }
  }

  FakeOrderManager& fake() { return bench_.fake(); }

  Outcome Run() {
    bench_.order_manager().SetHook(
        [this](const WatchedOrderManager::Request& request) {
          return Step(request.endpoint);
        });
    bench_.SetRunWriteHook([this] { return Step(""); });
    feeds::PullRequest request;
    request.connection = kBenchConnection;
    // As far as callers can tell, the run of a dead server never ends; so this
    // waits for its thread.
    feeds::PullRunner& runner = bench_.runner();  // Cancel asks another one
    runner.JoinOrStart({}, request).IgnoreError();
    while (runner.active() > 0) std::this_thread::yield();
    bench_.order_manager().SetHook(nullptr);
    bench_.SetRunWriteHook(nullptr);
    if (drainer_.joinable()) drainer_.join();
    Mend();
    if (dead_ || trouble_ == Trouble::kDrained) bench_.Restart();
    bench_.Advance(absl::Minutes(2));

    Outcome outcome;
    outcome.reached = step_ >= at_;
    LevelMap levels;
    int64_t position = 0;
    const absl::StatusOr<SyncPage> page =
        bench_.Drain(bench_.Now(), &position, &levels);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return outcome;
    EXPECT_EQ(page->run->state, model::SyncState::kSucceeded);
    outcome.suspected = page->run->delta_gap_suspected;
    for (const auto& [key, level] : levels) {
      const int64_t id = std::get<0>(key).back() - '0';
      if (!level.available.has_value()) {
        ++outcome.unknown;
      } else if (*level.available == 10 * id) {
        ++outcome.published;
      } else {
        ++outcome.stale;
      }
    }
    return outcome;
  }

 private:
  static std::string SkuOf(int64_t id) { return absl::StrCat("L-", id); }

  absl::Status Step(const std::string& endpoint) {
    if (dead_) return absl::UnavailableError("the server is dead");
    Mend();
    if (++step_ != at_) return absl::OkStatus();
    switch (trouble_) {
      case Trouble::kCancelled:
      case Trouble::kCancelledElsewhere:
        Cancel();
        return absl::OkStatus();
      case Trouble::kKilled:
        dead_ = true;
        return Lose(endpoint);
      case Trouble::kLost:
        return endpoint.empty() ? absl::OkStatus() : Lose(endpoint);
      case Trouble::kDrained:
        Drain();
        return absl::OkStatus();
      case Trouble::kGarbled:
        Garble({{"listingSku", "{}"}});
        return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  // An acknowledge is answered, to nobody.
  absl::Status Lose(const std::string& endpoint) {
    if (endpoint != "acknowledge") {
      return absl::UnavailableError("the connection broke");
    }
    Fault lost =
        MakeFault(FaultKind::kCloseConnection, "inventory/acknowledge", 1);
    lost.processed = true;
    fake().faults().Add(lost);
    return absl::OkStatus();
  }

  // Another page may be read at the same time.
  void Garble(const RawFields& raw) {
    fake().Mutate([&](FakeWorld& world) { world.listings.at(1).raw = raw; });
  }

  // What was garbled is sound in the next answer.
  void Mend() { Garble({}); }

  // It waits for the pull, and the pull's thread is this one. Whether the stop
  // is noticed at this step or at one of the next makes no difference.
  void Drain() {
    absl::Notification begun;
    drainer_ = std::thread([this, &begun] {
      feeds::PullRunner& runner = bench_.runner();
      begun.Notify();
      runner.Shutdown();
    });
    begun.WaitForNotification();
  }

  // As a caller would: the run goes on being told so, not waited for.
  void Cancel() {
    std::string run;
    EXPECT_TRUE(bench_.store()
                    .Read({},
                          [&](storage::ReadTransaction& txn) -> absl::Status {
                            const auto latest = txn.runs().LatestRun(
                                kBenchConnection, model::Feed::kInventory);
                            if (latest.ok() && latest->has_value()) {
                              run = (*latest)->run_id;
                            }
                            return latest.status();
                          })
                    .ok());
    if (trouble_ == Trouble::kCancelledElsewhere) bench_.SwitchServer(1);
    bench_.runner().CancelRun({}, kBenchConnection, run,
                              [](const absl::StatusOr<model::SyncRun>&) {});
    bench_.SwitchServer(0);
  }

  InventoryBench bench_;
  const Trouble trouble_;
  const int at_;
  int step_ = 0;
  bool dead_ = false;
  std::thread drainer_;
};

// Counts what has come of it, over every step of a pull.
Outcome Total(Trouble trouble, int* stories, int* suspicions) {
  Outcome total;
  for (int at = 1; at <= kMaxSteps; ++at) {
    SCOPED_TRACE(absl::StrCat("step ", at));
    const Outcome outcome = Story(trouble, at).Run();
    if (!outcome.reached) break;
    ++*stories;
    total.published += outcome.published;
    total.unknown += outcome.unknown;
    total.stale += outcome.stale;
    if (outcome.suspected) ++*suspicions;
    EXPECT_EQ(outcome.published + outcome.unknown + outcome.stale, kListings);
    if (outcome.stale > 0) {
      EXPECT_TRUE(outcome.suspected) << "a number was lost quietly";
    }
    if (::testing::Test::HasFailure()) break;
  }
  EXPECT_LT(*stories, kMaxSteps);
  return total;
}

void ExpectNothingLost(Trouble trouble) {
  int stories = 0, suspicions = 0;
  const Outcome total = Total(trouble, &stories, &suspicions);
  EXPECT_GT(stories, 5);
  EXPECT_EQ(total.published, stories * kListings);
  EXPECT_EQ(suspicions, 0);
}

TEST(AcknowledgeFaults, ACancelledPullLosesNoNumberAndSuspectsNone) {
  ExpectNothingLost(Trouble::kCancelled);
}

TEST(AcknowledgeFaults, ACancelByAnotherServerLosesNoNumberAndSuspectsNone) {
  ExpectNothingLost(Trouble::kCancelledElsewhere);
}

TEST(AcknowledgeFaults, ADrainedServerLosesNoNumberAndSuspectsNone) {
  ExpectNothingLost(Trouble::kDrained);
}

// A listing whose row cannot be read once keeps its number; a number that
// cannot be read is told to nobody any more.
TEST(AcknowledgeFaults, AGarbledRowIsUnknownAndSuspectedAndNothingElseIs) {
  int stories = 0, suspicions = 0;
  const Outcome total = Total(Trouble::kGarbled, &stories, &suspicions);
  EXPECT_GT(stories, 5);
  EXPECT_EQ(suspicions, 1) << "of the one request that tells numbers";
  EXPECT_EQ(total.unknown, 1);
  EXPECT_EQ(total.stale, 0);
  EXPECT_EQ(total.published, stories * kListings - 1);
}

// Whatever comes in place of the answer. The request is never sent again.
TEST(AcknowledgeFaults, ABrokenAnswerIsASuspectedGap) {
  constexpr FaultKind kKinds[] = {
      FaultKind::kHtmlBody,      FaultKind::kEmptyBody,
      FaultKind::kTruncatedJson, FaultKind::kNotAnArray,
      FaultKind::kDeepNesting,   FaultKind::kPartialBody,
      FaultKind::kStatus,        FaultKind::kCloseConnection};
  for (const FaultKind kind : kKinds) {
    SCOPED_TRACE(FaultKindName(kind));
    Story story(Trouble::kLost, /*at=*/0, InventoryBench::Door::kHttp);
    Fault fault = MakeFault(kind, "inventory/acknowledge", 1);
    fault.processed = true;
    story.fake().faults().Add(fault);
    const Outcome outcome = story.Run();
    EXPECT_TRUE(outcome.suspected);
    EXPECT_EQ(outcome.published + outcome.unknown + outcome.stale, kListings);
  }
}

// A note that is left behind may be of a request that was never sent: that
// cannot be known, so a gap is suspected.
TEST(AcknowledgeFaults, AKilledServerLosesNoNumberQuietly) {
  int stories = 0, suspicions = 0;
  const Outcome total = Total(Trouble::kKilled, &stories, &suspicions);
  std::cout << stories << " steps: " << total.published << " published, "
            << total.unknown << " unknown, " << total.stale << " stale, "
            << suspicions << " suspected\n";
  EXPECT_GT(stories, 5);
  // Killed at the request, or before its answer was stored.
  EXPECT_LE(suspicions, 2);
  EXPECT_GE(total.published, (stories - 2) * kListings);
}

TEST(AcknowledgeFaults, ALostAnswerIsASuspectedGapAndNothingElseIs) {
  int stories = 0, suspicions = 0;
  const Outcome total = Total(Trouble::kLost, &stories, &suspicions);
  EXPECT_GT(stories, 5);
  EXPECT_EQ(suspicions, 1) << "of the one request that tells numbers";
  EXPECT_EQ(total.stale, kListings);
}

}  // namespace
}  // namespace oms_connector::testing_support
