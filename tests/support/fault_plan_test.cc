#include "tests/support/fault_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;

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
