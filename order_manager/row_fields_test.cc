#include "order_manager/row_fields.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_document.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One row to read, and the problem it turns out to have.
class Row {
 public:
  explicit Row(std::string json)
      : document_(Parse(std::move(json))),
        fields_(document_.root(), document_.repaired(), &problem_) {}

  const RowFields& fields() const { return fields_; }
  const RowFields* operator->() const { return &fields_; }
  const std::string& problem() const { return problem_; }

 private:
  static JsonDocument Parse(std::string json) {
    auto document = JsonDocument::Parse(std::move(json));
    EXPECT_TRUE(document.ok());
    return *std::move(document);
  }

  JsonDocument document_;
  std::string problem_;
  RowFields fields_;
};

// The problem that `read` has with `json`.
std::string ProblemOf(std::string json,
                      const std::function<void(const RowFields&)>& read) {
  Row row(std::move(json));
  read(row.fields());
  return row.problem();
}

TEST(RowFields, ReadsFieldsThatDecide) {
  const Row row(R"({"id": "10", "none": null, "quantity": 12.0, "negative": -4,
                    "active": "FALSE", "sku": " TEE-RED ", "number": 12345,
                    "tracking": " 1Z 9 "})");
  EXPECT_EQ(row->Id("id"), 10);
  EXPECT_EQ(row->IdOrZero("none"), 0);
  EXPECT_EQ(row->IdOrZero("missing"), 0);
  EXPECT_EQ(row->RequiredInteger("quantity"), 12);
  EXPECT_EQ(row->RequiredInteger("negative"), -4);
  EXPECT_EQ(row->Integer("none"), std::nullopt);
  EXPECT_FALSE(row->Flag("active", true));
  EXPECT_TRUE(row->Flag("missing", true));
  EXPECT_FALSE(row->Flag("none", false));
  EXPECT_EQ(row->Key("sku"), " TEE-RED ");
  EXPECT_EQ(row->Key("number"), "12345");
  EXPECT_EQ(row->KeyOrEmpty("tracking"), "1Z 9");
  EXPECT_EQ(row->KeyOrEmpty("missing"), "");
  EXPECT_EQ(row.problem(), "");
}

TEST(RowFields, SaysWhatIsWrongWithAField) {
  const struct {
    std::string json;
    std::function<void(const RowFields&)> read;
    std::string problem;
  } kCases[] = {
      {"{}", [](const RowFields& row) { row.Id("id"); }, "id is missing"},
      {R"({"id":0})", [](const RowFields& row) { row.Id("id"); },
       "id is missing"},
      {R"({"id":-1})", [](const RowFields& row) { row.Id("id"); },
       "id is no id: -1"},
      {R"({"id":"x"})", [](const RowFields& row) { row.IdOrZero("id"); },
       "id is no id: \"x\""},
      {R"({"n":null})", [](const RowFields& row) { row.RequiredInteger("n"); },
       "n is missing"},
      {R"({"n":"abc"})", [](const RowFields& row) { row.RequiredInteger("n"); },
       "n is no whole number: \"abc\""},
      {R"({"n":1.5})", [](const RowFields& row) { row.Integer("n"); },
       "n is no whole number: 1.5"},
      {R"({"n":NaN})", [](const RowFields& row) { row.Integer("n"); },
       "n is no whole number: \"NaN\""},
      {R"({"f":"perhaps"})", [](const RowFields& row) { row.Flag("f", true); },
       "f is no flag: \"perhaps\""},
      {R"({"k":"  "})", [](const RowFields& row) { row.Key("k"); },
       "k is missing"},
      {R"({"k":true})", [](const RowFields& row) { row.KeyOrEmpty("k"); },
       "k is no plain text: true"},
      {R"({"k":"A\u0000B"})", [](const RowFields& row) { row.Key("k"); },
       "k has control characters: \"A\\000B\""},
      {R"({"o":"none"})", [](const RowFields& row) { row.Object("o"); },
       "o is no object: \"none\""},
      {R"({"o":[1]})", [](const RowFields& row) { row.Object("o"); },
       "o is no object: a list"},
      {R"({"l":{"a":1}})", [](const RowFields& row) { row.List("l"); },
       "l is no list: an object"},
      {R"({"l":[1,"x"]})", [](const RowFields& row) { row.Ids("l"); },
       "l holds what is no id: \"x\""},
      {R"({"l":[-1]})", [](const RowFields& row) { row.Ids("l"); },
       "l holds what is no id: -1"},
      {R"({"o":{}})", [](const RowFields& row) { row.Object("o").Id("id"); },
       "o.id is missing"},
      {"[]", [](const RowFields&) {}, "the row is no object: a list"},
      {"\"text\"", [](const RowFields&) {}, "the row is no object: \"text\""},
  };
  for (const auto& c : kCases) EXPECT_EQ(ProblemOf(c.json, c.read), c.problem);
}

TEST(RowFields, KeepsTheFirstProblem) {
  EXPECT_EQ(ProblemOf("{}",
                      [](const RowFields& row) {
                        row.Id("first");
                        row.Id("second");
                      }),
            "first is missing");
}

TEST(RowFields, RefusesFieldsThatStandTwice) {
  const std::string kJson = R"({"id":1,"quantity":7,"id":2})";
  EXPECT_EQ(ProblemOf(kJson, [](const RowFields& row) { row.Id("id"); }),
            "id stands twice in one object");
  EXPECT_EQ(
      ProblemOf(kJson, [](const RowFields& row) { row.Integer("quantity"); }),
      "");
}

TEST(RowFields, RefusesKeysDamagedOnTheirWay) {
  const auto read_key = [](const RowFields& row) { row.Key("sku"); };
  EXPECT_EQ(ProblemOf("{\"sku\":\"A\xC3(\"}", read_key),
            "sku has bytes that are no text: \"A\xEF\xBF\xBD(\"");
  // The Order Manager itself may keep that character.
  EXPECT_EQ(ProblemOf("{\"sku\":\"A\xEF\xBF\xBD(\"}", read_key), "");
  // Damage elsewhere in the document is no matter of this key.
  EXPECT_EQ(ProblemOf("{\"sku\":\"A\",\"name\":\"\xC3(\"}", read_key), "");
}

TEST(RowFields, LimitsKeys) {
  const auto read_key = [](const RowFields& row) { row.Key("sku"); };
  const auto sku_of = [](size_t size) {
    return absl::StrCat("{\"sku\":\"", std::string(size, 'A'), "\"}");
  };
  EXPECT_EQ(ProblemOf(sku_of(RowFields::kMaxKeySize), read_key), "");
  EXPECT_EQ(ProblemOf(sku_of(RowFields::kMaxKeySize + 1), read_key),
            "sku is longer than 1024 bytes");
}

TEST(RowFields, LeavesOutDescriptionsThatAreWrong) {
  const Row row(R"({"name": {"en": "Tee"}, "brand": 5, "price": 2.5,
                    "weight": "heavy", "created": "soon", "flag": true})");
  EXPECT_EQ(row->Text("name"), "");
  EXPECT_EQ(row->Text("brand"), "5");
  EXPECT_EQ(row->Text("price"), "2.5");
  EXPECT_EQ(row->Text("flag"), "");
  EXPECT_EQ(row->Text("missing"), "");
  EXPECT_EQ(row->Real("weight"), std::nullopt);
  EXPECT_EQ(row->Time("created"), std::nullopt);
  EXPECT_EQ(row.problem(), "");
}

TEST(RowFields, ReadsDescriptions) {
  const Row row(R"({"name": "A\u0000 tee\n", "weight": "0.25",
                    "created": "2026-08-17T10:00:00.5Z"})");
  EXPECT_EQ(row->Text("name"), "A tee\n");
  EXPECT_EQ(row->Real("weight"), 0.25);
  EXPECT_EQ(row->Time("created"),
            absl::FromUnixSeconds(1'786'960'800) + absl::Milliseconds(500));
}

TEST(RowFields, CutsDescriptionsAtACharactersEnd) {
  const Row row(absl::StrCat("{\"text\":\"",
                             std::string(RowFields::kMaxTextSize - 1, 'a'),
                             "\xC3\xBC\"}"));
  EXPECT_EQ(row->Text("text"), std::string(RowFields::kMaxTextSize - 1, 'a'));
}

TEST(RowFields, TakesNullsAndEmptyContainersForEachOther) {
  const Row row(R"({"map": [], "null": null, "list": {}, "ids": ["1", 2, null],
                    "product": {"masterSku": "TEE"}})");
  for (const std::string name : {"map", "null", "missing", "list"}) {
    EXPECT_EQ(row->Object(name).KeyOrEmpty("anything"), "");
    EXPECT_THAT(row->List(name), IsEmpty());
  }
  EXPECT_THAT(row->Ids("ids"), ElementsAre(1, 2));
  EXPECT_EQ(row->Object("product").Key("masterSku"), "TEE");
  EXPECT_EQ(row.problem(), "");
}

TEST(RowFields, LimitsLists) {
  std::string json = "{\"ids\":[1";
  for (size_t i = 1; i < RowFields::kMaxListItems; ++i) json += ",1";
  const auto read_ids = [](const RowFields& row) { row.Ids("ids"); };
  EXPECT_EQ(ProblemOf(absl::StrCat(json, "]}"), read_ids), "");
  EXPECT_EQ(ProblemOf(absl::StrCat(json, ",1]}"), read_ids),
            "ids has more than 10000 items");
}

TEST(RowFields, ReadsItemsAsObjects) {
  const Row row(R"({"items": [{"sku": "A"}, {"sku": 2}, "C"]})");
  const std::vector<JsonValue> items = row->List("items");
  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(row->Item(items[0]).Key("sku"), "A");
  EXPECT_EQ(row->Item(items[1]).Key("sku"), "2");
  EXPECT_EQ(row.problem(), "");
  EXPECT_EQ(row->Item(items[2]).KeyOrEmpty("sku"), "");
  EXPECT_EQ(row.problem(), "an item is no object: \"C\"");
}

}  // namespace
}  // namespace oms_connector::order_manager
