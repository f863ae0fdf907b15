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

}  // namespace
}  // namespace oms_connector::server
