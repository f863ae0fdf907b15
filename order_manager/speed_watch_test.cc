#include "order_manager/speed_watch.h"

#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace oms_connector::order_manager {
namespace {

// The second in which a flow of `bytes_in(second)` is found too slow.
template <typename BytesIn>
std::optional<int> FoundTooSlowAt(BytesIn bytes_in) {
  SpeedWatch watch(1024, absl::Seconds(30));
  int64_t total = 0;
  for (int second = 0; second < 300; ++second) {
    total += bytes_in(second);
    if (watch.IsTooSlow(absl::Seconds(second), total)) return second;
  }
  return std::nullopt;
}

TEST(SpeedWatch, LetsAFastFlowPass) {
  EXPECT_EQ(FoundTooSlowAt([](int) { return 1024; }), std::nullopt);
  EXPECT_EQ(FoundTooSlowAt([](int) { return 1 << 20; }), std::nullopt);
}

TEST(SpeedWatch, NoticesASlowFlowAfterOneWindow) {
  EXPECT_EQ(FoundTooSlowAt([](int) { return 1000; }), 30);
  EXPECT_EQ(FoundTooSlowAt([](int) { return 0; }), 30);
}

TEST(SpeedWatch, ForgivesAPauseThatIsMadeUpFor) {
  EXPECT_EQ(FoundTooSlowAt(
                [](int second) { return second % 25 == 0 ? 64 << 10 : 0; }),
            std::nullopt);
}

TEST(SpeedWatch, IsNotFooledByADropNowAndThen) {
  EXPECT_EQ(
      FoundTooSlowAt([](int second) { return second % 5 == 0 ? 3000 : 0; }),
      30);
}

TEST(SpeedWatch, NoticesAFlowThatDriesUp) {
  const auto found =
      FoundTooSlowAt([](int second) { return second < 100 ? 1 << 20 : 0; });
  ASSERT_TRUE(found.has_value());
  EXPECT_GE(*found, 129);
  EXPECT_LE(*found, 131);
}

TEST(SpeedWatch, NoticesSilenceBetweenTwoLooks) {
  SpeedWatch watch(1024, absl::Seconds(30));
  EXPECT_FALSE(watch.IsTooSlow(absl::Seconds(0), 100'000));
  EXPECT_TRUE(watch.IsTooSlow(absl::Seconds(100), 100'000));
}

}  // namespace
}  // namespace oms_connector::order_manager
