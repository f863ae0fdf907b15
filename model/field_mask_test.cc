#include "model/field_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/errors.h"

namespace oms_connector::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string>& Leaves() {
  static const auto& leaves =
      *new std::vector<std::string>{"name_tag", "stock.locked", "stock.mode"};
  return leaves;
}

TEST(FieldMask, EmptyWritesWhatIsPresent) {
  EXPECT_THAT(*ExpandMask({}, Leaves(), {"stock.mode"}),
              ElementsAre("stock.mode"));
  EXPECT_THAT(*ExpandMask({}, Leaves(), {}), IsEmpty());
}

TEST(FieldMask, StarWritesEverything) {
  EXPECT_THAT(*ExpandMask({"*"}, Leaves(), {}),
              ElementsAre("name_tag", "stock.locked", "stock.mode"));
}

TEST(FieldMask, StarMustStandAlone) {
  EXPECT_THAT(ExpandMask({"*", "name_tag"}, Leaves(), {}).status().message(),
              HasSubstr("must stand alone"));
}

TEST(FieldMask, MessageStandsForItsFields) {
  EXPECT_THAT(*ExpandMask({"stock"}, Leaves(), {}),
              ElementsAre("stock.locked", "stock.mode"));
}

TEST(FieldMask, PrefixOfANameIsNoMessage) {
  EXPECT_FALSE(ExpandMask({"name"}, Leaves(), {}).ok());
  EXPECT_FALSE(ExpandMask({"stock.lock"}, Leaves(), {}).ok());
}

TEST(FieldMask, NamesEachUnknownPath) {
  const auto result =
      ExpandMask({"etag", "stock.mode", "stock.mode.x", ""}, Leaves(), {});
  ASSERT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(result.status())->violations.size(), 3u);
}

}  // namespace
}  // namespace oms_connector::model
