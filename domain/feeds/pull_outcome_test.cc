#include "domain/feeds/pull_outcome.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "model/errors.h"
#include "order_manager/order_manager.h"

namespace oms_connector::feeds {
namespace {

using model::SyncState;

const absl::Time kNow = absl::FromUnixSeconds(1000);

model::SyncRun End(const absl::Status& status,
                   StopReason stop = StopReason::kNone) {
  model::SyncRun run;
  run.run_id = "r1";
  run.start_time = kNow - absl::Minutes(1);
  EndRun(status, stop, "acme", kNow, &run);
  return run;
}

using model::ReasonOf;

TEST(PullOutcome, ABodyThatIsThroughHasSucceeded) {
  const model::SyncRun run = End(absl::OkStatus(), StopReason::kServerStops);
  EXPECT_EQ(run.state, SyncState::kSucceeded);
  EXPECT_EQ(run.end_time, kNow);
  EXPECT_TRUE(run.error.ok());
}

TEST(PullOutcome, EachErrorEndsTheRunInItsOwnWay) {
  struct Case {
    absl::Status status;
    StopReason stop;
    SyncState state;
    const char* reason;
  };
  const std::vector<Case> cases = {
      {absl::UnauthenticatedError("401"), StopReason::kNone, SyncState::kFailed,
       "ORDER_MANAGER_CREDENTIALS_REJECTED"},
      {absl::UnavailableError("down"), StopReason::kNone, SyncState::kFailed,
       "ORDER_MANAGER_UNAVAILABLE"},
      {absl::PermissionDeniedError("403"), StopReason::kNone,
       SyncState::kFailed, "ORDER_MANAGER_UNAVAILABLE"},
      {absl::CancelledError(), StopReason::kCancelled, SyncState::kCancelled,
       "RUN_CANCELLED"},
      {absl::CancelledError(), StopReason::kServerStops, SyncState::kFailed,
       "SERVER_RESTARTED"},
      {model::StoreFull(), StopReason::kNone, SyncState::kFailed, "STORE_FULL"},
      {absl::UnknownError("?"), StopReason::kNone, SyncState::kFailed,
       "INTERNAL"},
  };
  for (const Case& c : cases) {
    const model::SyncRun run = End(c.status, c.stop);
    EXPECT_EQ(run.state, c.state) << c.status;
    EXPECT_EQ(ReasonOf(run.error), c.reason) << c.status;
  }
}

TEST(PullOutcome, QuotaGivesAResumeTime) {
  const model::SyncRun run =
      End(order_manager::QuotaExhausted(absl::Seconds(90)));
  EXPECT_EQ(run.state, SyncState::kPartial);
  EXPECT_EQ(run.resume_time, kNow + absl::Seconds(90));
}

constexpr absl::Duration kLater = absl::Minutes(1);

TEST(PullOutcome, FreshnessFollowsSuccessOnly) {
  model::SyncRun run = End(absl::OkStatus());
  run.kind = model::SyncKind::kFull;
  model::PullStatus status = PullStatusAfter({}, run, kNow);
  EXPECT_EQ(status.last_success_time, kNow);
  EXPECT_EQ(status.last_full_success_time, kNow);
  status = PullStatusAfter(status, End(absl::UnavailableError("down")),
                           kNow + kLater);
  EXPECT_EQ(status.last_end_time, kNow + kLater);
  EXPECT_EQ(status.last_success_time, kNow);
  EXPECT_FALSE(status.last_error.ok());
  run.kind = model::SyncKind::kIncremental;
  status = PullStatusAfter(status, run, kNow + kLater);
  EXPECT_EQ(status.last_success_time, kNow + kLater);
  EXPECT_EQ(status.last_full_success_time, kNow);
  EXPECT_TRUE(status.last_error.ok());
}

// The clock was set back: the run begins after the one before all the same.
TEST(PullOutcome, FreshnessCountsFromTheClockAsItIsNow) {
  model::SyncRun run = End(absl::OkStatus());
  run.kind = model::SyncKind::kFull;
  run.start_time = kNow + absl::Hours(72);
  run.end_time = run.start_time;
  const model::PullStatus status = PullStatusAfter({}, run, kNow);
  EXPECT_EQ(status.last_success_time, kNow);
  EXPECT_EQ(status.last_full_success_time, kNow);
  EXPECT_EQ(status.last_end_time, kNow);
}

}  // namespace
}  // namespace oms_connector::feeds
