#include "storage/sql/packed_list.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PackedList, KeepsIntegers) {
  const std::vector<int64_t> values = {3, -5, 0,
                                       std::numeric_limits<int64_t>::min(),
                                       std::numeric_limits<int64_t>::max()};
  EXPECT_EQ(UnpackInts(PackInts(values)), values);
  EXPECT_EQ(PackInts({3, 5, 8}), "3,5,8");
}

TEST(PackedList, EmptyListIsEmptyText) {
  EXPECT_EQ(PackInts({}), "");
  EXPECT_EQ(PackTexts({}), "");
  EXPECT_EQ(PackRows({}), "");
  EXPECT_THAT(UnpackInts(""), IsEmpty());
  EXPECT_THAT(UnpackTexts(""), IsEmpty());
  EXPECT_THAT(UnpackRows("", 2), IsEmpty());
}

TEST(PackedList, KeepsTextsWithAnyBytes) {
  const std::vector<std::vector<std::string>> cases = {
      {""},
      {"", ""},
      {"red", "blue"},
      {"a\nb", "\n", "\t", "\\", "\\n", "tail\\"},
      {std::string("nul\0nul", 7), "\xff\xfe", "Füße"},
  };
  for (const std::vector<std::string>& texts : cases) {
    EXPECT_EQ(UnpackTexts(PackTexts(texts)), texts);
  }
}

TEST(PackedList, PacksTextReadably) {
  EXPECT_EQ(PackTexts({"red", "bl\nue"}), "red\nbl\\nue\n");
  EXPECT_EQ(PackRows({{"a", "b"}, {"c", ""}}), "a\tb\t\nc\t\t\n");
}

TEST(PackedList, KeepsRowsWithAnyBytes) {
  const std::vector<std::vector<std::string>> rows = {
      {"a\tb", "c\nd", ""}, {"", "", ""}, {"\\t", "\\", "x"}};
  EXPECT_EQ(UnpackRows(PackRows(rows), 3), rows);
}

TEST(PackedList, RowsHaveAsManyFieldsAsAskedFor) {
  EXPECT_THAT(UnpackRows("a\t\nb\tc\td\t\n\n", 2),
              ElementsAre(ElementsAre("a", ""), ElementsAre("b", "c"),
                          ElementsAre("", "")));
}

TEST(PackedList, ReadsForeignTextAsFarAsItCan) {
  EXPECT_THAT(UnpackInts("1,x,,2"), ElementsAre(1, 2));
  EXPECT_THAT(UnpackTexts("no end"), ElementsAre("no end"));
  EXPECT_THAT(UnpackTexts("odd\\q\nend\\"), ElementsAre("oddq", "end\\"));
}

}  // namespace
}  // namespace oms_connector::storage
