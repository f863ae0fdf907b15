#include "omsctl/terminal_text.h"

#include <gtest/gtest.h>

#include <string>

namespace oms_connector::omsctl {
namespace {

TEST(TerminalText, LeavesOrdinaryTextAlone) {
  for (const char* text :
       {"", "NWD-TEE-NVY-S", "Größe M, été", "手袋", "5 − 3 = 2", "👕"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(TerminalText, DefusesWhatTerminalsObey) {
  EXPECT_EQ(Printable("\x1b[31mred"), "�[31mred");
  EXPECT_EQ(Printable("two\nlines\tand\rmore"), "two�lines�and�more");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "�31m");  // CSI in one character
  // A right-to-left override and its end.
  EXPECT_EQ(Printable("a\xe2\x80\xaeogp\xe2\x80\xac"), "a�ogp�");
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a�b");
}

TEST(TerminalText, ReplacesBrokenBytes) {
  EXPECT_EQ(Printable("\xff"), "�");
  EXPECT_EQ(Printable("ab\xc3"), "ab�");
  EXPECT_EQ(Printable("\xed\xa0\x80").substr(0, 3), "�");  // half a surrogate
}

TEST(TerminalText, CountsColumnsRatherThanBytes) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("été"), 3u);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1u);  // e and a combining accent
  EXPECT_EQ(DisplayWidth("手袋"), 4u);
  EXPECT_EQ(DisplayWidth("👕"), 2u);
}

TEST(TerminalText, ShortensToColumns) {
  EXPECT_EQ(Shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(Shortened("abcdefg", 6), "abcde…");
  EXPECT_EQ(Shortened("手袋手袋", 5), "手袋…");
  EXPECT_EQ(Shortened("手袋手袋", 8), "手袋手袋");
  EXPECT_EQ(Shortened("ab", 1), "…");
  EXPECT_EQ(Shortened("", 1), "");
}

TEST(TerminalText, PadsToColumns) {
  EXPECT_EQ(PadRight("手", 4), "手  ");
  EXPECT_EQ(PadLeft("12", 4), "  12");
  EXPECT_EQ(PadRight("long", 2), "long");
}

}  // namespace
}  // namespace oms_connector::omsctl
