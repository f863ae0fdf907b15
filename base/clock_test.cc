#include "base/clock.h"

#include <thread>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

TEST(SystemClock, TellsTheTimeOfTheMachine) {
  const absl::Time before = absl::Now();
  const absl::Time told = SystemClock().Now();
  EXPECT_LE(before, told);
  EXPECT_LE(told, absl::Now());
}

TEST(SystemSleeper, SleepsForTheDuration) {
  const absl::Time before = absl::Now();
  EXPECT_TRUE(SystemSleeper().Sleep(absl::Milliseconds(5), CallContext()).ok());
  EXPECT_GE(absl::Now() - before, absl::Milliseconds(5));
}

TEST(SystemSleeper, DoesNotBlockForNothing) {
  EXPECT_TRUE(SystemSleeper().Sleep(absl::ZeroDuration(), CallContext()).ok());
  EXPECT_TRUE(
      SystemSleeper().Sleep(-absl::InfiniteDuration(), CallContext()).ok());
}

TEST(SystemSleeper, EndsWithTheDeadline) {
  const CallContext context(SystemClock().SteadyNow() + absl::Milliseconds(5),
                            CancellationToken());
  EXPECT_EQ(SystemSleeper().Sleep(absl::InfiniteDuration(), context).code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_GE(SystemClock().SteadyNow(), context.deadline());
}

TEST(SystemSleeper, ReportsADeadlineThatHasPassed) {
  const CallContext context(absl::InfinitePast(), CancellationToken());
  EXPECT_EQ(SystemSleeper().Sleep(absl::ZeroDuration(), context).code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(SystemSleeper, WakesOnCancellation) {
  CancellationSource source;
  std::thread canceller([&] { source.Cancel(); });
  const CallContext context(absl::InfiniteFuture(), source.token());
  EXPECT_EQ(SystemSleeper().Sleep(absl::InfiniteDuration(), context).code(),
            absl::StatusCode::kCancelled);
  canceller.join();
}

}  // namespace
}  // namespace oms_connector::base
