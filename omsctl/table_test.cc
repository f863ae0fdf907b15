#include "omsctl/table.h"

#include <gtest/gtest.h>

namespace oms_connector::omsctl {
namespace {

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

}  // namespace
}  // namespace oms_connector::omsctl
