// Runs and their leases where several servers share a store: whoever ends a
// run of another one, keeps its own, dies or takes over.
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/synchronization/notification.h"
#include "domain/feeds/pull_runner.h"
#include "domain/feeds/run_lease.h"
#include "domain/feeds/run_queries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cases/pull_runner_test_fixture.h"

namespace oms_connector::feeds {
namespace {

using model::Feed;
using model::SyncRun;
using model::SyncState;
using model::SyncTrigger;

TEST_F(PullRunnerTest, ARunOfAnotherServerCanBeCancelled) {
  absl::Status committed;
  absl::Notification tried;
  body_ = [&](PullSession& session) {
    started_.Notify();
    release_.WaitForNotification();
    committed = session.Commit("late", &StoreNothing);
    tried.Notify();
    return committed;
  };
  const SyncRun run = *runner_->JoinOrStart({}, Request());
  started_.WaitForNotification();
  const auto other = NewRunner("server-2");
  EXPECT_EQ(Cancel(*other, run.run_id)->state, SyncState::kCancelled);
  release_.Notify();
  tried.WaitForNotification();
  runner_->Shutdown();
  EXPECT_TRUE(absl::IsAborted(committed)) << committed;
  EXPECT_EQ(GetSyncRun(*store_, {}, "acme", run.run_id)->state,
            SyncState::kCancelled);
}

// What is told once is stored all the same, unless another run has begun: that
// one asks anew.
TEST_F(PullRunnerTest, ARunOfAnotherServerThatIsCancelledStoresWhatIsToldOnce) {
  const auto other = NewRunner("server-2");
  for (const bool goes_on : {false, true}) {
    SCOPED_TRACE(goes_on);
    absl::Notification started, release, ended;
    absl::Status once, more;
    body_ = [&](PullSession& session) {
      if (started.HasBeenNotified()) return absl::OkStatus();
      started.Notify();
      release.WaitForNotification();
      session.run().counts.rows = 7;
      once = session.CommitToldOnce("late", &StoreNothing);
      more = session.Commit("later", &StoreNothing);
      ended.Notify();
      return more;
    };
    const SyncRun run = *runner_->JoinOrStart({}, Request());
    started.WaitForNotification();
    EXPECT_EQ(Cancel(*other, run.run_id)->state, SyncState::kCancelled);
    if (goes_on) {
      EXPECT_EQ(other->RunToEnd({}, Request())->state, SyncState::kSucceeded);
    }
    release.Notify();
    ended.WaitForNotification();
    while (runner_->active() > 0) std::this_thread::yield();
    EXPECT_EQ(once.ok(), !goes_on) << once;
    EXPECT_TRUE(absl::IsAborted(more)) << more;
    const SyncRun stored = *GetSyncRun(*store_, {}, "acme", run.run_id);
    EXPECT_EQ(stored.state, SyncState::kCancelled);
    EXPECT_EQ(stored.counts.rows, goes_on ? 0 : 7);
  }
}

// The lease of a connection that was made anew can look like the one that a
// cancel has given back.
TEST_F(PullRunnerTest, ARunOfADeletedConnectionStoresNotEvenWhatIsToldOnce) {
  absl::Status once;
  body_ = [&](PullSession& session) {
    if (started_.HasBeenNotified()) return absl::OkStatus();
    started_.Notify();
    release_.WaitForNotification();
    return once = session.CommitToldOnce("late", &StoreNothing);
  };
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  started_.WaitForNotification();
  EXPECT_TRUE(store_
                  ->Write({},
                          [](storage::WriteTransaction& txn) {
                            return txn.connections().DeleteConnection("acme");
                          })
                  .ok());
  AddConnection("acme");
  const auto other = NewRunner("server-2");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(other->RunToEnd({}, Request())->state, SyncState::kSucceeded);
  }
  release_.Notify();
  runner_->Shutdown();
  EXPECT_TRUE(absl::IsAborted(once)) << once;
}

// It has ended since it was looked at.
TEST_F(PullRunnerTest, EndingARunThatHasEndedLeavesItsSuccessor) {
  SyncRun ended = RunOnce();
  const SyncState how = ended.state;
  ended.state = SyncState::kRunning;
  absl::Status committed;
  absl::Notification tried;
  body_ = [&](PullSession& session) {
    started_.Notify();
    release_.WaitForNotification();
    committed = session.Commit("on", &StoreNothing);
    tried.Notify();
    return committed;
  };
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  started_.WaitForNotification();
  const BodyEnd end = {absl::CancelledError(), StopReason::kCancelled};
  EXPECT_TRUE(store_
                  ->Write({},
                          [&](storage::WriteTransaction& txn) {
                            return TakeOverAndEnd(txn, "acme", end, "server-2",
                                                  ended);
                          })
                  .ok());
  release_.Notify();
  tried.WaitForNotification();
  EXPECT_TRUE(committed.ok()) << committed;
  EXPECT_EQ(GetSyncRun(*store_, {}, "acme", ended.run_id)->state, how);
}

// Where renewals find their queue full, they go on once it is not.
TEST_F(PullRunnerTest, ALeaseIsKeptThoughTheQueueOfRenewalsWasFull) {
  PullRunnerOptions options;
  options.lease_duration = absl::Milliseconds(30);
  options.watch_queue = 1;
  runner_ = NewRunner("server-1", nullptr, options);
  const auto when_ended = [&](const char* run, absl::Duration timeout,
                              absl::AnyInvocable<void()> done) {
    runner_->WhenEnded("acme", Feed::kInventory, run, timeout, {},
                       std::move(done));
  };
  // The thread of the renewals is held, and one that waits fills their queue.
  absl::Notification held, let_go;
  when_ended("nobody's", absl::InfiniteDuration(), [&] {
    held.Notify();
    let_go.WaitForNotification();
  });
  held.WaitForNotification();
  when_ended("nobody's", absl::InfiniteDuration(), [] {});

  body_ = [this](PullSession& session) { return WaitForTest(session); };
  const auto run = runner_->JoinOrStart({}, Request());
  ASSERT_TRUE(run.ok()) << run.status();
  started_.WaitForNotification();
  const auto lease_end = [&] {
    absl::Time end;
    EXPECT_TRUE(store_
                    ->Read({},
                           [&](storage::ReadTransaction& txn) -> absl::Status {
                             const auto status = txn.runs().GetFeedStatus(
                                 "acme", Feed::kInventory);
                             end = status->lease.expire_time;
                             return status.status();
                           })
                    .ok());
    return end;
  };
  // One timer after the other: that of a renewal is due before this one.
  const auto let_timers_run = [&] {
    absl::Notification passed;
    when_ended(run->run_id.c_str(), options.lease_duration,
               [&] { passed.Notify(); });
    passed.WaitForNotification();
  };
  const absl::Time before = lease_end();
  clock_.Advance(absl::Milliseconds(10));
  let_timers_run();
  EXPECT_EQ(lease_end(), before) << "it was refused";
  let_go.Notify();
  for (int i = 0; i < 1000 && lease_end() == before; ++i) let_timers_run();
  EXPECT_EQ(lease_end(), before + absl::Milliseconds(10));
}

TEST_F(PullRunnerTest, ADeadServersRunIsTakenOver) {
  // A server that took the lease and died.
  body_ = [](PullSession&) { return absl::OkStatus(); };
  const SyncRun old = RunOnce();
  SyncRun dead = old;
  dead.run_id = "dead";
  dead.state = SyncState::kRunning;
  dead.start_time = clock_.Now() + absl::Seconds(1);
  dead.end_time.reset();
  ASSERT_TRUE(store_
                  ->Write({},
                          [&](storage::WriteTransaction& txn) -> absl::Status {
                            model::PullLease lease{
                                "dead", "server-0", 0,
                                clock_.Now() + absl::Seconds(60)};
                            absl::Status status =
                                txn.runs()
                                    .AcquireLease("acme", Feed::kInventory,
                                                  lease, clock_.Now())
                                    .status();
                            if (!status.ok()) return status;
                            status = txn.runs().PutCheckpoint(
                                "acme", Feed::kInventory, "page 9");
                            if (!status.ok()) return status;
                            return txn.runs().PutRun("acme", dead);
                          })
                  .ok());
  EXPECT_EQ(runner_->JoinOrStart({}, Request())->run_id, "dead");
  clock_.Advance(absl::Seconds(61));
  std::string checkpoint;
  body_ = [&](PullSession& session) {
    checkpoint = session.checkpoint();
    return absl::OkStatus();
  };
  const SyncRun run = RunOnce();
  EXPECT_EQ(run.trigger, SyncTrigger::kTakeover);
  EXPECT_EQ(checkpoint, "page 9");
  EXPECT_EQ(ReasonOf(GetSyncRun(*store_, {}, "acme", "dead")->error),
            "SERVER_RESTARTED");
}

TEST_F(PullRunnerTest, ShutdownEndsRunsAndTheNextServerGoesOn) {
  body_ = [this](PullSession& session) {
    EXPECT_TRUE(session.Commit("page 3", &StoreNothing).ok());
    return WaitForTest(session);
  };
  const SyncRun run = *runner_->JoinOrStart({}, Request());
  started_.WaitForNotification();
  runner_->Shutdown();
  EXPECT_EQ(ReasonOf(GetSyncRun(*store_, {}, "acme", run.run_id)->error),
            "SERVER_RESTARTED");
  EXPECT_EQ(ReasonOf(runner_->JoinOrStart({}, Request()).status()),
            "OVERLOADED");
  runner_ = NewRunner("server-1b");
  ASSERT_TRUE(runner_->Recover({}).ok());
  std::string checkpoint;
  body_ = [&](PullSession& session) {
    checkpoint = session.checkpoint();
    return absl::OkStatus();
  };
  RunOnce();
  EXPECT_EQ(checkpoint, "page 3");
}

}  // namespace
}  // namespace oms_connector::feeds
