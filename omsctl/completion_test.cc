#include "omsctl/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "omsctl/scripted_omsctl.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What bash offers at the end of `line`.
std::string Completed(const std::string& line) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"completion", "bash"}), kDone);
  const std::string path = ::testing::TempDir() + "/completion.bash";
  std::ofstream(path) << omsctl.out << "COMP_WORDS=(" << line
                      << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                         "_omsctl\necho \" ${COMPREPLY[*]} \"\n";
  FILE* bash = popen(absl::StrCat("bash ", path, " 2>&1").c_str(), "r");
  char buffer[4096];
  const size_t size = fread(buffer, 1, sizeof(buffer), bash);
  EXPECT_EQ(pclose(bash), 0);
  return {buffer, size};
}

TEST(Completion, KnowsCommandsAndTheirFlags) {
  EXPECT_EQ(Completed("omsctl set"), " settings \n");
  EXPECT_THAT(Completed("omsctl settings ''"), HasSubstr(" preview "));
  EXPECT_EQ(Completed("omsctl settings set acme --va"), " --validate-only \n");
  EXPECT_THAT(Completed("omsctl sync acme --"), HasSubstr(" --cursor "));
}

TEST(Completion, OffersGlobalFlagsEverywhere) {
  EXPECT_EQ(Completed("omsctl --serv"), " --server \n");
  EXPECT_EQ(Completed("omsctl connections get acme --js"), " --json \n");
}

TEST(Completion, OffersNoFlagsOfOtherCommands) {
  EXPECT_THAT(Completed("omsctl poll acme --"), Not(HasSubstr(" --full ")));
}

TEST(ManualPage, HasEveryCommandWithItsFlagsAndExamples) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"man"}), kDone);
  EXPECT_THAT(omsctl.out, HasSubstr(".TH OMSCTL 1"));
  EXPECT_THAT(omsctl.out, HasSubstr("\\-\\-server"));
  EXPECT_THAT(omsctl.out, HasSubstr(".SS omsctl shipments why CONNECTION"));
  EXPECT_THAT(omsctl.out, HasSubstr("\\-\\-why"));
  EXPECT_THAT(omsctl.out,
              HasSubstr("omsctl levels acme \\-\\-why NWD\\-TEE\\-NVY\\-S"));
  // A line that begins with a dot of its own would be a request.
  EXPECT_THAT(omsctl.out, Not(HasSubstr("\n./")));
}

// Whoever asks for help is shown a line that can be typed.
TEST(ManualPage, EveryCommandHasAnExample) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"man"}), kDone);
  const std::vector<std::string> commands =
      absl::StrSplit(omsctl.out, "\n.SS ");
  ASSERT_GT(commands.size(), 20u);
  for (size_t i = 1; i < commands.size(); ++i) {
    EXPECT_THAT(commands[i], HasSubstr("Examples:")) << commands[i];
  }
}

TEST(NearestCommand, IsSaidForAMistypedWord) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"snyc", "acme"}), kUsage);
  EXPECT_THAT(omsctl.error, HasSubstr("Did you mean `omsctl sync`?"));
  EXPECT_EQ(omsctl.Run({"--server", "localhost:1", "shipments", "wyh"}),
            kUsage);
  EXPECT_THAT(omsctl.error, HasSubstr("Did you mean `omsctl shipments why`?"));
}

TEST(NearestCommand, IsNotSaidWhereNothingIsLikeIt) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"dance"}), kUsage);
  EXPECT_THAT(omsctl.error, Not(HasSubstr("Did you mean")));
  EXPECT_EQ(omsctl.Run({"sync"}), kUsage);  // known, and incomplete
  EXPECT_THAT(omsctl.error, Not(HasSubstr("Did you mean")));
}

}  // namespace
}  // namespace oms_connector::omsctl
