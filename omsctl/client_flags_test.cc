#include "omsctl/client_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "omsctl/words.h"

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

std::string FileWith(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(GlobalFlags, DefaultsAreALocalServerWithoutTls) {
  const auto options = OptionsOf(GlobalFlags());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->endpoint, "127.0.0.1:50051");
  EXPECT_FALSE(options->tls.has_value());
  EXPECT_TRUE(options->bearer_token.empty());
  EXPECT_EQ(options->default_timeout, absl::Seconds(60));
}

TEST(GlobalFlags, ReadsTheOwnToken) {
  GlobalFlags flags;
  flags.auth_token_file = FileWith("auth_token", "mine\n");
  EXPECT_EQ(OptionsOf(flags)->bearer_token, "mine");
}

TEST(GlobalFlags, TheEnvironmentMayHoldTheTokenItself) {
  setenv("OMSCTL_AUTH_TOKEN", "from-environment", 1);
  GlobalFlags flags;
  EXPECT_EQ(OptionsOf(flags)->bearer_token, "from-environment");
  flags.auth_token_file = FileWith("auth_token2", "from-file");
  EXPECT_EQ(OptionsOf(flags)->bearer_token, "from-file");
  unsetenv("OMSCTL_AUTH_TOKEN");
}

TEST(GlobalFlags, AnyTlsFlagEncrypts) {
  GlobalFlags flags;
  flags.tls = true;
  ASSERT_TRUE(OptionsOf(flags)->tls.has_value());
  EXPECT_EQ(OptionsOf(flags)->tls->server_ca_pem, "");

  flags = GlobalFlags();
  flags.tls_ca = FileWith("ca.pem", "ca");
  flags.tls_cert = FileWith("cert.pem", "cert");
  flags.tls_key = FileWith("key.pem", "key");
  flags.tls_server_name = "connector.internal";
  const auto options = OptionsOf(flags);
  ASSERT_TRUE(options->tls.has_value());
  EXPECT_EQ(options->tls->server_ca_pem, "ca");
  EXPECT_EQ(options->tls->client_certificate_pem, "cert");
  EXPECT_EQ(options->tls->client_key_pem, "key");
  EXPECT_EQ(options->tls->server_name, "connector.internal");
}

TEST(GlobalFlags, WhatCannotBeUsedIsAUsageError) {
  GlobalFlags flags;
  flags.timeout = "0s";
  EXPECT_TRUE(IsUsageError(OptionsOf(flags).status()));
  flags.timeout = "soon";
  EXPECT_TRUE(IsUsageError(OptionsOf(flags).status()));
  flags = GlobalFlags();
  flags.tls_ca = "/nowhere/at/all";
  EXPECT_TRUE(IsUsageError(OptionsOf(flags).status()));
}

}  // namespace
}  // namespace oms_connector::omsctl
