#include "omsctl/table.h"

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

TEST(Table, AlignsColumnsUnderTheirHeadings) {
  Table table({{"SKU"}, {"AVAILABLE", Column::kRight}, {"WHY"}});
  table.Add({"A-1", "7", "on hand 12 − locked 5 = 7"});
  table.Add({"手袋-10", "1200", ""});
  EXPECT_EQ(table.Text(),
            "SKU      AVAILABLE  WHY\n"
            "A-1              7  on hand 12 − locked 5 = 7\n"
            "手袋-10       1200\n");
}

TEST(Table, LeavesOutColumnsWithNothingInThem) {
  Table table({{"A"}, {"NEVER"}, {"B"}});
  table.Add({"1", "", "2"});
  EXPECT_EQ(table.Text(), "A  B\n1  2\n");
}

TEST(Table, KeepsRowsThatStartWithAnEmptyCell) {
  Table table({{"A"}, {"B"}});
  table.Add({"", "2"});
  table.Add({"1", "3"});
  EXPECT_EQ(table.Text(), "A  B\n   2\n1  3\n");
}

TEST(Table, WithoutRowsThereIsNothingToShow) {
  EXPECT_EQ(Table({{"A"}}).Text(), "");
}

TEST(Table, CellsCannotBreakTheTable) {
  Table table({{"NAME", Column::kLeft, 6}, {"N"}});
  table.Add({"two\nlines and more", "1"});
  EXPECT_EQ(table.Text(), "NAME    N\ntwo�l…  1\n");
}

TEST(Table, MissingCellsAreEmpty) {
  Table table({{"A"}, {"B"}});
  table.Add({"1"});
  table.Add({"2", "x"});
  EXPECT_EQ(table.Text(), "A  B\n1\n2  x\n");
}

TEST(Table, FitsTheWidthByBreakingTheLastColumn) {
  Table table(
      {{"SKU"}, {"AVAILABLE", Column::kRight}, {"WHY", Column::kLeft, 90}});
  table.Add({"NWD-TEE-NVY-S", "7",
             "more than one product or listing claims this SKU"});
  table.Add({"A", "12", "on hand 12"});
  EXPECT_EQ(table.Text(52),
            "SKU            AVAILABLE  WHY\n"
            "NWD-TEE-NVY-S          7  more than one product or\n"
            "                          listing claims this SKU\n"
            "A                     12  on hand 12\n");
}

TEST(Table, ShortensTheWidestColumnWhereThatIsNotEnough) {
  Table table({{"NAME"}, {"COUNT", Column::kRight}, {"NOTE"}});
  table.Add({"a name that goes on and on", "1", "a note"});
  EXPECT_EQ(table.Text(32),
            "NAME               COUNT  NOTE\n"
            "a name that goes…      1  a note\n");
}

TEST(Table, BreaksWordsThatAreLongerThanALine) {
  Table table({{"A"}, {"B"}});
  table.Add({"x", "0123456789012345678901234567890123456789"});
  EXPECT_EQ(table.Text(30),
            "A  B\n"
            "x  012345678901234567890123456\n"
            "   7890123456789\n");
}

}  // namespace
}  // namespace oms_connector::omsctl
