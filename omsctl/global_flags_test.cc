#include "omsctl/global_flags.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/time/time.h"
#include "omsctl/usage_error.h"

namespace oms_connector::omsctl {
namespace {

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
  EXPECT_EQ(OptionsOf(flags)->bearer_token.Reveal(), "mine");
}

TEST(GlobalFlags, TheEnvironmentMayHoldTheTokenItself) {
  setenv("OMSCTL_AUTH_TOKEN", "from-environment", 1);
  GlobalFlags flags;
  EXPECT_EQ(OptionsOf(flags)->bearer_token.Reveal(), "from-environment");
  flags.auth_token_file = FileWith("auth_token2", "from-file");
  EXPECT_EQ(OptionsOf(flags)->bearer_token.Reveal(), "from-file");
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
  EXPECT_EQ(options->tls->client_key_pem.Reveal(), "key");
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
