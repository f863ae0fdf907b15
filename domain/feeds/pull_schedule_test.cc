#include "domain/feeds/pull_schedule.h"

#include <gtest/gtest.h>

#include "model/errors.h"

namespace oms_connector::feeds {
namespace {

constexpr absl::Duration kInterval = absl::Minutes(15);
const absl::Time kStart = absl::FromUnixSeconds(1000000);
const absl::Time kEnd = kStart + absl::Minutes(2);
// While what was stored has just happened.
const absl::Time kNow = kStart + absl::Seconds(10);

model::SyncRun Ended(model::SyncState state) {
  model::SyncRun run;
  run.state = state;
  run.start_time = kStart;
  run.end_time = kEnd;
  return run;
}

model::PullStatus SucceededAt(absl::Time time) {
  model::PullStatus status;
  status.last_success_time = time;
  status.last_full_success_time = time;
  return status;
}

TEST(NextPullTime, FirstPullIsDueAtOnce) {
  EXPECT_EQ(NextPullTime(std::nullopt, {}, {}, kInterval, kNow),
            absl::InfinitePast());
}

TEST(NextPullTime, CountsTheIntervalFromTheLastSuccess) {
  EXPECT_EQ(NextPullTime(Ended(model::SyncState::kSucceeded), SucceededAt(kEnd),
                         {}, kInterval, kNow),
            kEnd + kInterval);
}

TEST(NextPullTime, TakesARunningPullOverWhenItsLeaseEnds) {
  model::SyncRun run = Ended(model::SyncState::kRunning);
  run.end_time.reset();
  model::PullLease lease;
  lease.expire_time = kStart + absl::Minutes(1);
  EXPECT_EQ(NextPullTime(run, {}, lease, kInterval, kNow), lease.expire_time);
}

TEST(NextPullTime, WaitsForTheQuota) {
  model::SyncRun run = Ended(model::SyncState::kPartial);
  run.resume_time = kEnd + absl::Hours(2);
  EXPECT_EQ(NextPullTime(run, {}, {}, kInterval, kNow), kEnd + absl::Hours(2));
}

TEST(NextPullTime, TriesAgainSoonAfterAFailure) {
  model::SyncRun run = Ended(model::SyncState::kFailed);
  run.error = model::OrderManagerUnavailable("down", absl::Seconds(1));
  EXPECT_EQ(NextPullTime(run, {}, {}, kInterval, kNow),
            kEnd + kRetryAfterFailure);
  EXPECT_EQ(NextPullTime(run, {}, {}, absl::Seconds(5), kNow),
            kEnd + absl::Seconds(5));
}

TEST(NextPullTime, GoesOnAtOnceAfterARestart) {
  model::SyncRun run = Ended(model::SyncState::kFailed);
  run.error = model::ServerRestarted("r1");
  EXPECT_EQ(NextPullTime(run, SucceededAt(kStart), {}, kInterval, kNow),
            absl::InfinitePast());
}

TEST(NextPullTime, RespectsACancellation) {
  EXPECT_EQ(NextPullTime(Ended(model::SyncState::kCancelled), {}, {}, kInterval,
                         kNow),
            kEnd + kInterval);
}

TEST(NextPullTime, ForgottenPullsAreDueAtOnce) {
  model::PullStatus forgotten = SucceededAt(kEnd);
  forgotten.last_full_success_time.reset();
  EXPECT_EQ(NextPullTime(Ended(model::SyncState::kSucceeded), forgotten, {},
                         kInterval, kNow),
            absl::InfinitePast());
}

// The clock was three days ahead for a while, and is right again.
TEST(NextPullTime, WhatLiesAheadStopsNothing) {
  const absl::Time now = kStart - absl::Hours(72);
  for (const model::SyncState state :
       {model::SyncState::kSucceeded, model::SyncState::kFailed,
        model::SyncState::kCancelled}) {
    EXPECT_EQ(NextPullTime(Ended(state), SucceededAt(kEnd), {}, kInterval, now),
              absl::InfinitePast());
  }
  model::SyncRun run = Ended(model::SyncState::kPartial);
  run.end_time = now;
  run.start_time = now;
  run.resume_time = kEnd;
  EXPECT_EQ(NextPullTime(run, {}, {}, kInterval, now), absl::InfinitePast());
  run.state = model::SyncState::kRunning;
  model::PullLease lease;
  lease.expire_time = kEnd;
  EXPECT_EQ(NextPullTime(run, {}, lease, kInterval, now), absl::InfinitePast());
}

}  // namespace
}  // namespace oms_connector::feeds
