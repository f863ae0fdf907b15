#include "domain/carriers/carrier_decision.h"

#include <initializer_list>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kLow = model::CarrierConfidence::kLow;
constexpr auto kMedium = model::CarrierConfidence::kMedium;
constexpr auto kHigh = model::CarrierConfidence::kHigh;

constexpr char kShape[] = "\\d{12}";

CarrierRule Rule(absl::string_view code, absl::string_view name,
                 model::CarrierConfidence confidence) {
  return CarrierRule(code, name, kShape, NoCheckDigit(), confidence);
}

CarrierRule CheckedRule(absl::string_view code, absl::string_view name,
                        model::CarrierConfidence confidence) {
  return CarrierRule(code, name, kShape, Luhn(), confidence);
}

CarrierSet Set(std::initializer_list<absl::string_view> codes) {
  CarrierSet set = 0;
  for (const absl::string_view code : codes) set |= SetOf(CarrierIndex(code));
  return set;
}

TEST(CarrierDecision, NothingMatchedIsNoAnswer) {
  const Detection detection = Decide({}, Set({"UPS"}), "US");
  EXPECT_FALSE(detection.resolved);
  EXPECT_THAT(detection.candidates, IsEmpty());
}

TEST(CarrierDecision, OneCandidateIsTheAnswer) {
  const CarrierRule ups = Rule("UPS", "ups.x", kLow);
  const Detection detection = Decide({{&ups}}, Set({"UPS"}), "");
  EXPECT_TRUE(detection.resolved);
  EXPECT_EQ(detection.code, "UPS");
  EXPECT_EQ(detection.rule, "ups.x");
  EXPECT_EQ(detection.confidence, kLow);
  EXPECT_THAT(detection.candidates, IsEmpty());
}

TEST(CarrierDecision, ShadowAloneIsNeitherAnswerNorAmbiguity) {
  const CarrierRule ups = Rule("UPS", "ups.x", kHigh);
  const Detection detection = Decide({{&ups}}, Set({"DHL"}), "US");
  EXPECT_FALSE(detection.resolved);
  EXPECT_THAT(detection.candidates, IsEmpty());
}

TEST(CarrierDecision, FailedCheckIsOut) {
  const CarrierRule ups = CheckedRule("UPS", "ups.x", kHigh);
  EXPECT_FALSE(Decide({{&ups, false}}, Set({"UPS"}), "").resolved);
}

TEST(CarrierDecision, FailedCheckTakesUncheckedFormsOfTheCarrierWithIt) {
  const CarrierRule checked = CheckedRule("UPS", "ups.checked", kHigh);
  const CarrierRule shape = Rule("UPS", "ups.shape", kLow);
  const CarrierRule dhl = Rule("DHL", "dhl.shape", kLow);
  const CarrierSet both = Set({"UPS", "DHL"});
  EXPECT_FALSE(Decide({{&checked, false}, {&shape}}, both, "").resolved);
  EXPECT_FALSE(Decide({{&shape}, {&checked, false}}, both, "").resolved);
  EXPECT_EQ(Decide({{&checked, false}, {&shape}, {&dhl}}, both, "").code,
            "DHL");
}

TEST(CarrierDecision, AnotherCheckedFormOfTheCarrierMayHold) {
  const CarrierRule first = CheckedRule("USPS", "usps.first", kMedium);
  const CarrierRule second = CheckedRule("USPS", "usps.second", kMedium);
  EXPECT_EQ(Decide({{&first, false}, {&second}}, Set({"USPS"}), "").rule,
            "usps.second");
}

TEST(CarrierDecision, OneCarrierAnswersByItsSurestForm) {
  const CarrierRule weak = Rule("UPS", "ups.weak", kLow);
  const CarrierRule strong = Rule("UPS", "ups.strong", kHigh);
  EXPECT_EQ(Decide({{&weak}, {&strong}}, Set({"UPS"}), "").rule, "ups.strong");
  EXPECT_EQ(Decide({{&strong}, {&weak}}, Set({"UPS"}), "").rule, "ups.strong");
}

TEST(CarrierDecision, SurerCarrierWins) {
  const CarrierRule ups = Rule("UPS", "ups.x", kMedium);
  const CarrierRule dhl = Rule("DHL", "dhl.x", kLow);
  EXPECT_EQ(Decide({{&ups}, {&dhl}}, Set({"UPS", "DHL"}), "").code, "UPS");
  // The weaker one does no harm as a shadow either.
  EXPECT_EQ(Decide({{&ups}, {&dhl}}, Set({"UPS"}), "").code, "UPS");
}

TEST(CarrierDecision, SurerOrEqualShadowMakesItAmbiguous) {
  const CarrierRule ups = Rule("UPS", "ups.x", kMedium);
  const CarrierRule dhl = Rule("DHL", "dhl.x", kLow);
  const Detection surer = Decide({{&dhl}, {&ups}}, Set({"DHL"}), "");
  EXPECT_FALSE(surer.resolved);
  EXPECT_EQ(surer.code, "");
  EXPECT_EQ(surer.rule, "");
  EXPECT_EQ(surer.confidence, model::CarrierConfidence::kUnspecified);
  EXPECT_THAT(surer.candidates, ElementsAre("UPS", "DHL"));

  const CarrierRule equal = Rule("DPD", "dpd.x", kLow);
  EXPECT_THAT(Decide({{&dhl}, {&equal}}, Set({"DHL"}), "").candidates,
              ElementsAre("DHL", "DPD"));
}

TEST(CarrierDecision, CountryDecidesBetweenEquals) {
  const CarrierRule purolator = Rule("PUROLATOR", "purolator.x", kMedium);
  const CarrierRule fedex = Rule("FEDEX", "fedex.x", kMedium);
  const FormMatches matches = {{&purolator}, {&fedex}};
  const CarrierSet both = Set({"PUROLATOR", "FEDEX"});
  EXPECT_EQ(Decide(matches, both, "CA").code, "PUROLATOR");
  EXPECT_EQ(Decide(matches, both, "US").code, "FEDEX");
  EXPECT_FALSE(Decide(matches, both, "DE").resolved);
  EXPECT_FALSE(Decide(matches, both, "").resolved);
}

TEST(CarrierDecision, CountryNeverMakesAShadowTheAnswer) {
  const CarrierRule purolator = Rule("PUROLATOR", "purolator.x", kMedium);
  const CarrierRule fedex = Rule("FEDEX", "fedex.x", kMedium);
  const FormMatches matches = {{&purolator}, {&fedex}};
  EXPECT_EQ(Decide(matches, Set({"PUROLATOR"}), "CA").code, "PUROLATOR");
  EXPECT_THAT(Decide(matches, Set({"PUROLATOR"}), "US").candidates,
              ElementsAre("PUROLATOR", "FEDEX"));
}

TEST(CarrierDecision, TwoAtHomeStayAmbiguous) {
  const CarrierRule purolator = Rule("PUROLATOR", "purolator.x", kMedium);
  const CarrierRule canpar = Rule("CANPAR", "canpar.x", kMedium);
  EXPECT_FALSE(
      Decide({{&purolator}, {&canpar}}, Set({"PUROLATOR", "CANPAR"}), "CA")
          .resolved);
}

TEST(CarrierDecision, CountryDoesNotLiftAWeakerCarrier) {
  const CarrierRule fedex = Rule("FEDEX", "fedex.x", kHigh);
  const CarrierRule ups = Rule("UPS", "ups.x", kHigh);
  const CarrierRule purolator = Rule("PUROLATOR", "purolator.x", kLow);
  EXPECT_FALSE(Decide({{&purolator}, {&fedex}, {&ups}},
                      Set({"PUROLATOR", "FEDEX", "UPS"}), "CA")
                   .resolved);
}

TEST(CarrierDecision, ContestedRuleIsNoSurerThanItsRival) {
  const CarrierRule purolator =
      Rule("PUROLATOR", "purolator.x", kHigh).ContestedBy("fedex.x");
  const CarrierRule fedex = CheckedRule("FEDEX", "fedex.x", kMedium);
  const CarrierSet candidates = Set({"PUROLATOR"});
  EXPECT_THAT(Decide({{&purolator}, {&fedex}}, candidates, "").candidates,
              ElementsAre("PUROLATOR", "FEDEX"));
  const Detection in_canada =
      Decide({{&purolator}, {&fedex}}, candidates, "CA");
  EXPECT_EQ(in_canada.code, "PUROLATOR");
  EXPECT_EQ(in_canada.confidence, kMedium);
  // A rival whose check digit fails is none.
  EXPECT_EQ(Decide({{&purolator}, {&fedex, false}}, candidates, "").confidence,
            kHigh);
}

TEST(CarrierDecision, BoundFormCountsForItsCountriesOrAlone) {
  const CarrierRule amazon = Rule("AMAZON", "amazon.x", kLow).OnlyFor("FR DE");
  const CarrierRule dhl = Rule("DHL", "dhl.x", kLow);
  const CarrierRule ups = CheckedRule("UPS", "ups.x", kHigh);
  const CarrierSet candidates = Set({"AMAZON"});
  EXPECT_EQ(Decide({{&amazon}}, candidates, "").code, "AMAZON");
  EXPECT_EQ(Decide({{&amazon}}, candidates, "CA").code, "AMAZON");
  EXPECT_EQ(Decide({{&amazon}}, candidates, "DE").code, "AMAZON");
  // A shadow is something else that matches.
  const Detection elsewhere = Decide({{&amazon}, {&dhl}}, candidates, "CA");
  EXPECT_FALSE(elsewhere.resolved);
  EXPECT_THAT(elsewhere.candidates, IsEmpty());
  EXPECT_THAT(Decide({{&amazon}, {&dhl}}, candidates, "FR").candidates,
              ElementsAre("AMAZON", "DHL"));
  // A form that fails its check is nothing.
  EXPECT_EQ(Decide({{&amazon}, {&ups, false}}, candidates, "").code, "AMAZON");
}

TEST(CarrierDecision, AgreeingShadowIsNoEvidenceAgainstACandidate) {
  const CarrierRule usps = Rule("USPS", "usps.x", kHigh).AgreesWith("S10");
  const CarrierRule s10 = Rule("S10", "s10.x", kHigh);
  const FormMatches matches = {{&usps}, {&s10}};
  EXPECT_EQ(Decide(matches, Set({"USPS"}), "").code, "USPS");
  EXPECT_EQ(Decide(matches, Set({"S10"}), "").code, "S10");
  EXPECT_THAT(Decide(matches, Set({"USPS", "S10"}), "").candidates,
              ElementsAre("USPS", "S10"));
  EXPECT_EQ(Decide(matches, Set({"USPS", "S10"}), "US").code, "USPS");
  // A third carrier still counts.
  const CarrierRule dhl = Rule("DHL", "dhl.x", kHigh);
  EXPECT_THAT(Decide({{&usps}, {&s10}, {&dhl}}, Set({"USPS"}), "").candidates,
              ElementsAre("USPS", "DHL"));
}

}  // namespace
}  // namespace oms_connector::carriers
