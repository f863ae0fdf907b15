#include "server/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace oms_connector::server {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Order(std::vector<std::string> arguments,
                               std::map<std::string, std::string> environment) {
  return OrderArguments(
      arguments, {"listen", "store"},
      [&](const std::string& name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        if (found == environment.end()) return std::nullopt;
        return found->second;
      });
}

TEST(OrderArguments, LaterWinsFromFileOverEnvironmentToCommandLine) {
  EXPECT_THAT(
      Order({"server", "--listen=a", "--flagfile=f"},
            {{"OMS_CONNECTOR_LISTEN", "b"}}),
      ElementsAre("server", "--flagfile=f", "--listen=b", "--listen=a"));
}

TEST(OrderArguments, TakesAFlagFileInTwoArguments) {
  EXPECT_THAT(Order({"server", "--store", "s", "-flagfile", "f"}, {}),
              ElementsAre("server", "-flagfile", "f", "--store", "s"));
}

TEST(OrderArguments, EnvironmentNamesAFlagFileWhereTheCommandLineDoesNot) {
  EXPECT_THAT(Order({"server"}, {{"OMS_CONNECTOR_FLAGFILE", "f"}}),
              ElementsAre("server", "--flagfile=f"));
  EXPECT_THAT(
      Order({"server", "--flagfile=g"}, {{"OMS_CONNECTOR_FLAGFILE", "f"}}),
      ElementsAre("server", "--flagfile=g"));
}

TEST(OrderArguments, KeepsAnEmptyValueOfTheEnvironment) {
  EXPECT_THAT(Order({"server"}, {{"OMS_CONNECTOR_STORE", ""}}),
              ElementsAre("server", "--store="));
}

TEST(OrderArguments, LeavesOtherArgumentsAsTheyAre) {
  EXPECT_THAT(Order({"server", "--", "--flagfiles=x", "y"}, {}),
              ElementsAre("server", "--", "--flagfiles=x", "y"));
}

TEST(UnknownVariables, AreThoseWithOurPrefixThatSetNoFlag) {
  EXPECT_THAT(
      UnknownVariables({"OMS_CONNECTOR_LISTN=1", "OMS_CONNECTOR_LISTEN=1",
                        "OMS_CONNECTOR_FLAGFILE=f", "PATH=/bin"},
                       {"listen", "store"}),
      ElementsAre("OMS_CONNECTOR_LISTN"));
}

TEST(HelpText, ShowsEachFlagWithItsDefault) {
  EXPECT_THAT(HelpText({{"listen", "where", "127.0.0.1:1", true},
                        {"backup_to", "a file", "", true},
                        {"new_token", "and exit", "false", false}}),
              ::testing::AllOf(
                  ::testing::HasSubstr("  --listen=127.0.0.1:1\n      where\n"),
                  ::testing::HasSubstr("  --backup_to=\"\"\n"),
                  ::testing::HasSubstr("  --new_token\n      and exit\n")));
}

TEST(WithoutPassword, HidesItWhereverLibpqReadsIt) {
  EXPECT_EQ(WithoutPassword("postgres://oms:s3cret@db,db2/oms?a=b"),
            "postgres://oms:***@db,db2/oms?a=b");
  EXPECT_EQ(WithoutPassword("postgres://db/oms?password=s3cret&a=b"),
            "postgres://db/oms?password=***&a=b");
  EXPECT_EQ(WithoutPassword("postgres://oms@db/oms?passfile=/f"),
            "postgres://oms@db/oms?passfile=/f");
  EXPECT_EQ(WithoutPassword("sqlite:oms.db"), "sqlite:oms.db");
  EXPECT_EQ(WithoutPassword("postgres://db:5432/oms"),
            "postgres://db:5432/oms");
}

TEST(WithoutPassword, HidesItBesideSlips) {
  EXPECT_EQ(WithoutPassword("postgres://oms:s3/cr@t@db/oms"),
            "postgres://oms:***@db/oms");
  EXPECT_EQ(WithoutPassword("postgres//oms:s3cret@db/oms"),
            "postgres//oms:***@db/oms");
  EXPECT_EQ(WithoutPassword("postgres://db/oms?sslpassword=a&password=b&c=d"),
            "postgres://db/oms?sslpassword=***&password=***&c=d");
  EXPECT_EQ(WithoutPassword("host=db password='s3 cret' user=oms"),
            "host=db password=***");
}

TEST(ParseFileMode, TakesWhoMayReadAndWrite) {
  EXPECT_EQ(*ParseFileMode("--mode", "0600"), 0600u);
  EXPECT_EQ(*ParseFileMode("--mode", "0660"), 0660u);
  for (const char* text : {"", "600", "0700", "1600", "0668", "rw", "00600"}) {
    EXPECT_EQ(ParseFileMode("--mode", text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

}  // namespace
}  // namespace oms_connector::server
