#include "domain/carriers/rule_pattern.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

bool Matches(const RulePattern& pattern, absl::string_view text) {
  return pattern.Matches(TrackingNumber(text));
}

TEST(RulePattern, MatchesLiteralsClassesAndDigits) {
  constexpr RulePattern pattern = RulePattern::Compile("TB[ACM]\\d{12}");
  EXPECT_TRUE(Matches(pattern, "TBA123456789012"));
  EXPECT_TRUE(Matches(pattern, "TBM123456789012"));
  EXPECT_FALSE(Matches(pattern, "TBB123456789012"));
  EXPECT_FALSE(Matches(pattern, "TAA123456789012"));
  EXPECT_FALSE(Matches(pattern, "TBA12345678901A"));
}

TEST(RulePattern, MatchesWholeNumbersOnly) {
  constexpr RulePattern pattern = RulePattern::Compile("TB[ACM]\\d{12}");
  EXPECT_FALSE(Matches(pattern, "TBA12345678901"));
  EXPECT_FALSE(Matches(pattern, "TBA1234567890123"));
  EXPECT_FALSE(Matches(pattern, "1TBA123456789012"));
}

TEST(RulePattern, TellsLettersFromDigits) {
  constexpr RulePattern pattern = RulePattern::Compile("[A-Z]{3}\\d{9}");
  EXPECT_TRUE(Matches(pattern, "CWX000000001"));
  EXPECT_FALSE(Matches(pattern, "CW0000000001"));
  EXPECT_FALSE(Matches(pattern, "CWXA00000001"));
}

TEST(RulePattern, LastPartMayVaryInLength) {
  constexpr RulePattern pattern = RulePattern::Compile("J[A-Z]{2}\\d{9,10}");
  EXPECT_EQ(pattern.min_length(), 12);
  EXPECT_EQ(pattern.max_length(), 13);
  EXPECT_TRUE(Matches(pattern, "JJD999999999"));
  EXPECT_TRUE(Matches(pattern, "JJD9999999999"));
  EXPECT_FALSE(Matches(pattern, "JJD99999999"));
  EXPECT_FALSE(Matches(pattern, "JJD99999999999"));
  EXPECT_FALSE(Matches(pattern, "JJD999999999A"));
}

TEST(RulePattern, GroupTakesAnyOfItsTexts) {
  constexpr RulePattern pattern = RulePattern::Compile("(IT|DE|FR)\\d{10}");
  EXPECT_TRUE(Matches(pattern, "IT0000000001"));
  EXPECT_TRUE(Matches(pattern, "FR0000000001"));
  EXPECT_FALSE(Matches(pattern, "IE0000000001"));
  EXPECT_FALSE(Matches(pattern, "DT0000000001"));
}

TEST(RulePattern, GroupMayStandInTheMiddle) {
  constexpr RulePattern pattern = RulePattern::Compile("420\\d{5}(92|93)[0-9]");
  EXPECT_TRUE(Matches(pattern, "42090210921"));
  EXPECT_TRUE(Matches(pattern, "42090210939"));
  EXPECT_FALSE(Matches(pattern, "42090210949"));
}

TEST(RulePattern, AnySymbolClassTakesBoth) {
  constexpr RulePattern pattern = RulePattern::Compile("1Z[A-Z0-9]{15}\\d");
  EXPECT_TRUE(Matches(pattern, "1Z8V92A70367203024"));
  EXPECT_FALSE(Matches(pattern, "1Z8V92A7036720302A"));
}

TEST(RulePattern, LongestFormsFit) {
  constexpr RulePattern pattern = RulePattern::Compile("A[0-9A-Z]{10,39}");
  EXPECT_TRUE(Matches(pattern, "A" + std::string(39, '9')));
  EXPECT_TRUE(Matches(pattern, "A" + std::string(39, 'Z')));
  EXPECT_FALSE(Matches(pattern, "A" + std::string(9, 'Z')));
}

TEST(RulePattern, KnowsItsFirstSymbols) {
  constexpr RulePattern group = RulePattern::Compile("(IT|DE|72)\\d{10}");
  constexpr RulePattern digits = RulePattern::Compile("[0-5]\\d{11}");
  EXPECT_TRUE(group.MayBeginWith(SymbolOf('I')));
  EXPECT_TRUE(group.MayBeginWith(SymbolOf('7')));
  EXPECT_FALSE(group.MayBeginWith(SymbolOf('T')));
  EXPECT_TRUE(digits.MayBeginWith(0));
  EXPECT_FALSE(digits.MayBeginWith(6));
  EXPECT_FALSE(digits.MayBeginWith(SymbolOf('A')));
}

TEST(RulePattern, MistakesDoNotCompile) {
  for (const char* text :
       {"\\d{7}", "\\d{41}", "\\w{10}", "[]\\d{9}", "[A\\d{9}", "a\\d{9}",
        "\\d{9", "\\d{}", "\\d{9,8}\\d", "\\d{9,10}A", "(AB|C)\\d{9}", "(AB\\d",
        "(AB|)\\d{9}", "[Z-A]\\d{9}", "[A-]\\d{9}", "A{8,9}", "()\\d{9}"}) {
    EXPECT_DEATH(RulePattern::Compile(text), "") << text;
  }
}

}  // namespace
}  // namespace oms_connector::carriers
