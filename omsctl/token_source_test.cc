#include "omsctl/token_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "omsctl/usage_error.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string FileWith(const std::string& text) {
  static int count = 0;
  const std::string path =
      absl::StrCat(::testing::TempDir(), "/token", ++count);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

absl::StatusOr<std::string> Read(const TokenSource& source,
                                 const std::string& input = "") {
  std::istringstream stream(input);
  const auto token = ReadToken(source, stream);
  if (!token.ok()) return token.status();
  return token->has_value() ? std::string((*token)->Reveal()) : "(none)";
}

TEST(TokenSource, ReadsAFile) {
  EXPECT_EQ(*Read({FileWith("t0ken\n"), "", false}), "t0ken");
  EXPECT_EQ(*Read({FileWith("t0ken\r\n"), "", false}), "t0ken");
  EXPECT_EQ(*Read({FileWith("t0ken"), "", false}), "t0ken");
}

TEST(TokenSource, ReadsStandardInput) {
  EXPECT_EQ(*Read({"", "", true}, "t0ken\n"), "t0ken");
}

TEST(TokenSource, ReadsTheEnvironment) {
  setenv("OMSCTL_TEST_TOKEN", "t0ken", 1);
  EXPECT_EQ(*Read({"", "OMSCTL_TEST_TOKEN", false}), "t0ken");
  unsetenv("OMSCTL_TEST_TOKEN");
  EXPECT_TRUE(IsUsageError(Read({"", "OMSCTL_TEST_TOKEN", false}).status()));
}

TEST(TokenSource, NoSourceIsNoToken) { EXPECT_EQ(*Read({}), "(none)"); }

TEST(TokenSource, RefusesWhatIsNoTokenWithoutShowingIt) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("s3cret\ns3cret"),
        std::string(70'000, 's')}) {
    const absl::Status status = Read({"", "", true}, text).status();
    EXPECT_TRUE(IsUsageError(status));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("s3cret")));
  }
}

TEST(TokenSource, RefusesSeveralSources) {
  EXPECT_TRUE(IsUsageError(Read({"a", "B", false}).status()));
  EXPECT_TRUE(IsUsageError(Read({"a", "", true}).status()));
}

TEST(TokenSource, FilesThatCannotBeReadAreUsageErrors) {
  EXPECT_TRUE(IsUsageError(ReadTextFile("/nowhere/at/all").status()));
  EXPECT_TRUE(IsUsageError(
      ReadTextFile(FileWith(std::string(1024 * 1024 + 1, 'x'))).status()));
}

}  // namespace
}  // namespace oms_connector::omsctl
