#include "base/log.h"

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret_string.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class Log : public testing::Test {
 protected:
  Log() {
    SetLogLevel(LogLevel::kInfo);
    SetLogFormat(LogFormat::kText);
    testing::internal::CaptureStderr();
  }

  std::string Written() {
    std::string written = testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
    return written;
  }

  ~Log() override { testing::internal::GetCapturedStderr(); }
};

constexpr char kTime[] = "[0-9-]{10}T[0-9:]{8}[.][0-9]{3}Z";

TEST_F(Log, WritesATextLine) {
  LogInfo("pull ended",
          {{"connection", "acme"}, {"rows", 1200}, {"took", absl::Seconds(3)}});
  EXPECT_THAT(Written(), MatchesRegex(absl::StrCat(
                             kTime,
                             " info pull ended connection=acme rows=1200 "
                             "took=3s\n")));
}

TEST_F(Log, WritesAJsonLine) {
  SetLogFormat(LogFormat::kJson);
  LogWarning("pull ended",
             {{"connection", "acme"}, {"rows", 1200}, {"full", true}});
  EXPECT_THAT(Written(),
              MatchesRegex(absl::StrCat(
                  "\\{\"time\":\"", kTime,
                  "\",\"level\":\"warning\",\"message\":\"pull ended\","
                  "\"connection\":\"acme\",\"rows\":1200,\"full\":true\\}\n")));
}

TEST_F(Log, WritesAMessageAlone) {
  LogError("store is full");
  EXPECT_THAT(Written(), EndsWith(" error store is full\n"));
}

TEST_F(Log, TakesAllKindsOfValues) {
  LogInfo("m", {{"text", std::string("t")},
                {"view", absl::string_view("v")},
                {"small", int64_t{-1}},
                {"big", std::numeric_limits<uint64_t>::max()},
                {"share", 0.5},
                {"never", absl::InfiniteDuration()},
                {"at", absl::UnixEpoch()}});
  EXPECT_THAT(Written(),
              HasSubstr("text=t view=v small=-1 big=18446744073709551615 "
                        "share=0.5 never=inf at=1970-01-01T00:00:00+00:00"));
}

TEST_F(Log, WritesStatusesWithoutPayloads) {
  absl::Status status = absl::NotFoundError("no cart \"web\"");
  status.SetPayload("type", absl::Cord("payload"));
  LogInfo("m", {{"error", status}, {"fine", absl::OkStatus()}});
  EXPECT_THAT(Written(),
              HasSubstr(R"(error="NOT_FOUND: no cart \"web\"" fine=OK)"));
}

TEST_F(Log, ShowsNoSecret) {
  LogInfo("m", {{"token", SecretString("hunter2")}});
  EXPECT_THAT(Written(), HasSubstr("token=<secret>"));
}

TEST_F(Log, QuotesValuesThatWouldReadAsSeveral) {
  LogInfo("m", {{"a", ""}, {"b", "x y"}, {"c", "x=y"}, {"d", "\\"}});
  EXPECT_THAT(Written(), HasSubstr(R"(a="" b="x y" c="x=y" d="\\")"));
}

TEST_F(Log, StaysOneLineWhateverTheTextHolds) {
  const std::string text = "a\nb\r\x1B[31m\x7F\xC2\x85\xE2\x80\xA8z";
  const char* const escaped = R"(a\nb\u000d\u001b[31m\u007f\u0085\u2028z)";
  LogInfo(text, {{"field", text}});
  EXPECT_THAT(Written(), HasSubstr(absl::StrCat(" info ", escaped, " field=\"",
                                                escaped, "\"\n")));
  SetLogFormat(LogFormat::kJson);
  LogInfo(text, {{"field", text}});
  EXPECT_THAT(Written(),
              HasSubstr(absl::StrCat("\"message\":\"", escaped,
                                     "\",\"field\":\"", escaped, "\"}\n")));
}

TEST_F(Log, ReplacesBrokenUtf8) {
  LogInfo("m", {{"sku", "A\xFFZ"}, {"ok", "Ä日"}});
  EXPECT_THAT(Written(), HasSubstr("sku=\"A\\ufffdZ\" ok=Ä日"));
}

TEST_F(Log, CutsEndlessText) {
  LogInfo("m", {{"body", std::string(1'000'000, 'x')}});
  const std::string written = Written();
  EXPECT_LT(written.size(), 5000u);
  EXPECT_THAT(written, EndsWith("xxx...\n"));
}

TEST_F(Log, JsonKeepsNumbersThatItCannotSpellAsText) {
  SetLogFormat(LogFormat::kJson);
  LogInfo("m", {{"share", std::numeric_limits<double>::infinity()}});
  EXPECT_THAT(Written(), HasSubstr(R"("share":"inf")"));
}

TEST_F(Log, LeavesOutWhatIsBelowTheLevel) {
  SetLogLevel(LogLevel::kWarning);
  LogDebug("one");
  LogInfo("two");
  LogWarning("three");
  LogError("four");
  EXPECT_THAT(Written(), AllOf(testing::Not(HasSubstr("one")),
                               testing::Not(HasSubstr("two")),
                               HasSubstr("three"), HasSubstr("four")));
  SetLogLevel(LogLevel::kOff);
  LogError("five");
  EXPECT_EQ(Written(), "");
  SetLogLevel(LogLevel::kDebug);
  LogDebug("six");
  EXPECT_THAT(Written(), EndsWith(" debug six\n"));
}

TEST_F(Log, KeepsLinesWholeWhileManyThreadsWriteAndTheFormatChanges) {
  constexpr int kLines = 200;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int line = 0; line < kLines; ++line) {
        SetLogFormat(line % 2 == 0 ? LogFormat::kText : LogFormat::kJson);
        LogInfo("m", {{"end", "here"}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string written = Written();
  const std::vector<absl::string_view> lines =
      absl::StrSplit(written, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 4u * kLines);
  for (const absl::string_view line : lines) {
    EXPECT_THAT(std::string(line),
                testing::AnyOf(EndsWith(" info m end=here"),
                               AllOf(StartsWith("{\"time\":"),
                                     EndsWith("\"end\":\"here\"}"))));
  }
}

TEST(ParseLog, KnowsTheNamesThatPeopleWrite) {
  LogLevel level = LogLevel::kInfo;
  EXPECT_TRUE(ParseLogLevel("debug", &level));
  EXPECT_EQ(level, LogLevel::kDebug);
  EXPECT_TRUE(ParseLogLevel("off", &level));
  EXPECT_EQ(level, LogLevel::kOff);
  EXPECT_FALSE(ParseLogLevel("verbose", &level));
  EXPECT_FALSE(ParseLogLevel("", &level));
  EXPECT_EQ(level, LogLevel::kOff);
  LogFormat format = LogFormat::kText;
  EXPECT_TRUE(ParseLogFormat("json", &format));
  EXPECT_EQ(format, LogFormat::kJson);
  EXPECT_TRUE(ParseLogFormat("text", &format));
  EXPECT_EQ(format, LogFormat::kText);
  EXPECT_FALSE(ParseLogFormat("xml", &format));
}

}  // namespace
}  // namespace oms_connector::base
