#include "model/field_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/errors.h"
#include "model/limits.h"

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
  const auto details = DetailsOf(result.status());
  ASSERT_EQ(details->violations.size(), 3u);
  EXPECT_EQ(details->violations[0].field, "update_mask.paths[0]");
  EXPECT_EQ(details->violations[1].field, "update_mask.paths[2]");
  EXPECT_EQ(details->violations[2].field, "update_mask.paths[3]");
}

TEST(FieldMask, TakesSoManyPathsAndNoMore) {
  const std::vector<std::string> many(kMaxMaskPaths + 1, "name_tag");
  EXPECT_EQ(DetailsOf(ExpandMask(many, Leaves(), {}).status())
                ->violations[0]
                .description,
            "must have 100 paths or fewer");
}

TEST(FieldMask, KnowsPathsThatAreSpelledAsInJson) {
  const auto right = ExpandMask({"nameTag"}, Leaves(), {});
  EXPECT_EQ(DetailsOf(right.status())->violations[0].description,
            "\"nameTag\" is no field that can be updated; did you mean "
            "\"name_tag\"?");
  const auto wrong = ExpandMask({"otherTag"}, Leaves(), {});
  EXPECT_EQ(DetailsOf(wrong.status())->violations[0].description,
            "\"otherTag\" is no field that can be updated");
}

}  // namespace
}  // namespace oms_connector::model
