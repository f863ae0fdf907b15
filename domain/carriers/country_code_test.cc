#include "domain/carriers/country_code.h"

#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

TEST(CountryCode, KnowsAssignedPairsOnly) {
  EXPECT_TRUE(IsCountryCode('C', 'A'));
  EXPECT_TRUE(IsCountryCode('C', 'F'));
  EXPECT_TRUE(IsCountryCode('Z', 'W'));
  EXPECT_FALSE(IsCountryCode('X', 'X'));
  EXPECT_FALSE(IsCountryCode('U', 'K'));
  EXPECT_FALSE(IsCountryCode('c', 'a'));
  EXPECT_FALSE(IsCountryCode('1', 'A'));
  EXPECT_FALSE(IsCountryCode('\xC3', '\x84'));
}

TEST(CountryCode, NormalizesSpellings) {
  EXPECT_EQ(NormalizeCountry("CA"), "CA");
  EXPECT_EQ(NormalizeCountry("nl"), "NL");
  EXPECT_EQ(NormalizeCountry(" Canada "), "CA");
  EXPECT_EQ(NormalizeCountry("USA"), "US");
  EXPECT_EQ(NormalizeCountry("united states"), "US");
  EXPECT_EQ(NormalizeCountry("DEU"), "DE");
}

TEST(CountryCode, UnknownTextIsNoCountry) {
  EXPECT_EQ(NormalizeCountry(""), "");
  EXPECT_EQ(NormalizeCountry("  "), "");
  EXPECT_EQ(NormalizeCountry("XX"), "");
  EXPECT_EQ(NormalizeCountry("Canadian"), "");
}

}  // namespace
}  // namespace oms_connector::carriers
