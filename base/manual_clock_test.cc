#include "base/manual_clock.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

TEST(ManualClock, StandsStillUntilTold) {
  ManualClock clock;
  const absl::Time start = clock.Now();
  EXPECT_EQ(absl::FormatTime(start, absl::UTCTimeZone()),
            "2026-08-17T10:00:00+00:00");
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Minutes(15));
  EXPECT_EQ(clock.Now(), start + absl::Minutes(15));
  clock.Set(absl::UnixEpoch());
  EXPECT_EQ(clock.Now(), absl::UnixEpoch());
}

TEST(ManualSleeper, AdvancesTheClock) {
  ManualClock clock(absl::UnixEpoch());
  ManualSleeper sleeper(&clock);
  EXPECT_TRUE(sleeper.Sleep(absl::Seconds(2), CallContext()).ok());
  EXPECT_TRUE(sleeper.Sleep(absl::Seconds(3), CallContext()).ok());
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(5));
  EXPECT_THAT(sleeper.asked(),
              testing::ElementsAre(absl::Seconds(2), absl::Seconds(3)));
}

TEST(ManualSleeper, StopsAtTheDeadline) {
  ManualClock clock(absl::UnixEpoch());
  ManualSleeper sleeper(&clock);
  const CallContext context(absl::FromUnixSeconds(4), CancellationToken());
  EXPECT_EQ(sleeper.Sleep(absl::Minutes(1), context).code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(clock.Now(), context.deadline());
}

TEST(ManualSleeper, DoesNotSleepWhenCancelled) {
  ManualClock clock(absl::UnixEpoch());
  ManualSleeper sleeper(&clock);
  CancellationSource source;
  source.Cancel();
  const CallContext context(absl::InfiniteFuture(), source.token());
  EXPECT_EQ(sleeper.Sleep(absl::Minutes(1), context).code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(clock.Now(), absl::UnixEpoch());
}

TEST(ManualSleeper, NeverTurnsTheClockBack) {
  ManualClock clock(absl::UnixEpoch());
  ManualSleeper sleeper(&clock);
  EXPECT_TRUE(sleeper.Sleep(-absl::Minutes(1), CallContext()).ok());
  EXPECT_EQ(clock.Now(), absl::UnixEpoch());
}

}  // namespace
}  // namespace oms_connector::base
