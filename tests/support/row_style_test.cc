#include "tests/support/row_style.h"

#include <gtest/gtest.h>

namespace oms_connector::testing_support {
namespace {

constexpr char kRow[] =
    R"({"id":1,"weight":2.5,"name":null,"mapPrice":null,)"
    R"("product":{"masterSku":"TEE"},"created":"2026-08-17T10:00:00Z"})";

std::string Styled(const WireStyle& style) {
  return ApplyStyle(kRow, style, {});
}

TEST(RowStyle, PlainRowsStayAsTheyAre) {
  EXPECT_TRUE(IsPlain({}, {}));
  EXPECT_EQ(Styled({}), kRow);
}

TEST(RowStyle, WritesNumbersAsTexts) {
  WireStyle style;
  style.numbers_as_strings = true;
  EXPECT_FALSE(IsPlain(style, {}));
  EXPECT_EQ(Styled(style),
            R"({"id":"1","weight":"2.5","name":null,"mapPrice":null,)"
            R"("product":{"masterSku":"TEE"},)"
            R"("created":"2026-08-17T10:00:00Z"})");
}

TEST(RowStyle, WritesAbsentMapsAsEmptyLists) {
  WireStyle style;
  style.null_objects_as_lists = true;
  EXPECT_EQ(Styled(style), R"({"id":1,"weight":2.5,"name":null,"mapPrice":[],)"
                           R"("product":{"masterSku":"TEE"},)"
                           R"("created":"2026-08-17T10:00:00Z"})");
}

TEST(RowStyle, LeavesOutWhatIsNull) {
  WireStyle style;
  style.nulls_absent = true;
  EXPECT_EQ(Styled(style),
            R"({"id":1,"weight":2.5,"product":{"masterSku":"TEE"},)"
            R"("created":"2026-08-17T10:00:00Z"})");
}

TEST(RowStyle, WritesTimesWithFractionsOrAnOffset) {
  WireStyle style;
  const std::string row = R"({"created":"2026-08-17T10:00:00Z","name":"Z"})";
  style.times = TimeStyle::kFractions;
  EXPECT_EQ(ApplyStyle(row, style, {}),
            R"({"created":"2026-08-17T10:00:00.123Z","name":"Z"})");
  style.times = TimeStyle::kOffset;
  EXPECT_EQ(ApplyStyle(row, style, {}),
            R"({"created":"2026-08-17T12:00:00+02:00","name":"Z"})");
}

TEST(RowStyle, AddsFieldsNobodyKnows) {
  WireStyle style;
  style.unknown_fields = true;
  EXPECT_EQ(ApplyStyle(R"({"id":1})", style, {}),
            R"({"id":1,"futureField":{"nested":[1,"two",null]}})");
}

TEST(RowStyle, PutsRawTextInPlaceOfFields) {
  const RawFields raw = {{"id", "NaN"},
                         {"product.masterSku", ""},
                         {"product.upc", "\"9\""},
                         {"extra.inner", "[1"}};
  EXPECT_FALSE(IsPlain({}, raw));
  EXPECT_EQ(ApplyStyle(R"({"id":1,"product":{"masterSku":"TEE"}})", {}, raw),
            R"({"id":NaN,"product":{"upc":"9"},"extra":{"inner":[1}})");
}

}  // namespace
}  // namespace oms_connector::testing_support
