#include "tests/support/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;

TEST(Fault, IsReadFromJson) {
  const absl::StatusOr<Fault> fault = FaultFromJson(
      R"({"kind": "quota", "endpoint": "orders", "parameters": {"page": "2"},
          "fromRequest": 3, "count": 2, "probability": 0.5, "seed": 9,
          "processed": true, "retryAfterMs": 1500})");
  ASSERT_TRUE(fault.ok()) << fault.status();
  EXPECT_EQ(fault->kind, FaultKind::kQuota);
  EXPECT_EQ(fault->endpoint, "orders");
  EXPECT_EQ(fault->parameters.at("page"), "2");
  EXPECT_EQ(fault->from_request, 3);
  EXPECT_EQ(fault->count, 2);
  EXPECT_EQ(fault->probability, 0.5);
  EXPECT_EQ(fault->seed, 9);
  EXPECT_TRUE(fault->processed);
  EXPECT_EQ(fault->retry_after, absl::Milliseconds(1500));
}

TEST(Fault, NeedsNoMoreThanItsKind) {
  const absl::StatusOr<Fault> fault = FaultFromJson(R"({"kind": "hold"})");
  ASSERT_TRUE(fault.ok()) << fault.status();
  EXPECT_EQ(fault->kind, FaultKind::kHold);
  EXPECT_FALSE(fault->count.has_value());
}

TEST(Fault, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(FaultFromJson(R"({"kind": "flood"})").status().message(),
              HasSubstr("flood"));
  EXPECT_THAT(FaultFromJson(R"({"kind": "hold", "endpoint": "order"})")
                  .status()
                  .message(),
              HasSubstr("order"));
  EXPECT_FALSE(FaultFromJson(R"({"kind": "hold", "times": 2})").ok());
  EXPECT_FALSE(FaultFromJson("hold").ok());
}

TEST(Fault, IsWrittenAsItIsRead) {
  for (int kind = 0; kind <= static_cast<int>(FaultKind::kRedirect); ++kind) {
    Fault fault = MakeFault(static_cast<FaultKind>(kind), "products", 4);
    fault.retry_after = absl::Milliseconds(20);
    const std::string json = FaultToJson(fault);
    const absl::StatusOr<Fault> read = FaultFromJson(json);
    ASSERT_TRUE(read.ok()) << json << read.status();
    EXPECT_EQ(FaultToJson(*read), json);
  }
}

TEST(Fault, OnlyWaitsAndOtherAnswersCanComeBeforeTheWork) {
  EXPECT_FALSE(StrikesAfterWork(MakeFault(FaultKind::kStatus)));
  EXPECT_FALSE(StrikesAfterWork(MakeFault(FaultKind::kHold)));
  EXPECT_TRUE(StrikesAfterWork(MakeFault(FaultKind::kTruncatedJson)));
  Fault late = MakeFault(FaultKind::kCloseConnection);
  late.processed = true;
  EXPECT_TRUE(StrikesAfterWork(late));
}

}  // namespace
}  // namespace oms_connector::testing_support
