#include "order_manager/loose_value.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_rows.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Calls `visit` with the value that `json` is.
void VisitValue(const std::string& json,
                absl::FunctionRef<void(const JsonValue&)> visit) {
  static const JsonShape* const shape =
      new JsonShape({{"value", &PlainItems()}});
  std::string text = absl::StrCat("[{\"value\":", json, "}]");
  JsonRows reader;
  const absl::Status status = reader.Read(
      &text, *shape, "", [](bool) {},
      [&](const JsonValue& row, absl::string_view) { visit(row["value"]); });
  EXPECT_TRUE(status.ok()) << json << ": " << status;
}

// The reading of one JSON value in text form, and what came of it.
template <typename Result>
struct Outcome {
  Reading reading;
  Result result;
};

template <typename Result>
Outcome<Result> Read(const std::string& json,
                     Reading (*read)(const JsonValue&, Result*)) {
  Outcome<Result> outcome{Reading::kAbsent, Result()};
  VisitValue(json, [&](const JsonValue& value) {
    outcome.reading = read(value, &outcome.result);
  });
  return outcome;
}

template <typename Result>
struct Case {
  std::string json;
  std::optional<Result> result;  // nullopt = unreadable
};

template <typename Result, size_t kSize>
void ExpectReadings(const Case<Result> (&cases)[kSize],
                    Reading (*read)(const JsonValue&, Result*)) {
  for (const Case<Result>& c : cases) {
    SCOPED_TRACE(c.json);
    const Outcome<Result> outcome = Read(c.json, read);
    EXPECT_EQ(outcome.reading,
              c.result.has_value() ? Reading::kRead : Reading::kUnreadable);
    if (c.result.has_value()) {
      EXPECT_EQ(outcome.result, *c.result);
    }
  }
}

TEST(LooseValue, ReadsIntegersInAnyForm) {
  const Case<int64_t> kCases[] = {
      {"12", 12},
      {"-3", -3},
      {"0", 0},
      {"-0", 0},
      {"12.0", 12},
      {"1e3", 1000},
      {"\"12\"", 12},
      {"\"12.0\"", 12},
      {"\" 12 \"", 12},
      {"\"-3\"", -3},
      {"\"1e3\"", 1000},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
      {"\"9223372036854775807\"", INT64_MAX},
      {"9007199254740992.0", 9007199254740992},
      {"12.5", std::nullopt},
      {"\"12.5\"", std::nullopt},
      {"9223372036854775808", std::nullopt},
      {"99999999999999999999999", std::nullopt},
      {"9007199254740994.0", 9007199254740994},
      {"9007199254740994e0", std::nullopt},
      {"1e300", std::nullopt},
      {"1e400", std::nullopt},
      {"NaN", std::nullopt},
      {"\"nan\"", std::nullopt},
      {"\"inf\"", std::nullopt},
      {"\"-Infinity\"", std::nullopt},
      {"\"abc\"", std::nullopt},
      {"\"12 pieces\"", std::nullopt},
      {"\"1,234\"", std::nullopt},
      {"\"0x10\"", std::nullopt},
      {"\"12\\u0000\"", 12},
      {"\"\xD9\xA1\xD9\xA2\"", 12},  // Arabic-Indic digits
      {"\"\xEF\xBC\x91\"", 1},       // full-width ones
      {"\"\\u00a012\\u3000\"", 12},
      {"true", std::nullopt},
      {"{}", std::nullopt},
      {"[1]", std::nullopt},
  };
  ExpectReadings(kCases, &ReadInteger);
}

TEST(LooseValue, ReadsReals) {
  const Case<double> kCases[] = {
      {"12", 12.0},           {"2.5", 2.5},
      {"\"2.5\"", 2.5},       {"\" 2.5 \"", 2.5},
      {"-1e-3", -0.001},      {"1e400", std::nullopt},
      {"NaN", std::nullopt},  {"\"heavy\"", std::nullopt},
      {"true", std::nullopt}, {"{}", std::nullopt},
  };
  ExpectReadings(kCases, &ReadReal);
}

TEST(LooseValue, ReadsFlags) {
  const Case<bool> kCases[] = {
      {"true", true},
      {"false", false},
      {"\"true\"", true},
      {"\"FALSE\"", false},
      {"\" True \"", true},
      {"1", true},
      {"0", false},
      {"\"1\"", true},
      {"0.0", false},
      {"2", std::nullopt},
      {"-1", std::nullopt},
      {"\"yes\"", true},
      {"\"N\"", false},
      {"\"Off\"", false},
      {"\"INACTIVE\"", false},
      {"\"perhaps\"", std::nullopt},
      {"{}", std::nullopt},
      {"[true]", std::nullopt},
  };
  ExpectReadings(kCases, &ReadFlag);
}

TEST(LooseValue, ReadsTexts) {
  const Case<std::string> kCases[] = {
      {"\"TEE-RED\"", "TEE-RED"},
      {"\"\"", ""},
      {"\" x \"", " x "},
      {"12345", "12345"},
      {"-1", "-1"},
      {"12.0", "12"},
      {"12.50", "12.50"},
      {"1e3", "1000"},
      {"1e300", "1e300"},
      {"99999999999999999999999", "99999999999999999999999"},
      {"true", std::nullopt},
      {"{}", std::nullopt},
      {"[\"a\"]", std::nullopt},
  };
  ExpectReadings(kCases, &ReadText);
}

TEST(LooseValue, ReadsTimes) {
  const absl::Time ten = absl::FromUnixSeconds(1'786'960'800);
  const Case<absl::Time> kCases[] = {
      {"\"2026-08-17T10:00:00Z\"", ten},
      {"\"2026-08-17T10:00:00.123Z\"", ten + absl::Milliseconds(123)},
      {"\"2026-08-17T10:00:00.123456Z\"", ten + absl::Microseconds(123456)},
      {"\"2026-08-17T12:00:00+02:00\"", ten},
      {"\"2026-08-17T12:00:00.000+0200\"", ten},
      {"\"2026-08-17T05:30:00-04:30\"", ten},
      {"\"2026-08-17T10:00:00\"", ten},
      {"\" 2026-08-17T10:00:00Z \"", ten},
      {"\"2026-08-17\"", ten - absl::Hours(10)},
      {"\"infinite-future\"", std::nullopt},
      {"\"infinite-past\"", std::nullopt},
      {"\"2026-13-17T10:00:00Z\"", std::nullopt},
      {"\"2026-02-30T10:00:00Z\"", std::nullopt},
      {"\"0000-00-00T00:00:00Z\"", std::nullopt},
      {"\"1899-12-31T00:00:00Z\"", std::nullopt},
      {"\"99999-01-01T00:00:00Z\"", std::nullopt},
      {"\"17.08.2026\"", std::nullopt},
      {"\"soon\"", std::nullopt},
      {"\"2026-08-17T10:00:00Zjunk\"", std::nullopt},
      {"1786960800", std::nullopt},
      {"true", std::nullopt},
      {"\"9999-12-31T23:59:59-12:00\"", std::nullopt},
      {"\"1900-01-01T00:00:00+14:00\"", std::nullopt},
  };
  ExpectReadings(kCases, &ReadTime);
}

TEST(LooseValue, ReadsDecimals) {
  const Case<std::string> kCases[] = {
      {"\"12.90\"", "12.90"},
      {"\" 12.90 \"", "12.90"},
      {"12.9", "12.9"},
      {"0.1", "0.1"},
      {"12", "12"},
      {"-5", "-5"},
      {"1e3", "1000"},
      {"123456789.01", "123456789.01"},
      {"1e300", std::nullopt},
      {"1e400", std::nullopt},
      {"\"12,90\"", std::nullopt},
      {"\"1.2.3\"", std::nullopt},
      {"\"-\"", std::nullopt},
      {"\".\"", std::nullopt},
      {"\"5-\"", std::nullopt},
      {"\"$5\"", std::nullopt},
      {"true", std::nullopt},
      {"{}", std::nullopt},
  };
  ExpectReadings(kCases, &ReadDecimal);
}

TEST(LooseValue, TakesNullsAndEmptyListsForAbsent) {
  for (const std::string json : {"null", "[]"}) {
    EXPECT_EQ(Read(json, &ReadInteger).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadReal).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadFlag).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadText).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadTime).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadDecimal).reading, Reading::kAbsent);
  }
}

TEST(LooseValue, TakesBlanksForAbsentWhereNoTextIsWanted) {
  for (const std::string json : {"\"\"", "\"  \""}) {
    EXPECT_EQ(Read(json, &ReadInteger).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadReal).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadFlag).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadTime).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadDecimal).reading, Reading::kAbsent);
    EXPECT_EQ(Read(json, &ReadText).reading, Reading::kRead);
  }
}

TEST(LooseValue, CutsOffQuantities) {
  const struct {
    std::string json;
    Reading reading;
    int64_t number;
    std::string text;
  } kCases[] = {
      {"2", Reading::kRead, 2, ""},
      {"2.5", Reading::kRead, 2, "2.5"},
      {"-2.5", Reading::kRead, -2, "-2.5"},
      {"\"2.5 m\"", Reading::kRead, 2, "2.5 m"},
      {"\"many\"", Reading::kUnreadable, 0, ""},
      {"\"1,200\"", Reading::kUnreadable, 0, ""},
      {"1e300", Reading::kUnreadable, 0, ""},
      {"null", Reading::kAbsent, 0, ""},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.json);
    VisitValue(c.json, [&](const JsonValue& value) {
      int64_t number = 0;
      std::string text;
      EXPECT_EQ(ReadQuantity(value, &number, &text), c.reading);
      if (c.reading != Reading::kRead) return;
      EXPECT_EQ(number, c.number);
      EXPECT_EQ(text, c.text);
    });
  }
}

TEST(LooseValue, DescribesForMessages) {
  std::string described;
  VisitValue(R"([null,true,5,2.5,"a\nb\"",[1],{},"\u00fc"])",
             [&](const JsonValue& list) {
               for (const JsonValue& value : list.items()) {
                 absl::StrAppend(&described, Describe(value), " ");
               }
             });
  EXPECT_EQ(described,
            "null true 5 2.5 \"a\\nb\\\"\" a list an object \"\xC3\xBC\" ");
}

TEST(LooseValue, CutsLongTextsInMessages) {
  EXPECT_EQ(DescribeText(std::string(1000, 'a')),
            absl::StrCat("\"", std::string(40, 'a'), "...\""));
  // Cut in the middle of a character.
  EXPECT_THAT(DescribeText(absl::StrCat(std::string(39, 'a'), "\xC3\xBC")),
              Not(HasSubstr("\xC3")));
}

}  // namespace
}  // namespace oms_connector::order_manager
