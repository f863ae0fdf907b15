#include "order_manager/order_manager.h"

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

}  // namespace
}  // namespace oms_connector::order_manager
