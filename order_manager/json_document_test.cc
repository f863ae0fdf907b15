#include "order_manager/json_document.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
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
using ::testing::Pair;
using ::testing::SizeIs;

using Kind = JsonValue::Kind;

JsonDocument MustParse(std::string text) {
  auto document = JsonDocument::Parse(std::move(text));
  EXPECT_TRUE(document.ok()) << document.status();
  return *std::move(document);
}

std::vector<std::pair<std::string, Kind>> MembersOf(const JsonValue& value) {
  std::vector<std::pair<std::string, Kind>> members;
  value.ForEachMember([&](absl::string_view key, const JsonValue& member) {
    members.emplace_back(key, member.kind());
  });
  return members;
}

TEST(JsonDocument, TellsKindsAndValues) {
  const JsonDocument document = MustParse(
      R"([null, true, -7, 2.5, "t\u00e9xt\u0000!", [1, [2]], {"a": {}}])");
  const std::vector<JsonValue> items = document.root().items();
  ASSERT_THAT(items, SizeIs(7));
  EXPECT_TRUE(items[0].is_null());
  EXPECT_TRUE(items[1].boolean());
  EXPECT_EQ(items[2].integer(), -7);
  EXPECT_EQ(items[2].real(), -7.0);
  EXPECT_EQ(items[3].kind(), Kind::kReal);
  EXPECT_EQ(items[3].real(), 2.5);
  EXPECT_EQ(items[4].text(), absl::string_view("t\xC3\xA9xt\0!", 7));
  EXPECT_EQ(items[5].size(), 2);
  EXPECT_THAT(MembersOf(items[6]), ElementsAre(Pair("a", Kind::kObject)));
  EXPECT_FALSE(document.repaired());
}

TEST(JsonDocument, SaysNothingForAnotherKind) {
  const JsonDocument document = MustParse(R"(["text", 5, {}])");
  const std::vector<JsonValue> items = document.root().items();
  EXPECT_EQ(items[0].integer(), 0);
  EXPECT_EQ(items[0].real(), 0);
  EXPECT_FALSE(items[0].boolean());
  EXPECT_THAT(items[0].items(), IsEmpty());
  EXPECT_EQ(items[0].size(), 0);
  EXPECT_EQ(items[1].text(), "");
  EXPECT_THAT(items[2].items(), IsEmpty());
  EXPECT_THAT(MembersOf(items[1]), IsEmpty());
  EXPECT_TRUE(JsonValue().is_null());
  EXPECT_EQ(JsonValue().size(), 0);
}

TEST(JsonDocument, KeepsIntegersOfAll64Bits) {
  const JsonDocument document = MustParse(
      "[9223372036854775807,-9223372036854775808,9223372036854775808]");
  const std::vector<JsonValue> items = document.root().items();
  EXPECT_EQ(items[0].integer(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(items[1].integer(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(items[2].kind(), Kind::kReal);
  EXPECT_EQ(items[2].real(), 9223372036854775808.0);
}

TEST(JsonDocument, ShowsEveryMemberOfADuplicateKey) {
  const JsonDocument document = MustParse(R"({"a": 1, "b": 2, "a": "3"})");
  EXPECT_THAT(MembersOf(document.root()),
              ElementsAre(Pair("a", Kind::kInteger), Pair("b", Kind::kInteger),
                          Pair("a", Kind::kText)));
}

TEST(JsonDocument, OutlivesAMove) {
  JsonDocument first = MustParse(R"(["a long text that is stored somewhere"])");
  const JsonValue item = first.root().items()[0];
  const JsonDocument second = std::move(first);
  EXPECT_EQ(item.text(), "a long text that is stored somewhere");
}

TEST(JsonDocument, PassesOverAByteOrderMark) {
  EXPECT_EQ(MustParse("\xEF\xBB\xBF[1]").root().size(), 1);
}

TEST(JsonDocument, MendsDamageInsideOfValues) {
  const JsonDocument document =
      MustParse("[NaN,1e400,\"\xC3(\",99999999999999999999999,\"\\ud800\"]");
  EXPECT_TRUE(document.repaired());
  std::vector<std::string> texts;
  for (const JsonValue& item : document.root().items()) {
    texts.emplace_back(item.text());
  }
  EXPECT_THAT(texts, ElementsAre("NaN", "1e400", "\xEF\xBF\xBD(",
                                 "99999999999999999999999", "\xEF\xBF\xBD"));
}

TEST(JsonDocument, RefusesWhatIsNoJson) {
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
      R"(["abc)",
      "[] []",
      "[1] trailing",
      "nul",
      "[nan]",
      "[undefined]",
      "{'a':1}",
      "[\xC3\x28]",
      std::string("[]\0", 3),
      std::string("\0\0\0\0", 4),
      "\xFF\xFE[\0]\0",
      "// comment\n[]",
  };
  for (const std::string& text : kCases) {
    EXPECT_EQ(JsonDocument::Parse(text).status().code(),
              absl::StatusCode::kDataLoss)
        << absl::CHexEscape(text);
  }
}

TEST(JsonDocument, LimitsNesting) {
  const auto nested = [](size_t depth) {
    return JsonDocument::Parse(
               absl::StrCat(std::string(depth, '['), std::string(depth, ']')))
        .status();
  };
  EXPECT_TRUE(nested(JsonDocument::kMaxDepth - 1).ok());
  EXPECT_EQ(nested(JsonDocument::kMaxDepth + 1).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(nested(5'000'000).code(), absl::StatusCode::kDataLoss);
}

TEST(JsonDocument, LimitsSizeAndStructure) {
  std::string large(JsonDocument::kMaxSize + 1, ' ');
  large.front() = '[';
  large.back() = ']';
  EXPECT_EQ(JsonDocument::Parse(large).status().code(),
            absl::StatusCode::kDataLoss);
  std::string dense = "[0";
  for (size_t i = 0; i < JsonDocument::kMaxStructure; ++i) dense += ",0";
  EXPECT_EQ(JsonDocument::Parse(dense + "]").status().code(),
            absl::StatusCode::kDataLoss);
  // Small, but not once each bad byte has become three.
  EXPECT_EQ(JsonDocument::Parse(
                absl::StrCat("[\"", std::string(30 << 20, '\xFF'), "\"]"))
                .status()
                .code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace oms_connector::order_manager
