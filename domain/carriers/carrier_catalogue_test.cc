#include "domain/carriers/carrier_catalogue.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;

absl::string_view CodeOf(absl::string_view text) {
  const KnownCarrier* carrier = FindCarrier(text);
  return carrier == nullptr ? "" : carrier->code;
}

TEST(CarrierCatalogue, FindsByCodeNameAndAliasInAnyCase) {
  EXPECT_EQ(CodeOf("PUROLATOR"), "PUROLATOR");
  EXPECT_EQ(CodeOf("Purolator"), "PUROLATOR");
  EXPECT_EQ(CodeOf(" purolator inc. "), "PUROLATOR");
  EXPECT_EQ(CodeOf("Amazon Logistics"), "AMAZON");
  EXPECT_EQ(CodeOf("amazon_logistics"), "AMAZON");
  EXPECT_EQ(CodeOf("amazon"), "AMAZON");
  EXPECT_EQ(CodeOf("canada-post"), "CANADA_POST");
  EXPECT_EQ(CodeOf("U.S. Postal Service"), "USPS");
  EXPECT_EQ(CodeOf("SpeeDee"), "SPEEDEE");
  EXPECT_EQ(CodeOf("INTELCOM / Dragonfly"), "INTELCOM");
}

TEST(CarrierCatalogue, DoesNotGuess) {
  for (const char* text : {"", " ", "-", "Puro", "Purolatör", "UPSS", "OTHER",
                           "OTHER_CARRIER", "|", "Amazon|AMZL"}) {
    EXPECT_EQ(CodeOf(text), "") << text;
  }
}

TEST(CarrierCatalogue, DefaultCandidatesAreTheFourOfTheProduct) {
  std::vector<absl::string_view> defaults;
  for (const KnownCarrier& carrier : kKnownCarriers) {
    if (carrier.is_default_candidate) defaults.push_back(carrier.code);
  }
  EXPECT_THAT(defaults,
              ElementsAre("DYNAMEX", "INTELCOM", "AMAZON", "PUROLATOR"));
}

TEST(CarrierCatalogue, NamesAreUnambiguous) {
  for (const KnownCarrier& carrier : kKnownCarriers) {
    EXPECT_EQ(CodeOf(carrier.code), carrier.code);
    EXPECT_EQ(CodeOf(carrier.display_name), carrier.code);
    EXPECT_EQ(CarrierIndex(carrier.code), &carrier - kKnownCarriers);
    for (const absl::string_view alias :
         absl::StrSplit(carrier.aliases, '|', absl::SkipEmpty())) {
      EXPECT_EQ(CodeOf(alias), carrier.code) << alias;
    }
  }
  EXPECT_EQ(CarrierIndex("purolator"), -1);
}

TEST(CarrierCatalogue, KnowsHomeCountries) {
  const auto homes_of = [](absl::string_view country) {
    std::set<std::string> codes;
    for (const KnownCarrier& carrier : kKnownCarriers) {
      if (IsHomeCountry(carrier, country)) codes.emplace(carrier.code);
    }
    return codes;
  };
  EXPECT_THAT(homes_of("CA"), IsSupersetOf({"CANADA_POST", "PUROLATOR"}));
  EXPECT_THAT(homes_of("US"), IsSupersetOf({"UPS", "USPS"}));
  EXPECT_THAT(homes_of("US"), Not(Contains("PUROLATOR")));
  EXPECT_THAT(homes_of("NL"), Contains("INTELCOM"));
  EXPECT_THAT(homes_of("AU"), Contains("INTELCOM"));
  EXPECT_THAT(homes_of(""), ElementsAre());
  EXPECT_THAT(homes_of("A N"), ElementsAre());
}

}  // namespace
}  // namespace oms_connector::carriers
