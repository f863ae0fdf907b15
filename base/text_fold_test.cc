#include "base/text_fold.h"

#include <string>

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
