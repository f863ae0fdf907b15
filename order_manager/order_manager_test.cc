#include "order_manager/order_manager.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace oms_connector::order_manager {
namespace {

TEST(OrderManagerStatus, TellsHowLongToWait) {
  const absl::Status status = QuotaExhausted(absl::Milliseconds(1500));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryAfterOf(status), absl::Milliseconds(1500));
}

TEST(OrderManagerStatus, WaitsAsDocumentedWhereNothingIsSaid) {
  EXPECT_EQ(RetryAfterOf(absl::ResourceExhaustedError("wait")),
            absl::Seconds(15));
}

TEST(OrderManagerStatus, TellsWhatWasNotProcessed) {
  const absl::Status status = absl::UnavailableError("no connection");
  EXPECT_FALSE(WasNotProcessed(status));
  EXPECT_TRUE(WasNotProcessed(NotProcessed(status)));
  EXPECT_FALSE(WasNotProcessed(absl::OkStatus()));
}

TEST(WindowsOf, AreAtMostSevenDaysLongAndLeaveNothingOut) {
  const absl::Time from = absl::FromUnixSeconds(1'786'960'800);
  for (const int days : {0, 1, 7, 8, 90}) {
    const std::vector<CreatedWindow> windows =
        WindowsOf(from, from + absl::Hours(24 * days));
    EXPECT_EQ(windows.size(), days == 0 ? 1 : (days + 6) / 7);
    absl::Time next = from;
    for (const CreatedWindow& window : windows) {
      EXPECT_EQ(window.from, next);
      EXPECT_LE(window.to - window.from, kLongestWindow);
      next = window.to;
    }
    EXPECT_EQ(next, from + absl::Hours(24 * days));
  }
  EXPECT_EQ(WindowsOf(from, from - absl::Hours(1)).size(), 1);
}

}  // namespace
}  // namespace oms_connector::order_manager
