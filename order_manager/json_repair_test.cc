#include "order_manager/json_repair.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/text_fold.h"
#include "gtest/gtest.h"

namespace oms_connector::order_manager {
namespace {

struct Case {
  std::string text;
  std::string repaired;
};

TEST(JsonRepair, LeavesSoundTextAlone) {
  for (const std::string text : {
           "",
           "[]",
           R"([{"a":"b"},null,true,false])",
           R"(["\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"])",
           "[\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80\"]",
           "[\"\x7f\"]",
           R"(["NaN", "1e400"])",
       }) {
    EXPECT_EQ(RepairJson(text), text);
  }
}

TEST(JsonRepair, QuotesNumbersOfAnyNotation) {
  const Case kCases[] = {
      {"[NaN]", R"(["NaN"])"},
      {"[-Infinity,Infinity]", R"(["-Infinity","Infinity"])"},
      {R"({"a":1e400 ,"b":-0.5})", R"({"a":"1e400" ,"b":"-0.5"})"},
      {"[99999999999999999999999]", R"(["99999999999999999999999"])"},
      {"[+5,007,1.,.5,1e]", R"(["+5","007","1.",".5","1e"])"},
      {"[12\n]", "[\"12\"\n]"},
      {"12", "\"12\""},
  };
  for (const Case& c : kCases) EXPECT_EQ(RepairJson(c.text), c.repaired);
}

TEST(JsonRepair, LeavesStrayWordsAlone) {
  for (const std::string text :
       {"[nan]", "[nul]", "[undefined]", "<html>", "[0x10]", "[1_000]", "[-]",
        "[e]", "[\xC3\x28]", "'single'"}) {
    EXPECT_EQ(RepairJson(text), text);
  }
}

TEST(JsonRepair, ReplacesWhatIsNoText) {
  const Case kCases[] = {
      {"[\"A\xC3(\"]", "[\"A\xEF\xBF\xBD(\"]"},
      {"[\"\xFF\xFE\"]", "[\"\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
      // Overlong, a surrogate, and beyond the last character.
      {"[\"\xC0\xAF\"]", "[\"\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
      {"[\"\xED\xA0\x80\"]", "[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
      {"[\"a\nb\tc\"]",
       "[\"a\xEF\xBF\xBD"
       "b\xEF\xBF\xBD"
       "c\"]"},
      {std::string("[\"a\0\"]", 6), "[\"a\xEF\xBF\xBD\"]"},
      {R"(["\ud800"])", "[\"\xEF\xBF\xBD\"]"},
      {R"(["\ud800\u0041"])", "[\"\xEF\xBF\xBD\\u0041\"]"},
      {R"(["\ud800\ud83d\ude00"])", "[\"\xEF\xBF\xBD\\ud83d\\ude00\"]"},
      {R"(["\ude00x"])", "[\"\xEF\xBF\xBDx\"]"},
      {R"(["\x41\u12"])", "[\"\xEF\xBF\xBDx41\xEF\xBF\xBDu12\"]"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(absl::CHexEscape(RepairJson(c.text)),
              absl::CHexEscape(c.repaired));
  }
}

TEST(JsonRepair, EndsWhereTheTextEnds) {
  for (const std::string text : {"[\"abc", "[\"abc\\", "[\"\\u12", "[\"\\ud83d",
                                 "[\"\xC3", "\"", "[1"}) {
    const std::string repaired = RepairJson(text);
    EXPECT_LE(repaired.size(), 3 * text.size());
    EXPECT_TRUE(base::IsValidUtf8(repaired)) << absl::CHexEscape(repaired);
  }
}

TEST(JsonRepair, IsDoneAfterOneGo) {
  const std::string once =
      RepairJson("[{\"a\":NaN,\"b\":\"\xC3(\\ud800\n\"},\"open");
  EXPECT_EQ(RepairJson(once), once);
}

}  // namespace
}  // namespace oms_connector::order_manager
