// One pull at a time: who starts it, who joins it, how it ends, and what
// becomes of it when a server dies. Bodies are of the test; the store is real.
#include "domain/feeds/pull_runner.h"

#include <pthread.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "domain/feeds/run_queries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "order_manager/order_manager.h"
#include "tests/cases/pull_runner_test_fixture.h"
#include "tests/endpoints/test_store.h"

namespace oms_connector::feeds {
namespace {

using model::Feed;
using model::SyncKind;
using model::SyncRun;
using model::SyncState;
using ::testing::SizeIs;

TEST_F(PullRunnerTest, ARunSucceedsAndTellsWhen) {
  body_ = [](PullSession& session) {
    session.call().on_request();
    session.run().counts.rows = 3;
    return absl::OkStatus();
  };
  const SyncRun run = RunOnce();
  EXPECT_EQ(run.state, SyncState::kSucceeded);
  EXPECT_EQ(run.counts.rows, 3);
  EXPECT_EQ(run.counts.requests, 1);
  EXPECT_EQ(run.end_time, clock_.Now());
}

TEST_F(PullRunnerTest, CallersJoinTheRunThatRuns) {
  body_ = [this](PullSession& session) { return WaitForTest(session); };
  const SyncRun first = *runner_->JoinOrStart({}, Request());
  started_.WaitForNotification();
  const SyncRun second = *runner_->JoinOrStart({}, Request(SyncKind::kFull));
  EXPECT_EQ(second.run_id, first.run_id);
  EXPECT_EQ(second.state, SyncState::kRunning);
  release_.Notify();
  EXPECT_EQ(RunOnce().state, SyncState::kSucceeded);
}

TEST_F(PullRunnerTest, WhoComesWhenItHasEndedIsToldAtOnce) {
  const SyncRun run = RunOnce();
  bool told = false;  // by nobody's thread but this one
  runner_->WhenEnded("acme", model::Feed::kInventory, run.run_id,
                     absl::InfiniteDuration(), {}, [&] { told = true; });
  EXPECT_TRUE(told);
}

TEST_F(PullRunnerTest, AnotherServerJoinsToo) {
  body_ = [this](PullSession& session) { return WaitForTest(session); };
  const SyncRun first = *runner_->JoinOrStart({}, Request());
  started_.WaitForNotification();
  const auto other = NewRunner("server-2");
  EXPECT_EQ(other->JoinOrStart({}, Request())->run_id, first.run_id);
  absl::Notification ended;
  other->WhenEnded("acme", Feed::kInventory, first.run_id,
                   absl::InfiniteDuration(), {}, [&] { ended.Notify(); });
  EXPECT_FALSE(ended.HasBeenNotified());
  release_.Notify();
  ended.WaitForNotification();
}

TEST_F(PullRunnerTest, FeedsAndConnectionsDoNotWaitForEachOther) {
  AddConnection("bolt");
  body_ = [this](PullSession& session) {
    if (session.connection().id == "bolt") return absl::OkStatus();
    return WaitForTest(session);
  };
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  started_.WaitForNotification();
  EXPECT_EQ(runner_->RunToEnd({}, Request(SyncKind::kFull, "bolt"))->state,
            SyncState::kSucceeded);
  release_.Notify();
}

TEST_F(PullRunnerTest, AFailedRunGoesOnFromItsCheckpointWithItsKind) {
  body_ = [](PullSession& session) {
    EXPECT_FALSE(session.resumed());
    EXPECT_EQ(session.checkpoint(), "");
    EXPECT_TRUE(session.Commit("page 3", &StoreNothing).ok());
    return absl::UnavailableError("down");
  };
  const SyncRun failed = RunOnce(SyncKind::kFull);
  EXPECT_EQ(failed.state, SyncState::kFailed);
  EXPECT_EQ(ReasonOf(failed.error), "ORDER_MANAGER_UNAVAILABLE");
  std::string checkpoint;
  body_ = [&](PullSession& session) {
    EXPECT_TRUE(session.resumed());
    checkpoint = session.checkpoint();
    return absl::OkStatus();
  };
  EXPECT_EQ(RunOnce().kind, SyncKind::kFull);
  EXPECT_EQ(checkpoint, "page 3");
  body_ = [&](PullSession& session) {
    checkpoint = session.checkpoint();
    return absl::OkStatus();
  };
  EXPECT_EQ(RunOnce().kind, SyncKind::kIncremental);
  EXPECT_EQ(checkpoint, "");
}

TEST_F(PullRunnerTest, FullStartsAgainAfterAFailedIncremental) {
  body_ = [](PullSession& session) {
    EXPECT_TRUE(session.Commit("page 3", &StoreNothing).ok());
    return absl::UnavailableError("down");
  };
  RunOnce();
  body_ = [](PullSession& session) {
    EXPECT_FALSE(session.resumed());
    EXPECT_EQ(session.checkpoint(), "");
    return absl::OkStatus();
  };
  EXPECT_EQ(RunOnce(SyncKind::kFull).kind, SyncKind::kFull);
}

TEST_F(PullRunnerTest, BeforeTheResumeTimeThePartialRunIsTheAnswer) {
  body_ = [](PullSession&) {
    return order_manager::QuotaExhausted(absl::Seconds(30));
  };
  const SyncRun partial = RunOnce();
  EXPECT_EQ(partial.state, SyncState::kPartial);
  EXPECT_EQ(partial.resume_time, clock_.Now() + absl::Seconds(30));
  EXPECT_EQ(RunOnce(SyncKind::kFull).run_id, partial.run_id);
  clock_.Advance(absl::Seconds(30));
  EXPECT_NE(RunOnce().run_id, partial.run_id);
}

TEST_F(PullRunnerTest, PatienceIsFiveSecondsOrTheMostPatientCallers) {
  std::vector<absl::Duration> patience;
  body_ = [&](PullSession& session) {
    patience.push_back(session.call().quota_patience());
    return absl::OkStatus();
  };
  RunOnce();
  PullRequest request = Request();
  request.patient_until = clock_.SteadyNow() + absl::Minutes(2);
  ASSERT_TRUE(runner_->RunToEnd({}, request).ok());
  EXPECT_THAT(patience,
              ::testing::ElementsAre(absl::Seconds(5), absl::Minutes(2)));
}

TEST_F(PullRunnerTest, ACancelledRunStartsAgain) {
  body_ = [this](PullSession& session) {
    EXPECT_TRUE(session.Commit("page 3", &StoreNothing).ok());
    return WaitForTest(session);
  };
  const SyncRun run = *runner_->JoinOrStart({}, Request());
  started_.WaitForNotification();
  const SyncRun cancelled = *Cancel(*runner_, run.run_id);
  EXPECT_EQ(cancelled.state, SyncState::kCancelled);
  EXPECT_EQ(ReasonOf(cancelled.error), "RUN_CANCELLED");
  body_ = [](PullSession& session) {
    EXPECT_FALSE(session.resumed());
    return absl::OkStatus();
  };
  EXPECT_EQ(RunOnce().state, SyncState::kSucceeded);
  EXPECT_EQ(Cancel(*runner_, run.run_id)->state, SyncState::kCancelled);
}

TEST_F(PullRunnerTest, WhoeverCancelsHoldsNoThreadUntilTheBodyStops) {
  body_ = [this](PullSession& session) {
    started_.Notify();
    release_.WaitForNotification();
    return session.context().Check(clock_.SteadyNow());
  };
  const SyncRun run = *runner_->JoinOrStart({}, Request());
  started_.WaitForNotification();
  SyncState state = SyncState::kRunning;
  absl::Notification told;
  runner_->CancelRun({}, "acme", run.run_id, [&](const auto& cancelled) {
    state = cancelled->state;
    told.Notify();
  });
  // It has returned, while the body has not.
  EXPECT_FALSE(told.HasBeenNotified());
  release_.Notify();
  told.WaitForNotification();
  EXPECT_EQ(state, SyncState::kCancelled);
}

TEST_F(PullRunnerTest, TooManyPullsAreRefusedAndLeaveNoLease) {
  for (const char* id : {"bolt", "corp", "dune"}) AddConnection(id);
  absl::BlockingCounter both_run(2);
  std::atomic<int> started{0};
  body_ = [&](PullSession&) {
    if (++started <= 2) both_run.DecrementCount();
    release_.WaitForNotification();
    return absl::OkStatus();
  };
  // Two threads, then one place in the queue, which is free again once a thread
  // has taken what waits.
  const auto await_place = [this] {
    while (executor_.queued() > 0) std::this_thread::yield();
  };
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  await_place();
  ASSERT_TRUE(runner_->JoinOrStart({}, Request(SyncKind::kFull, "bolt")).ok());
  both_run.Wait();
  ASSERT_TRUE(runner_->JoinOrStart({}, Request(SyncKind::kFull, "corp")).ok());
  EXPECT_EQ(
      ReasonOf(
          runner_->JoinOrStart({}, Request(SyncKind::kFull, "dune")).status()),
      "OVERLOADED");
  release_.Notify();
  ASSERT_TRUE(runner_->RunToEnd({}, Request()).ok());
  await_place();
  EXPECT_EQ(runner_->RunToEnd({}, Request(SyncKind::kFull, "dune"))->state,
            SyncState::kSucceeded);
}

TEST_F(PullRunnerTest, ATokenThatCannotBeOpenedEndsTheRun) {
  runner_->Shutdown();
  PullRunnerOptions options;
  options.store = store_.get();
  options.clock = &clock_;
  options.ids = &ids_;
  options.executor = &executor_;
  options.open_token =
      [](const model::Connection&) -> absl::StatusOr<base::SecretString> {
    return model::OrderManagerCredentialsRejected("acme");
  };
  options.holder = "server-3";
  runner_ = std::make_unique<PullRunner>(options);
  runner_->SetBody(Feed::kInventory, [](PullSession&) {
    ADD_FAILURE() << "must not run";
    return absl::OkStatus();
  });
  EXPECT_EQ(ReasonOf(RunOnce().error), "ORDER_MANAGER_CREDENTIALS_REJECTED");
}

TEST_F(PullRunnerTest, StoppingAConnectionStopsItsPulls) {
  body_ = [this](PullSession& session) { return WaitForTest(session); };
  const SyncRun run = *runner_->JoinOrStart({}, Request());
  started_.WaitForNotification();
  runner_->StopConnection("acme");
  EXPECT_EQ(runner_->active(), 0);
  runner_->Shutdown();
  EXPECT_EQ(GetSyncRun(*store_, {}, "acme", run.run_id)->state,
            SyncState::kCancelled);
}

TEST_F(PullRunnerTest, StoppingAConnectionWaitsForNoBody) {
  body_ = [this](PullSession&) {
    started_.Notify();
    release_.WaitForNotification();  // whoever cancels it
    return absl::OkStatus();
  };
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  started_.WaitForNotification();
  runner_->StopConnection("acme");
  EXPECT_EQ(runner_->active(), 0);
  release_.Notify();
}

TEST_F(PullRunnerTest, WhatACommitDidToTheRunIsUndoneWhenItFails) {
  body_ = [](PullSession& session) {
    const absl::Status failed =
        session.Commit("x", [&](storage::WriteTransaction&) {
          session.run().counts.rows += 5;
          return absl::DataLossError("no");
        });
    EXPECT_TRUE(absl::IsDataLoss(failed));
    EXPECT_EQ(session.run().counts.rows, 0);
    EXPECT_EQ(session.checkpoint(), "");
    return absl::OkStatus();
  };
  EXPECT_EQ(RunOnce().counts.rows, 0);
}

TEST_F(PullRunnerTest, ABodyGoesOnBesideACommit) {
  body_ = [this](PullSession& session) {
    session.run().counts.pages = 1;
    session.BeginCommit("x",
                        [this](storage::WriteTransaction&, SyncRun* counted) {
                          counted->counts.levels_changed += 3;
                          release_.WaitForNotification();
                          return absl::OkStatus();
                        });
    EXPECT_TRUE(session.committing());
    session.run().counts.pages = 2;
    EXPECT_EQ(session.checkpoint(), "");
    EXPECT_EQ(session.run().counts.levels_changed, 0);
    release_.Notify();
    EXPECT_EQ(session.EndCommit(), absl::OkStatus());
    EXPECT_FALSE(session.committing());
    EXPECT_EQ(session.checkpoint(), "x");
    // It may end beside its last one.
    session.BeginCommit("y", [](storage::WriteTransaction&, SyncRun* counted) {
      counted->counts.levels_changed += 4;
      return absl::OkStatus();
    });
    return absl::OkStatus();
  };
  const SyncRun run = RunOnce();
  EXPECT_EQ(run.state, SyncState::kSucceeded);
  EXPECT_EQ(run.counts.levels_changed, 7);
  EXPECT_EQ(run.counts.pages, 2);
}

TEST_F(PullRunnerTest, OrInOneOrderWhereNothingIsReadAhead) {
  body_ = [](PullSession& session) {
    bool stored = false;
    session.BeginCommit("x", [&](storage::WriteTransaction&, SyncRun*) {
      stored = true;
      return absl::OkStatus();
    });
    EXPECT_FALSE(session.committing());
    EXPECT_TRUE(stored);
    return session.EndCommit();
  };
  PullRunnerOptions options;
  options.pages_ahead = 0;
  const auto runner = NewRunner("other", nullptr, options);
  EXPECT_EQ(runner->RunToEnd({}, Request())->state, SyncState::kSucceeded);
}

TEST_F(PullRunnerTest, NothingIsStoredBehindALostCommit) {
  body_ = [](PullSession& session) {
    session.BeginCommit("x", [](storage::WriteTransaction&, SyncRun* counted) {
      counted->counts.levels_changed += 3;
      return absl::DataLossError("no");
    });
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(
          absl::IsDataLoss(session.Commit("y", [](storage::WriteTransaction&) {
            ADD_FAILURE() << "called";
            return absl::OkStatus();
          })));
    }
    return absl::OkStatus();  // whatever it makes of that
  };
  const SyncRun run = RunOnce();
  EXPECT_EQ(run.state, SyncState::kFailed);
  EXPECT_EQ(run.counts.levels_changed, 0);
  body_ = [](PullSession& session) {
    EXPECT_EQ(session.checkpoint(), "");
    return absl::OkStatus();
  };
  EXPECT_EQ(RunOnce().state, SyncState::kSucceeded);
}

TEST_F(PullRunnerTest, RunsAreListedNewestFirst) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(RunOnce().run_id);
  const std::vector<SyncRun> runs =
      *ListSyncRuns(*store_, {}, "acme", std::nullopt, {}, 2);
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].run_id, ids[2]);
  const std::vector<SyncRun> rest =
      *ListSyncRuns(*store_, {}, "acme", std::nullopt,
                    {runs[1].start_time, runs[1].run_id}, 2);
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].run_id, ids[0]);
  EXPECT_THAT(*ListSyncRuns(*store_, {}, "acme", Feed::kInventory, {}, 9),
              SizeIs(3));
  EXPECT_THAT(*ListSyncRuns(*store_, {}, "acme", Feed::kShipments, {}, 9),
              SizeIs(0));
  EXPECT_EQ(ReasonOf(GetSyncRun(*store_, {}, "acme", "none").status()),
            "SYNC_RUN_NOT_FOUND");
  EXPECT_EQ(ReasonOf(GetSyncRun(*store_, {}, "other", "none").status()),
            "CONNECTION_NOT_FOUND");
  EXPECT_EQ(
      ReasonOf(
          runner_->JoinOrStart({}, Request(SyncKind::kFull, "other")).status()),
      "CONNECTION_NOT_FOUND");
}

TEST_F(PullRunnerTest, AStopLetsWhatIsToldOnceBeStored) {
  absl::Status early, late;
  body_ = [&](PullSession& session) {
    started_.Notify();
    session.context().cancellation().WaitForCancellation(absl::Seconds(60));
    early = session.Commit("early", &StoreNothing);
    late = session.CommitToldOnce("late", &StoreNothing);
    return absl::CancelledError();
  };
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  started_.WaitForNotification();
  runner_->Shutdown();
  EXPECT_EQ(early.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(late.ok()) << late;
}

TEST_F(PullRunnerTest, AConnectionThatHasGoneCutsOffEvenThat) {
  bool cut = false;
  body_ = [&](PullSession& session) {
    started_.Notify();
    cut = session.told_once_call().context.cancellation().WaitForCancellation(
        absl::Seconds(60));
    return absl::CancelledError();
  };
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  started_.WaitForNotification();
  runner_->StopConnection("acme");
  runner_->Shutdown();
  EXPECT_TRUE(cut);
}

}  // namespace
}  // namespace oms_connector::feeds
