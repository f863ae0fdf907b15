#include "order_manager/row_fields.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_rows.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const JsonShape& Shape() {
  static const JsonShape* const item = new JsonShape({{"sku"}, {"id"}});
  static const JsonShape* const shape = new JsonShape({{"id"},
                                                       {"id2"},
                                                       {"n"},
                                                       {"f"},
                                                       {"k"},
                                                       {"t"},
                                                       {"time"},
                                                       {"real"},
                                                       {"sku"},
                                                       {"name"},
                                                       {"o", item},
                                                       {"l", item},
                                                       {"ids", &PlainItems()}});
  return *shape;
}

// What is found when `json`, a row, is read by `read`.
RowFindings Findings(const std::string& json,
                     const std::function<void(const RowFields&)>& read) {
  JsonRows reader;
  RowFindings findings;
  bool is_repaired = false;
  std::string text = absl::StrCat("[", json, "]");
  const absl::Status status = reader.Read(
      &text, Shape(), "", [&](bool repaired) { is_repaired = repaired; },
      [&](const JsonValue& row, absl::string_view) {
        findings = RowFindings();
        read(RowFields(row, is_repaired, &findings));
      });
  EXPECT_TRUE(status.ok()) << json << ": " << status;
  return findings;
}

std::string ProblemOf(const std::string& json,
                      const std::function<void(const RowFields&)>& read) {
  const RowFindings findings = Findings(json, read);
  EXPECT_THAT(findings.notes, IsEmpty()) << json;
  return findings.problem;
}

// The notes, of a row that is not rejected.
std::vector<std::string> NotesOf(
    const std::string& json,
    const std::function<void(const RowFields&)>& read) {
  const RowFindings findings = Findings(json, read);
  EXPECT_EQ(findings.problem, "") << json;
  return findings.notes;
}

TEST(RowFields, ReadsFieldsInAnyForm) {
  const auto read = [](const RowFields& row) {
    EXPECT_EQ(row.NeededId("id"), 10);
    EXPECT_EQ(row.Id("id2"), 0);
    EXPECT_EQ(row.Id("missing"), 0);
    EXPECT_EQ(row.NeededInteger("n"), -4);
    EXPECT_EQ(row.Integer("t"), std::nullopt);
    EXPECT_FALSE(row.Flag("f", true));
    EXPECT_TRUE(row.Flag("missing", true));
    EXPECT_EQ(row.NeededKey("sku"), "TEE-RED");
    EXPECT_EQ(row.Key("k"), "12345");
    EXPECT_EQ(row.Key("missing"), "");
    EXPECT_EQ(row.Real("real"), 0.25);
    EXPECT_EQ(row.Time("time"),
              absl::FromUnixSeconds(1'786'960'800) + absl::Milliseconds(500));
    EXPECT_EQ(row.Text("name"), "A tee");
  };
  EXPECT_THAT(NotesOf(R"({"id": "10", "id2": null, "n": -4.0, "f": "NO",
                          "sku": " TEE-RED ", "k": 12345, "t": null,
                          "real": "0.25", "time": "2026-08-17T10:00:00.5Z",
                          "name": " A\u0000 tee\n"})",
                      read),
              IsEmpty());
}

TEST(RowFields, RejectsWhereANeededFieldCannotBeRead) {
  const struct {
    std::string json;
    std::function<void(const RowFields&)> read;
    std::string problem;
  } kCases[] = {
      {"{}", [](const RowFields& row) { row.NeededId("id"); }, "id is missing"},
      {R"({"id":0})", [](const RowFields& row) { row.NeededId("id"); },
       "id is not an id: 0"},
      {R"({"id":-1})", [](const RowFields& row) { row.NeededId("id"); },
       "id is not an id: -1"},
      {R"({"id":"x"})", [](const RowFields& row) { row.NeededId("id"); },
       "id is not an id: \"x\""},
      {R"({"n":null})", [](const RowFields& row) { row.NeededInteger("n"); },
       "n is missing"},
      {R"({"n":1.5})", [](const RowFields& row) { row.NeededInteger("n"); },
       "n is not a whole number: 1.5"},
      {R"({"n":NaN})", [](const RowFields& row) { row.NeededInteger("n"); },
       "n is not a whole number: \"NaN\""},
      {R"({"k":"  "})", [](const RowFields& row) { row.NeededKey("k"); },
       "k is missing"},
      {R"({"k":true})", [](const RowFields& row) { row.NeededKey("k"); },
       "k is not plain text: true"},
      {R"({"k":{}})", [](const RowFields& row) { row.NumberUnlessAbsent("k"); },
       "k is not plain text: an object"},
      {R"({"id":1,"n":7,"id":1})",
       [](const RowFields& row) { row.NeededId("id"); },
       "id stands twice in one object"},
      {R"({"o":{}})",
       [](const RowFields& row) { row.Object("o").NeededId("id"); },
       "o.id is missing"},
      {"{}",
       [](const RowFields& row) {
         row.NeededId("id");
         row.NeededInteger("n");
       },
       "id is missing"},
      {"[]", [](const RowFields&) {}, "the row is not an object: a list"},
      {"\"a\"", [](const RowFields&) {}, "the row is not an object: \"a\""},
  };
  for (const auto& c : kCases) EXPECT_EQ(ProblemOf(c.json, c.read), c.problem);
}

TEST(RowFields, LeavesOutAndNotesWhatElseCannotBeRead) {
  const struct {
    std::string json;
    std::function<void(const RowFields&)> read;
    std::string note;
  } kCases[] = {
      {R"({"id":"x"})", [](const RowFields& row) { row.Id("id"); },
       "id is not an id: \"x\"; left out"},
      {R"({"n":1.5})", [](const RowFields& row) { row.Integer("n"); },
       "n is not a whole number: 1.5; left out"},
      {R"({"f":"perhaps"})", [](const RowFields& row) { row.Flag("f", true); },
       "f is not a flag: \"perhaps\"; taken for true"},
      {R"({"k":true})", [](const RowFields& row) { row.Key("k"); },
       "k is not plain text: true; left out"},
      {R"({"t":{"en":"Tee"}})", [](const RowFields& row) { row.Text("t"); },
       "t is not text: an object; left out"},
      {R"({"real":"heavy"})", [](const RowFields& row) { row.Real("real"); },
       "real is not a number: \"heavy\"; left out"},
      {R"({"time":"soon"})", [](const RowFields& row) { row.Time("time"); },
       "time is not a time: \"soon\"; left out"},
      {R"({"o":"none"})", [](const RowFields& row) { row.Object("o"); },
       "o is not an object: \"none\"; left out"},
      {R"({"l":{"id":1}})", [](const RowFields& row) { row.List("l"); },
       "l is not a list: an object; left out"},
      {R"({"ids":[1,"x"]})", [](const RowFields& row) { row.Ids("ids"); },
       "ids holds what is not an id: \"x\"; left out"},
      {R"({"n":1,"n":2})", [](const RowFields& row) { row.Integer("n"); },
       "n stands twice in one object; left out"},
      {R"({"n":2.5})",
       [](const RowFields& row) {
         std::string text;
         EXPECT_EQ(row.Quantity("n", &text), 2);
       },
       "n is not a whole number: 2.5; read as 2"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(NotesOf(c.json, c.read), ElementsAre(c.note)) << c.json;
  }
}

TEST(RowFields, NotesOnlySoMuchOfARow) {
  std::string json = "{\"ids\":[null";
  for (int i = 0; i < 1000; ++i) json += ",null";
  EXPECT_THAT(NotesOf(absl::StrCat(json, "]}"),
                      [](const RowFields& row) { row.Ids("ids"); }),
              SizeIs(RowFields::kMaxNotes));
}

TEST(RowFields, CleansKeys) {
  const struct {
    std::string written;
    std::string key;
  } kCases[] = {
      {R"("  TEE ")", "TEE"},
      {R"("\u00a0TEE\u2003RED\u3000")", "TEE RED"},
      {R"("T\u200bE\ufeffE\u00ad")", "TEE"},
      {R"("A\tB\u0007C\u007f")", "A BC"},
      {R"("\u200b\u2800")", ""},
      {R"("\u2066SKU\u2069")", "SKU"},
      {R"("\uff34\uff11")", "\xEF\xBC\xB4\xEF\xBC\x91"},
      {R"("\u00c9T\u00c9")", "\xC3\x89T\xC3\x89"},
  };
  for (const auto& c : kCases) {
    NotesOf(absl::StrCat("{\"k\":", c.written, "}"),
            [&](const RowFields& row) { EXPECT_EQ(row.Key("k"), c.key); });
  }
}

TEST(RowFields, RefusesKeysDamagedOnTheirWay) {
  const auto read_key = [](const RowFields& row) { row.NeededKey("sku"); };
  EXPECT_EQ(ProblemOf("{\"sku\":\"A\xC3(\"}", read_key),
            "sku has bytes that are not text: \"A\xEF\xBF\xBD(\"");
  // The Order Manager itself may keep that character.
  EXPECT_EQ(ProblemOf("{\"sku\":\"A\xEF\xBF\xBD(\"}", read_key), "");
  // Damage elsewhere in the text is no matter of this key.
  EXPECT_EQ(ProblemOf("{\"sku\":\"A\",\"name\":\"\xC3(\"}", read_key), "");
}

TEST(RowFields, LimitsKeys) {
  const auto read_key = [](const RowFields& row) { row.NeededKey("sku"); };
  const auto sku_of = [](size_t size) {
    return absl::StrCat("{\"sku\":\"", std::string(size, 'A'), "\"}");
  };
  EXPECT_EQ(ProblemOf(sku_of(RowFields::kMaxKeySize), read_key), "");
  EXPECT_EQ(ProblemOf(sku_of(RowFields::kMaxKeySize + 1), read_key),
            "sku is longer than 1024 bytes");
}

TEST(RowFields, CutsDescriptionsAtACharactersEnd) {
  const std::string whole(RowFields::kMaxTextSize - 1, 'a');
  NotesOf(absl::StrCat("{\"t\":\"", whole, "\xC3\xBC\"}"),
          [&](const RowFields& row) { EXPECT_EQ(row.Text("t"), whole); });
}

TEST(RowFields, TakesNullsAndEmptyContainersForEachOther) {
  EXPECT_THAT(NotesOf(R"({"o": [], "l": {}, "k": null})",
                      [](const RowFields& row) {
                        for (const char* name : {"o", "l", "k", "missing"}) {
                          EXPECT_EQ(row.Object(name).Key("sku"), "");
                          EXPECT_THAT(row.List(name), IsEmpty());
                        }
                      }),
              IsEmpty());
}

TEST(RowFields, LimitsLists) {
  std::string json = "{\"ids\":[1";
  for (size_t i = 1; i < RowFields::kMaxListItems; ++i) json += ",1";
  const auto read_ids = [](const RowFields& row) {
    EXPECT_THAT(row.Ids("ids"), SizeIs(RowFields::kMaxListItems));
  };
  EXPECT_THAT(NotesOf(absl::StrCat(json, "]}"), read_ids), IsEmpty());
  EXPECT_THAT(NotesOf(absl::StrCat(json, ",1]}"), read_ids),
              ElementsAre("ids has more than 10000 items; the others are left "
                          "out"));
}

TEST(RowFields, ReadsItemsThatAreObjects) {
  EXPECT_THAT(NotesOf(R"({"l": [{"sku": "A"}, "C", {"sku": 2}]})",
                      [](const RowFields& row) {
                        std::vector<std::string> skus;
                        for (const JsonValue& item : row.List("l")) {
                          const auto fields = row.Item("l", item);
                          skus.push_back(fields.has_value() ? fields->Key("sku")
                                                            : "none");
                        }
                        EXPECT_THAT(skus, ElementsAre("A", "none", "2"));
                      }),
              ElementsAre("l holds what is not an object: \"C\"; left out"));
}

// ---- Pages -----------------------------------------------------------------

struct Thing {
  int64_t id = 0;
  std::string sku;
};

Page<Thing> ReadThings(std::string text) {
  JsonRows reader;
  return ReadPage<Thing>(reader, &text,
                         {"things", 3, &Shape(), {"id", "o.sku", "name"}},
                         [](const RowFields& row) {
                           return Thing{row.NeededId("id"),
                                        row.Object("o").NeededKey("sku")};
                         })
      .value();
}

TEST(ReadPage, SetsAsideTheRowsThatCannotBeRead) {
  const Page<Thing> page = ReadThings(
      R"([{"id":1}, {"id":2,"o":{"sku":"B"}}, {"o":{"sku":"C"}},
          null, "text", [], {}])");
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].id, 2);
  EXPECT_EQ(page.row_count, 7);
  std::vector<std::string> rejected;
  for (const model::RejectedRow& row : page.rejected) {
    EXPECT_EQ(row.endpoint, "things");
    EXPECT_EQ(row.page, 3);
    rejected.push_back(absl::StrCat(row.identifier, ": ", row.reason));
  }
  EXPECT_THAT(
      rejected,
      ElementsAre("id 1: o.sku is missing", "sku C: id is missing",
                  ": the row is not an object: null",
                  ": the row is not an object: \"text\"",
                  ": the row is not an object: a list", ": id is missing"));
}

TEST(ReadPage, IdentifiesRowsByWhatCanBeShown) {
  const auto identify = [](const std::string& json) {
    return ReadThings(absl::StrCat("[", json, "]")).rejected[0].identifier;
  };
  EXPECT_EQ(identify(R"({"id":-5,"o":{"sku":"A"},"name":"no room"})"),
            "id -5, sku A");
  EXPECT_EQ(identify(R"({"id":null,"o":[],"name":"x"})"), "name x");
  EXPECT_EQ(identify(R"({"id":{},"o":"p","name":""})"), "");
  EXPECT_EQ(identify(R"({"name":"a\nb"})"), "name \"a\\nb\"");
}

TEST(ReadPage, KnowsAPageByTheRowsThatItHolds) {
  const uint64_t page = ReadThings(R"([{"id":1},{"id":2}])").fingerprint;
  EXPECT_EQ(ReadThings(R"([{"id":"2","k":"now"},{"id":"1"}])").fingerprint,
            page)
      << "in another order, form, and with changing bytes";
  EXPECT_NE(ReadThings(R"([{"id":1},{"id":3}])").fingerprint, page);
  EXPECT_NE(ReadThings(R"([{"id":1}])").fingerprint, page);
  EXPECT_NE(ReadThings(R"([{"id":1},{"id":1}])").fingerprint, page);
  // Rows without ids are known by what they say.
  EXPECT_EQ(ReadThings(R"([{"k":1}])").fingerprint,
            ReadThings(R"([{"k":1} ])").fingerprint);
  EXPECT_NE(ReadThings(R"([{"k":1}])").fingerprint,
            ReadThings(R"([{"k":2}])").fingerprint);
}

TEST(ReadPage, BeginsAgainWhereTheTextIsMended) {
  const Page<Thing> page = ReadThings(
      "[{\"id\":1,\"o\":{\"sku\":\"A\"}},{\"id\":2},"
      "{\"id\":3,\"o\":{\"sku\":\"\xC3(\"}}]");
  EXPECT_EQ(page.row_count, 3);
  EXPECT_THAT(page.rows, SizeIs(1));
  EXPECT_THAT(page.rejected, SizeIs(2));
}

}  // namespace
}  // namespace oms_connector::order_manager
