#include "base/call_context.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'786'968'000);

TEST(CallContext, WithoutDeadlineIsAlwaysFine) {
  const CallContext context;
  EXPECT_TRUE(context.Check(kNoon).ok());
  EXPECT_EQ(context.Remaining(kNoon), absl::InfiniteDuration());
  EXPECT_EQ(context.deadline(), absl::InfiniteFuture());
}

TEST(CallContext, ExceedsItsDeadlineAtTheDeadline) {
  const CallContext context(kNoon, CancellationToken());
  EXPECT_TRUE(context.Check(kNoon - absl::Nanoseconds(1)).ok());
  EXPECT_EQ(context.Check(kNoon).code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(CallContext, RemainingIsNeverNegative) {
  const CallContext context(kNoon, CancellationToken());
  EXPECT_EQ(context.Remaining(kNoon - absl::Seconds(3)), absl::Seconds(3));
  EXPECT_EQ(context.Remaining(kNoon + absl::Seconds(3)), absl::ZeroDuration());
}

TEST(CallContext, CancellationGoesBeforeTheDeadline) {
  CancellationSource source;
  const CallContext context(kNoon, source.token());
  source.Cancel();
  EXPECT_EQ(context.Check(kNoon).code(), absl::StatusCode::kCancelled);
}

TEST(CallContext, WithDeadlineOnlyShortens) {
  CancellationSource source;
  const CallContext context(kNoon, source.token());
  EXPECT_EQ(context.WithDeadline(kNoon - absl::Hours(1)).deadline(),
            kNoon - absl::Hours(1));
  EXPECT_EQ(context.WithDeadline(kNoon + absl::Hours(1)).deadline(), kNoon);
}

TEST(CallContext, WithDeadlineKeepsCancellationAndParty) {
  CancellationSource source;
  const CallContext shorter =
      CallContext(kNoon, source.token(), "shop").WithDeadline(kNoon);
  source.Cancel();
  EXPECT_TRUE(shorter.cancellation().cancelled());
  EXPECT_EQ(shorter.party(), "shop");
}

}  // namespace
}  // namespace oms_connector::base
