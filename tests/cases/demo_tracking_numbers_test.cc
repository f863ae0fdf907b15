#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/carriers/carrier_detector.h"
#include "fake_order_manager/tracking_numbers.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::MatchesRegex;

TEST(TrackingNumbers, ChecksAgreeWithPublishedSamples) {
  EXPECT_TRUE(PassesLuhn("329015010179"));
  EXPECT_FALSE(PassesLuhn("329015010170"));
  EXPECT_TRUE(PassesFedexCheck("986578788855"));
  EXPECT_FALSE(PassesFedexCheck("986578788850"));
}

TEST(TrackingNumbers, PurolatorAndFedexNeverShareANumber) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 500; ++i) {
    const std::string purolator = PurolatorNumber(random);
    EXPECT_TRUE(PassesLuhn(purolator)) << purolator;
    EXPECT_FALSE(PassesFedexCheck(purolator)) << purolator;
    const std::string fedex = FedexNumber(random);
    EXPECT_TRUE(PassesFedexCheck(fedex)) << fedex;
    EXPECT_FALSE(PassesLuhn(fedex)) << fedex;
  }
}

TEST(TrackingNumbers, HaveTheCarriersShapes) {
  std::mt19937_64 random(2);
  EXPECT_THAT(UpsNumber(random), MatchesRegex("1Z[A-Z0-9]{15}[0-9]"));
  EXPECT_THAT(UspsNumber(random), MatchesRegex("9400[0-9]{18}"));
  EXPECT_THAT(PurolatorNumber(random), MatchesRegex("3[0-9]{11}"));
  EXPECT_THAT(AmazonNumber(random), MatchesRegex("TBA[0-9]{12}"));
  EXPECT_THAT(IntelcomNumber(random), MatchesRegex("INTLCM[A-Z][0-9]{9}"));
  EXPECT_THAT(DynamexNumber(random), MatchesRegex("DX[A-Z]{4}[0-9]{7}"));
}

TEST(TrackingNumbers, OfTheFourCarriersAreDetected) {
  const carriers::CarrierDetector detector({});
  std::mt19937_64 random(4);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(detector.Detect(PurolatorNumber(random), "CA").code, "PUROLATOR");
    EXPECT_EQ(detector.Detect(AmazonNumber(random), "US").code, "AMAZON");
    EXPECT_EQ(detector.Detect(IntelcomNumber(random), "CA").code, "INTELCOM");
    EXPECT_EQ(detector.Detect(DynamexNumber(random), "US").code, "DYNAMEX");
  }
}

TEST(TrackingNumbers, OfOtherCarriersAreNotTakenForTheFour) {
  const carriers::CarrierDetector detector({});
  std::mt19937_64 random(5);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(detector.Detect(UpsNumber(random), "US").resolved);
    EXPECT_FALSE(detector.Detect(FedexNumber(random), "US").resolved);
    EXPECT_FALSE(detector.Detect(UspsNumber(random), "US").resolved);
  }
}

TEST(TrackingNumbers, AreTheSameForTheSameSeed) {
  std::mt19937_64 one(3), two(3);
  EXPECT_EQ(UpsNumber(one), UpsNumber(two));
}

}  // namespace
}  // namespace oms_connector::testing_support
