#include "fake_order_manager/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

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

bool Strikes(FaultPlan& plan, absl::string_view endpoint,
             const QueryParameters& parameters = {}) {
  return !plan.Strike(endpoint, parameters).empty();
}

TEST(FaultPlan, StrikesItsEndpointOnly) {
  FaultPlan plan;
  plan.Add(MakeFault(FaultKind::kStatus, "orders"));
  EXPECT_TRUE(Strikes(plan, "orders"));
  EXPECT_FALSE(Strikes(plan, "products"));
}

TEST(FaultPlan, StrikesRequestsWithAllItsParameters) {
  FaultPlan plan;
  Fault fault = MakeFault(FaultKind::kStatus, "productstocks/total");
  fault.parameters = {{"page", "1"}, {"warehouseId", "3"}};
  plan.Add(fault);
  const absl::string_view endpoint = "productstocks/total";
  EXPECT_TRUE(Strikes(plan, endpoint, {{"page", "1"}, {"warehouseId", "3"}}));
  EXPECT_TRUE(Strikes(plan, endpoint, {{"warehouseId", "3"}}))
      << "no page is page 1";
  EXPECT_FALSE(Strikes(plan, endpoint, {{"page", "2"}, {"warehouseId", "3"}}));
  EXPECT_FALSE(Strikes(plan, endpoint, {{"page", "1"}}));
}

TEST(FaultPlan, StrikesFromTheNthRequestOnAndSoManyTimes) {
  FaultPlan plan;
  Fault fault = MakeFault(FaultKind::kStatus, "orders", 2);
  fault.from_request = 3;
  const int64_t id = plan.Add(fault);
  std::string struck;
  for (int i = 0; i < 6; ++i) struck += Strikes(plan, "orders") ? 'x' : '.';
  EXPECT_EQ(struck, "..xx..");
  EXPECT_EQ(plan.hits(id), 2);
}

TEST(FaultPlan, StrikesByChanceTheSameForTheSameSeed) {
  const auto struck = [](int64_t seed) {
    FaultPlan plan;
    Fault fault = MakeFault(FaultKind::kStatus);
    fault.probability = 0.3;
    fault.seed = seed;
    plan.Add(fault);
    std::string pattern;
    for (int i = 0; i < 1000; ++i) {
      pattern += Strikes(plan, "orders") ? 'x' : '.';
    }
    return pattern;
  };
  const std::string pattern = struck(1);
  EXPECT_EQ(pattern, struck(1));
  EXPECT_NE(pattern, struck(2));
  EXPECT_NEAR(std::count(pattern.begin(), pattern.end(), 'x'), 300, 60);
}

TEST(FaultPlan, ReleasedFaultsStrikeNoMoreButKeepTheirCounts) {
  FaultPlan plan;
  const int64_t id = plan.Add(MakeFault(FaultKind::kStatus));
  EXPECT_TRUE(Strikes(plan, "orders"));
  EXPECT_TRUE(plan.Release(id));
  EXPECT_FALSE(plan.Release(id));
  EXPECT_FALSE(Strikes(plan, "orders"));
  EXPECT_EQ(plan.hits(id), 1);
}

TEST(FaultPlan, HoldsUntilReleased) {
  FaultPlan plan;
  const int64_t id = plan.Add(MakeFault(FaultKind::kHold));
  EXPECT_FALSE(plan.WaitUntilHeld(id, absl::ZeroDuration()));
  std::thread request([&plan] {
    for (const StruckFault& struck : plan.Strike("orders", {})) {
      plan.Wait(struck);
    }
  });
  EXPECT_TRUE(plan.WaitUntilHeld(id, absl::Seconds(30)));
  EXPECT_THAT(plan.ToJson(), HasSubstr("\"held\":1"));
  plan.ReleaseAll();
  request.join();
  EXPECT_EQ(plan.ToJson(), "[]");
}

TEST(FaultPlan, StopEndsWaitsBeforeAndAfter) {
  FaultPlan plan;
  const int64_t id = plan.Add(MakeFault(FaultKind::kHold));
  Fault slow = MakeFault(FaultKind::kDelay);
  slow.delay = absl::Hours(1);
  std::thread request([&plan, id] {
    plan.Wait({id, MakeFault(FaultKind::kHold)});
  });
  ASSERT_TRUE(plan.WaitUntilHeld(id, absl::Seconds(30)));
  plan.Stop();
  request.join();
  plan.Wait({plan.Add(slow), slow});
}

}  // namespace
}  // namespace oms_connector::testing_support
