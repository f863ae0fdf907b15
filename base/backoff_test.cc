#include "base/backoff.h"

#include <cstdint>
#include <limits>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

constexpr double kAlmostOne = 1.0 - 1e-15;
constexpr Backoff kBackoff{absl::Milliseconds(250), absl::Seconds(8)};

struct DelayCase {
  int attempt;
  absl::Duration ceiling;
};

class BackoffTest : public testing::TestWithParam<DelayCase> {};

TEST_P(BackoffTest, StaysBetweenHalfTheCeilingAndTheCeiling) {
  const auto& [attempt, ceiling] = GetParam();
  EXPECT_EQ(kBackoff.Delay(attempt, 0.0), ceiling / 2);
  EXPECT_EQ(kBackoff.Delay(attempt, 0.5), ceiling * 0.75);
  EXPECT_LE(kBackoff.Delay(attempt, kAlmostOne), ceiling);
}

INSTANTIATE_TEST_SUITE_P(
    DoublesUpToTheCap, BackoffTest,
    testing::Values(
        DelayCase{1, absl::Milliseconds(250)},
        DelayCase{2, absl::Milliseconds(500)}, DelayCase{3, absl::Seconds(1)},
        DelayCase{6, absl::Seconds(8)}, DelayCase{7, absl::Seconds(8)},
        DelayCase{std::numeric_limits<int>::max(), absl::Seconds(8)},
        DelayCase{0, absl::Milliseconds(250)},
        DelayCase{-3, absl::Milliseconds(250)}));

TEST(Backoff, BaseAboveTheCapIsCapped) {
  const Backoff backoff{absl::Seconds(10), absl::Seconds(1)};
  EXPECT_EQ(backoff.Delay(1, 0.0), absl::Milliseconds(500));
}

TEST(Backoff, ZeroBaseNeverWaits) {
  const Backoff backoff{absl::ZeroDuration(), absl::Seconds(1)};
  EXPECT_EQ(backoff.Delay(std::numeric_limits<int>::max(), kAlmostOne),
            absl::ZeroDuration());
}

TEST(ToUnitInterval, CoversTheIntervalWithoutReachingOne) {
  EXPECT_EQ(ToUnitInterval(0), 0.0);
  EXPECT_EQ(ToUnitInterval(uint64_t{1} << 63), 0.5);
  EXPECT_LT(ToUnitInterval(std::numeric_limits<uint64_t>::max()), 1.0);
}

}  // namespace
}  // namespace oms_connector::base
