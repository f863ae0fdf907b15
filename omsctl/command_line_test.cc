#include "omsctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "oms_connector/client/rpc_status.h"
#include "omsctl/scripted_omsctl.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CommandLine, HelpIsNoError) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"--help"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("Exit codes:"));
  EXPECT_THAT(omsctl.error, IsEmpty());
  EXPECT_EQ(omsctl.Run({"shipments", "why", "--help"}), kDone);
}

TEST(CommandLine, WhatIsNoCommandEndsWithTwo) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({}), kUsage);
  EXPECT_EQ(omsctl.Run({"dance"}), kUsage);
  EXPECT_EQ(omsctl.Run({"settings"}), kUsage);
  EXPECT_EQ(omsctl.Run({"sync"}), kUsage);
  EXPECT_EQ(omsctl.Run({"sync", "acme", "--colour", "red"}), kUsage);
  EXPECT_THAT(omsctl.error, HasSubstr("--help"));
}

TEST(CommandLine, GlobalFlagsStandBeforeOrBehindTheCommand) {
  for (const bool before : {true, false}) {
    ScriptedOmsctl omsctl;
    omsctl.server.Answer(v1::ListConnectionsResponse());
    const std::vector<std::string> flags = {"--json", "--server", "localhost:1",
                                            "--timeout", "5s"};
    std::vector<std::string> line = {"connections", "list"};
    line.insert(before ? line.begin() : line.end(), flags.begin(), flags.end());
    EXPECT_EQ(omsctl.Run(line), kDone);
    EXPECT_EQ(omsctl.connected.endpoint, "localhost:1");
    EXPECT_EQ(omsctl.connected.default_timeout, absl::Seconds(5));
    EXPECT_THAT(omsctl.out, HasSubstr("\"connections\": []"));
  }
}

TEST(CommandLine, TheEnvironmentNamesTheServer) {
  setenv("OMSCTL_SERVER", "localhost:2", 1);
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(v1::ListConnectionsResponse());
  EXPECT_EQ(omsctl.Run({"connections", "list"}), kDone);
  EXPECT_EQ(omsctl.connected.endpoint, "localhost:2");
  unsetenv("OMSCTL_SERVER");
}

TEST(CommandLine, ErrorsOfTheServerGoToTheErrorStream) {
  ScriptedOmsctl omsctl;
  omsctl.server.Fail<v1::GetSettingsResponse>(
      absl::NotFoundError("there is no connection \"acme\""));
  EXPECT_EQ(omsctl.Run({"settings", "get", "acme"}), kFailed);
  EXPECT_THAT(omsctl.out, IsEmpty());
  EXPECT_THAT(omsctl.error,
              HasSubstr("omsctl: there is no connection \"acme\"\n"));
}

TEST(CommandLine, AServerThatCannotBeUsedSoIsAUsageError) {
  std::istringstream in;
  std::ostringstream out, error;
  EXPECT_EQ(
      RunOmsctl({"--server", "connector.internal:50051", "connections", "list"},
                {&in, &out, &error, absl::UnixEpoch(), Terminal(), nullptr,
                 nullptr, &ConnectTo}),
      kUsage);
  EXPECT_THAT(error.str(), HasSubstr("without TLS"));
}

using ::testing::HasSubstr;

google::rpc::Status Rich(int code, const char* message, const char* reason) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_domain("oms-connector");
  info.set_reason(reason);
  (*info.mutable_metadata())["connection"] = "acme";
  status.add_details()->PackFrom(info);
  return status;
}

TEST(ErrorText, SaysWhatWentWrongWhyAndWhatToDo) {
  EXPECT_EQ(ErrorText(client::ToAbslStatus(Rich(
                5, "there is no connection \"acme\"", "CONNECTION_NOT_FOUND"))),
            "omsctl: there is no connection \"acme\"\n"
            "  NOT_FOUND CONNECTION_NOT_FOUND (connection: acme)\n"
            "  `omsctl connections list` shows those there are\n");
}

TEST(ErrorText, NamesTheFieldsThatAreWrong) {
  google::rpc::Status status = Rich(3, "bad", "INVALID_REQUEST");
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("update_mask");
  bad.mutable_field_violations(0)->set_description("no field \"colour\"");
  status.add_details()->PackFrom(bad);
  EXPECT_THAT(ErrorText(client::ToAbslStatus(status)),
              HasSubstr("\n  update_mask: no field \"colour\"\n"));
}

TEST(ErrorText, SaysWhenToTryAgain) {
  google::rpc::Status status = Rich(14, "full", "OVERLOADED");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(5);
  status.add_details()->PackFrom(retry);
  EXPECT_THAT(ErrorText(client::ToAbslStatus(status)),
              HasSubstr("  try again in 5 s\n"));
}

TEST(ErrorText, AnUnreachableServerIsRecognised) {
  EXPECT_THAT(ErrorText(absl::UnavailableError("connection refused")),
              HasSubstr("is a connector listening there?"));
  EXPECT_THAT(ErrorText(absl::DeadlineExceededError("Deadline Exceeded")),
              HasSubstr("--timeout"));
}

TEST(ErrorText, UsageErrorsAreTheirMessage) {
  EXPECT_EQ(ErrorText(UsageError("--cart is given twice")),
            "omsctl: --cart is given twice\n");
}

TEST(ErrorText, MessagesCannotControlTheTerminal) {
  EXPECT_THAT(ErrorText(absl::InternalError("a\x1b[2Jb\nc")),
              HasSubstr("a�[2Jb�c\n"));
}

TEST(CommandLine, TellsItsVersion) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"--version"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("omsctl "));
}

TEST(CommandLine, HelpHasExamplesAndTheNamesOfSettings) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"settings", "set", "--help"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("subtract_locked_quantity  no, yes"));
  EXPECT_THAT(omsctl.out, HasSubstr("Examples:\n  omsctl settings set"));
}

TEST(CommandLine, AnAnswerThatCannotBeWrittenIsAnError) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(v1::ListConnectionsResponse());
  std::ofstream full("/dev/full");
  std::istringstream in;
  std::ostringstream error;
  Environment environment = omsctl.environment;
  environment.in = &in;
  environment.out = &full;
  environment.error = &error;
  environment.connect = [&](const client::ClientOptions& options) {
    const client::UnaryCaller caller(options);
    const auto channel = omsctl.server.channel();
    return absl::StatusOr<Clients>(
        Clients({v1::ConnectorService::NewStub(channel), caller},
                {v1::ConnectionService::NewStub(channel), caller}));
  };
  EXPECT_EQ(RunOmsctl({"connections", "list"}, environment), kFailed);
  EXPECT_THAT(error.str(), HasSubstr("could not be written"));
}

TEST(CommandLine, TablesFitTheTerminal) {
  ScriptedOmsctl omsctl;
  omsctl.environment.terminal.width = 60;
  v1::ListShipmentsResponse answer;
  v1::Shipment& shipment = *answer.add_shipments();
  shipment.set_shipment_id(90017);
  shipment.set_order_number("NW-50019-OF-A-LONG-NAME");
  shipment.mutable_delivery()->set_state(v1::Delivery::STATE_HELD);
  shipment.mutable_delivery()->set_hold_reason(
      v1::Delivery::HOLD_REASON_ORDER_UNREADABLE);
  omsctl.server.Answer(answer, 2);
  EXPECT_EQ(omsctl.Run({"shipments", "list", "acme"}), kDone);
  for (const absl::string_view line : absl::StrSplit(omsctl.out, '\n')) {
    EXPECT_LE(DisplayWidth(line), 60u) << line;
  }
  omsctl.environment.terminal.width = 0;
  EXPECT_EQ(omsctl.Run({"shipments", "list", "acme"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr("its order could not be read\n"));
}

}  // namespace
}  // namespace oms_connector::omsctl
