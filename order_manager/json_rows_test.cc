#include "order_manager/json_rows.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Kind = JsonValue::Kind;

const JsonShape& Shape() {
  static const JsonShape* const inside = new JsonShape({{"c"}, {"bad"}});
  static const JsonShape* const shape = new JsonShape(
      {{"a"}, {"b", inside}, {"ab"}, {"ids", &PlainItems()}, {"d"}});
  return *shape;
}

std::string Show(const JsonValue& value) {
  switch (value.kind()) {
    case Kind::kAbsent:
      return "absent";
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.boolean() ? "true" : "false";
    case Kind::kNumber:
      return std::string(value.text());
    case Kind::kText:
      return absl::StrCat("'", value.text(), "'");
    case Kind::kTwice:
      return "twice";
    case Kind::kObject:
      return value.is_empty() ? "{}" : absl::StrCat("{", Show(value["c"]), "}");
    case Kind::kList:
      break;
  }
  if (value.is_empty()) return "[]";
  std::string shown = "[";
  for (const JsonValue& item : value.items()) {
    absl::StrAppend(&shown, Show(item), ";");
  }
  return absl::StrCat(shown, "]");
}

// The fields of each row, "a|b|ab|ids".
absl::Status ReadRows(std::string text, std::vector<std::string>* rows,
                      bool* was_repaired = nullptr,
                      absl::string_view id = "a") {
  JsonRows reader;
  return reader.Read(
      &text, Shape(), id,
      [&](bool repaired) {
        rows->clear();
        if (was_repaired != nullptr) *was_repaired = repaired;
      },
      [&](const JsonValue& row, absl::string_view) {
        rows->push_back(row.kind() != Kind::kObject
                            ? Show(row)
                            : absl::StrCat(Show(row["a"]), "|", Show(row["b"]),
                                           "|", Show(row["ab"]), "|",
                                           Show(row["ids"])));
      });
}

std::vector<std::string> Rows(std::string text) {
  std::vector<std::string> rows;
  const absl::Status status = ReadRows(std::move(text), &rows);
  EXPECT_TRUE(status.ok()) << status;
  return rows;
}

TEST(JsonRows, ReadsTheFieldsThatAreWanted) {
  EXPECT_THAT(
      Rows(R"([ {"a" : 1 , "x": [1, {"a": 2}], "b": {"c": "d", "e": {}},
                 "ab": null, "abc": 5, "ids": [1, "2", null, [3], {"c": 4}]},
                {"ids": [], "b": [{"c": true}], "a": -2.50e3},
                {}, {"a": {"c": 1}, "b": "text", "ids": 5} ])"),
      ElementsAre("1|{'d'}|null|[1;'2';null;[3;];{absent};]",
                  "-2.50e3|[{true};]|absent|[]", "absent|absent|absent|absent",
                  "{absent}|'text'|absent|5"));
}

TEST(JsonRows, ReadsTexts) {
  EXPECT_THAT(
      Rows(R"([{"a":"t\u00e9xt\n\"\\"},{"a":""},{"a":"{[,:"}])"),
      ElementsAre("'t\xC3\xA9xt\n\"\\'|absent|absent|absent",
                  "''|absent|absent|absent", "'{[,:'|absent|absent|absent"));
}

TEST(JsonRows, ShowsRowsThatAreNoObjects) {
  EXPECT_THAT(Rows(R"([null, 5, "a", [1, [2]], true, []])"),
              ElementsAre("null", "5", "'a'", "[]", "true", "[]"));
}

TEST(JsonRows, TellsFieldsThatStandTwice) {
  EXPECT_THAT(
      Rows(R"([{"a":1,"d":2,"a":1,"a":3},{"a":null,"a":1}])"),
      ElementsAre("twice|absent|absent|absent", "twice|absent|absent|absent"));
}

TEST(JsonRows, PassesOnNumbersAsTheyAreSpelled) {
  EXPECT_THAT(
      Rows(R"([{"a":99999999999999999999999},{"a":1.0},{"a":1e400}])"),
      ElementsAre("99999999999999999999999|absent|absent|absent",
                  "1.0|absent|absent|absent", "1e400|absent|absent|absent"));
}

TEST(JsonRows, KeepsTheValuesOfALargeRow) {
  std::string text = "[{\"ids\":[0";
  std::string shown = "absent|absent|absent|[0;";
  for (int i = 1; i < 5000; ++i) {
    absl::StrAppend(&text, ",", i);
    absl::StrAppend(&shown, i, ";");
  }
  EXPECT_THAT(Rows(absl::StrCat(text, "]}]")),
              ElementsAre(absl::StrCat(shown, "]")));
}

TEST(JsonRows, TakesAnObjectForARowByItsOwnId) {
  std::vector<std::string> rows;
  EXPECT_TRUE(ReadRows(R"({"a":1})", &rows).ok());
  EXPECT_THAT(rows, ElementsAre("1|absent|absent|absent"));
  for (const char* text : {"{}", R"({"b":1})", R"({"a":null})", "5", "null"}) {
    EXPECT_TRUE(absl::IsDataLoss(ReadRows(text, &rows))) << text;
  }
  EXPECT_TRUE(ReadRows("{}", &rows, nullptr, "").ok());
}

TEST(JsonRows, PassesOverAByteOrderMark) {
  EXPECT_THAT(Rows("\xEF\xBB\xBF[1]"), ElementsAre("1"));
}

TEST(JsonRows, MendsDamageInsideOfValuesAndBeginsAgain) {
  std::vector<std::string> rows;
  bool repaired = false;
  ASSERT_TRUE(ReadRows("[{\"a\":1},{\"a\":NaN},{\"a\":\"\xC3(\"},"
                       "{\"a\":\"\\ud800\"}]",
                       &rows, &repaired)
                  .ok());
  EXPECT_TRUE(repaired);
  EXPECT_THAT(rows, ElementsAre("'1'|absent|absent|absent",
                                "'NaN'|absent|absent|absent",
                                "'\xEF\xBF\xBD('|absent|absent|absent",
                                "'\xEF\xBF\xBD'|absent|absent|absent"));
}

TEST(JsonRows, ReadsOneTextAfterTheOther) {
  JsonRows reader;
  std::vector<size_t> sizes;
  for (int count : {1, 3000, 2, 0}) {
    std::string text = "[";
    for (int i = 0; i < count; ++i) {
      absl::StrAppend(&text, i > 0 ? "," : "", "{\"a\":", i, "}");
    }
    text += "]";
    size_t rows = 0;
    ASSERT_TRUE(reader
                    .Read(
                        &text, Shape(), "a", [&](bool) { rows = 0; },
                        [&](const JsonValue&, absl::string_view) { ++rows; })
                    .ok());
    sizes.push_back(rows);
  }
  EXPECT_THAT(sizes, ElementsAre(1, 3000, 2, 0));
}

TEST(JsonRows, RefusesWhatIsNoJson) {
  const std::string kCases[] = {
      "",
      " ",
      "\xEF\xBB\xBF",
      "\xEF\xBB\xBF\xEF\xBB\xBF[]",
      "<!DOCTYPE html><html></html>",
      "[",
      "[1,2",
      "[1,]",
      R"([{"a":1)",
      R"([{"a")",
      R"([{"a":1,)",
      R"([{"a":1}, {"a":2)",
      R"([{"a":1}]])",
      R"(["abc)",
      "[] []",
      "[1] trailing",
      "nul",
      "[nan]",
      "[undefined]",
      R"([{"a":12abc}])",
      R"([{"a":nulL}])",
      "{'a':1}",
      "[\xC3\x28]",
      std::string("[]\0", 3),
      std::string("\0\0\0\0", 4),
      std::string("\xFF\xFE[\0]\0", 6),
      "// comment\n[]",
  };
  for (const std::string& text : kCases) {
    std::vector<std::string> rows;
    EXPECT_TRUE(absl::IsDataLoss(ReadRows(text, &rows)))
        << absl::CHexEscape(text);
  }
}

TEST(JsonRows, RefusesBracketsAndNothingElse) {
  const auto nested = [](size_t depth) {
    std::vector<std::string> rows;
    return ReadRows(
        absl::StrCat(std::string(depth, '['), std::string(depth, ']')), &rows);
  };
  EXPECT_TRUE(nested(JsonRows::kMaxDepth - 1).ok());
  EXPECT_TRUE(absl::IsDataLoss(nested(JsonRows::kMaxDepth + 2)));
  EXPECT_TRUE(absl::IsDataLoss(nested(5'000'000)));
}

TEST(JsonRows, LimitsSizeStructureAndRows) {
  std::vector<std::string> rows;
  std::string large(JsonRows::kMaxSize + 1, ' ');
  large.front() = '[';
  large.back() = ']';
  EXPECT_TRUE(absl::IsDataLoss(ReadRows(large, &rows)));
  std::string dense = "[0";
  for (size_t i = 0; i < JsonRows::kMaxStructure; ++i) dense += ",0";
  EXPECT_TRUE(absl::IsDataLoss(ReadRows(dense + "]", &rows)));
  std::string many = "[0";
  for (int64_t i = 1; i < JsonRows::kMaxRows; ++i) many += ",0";
  EXPECT_TRUE(ReadRows(many + "]", &rows).ok());
  EXPECT_TRUE(absl::IsDataLoss(ReadRows(many + ",0]", &rows)));
}

}  // namespace
}  // namespace oms_connector::order_manager
