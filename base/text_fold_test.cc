#include "base/text_fold.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

struct Folding {
  absl::string_view text;
  absl::string_view folded;
};

class FoldCaseTest : public testing::TestWithParam<Folding> {};

TEST_P(FoldCaseTest, Folds) {
  EXPECT_EQ(FoldCase(GetParam().text), GetParam().folded);
}

INSTANTIATE_TEST_SUITE_P(
    Ascii, FoldCaseTest,
    testing::Values(Folding{"", ""}, Folding{"TSHIRT-Red_42", "tshirt-red_42"},
                    Folding{"already low", "already low"},
                    Folding{absl::string_view("A\0B", 3),
                            absl::string_view("a\0b", 3)}));

INSTANTIATE_TEST_SUITE_P(
    Unicode, FoldCaseTest,
    testing::Values(Folding{"GRÖSSE-Ä", "grösse-ä"},
                    Folding{"Straße", "strasse"}, Folding{"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
                    Folding{"Σίσυφος", "σίσυφοσ"}, Folding{"ЁЖИК", "ёжик"},
                    Folding{"日本-X", "日本-x"},
                    Folding{"\xE2\x84\xAA", "k"}));  // the Kelvin sign

INSTANTIATE_TEST_SUITE_P(
    BrokenUtf8, FoldCaseTest,
    testing::Values(Folding{"AB\xFF", "ab\xFF"},
                    Folding{"\xC3\x84\xC3", "\xC3\x84\xC3"},
                    Folding{"X\xED\xA0\x80", "x\xED\xA0\x80"}));

TEST(FoldCase, KeepsDifferentBrokenTextsDifferent) {
  EXPECT_NE(FoldCase("SKU\xFE"), FoldCase("SKU\xFF"));
}

TEST(FoldCase, IsStableWhenRepeated) {
  for (const char* text : {"STRASSE", "Straße", "İI", "ŒUVRE", "ǅ"}) {
    const std::string once = FoldCase(text);
    EXPECT_EQ(FoldCase(once), once) << text;
  }
}

TEST(Trim, TakesAwayTheWhiteSpaceAround) {
  EXPECT_EQ(Trim(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(Trim(" \n "), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(CleanText, TakesAwayWhatCannotBeSeen) {
  const struct {
    std::string written;
    std::string clean;
  } kCases[] = {
      {"TEE-RED", "TEE-RED"},
      {"", ""},
      {"  TEE \t\n", "TEE"},
      {"A  B", "A  B"},
      {"\u00a0TEE\u2003RED\u3000", "TEE RED"},  // blanks of other scripts
      {"T\u200bE\ufeffE\u00ad", "TEE"},         // takes no room
      {"A\u2060 \u200b", "A"},
      {"\u2066SKU\u2069", "SKU"},  // turns the direction of writing
      {"\u200b\u2800\u3164", ""},
      {absl::StrCat("A", std::string(1, '\0'), "B\x7F"), "AB"},
      {"\u00c9T\u00c9", "\u00c9T\u00c9"},
      {"\uff11", "\uff11"},
      {"A\xC3( ", "A\xC3("},  // no UTF-8: stays
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(CleanText(c.written), c.clean) << c.written;
    EXPECT_EQ(CleanText(c.clean), c.clean) << c.written;
  }
}

TEST(CleanNumber, ReadsDigitsOfAnyScript) {
  EXPECT_EQ(CleanNumber(" 1Z 999 "), "1Z 999");
  EXPECT_EQ(CleanNumber("\uff11\uff12\uff21\uff42\uff0d"), "12Ab-");
  EXPECT_EQ(CleanNumber("\u0661\u0662"), "12");
  EXPECT_EQ(CleanNumber("\u00c9"), "\u00c9");
}

TEST(IsValidUtf8, AcceptsEachLength) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8(absl::string_view("\0", 1)));
  EXPECT_TRUE(IsValidUtf8("a\x7F"));
  EXPECT_TRUE(IsValidUtf8("\xC2\x80\xDF\xBF"));
  EXPECT_TRUE(IsValidUtf8("\xE0\xA0\x80\xEF\xBF\xBF"));
  EXPECT_TRUE(IsValidUtf8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
}

TEST(IsValidUtf8, RefusesWhatTheStandardForbids) {
  EXPECT_FALSE(IsValidUtf8("\x80"));              // a tail alone
  EXPECT_FALSE(IsValidUtf8("\xC3"));              // cut off
  EXPECT_FALSE(IsValidUtf8("\xC0\x80"));          // overlong
  EXPECT_FALSE(IsValidUtf8("\xE0\x80\x80"));      // overlong
  EXPECT_FALSE(IsValidUtf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(IsValidUtf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(IsValidUtf8("\xFE"));
}

}  // namespace
}  // namespace oms_connector::base
