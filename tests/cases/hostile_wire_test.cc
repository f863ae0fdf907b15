// An Order Manager that answers anything but what was agreed: a pull ends with
// a clear error or sets rows aside, nothing is invented, and what is stored
// stays as it was and is still served.
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::TestWithParam;

constexpr char kStock[] = "productstocks/total";
constexpr char kStored[] = "TEE-BLUE@1=8 TEE-BLUE@2=9 TEE-RED@1=5 TEE-RED@2=6";

// A connection that has pulled once, per warehouse.
class HostileWireTest : public TestWithParam<FaultKind> {
 protected:
  HostileWireTest() {
    bench_.CreateConnection();
    bench_.SetPerWarehouse();
    EXPECT_EQ(Brief(bench_.SyncNow().response), kStored);
  }

  WireBench bench_;
};

// Whole answers that are no list of rows.
class BrokenAnswers : public HostileWireTest {};

TEST_P(BrokenAnswers, FailTheRunAndLeaveStoredLevelsAlone) {
  Fault fault = MakeFault(GetParam(), kStock);
  fault.bytes_per_second = 0;
  fault.size = GetParam() == FaultKind::kGzipBomb ? 200'000'000 : 100'000;
  fault.location = bench_.fake().base_url() + "/v1/warehouses";
  bench_.fake().faults().Add(fault);
  const auto answer = bench_.SyncNow();
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_FAILED)
      << answer->run().DebugString();
  EXPECT_NE(answer->run().error().code(), 0);
  EXPECT_NE(answer->run().error().message(), "");
  EXPECT_LE(answer->run().error().message().size(), 1024u);
  EXPECT_NE(answer->pull().last_error().code(), 0);
  EXPECT_EQ(Brief(answer.response), kStored);

  bench_.fake().faults().ReleaseAll();
  const auto later = bench_.SyncNow();
  EXPECT_EQ(later->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_EQ(Brief(later.response), kStored);
}

std::string KindName(const ::testing::TestParamInfo<FaultKind>& info) {
  return std::string(FaultKindName(info.param));
}

INSTANTIATE_TEST_SUITE_P(
    Wire, BrokenAnswers,
    ::testing::Values(FaultKind::kHtmlBody, FaultKind::kEmptyBody,
                      FaultKind::kTruncatedJson, FaultKind::kNotAnArray,
                      FaultKind::kDeepNesting, FaultKind::kGzipBomb,
                      FaultKind::kEndlessBody, FaultKind::kPartialBody,
                      FaultKind::kCloseConnection, FaultKind::kRedirect),
    KindName);

// Rows that cannot be read as they stand.
class BrokenRows : public HostileWireTest {};

TEST_P(BrokenRows, NeverChangeAStoredNumber) {
  bench_.fake().faults().Add(MakeFault(GetParam(), kStock));
  const auto answer = bench_.SyncNow();
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(Brief(answer.response), kStored) << answer->run().DebugString();
  if (answer->run().state() == v1::SyncRun::STATE_SUCCEEDED) {
    EXPECT_GT(answer->run().counts().rows_rejected(), 0);
    ASSERT_GT(answer->run().rejected_rows_size(), 0);
    EXPECT_EQ(answer->run().rejected_rows(0).endpoint(), kStock);
    EXPECT_NE(answer->run().rejected_rows(0).reason(), "");
  } else {
    EXPECT_NE(answer->run().error().code(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Wire, BrokenRows,
                         ::testing::Values(FaultKind::kWrongTypes,
                                           FaultKind::kNan,
                                           FaultKind::kDuplicateKeys,
                                           FaultKind::kBadUtf8),
                         KindName);

TEST_F(HostileWireTest, ByteOrderMarkIsReadOver) {
  bench_.fake().faults().Add(MakeFault(FaultKind::kByteOrderMark, kStock));
  const auto answer = bench_.SyncNow();
  EXPECT_EQ(Brief(answer.response), kStored);
}

TEST_F(HostileWireTest, OneBrokenRowDoesNotStopTheOthers) {
  bench_.fake().Mutate([](FakeWorld& world) {
    world.SetStock(10, 1, 55);
    world.SetStock(11, 1, 88).raw["onHandQuantity"] = "\"many\"";
  });
  const auto answer = bench_.SyncNow();
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_SUCCEEDED);
  EXPECT_EQ(Brief(answer.response),
            "TEE-BLUE@1=8 TEE-BLUE@2=9 TEE-RED@1=55 TEE-RED@2=6");
  EXPECT_EQ(answer->run().counts().rows_rejected(), 1);
  EXPECT_THAT(answer->run().rejected_rows(0).identifier(), HasSubstr("11"));
}

TEST_F(HostileWireTest, RedirectIsNotFollowed) {
  const auto elsewhere = StartFakeOrderManager(SmallWireWorld());
  Fault fault = MakeFault(FaultKind::kRedirect, kStock);
  fault.location = elsewhere->base_url() + "/v1/productstocks/total";
  bench_.fake().faults().Add(fault);
  EXPECT_EQ(bench_.SyncNow()->run().state(), v1::SyncRun::STATE_FAILED);
  EXPECT_EQ(elsewhere->log().Count(), 0);
}

TEST_F(HostileWireTest, PageThatIsIgnoredEndsTheRunInsteadOfLooping) {
  WireBench bench(LongWireWorld(2500));
  bench.CreateConnection();
  bench.SetPerWarehouse();
  bench.fake().faults().Add(MakeFault(FaultKind::kPageIgnored, kStock));
  const auto answer = bench.SyncNow();
  EXPECT_THAT(answer.error(), ::testing::StartsWith("UNAVAILABLE"));
  EXPECT_LE(bench.fake().log().Count(kStock), 10);
}

TEST_F(HostileWireTest, TextOfTheOrderManagerDoesNotReachTheCaller) {
  Fault fault = MakeFault(FaultKind::kHtmlBody, kStock);
  bench_.fake().faults().Add(fault);
  const auto answer = bench_.SyncNow();
  EXPECT_THAT(answer->run().error().message(), Not(HasSubstr("<")));
  EXPECT_THAT(answer->run().error().message(), Not(HasSubstr(kWireToken)));
}

}  // namespace
}  // namespace oms_connector::testing_support
