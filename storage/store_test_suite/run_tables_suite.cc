// The tables of pulls, one promise at a time.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/sync_run.h"
#include "storage/run_tables.h"
#include "storage/store.h"
#include "storage/store_test_suite/noun_text.h"
#include "storage/store_test_suite/random_nouns.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr model::Feed kInventory = model::Feed::kInventory;
constexpr model::Feed kShipments = model::Feed::kShipments;
const absl::Time kNow = absl::FromUnixSeconds(1'786'960'800);

std::vector<std::string> IdsOf(const std::vector<model::SyncRun>& runs) {
  std::vector<std::string> ids;
  for (const model::SyncRun& run : runs) ids.push_back(run.run_id);
  return ids;
}

model::SyncRun EndedRun(const std::string& id, absl::Time start,
                        model::Feed feed = kInventory) {
  model::SyncRun run;
  run.run_id = id;
  run.feed = feed;
  run.state = model::SyncState::kSucceeded;
  run.start_time = start;
  return run;
}

// What `function` gives of the runs within one transaction, as text.
template <typename Function>
std::string InWrite(Store& store, Function function) {
  std::string text;
  const absl::Status status =
      store.Write(base::CallContext(), [&](WriteTransaction& txn) {
        text = TextOf(function(txn.runs()));
        return absl::OkStatus();
      });
  EXPECT_EQ(status, absl::OkStatus());
  return text;
}

}  // namespace

TEST_P(StoreTest, KeepsEveryFieldOfARun) {
  Insert("acme");
  RandomNouns random(11);
  for (int i = 0; i < 30; ++i) {
    // Ids repeat, so that runs are replaced as well.
    const model::SyncRun run = random.Run(random.RunId(), random.Feed());
    ASSERT_EQ(Write([&](WriteTransaction& txn) {
                return txn.runs().PutRun("acme", run);
              }),
              absl::OkStatus());
    ASSERT_EQ(Read([&](ReadTransaction& txn) {
                EXPECT_EQ(TextOf(txn.runs().GetRun("acme", run.run_id)),
                          TextOf(run));
                return absl::OkStatus();
              }),
              absl::OkStatus());
  }
}

TEST_P(StoreTest, FindsARunOfItsConnectionOnly) {
  Insert("acme");
  Insert("bolt");
  InWrite(store(), [](RunWriter& runs) {
    return runs.PutRun("acme", EndedRun("run-1", kNow));
  });
  ASSERT_EQ(Read([](ReadTransaction& txn) {
              RunReader& runs = txn.runs();
              EXPECT_TRUE(runs.GetRun("acme", "run-1").ok());
              EXPECT_EQ(TextOf(runs.GetRun("bolt", "run-1")), "NOT_FOUND");
              EXPECT_EQ(TextOf(runs.LatestRun("acme", kShipments)), "none");
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, ListsRunsNewestFirstAndByIdWhereTheyStartTogether) {
  Insert("acme");
  ASSERT_EQ(Write([](WriteTransaction& txn) -> absl::Status {
              for (const auto& [id, hours] :
                   {std::pair("b", 1), {"a", 1}, {"c", 0}, {"d", 2}}) {
                OMS_RETURN_IF_ERROR(txn.runs().PutRun(
                    "acme", EndedRun(id, kNow + absl::Hours(hours))));
              }
              return txn.runs().PutRun(
                  "acme", EndedRun("other", kNow + absl::Hours(9), kShipments));
            }),
            absl::OkStatus());
  ASSERT_EQ(
      Read([](ReadTransaction& txn) {
        RunReader& runs = txn.runs();
        const absl::Time newest = absl::InfiniteFuture();
        const absl::Time one = kNow + absl::Hours(1);
        EXPECT_THAT(IdsOf(*runs.ListRuns("acme", kInventory, newest, "", 9)),
                    ElementsAre("d", "b", "a", "c"));
        EXPECT_THAT(IdsOf(*runs.ListRuns("acme", kInventory, newest, "", 2)),
                    ElementsAre("d", "b"));
        EXPECT_THAT(IdsOf(*runs.ListRuns("acme", kInventory, one, "b", 9)),
                    ElementsAre("a", "c"));
        EXPECT_THAT(IdsOf(*runs.ListRuns("acme", std::nullopt, newest, "", 2)),
                    ElementsAre("other", "d"));
        EXPECT_THAT(IdsOf(*runs.ListRuns("acme", kInventory, kNow, "c", 9)),
                    IsEmpty());
        EXPECT_EQ((*runs.LatestRun("acme", kInventory))->run_id, "d");
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, NothingIsKnownOfAFeedThatWasNeverPulled) {
  Insert("acme");
  ASSERT_EQ(Read([](ReadTransaction& txn) {
              RunReader& runs = txn.runs();
              EXPECT_EQ(TextOf(runs.GetLease("acme", kInventory)),
                        TextOf(model::PullLease{"", "", 0, absl::UnixEpoch()}));
              EXPECT_EQ(*runs.GetCheckpoint("acme", kInventory), "");
              EXPECT_EQ(TextOf(runs.GetPullStatus("acme", kInventory)),
                        TextOf(model::PullStatus()));
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, GivesALeaseToOneAtATime) {
  Insert("acme");
  const auto acquire = [&](const char* run, absl::Time now) {
    return InWrite(store(), [&](RunWriter& runs) {
      return runs.AcquireLease(
          "acme", kInventory,
          {run, absl::StrCat(run, "-holder"), 0, now + absl::Minutes(1)}, now);
    });
  };
  const auto lease = [](const char* run, int64_t fence, absl::Time now) {
    return TextOf(model::PullLease{run, absl::StrCat(run, "-holder"), fence,
                                   now + absl::Minutes(1)});
  };
  EXPECT_EQ(acquire("one", kNow), lease("one", 1, kNow));
  const absl::Time later = kNow + absl::Seconds(59);
  EXPECT_EQ(acquire("two", later), lease("one", 1, kNow));
  const absl::Time expired = kNow + absl::Minutes(1);
  EXPECT_EQ(acquire("two", expired), lease("two", 2, expired));

  const auto status_of = [&](auto change) { return InWrite(store(), change); };
  EXPECT_EQ(status_of([](RunWriter& runs) {
              return runs.CheckFence("acme", kInventory, {"one", 1});
            }),
            "ABORTED");
  EXPECT_EQ(status_of([](RunWriter& runs) {
              return runs.CheckFence("acme", kShipments, {"two", 2});
            }),
            "ABORTED");
  EXPECT_EQ(status_of([](RunWriter& runs) {
              return runs.RenewLease("acme", kInventory, {"one", 1}, kNow);
            }),
            "ABORTED");
  EXPECT_EQ(status_of([](RunWriter& runs) {
              return runs.ReleaseLease("acme", kInventory, {"one", 1});
            }),
            "ABORTED");
  EXPECT_EQ(status_of([](RunWriter& runs) {
              return runs.CheckFence("acme", kInventory, {"two", 2});
            }),
            "OK");
}

// The new connection counts its fences from one again.
TEST_P(StoreTest, AFenceOfADeletedConnectionOpensNothingOfANewOne) {
  Insert("acme");
  const auto acquire = [&](const char* run) {
    return InWrite(store(), [&](RunWriter& runs) {
      return runs.AcquireLease("acme", kInventory,
                               {run, "h", 0, kNow + absl::Hours(1)}, kNow);
    });
  };
  acquire("old");
  ASSERT_EQ(Write([](WriteTransaction& txn) {
              return txn.connections().DeleteConnection("acme");
            }),
            absl::OkStatus());
  const auto check = [&](const model::PullFence& fence) {
    return InWrite(store(), [&](RunWriter& runs) {
      return runs.CheckFence("acme", kInventory, fence);
    });
  };
  EXPECT_EQ(check({"old", 1}), "ABORTED");
  Insert("acme");
  EXPECT_EQ(check({"old", 1}), "ABORTED");
  acquire("new");
  EXPECT_EQ(check({"old", 1}), "ABORTED");
  EXPECT_EQ(check({"new", 1}), "OK");
}

TEST_P(StoreTest, ALeaseIsInForceUntilItIsGivenBack) {
  Insert("acme");
  const auto run = [&](auto change) { return InWrite(store(), change); };
  run([](RunWriter& runs) {
    return runs.AcquireLease("acme", kInventory, {"one", "h", 0, kNow}, kNow);
  });
  EXPECT_EQ(run([](RunWriter& runs) {
              return runs.RenewLease("acme", kInventory, {"one", 1},
                                     kNow + absl::Hours(1));
            }),
            "OK");
  EXPECT_EQ(
      run([](RunWriter& runs) { return runs.GetLease("acme", kInventory); }),
      TextOf(model::PullLease{"one", "h", 1, kNow + absl::Hours(1)}));
  EXPECT_EQ(run([](RunWriter& runs) {
              return runs.ReleaseLease("acme", kInventory, {"one", 1});
            }),
            "OK");
  EXPECT_EQ(run([](RunWriter& runs) {
              return runs.CheckFence("acme", kInventory, {"one", 1});
            }),
            "ABORTED");
  EXPECT_EQ(run([](RunWriter& runs) {
              return runs.AcquireLease("acme", kInventory,
                                       {"two", "h", 0, kNow}, kNow);
            }),
            TextOf(model::PullLease{"two", "h", 2, kNow}));
}

TEST_P(StoreTest, KeepsCheckpointAndStatusOfEachFeedApart) {
  Insert("acme");
  RandomNouns random(12);
  const model::PullStatus status = random.PullStatus();
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) -> absl::Status {
        RunWriter& runs = txn.runs();
        OMS_RETURN_IF_ERROR(runs.PutCheckpoint("acme", kInventory, "page 1"));
        OMS_RETURN_IF_ERROR(runs.PutPullStatus("acme", kInventory, status));
        return runs.PutCheckpoint("acme", kInventory, "page\t2\n");
      }),
      absl::OkStatus());
  ASSERT_EQ(Read([&](ReadTransaction& txn) {
              RunReader& runs = txn.runs();
              EXPECT_EQ(*runs.GetCheckpoint("acme", kInventory), "page\t2\n");
              EXPECT_EQ(*runs.GetCheckpoint("acme", kShipments), "");
              EXPECT_EQ(TextOf(runs.GetPullStatus("acme", kInventory)),
                        TextOf(status));
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, PrunesEndedRunsOldestFirstButNeverTheNewest) {
  Insert("acme");
  ASSERT_EQ(Write([](WriteTransaction& txn) -> absl::Status {
              for (int i = 0; i < 5; ++i) {
                model::SyncRun run =
                    EndedRun(absl::StrCat("run-", i), kNow + absl::Hours(i));
                if (i == 1) run.state = model::SyncState::kRunning;
                OMS_RETURN_IF_ERROR(txn.runs().PutRun("acme", run));
              }
              return txn.runs().PutRun("acme",
                                       EndedRun("only", kNow, kShipments));
            }),
            absl::OkStatus());
  const auto prune = [&](absl::Time before, int limit) {
    return InWrite(store(), [&](RunWriter& runs) {
      return runs.PruneRuns(before, limit);
    });
  };
  EXPECT_EQ(prune(kNow, 9), "0");
  EXPECT_EQ(prune(kNow + absl::Hours(9), 1), "1");
  const auto left = [&] {
    return InWrite(store(), [](RunWriter& runs) {
      std::string ids;
      for (const std::string& id : IdsOf(*runs.ListRuns(
               "acme", kInventory, absl::InfiniteFuture(), "", 9))) {
        absl::StrAppend(&ids, id, " ");
      }
      return ids;
    });
  };
  EXPECT_EQ(left(), "'run-4 run-3 run-2 run-1 '");
  EXPECT_EQ(prune(kNow + absl::Hours(9), 9), "2");
  EXPECT_EQ(left(), "'run-4 run-1 '");
}

}  // namespace oms_connector::storage
