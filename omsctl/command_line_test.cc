#include "omsctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "omsctl/scripted_omsctl.h"

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
    omsctl.connections->list_connections.answers.emplace_back(
        v1::ListConnectionsResponse());
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
  omsctl.connections->list_connections.answers.emplace_back(
      v1::ListConnectionsResponse());
  EXPECT_EQ(omsctl.Run({"connections", "list"}), kDone);
  EXPECT_EQ(omsctl.connected.endpoint, "localhost:2");
  unsetenv("OMSCTL_SERVER");
}

TEST(CommandLine, ErrorsOfTheServerGoToTheErrorStream) {
  ScriptedOmsctl omsctl;
  omsctl.connector->get_settings.answers.emplace_back(
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
                {&in, &out, &error, absl::UnixEpoch(), &ConnectTo}),
      kUsage);
  EXPECT_THAT(error.str(), HasSubstr("without TLS"));
}

}  // namespace
}  // namespace oms_connector::omsctl
