// What of others gets into our log: callers' deeds, libraries' lines.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/manual_clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "server/ops/audit_log.h"
#include "server/ops/library_logs.h"

namespace oms_connector::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

AuditRecord Record(const std::string& rpc, const std::string& code) {
  AuditRecord record;
  record.rpc = rpc;
  record.principal = "ops";
  record.peer = "ipv4:10.0.0.7:41034";
  record.connection = "acme";
  record.request_id = "6f1b3c60-7d8e-4f1a-9b2c-0123456789ab";
  record.traceparent = "00-0af7651916cd43dd8448eb211c80319c-01";
  record.code = code;
  return record;
}

class AuditLogTest : public ::testing::Test {
 protected:
  std::string Told(const AuditRecord& record) {
    CaptureStderr();
    audit_.CallEnded(record);
    return GetCapturedStderr();
  }

  base::ManualClock clock_;
  AuditLog audit_{&clock_};
};

TEST_F(AuditLogTest, TellsWhoChangedWhatFromWhere) {
  EXPECT_THAT(Told(Record("UpdateSettings", "OK")),
              AllOf(HasSubstr("info audit rpc=UpdateSettings principal=ops"),
                    HasSubstr("peer=ipv4:10.0.0.7:41034 connection=acme"),
                    HasSubstr("request_id=6f1b3c60"),
                    HasSubstr("traceparent=00-0af7"), HasSubstr("code=OK")));
}

TEST_F(AuditLogTest, IsSilentOfWhoOnlyReads) {
  EXPECT_EQ(Told(Record("GetSettings", "OK")), "");
  EXPECT_EQ(Told(Record("PollShipments", "OK")), "");
  EXPECT_EQ(Told(Record("ListConnections", "INTERNAL")), "");
}

TEST_F(AuditLogTest, TellsOfReadersThatAreRefused) {
  EXPECT_THAT(Told(Record("GetSettings", "PERMISSION_DENIED")),
              HasSubstr("warning audit rpc=GetSettings"));
}

TEST_F(AuditLogTest, StrangerGetsAFewLinesAMinuteWhateverThePort) {
  int lines = 0;
  for (int i = 0; i < 100; ++i) {
    AuditRecord record = Record("GetSettings", "UNAUTHENTICATED");
    record.peer = absl::StrCat("ipv4:10.0.0.7:", 1000 + i);
    if (!Told(record).empty()) ++lines;
  }
  EXPECT_EQ(lines, AuditLog::kRefusedPerMinute);
  AuditRecord other = Record("GetSettings", "UNAUTHENTICATED");
  other.peer = "ipv4:10.0.0.8:1";
  EXPECT_NE(Told(other), "") << "another peer has lines of its own";
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(Told(Record("GetSettings", "UNAUTHENTICATED")),
              HasSubstr("refused_before=95"));
}

TEST_F(AuditLogTest, IsOneJsonObjectWhateverACallerSends) {
  base::SetLogFormat(base::LogFormat::kJson);
  AuditRecord record = Record("UpdateSettings", "OK");
  record.traceparent = "\"}\n{\"level\":\"error\"}";
  const std::string line = Told(record);
  base::SetLogFormat(base::LogFormat::kText);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["message"], "audit");
  EXPECT_EQ(json["traceparent"], record.traceparent);
}

TEST(LibraryLogs, ComeThroughOursAndAreCapped) {
  static auto& clock = *new base::ManualClock;
  CaptureLibraryLogs(&clock);
  CaptureStderr();
  for (int i = 0; i < kLibraryLinesPerSecond + 7; ++i) {
    gpr_log(GPR_ERROR, "Handshake failed: %s", "unknown ca");
  }
  clock.Advance(absl::Seconds(1));
  GOOGLE_LOG(ERROR) << "String field contains invalid UTF-8";
  const std::string text = GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'),
            kLibraryLinesPerSecond + 1)
      << text;
  EXPECT_THAT(text, AllOf(HasSubstr("error a library says library=grpc "
                                    "text=\"Handshake failed: unknown ca\""),
                          HasSubstr("library=protobuf"),
                          HasSubstr("dropped_before=7")));
}

}  // namespace
}  // namespace oms_connector::server
