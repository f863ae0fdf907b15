#include "server/set_up.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/id_generator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/config_check.h"
#include "server/listen/tls_material.h"
#include "server/options.h"
#include "server/rpc/principals.h"

namespace oms_connector::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SetUpTest : public ::testing::Test {
 protected:
  SetUpTest() {
    folder_ = absl::StrCat(::testing::TempDir(), "setupXXXXXX");
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    given_.listen = "127.0.0.1:0";
    given_.admin_listen = "127.0.0.1:0";
  }

  std::string File(absl::string_view name) const {
    return absl::StrCat(folder_, "/oms/", name);
  }
  std::string Read(absl::string_view name) const {
    std::ifstream file(File(name), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  mode_t ModeOf(absl::string_view name) const {
    struct stat info {};
    EXPECT_EQ(stat(File(name).c_str(), &info), 0) << name;
    return info.st_mode & 0777;
  }
  absl::StatusOr<std::string> Run() {
    return server::SetUp(File(""), given_, &clock_, &ids_);
  }
  // What the flags in the new file say.
  ServerOptions Made() const {
    ServerOptions options = given_;
    options.store = absl::StrCat("sqlite:", File("store.db"));
    options.secret_key_file = File("secret.key");
    options.principals_file = File("principals.textproto");
    options.tls_cert_file = File("server.pem");
    options.tls_key_file = File("server.key");
    return options;
  }
  ConfigReport Inspect(const ServerOptions& options) {
    return InspectConfig(options, &clock_, &sleeper_, &ids_);
  }

  std::string folder_;
  ServerOptions given_;
  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
};

TEST_F(SetUpTest, MakesWhatAServerWithTlsAndPrincipalsNeeds) {
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(ModeOf(""), 0700u);
  EXPECT_EQ(ModeOf("secret.key"), 0600u);
  EXPECT_EQ(ModeOf("server.key"), 0600u);
  EXPECT_EQ(ModeOf("principals.textproto"), 0600u);
  EXPECT_EQ(ModeOf("server.pem"), 0644u);
  EXPECT_THAT(Read("server.csr"), HasSubstr("BEGIN CERTIFICATE REQUEST"));
  EXPECT_THAT(
      Read("flags"),
      AllOf(HasSubstr("--listen=127.0.0.1:0\n"),
            HasSubstr(absl::StrCat("--store=sqlite:", File("store.db"), "\n")),
            HasSubstr(absl::StrCat("--tls_key_file=", File("server.key")))));
  const ConfigReport report = Inspect(Made());
  EXPECT_EQ(report.problems + report.warnings, 0) << report.Text();
}

TEST_F(SetUpTest, TokenThatIsShownIsTheAdminsAndIsKeptNowhere) {
  const absl::StatusOr<std::string> told = Run();
  ASSERT_TRUE(told.ok()) << told.status();
  const std::vector<std::string> parts =
      absl::StrSplit(*told, "shown this once:\n\n  ");
  ASSERT_EQ(parts.size(), 2u) << *told;
  const std::string token = parts[1].substr(0, parts[1].find('\n'));
  EXPECT_EQ(token.size(), 64u);
  const auto principals = LoadPrincipals(File("principals.textproto"));
  ASSERT_TRUE(principals.ok()) << principals.status();
  ASSERT_EQ(principals->size(), 1u);
  EXPECT_EQ(principals->front().token_sha256.front(), base::Sha256Hex(token));
  EXPECT_TRUE(MayCall(principals->front(), Role::kAdmin, "any"));
  for (const char* name : {"flags", "principals.textproto", "server.pem"}) {
    EXPECT_THAT(Read(name), Not(HasSubstr(token)));
  }
}

TEST_F(SetUpTest, SecondTimeKeepsEverythingAndShowsNoToken) {
  ASSERT_TRUE(Run().ok());
  const std::string key = Read("secret.key");
  const std::string certificate = Read("server.pem");
  const absl::StatusOr<std::string> told = Run();
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(*told, AllOf(HasSubstr("kept"), Not(HasSubstr("made")),
                           Not(HasSubstr("shown this once"))));
  EXPECT_EQ(Read("secret.key"), key);
  EXPECT_EQ(Read("server.pem"), certificate);
}

TEST_F(SetUpTest, HalfOfAPairIsRefused) {
  ASSERT_TRUE(Run().ok());
  ASSERT_EQ(remove(File("server.key").c_str()), 0);
  EXPECT_THAT(std::string(Run().status().message()),
              HasSubstr("only one is there"));
}

TEST_F(SetUpTest, CertificateLastsAYearAndAMonth) {
  ASSERT_TRUE(Run().ok());
  const auto material = ReadTlsFiles({File("server.pem"), File("server.key"),
                                      /*client_ca=*/File("server.pem")});
  ASSERT_TRUE(material.ok()) << material.status();
  const absl::Time now = clock_.Now();
  const auto expiry = CheckTlsMaterial(*material, now);
  ASSERT_TRUE(expiry.ok()) << expiry.status();
  EXPECT_GT(*expiry - now, absl::Hours(24 * 396));
  EXPECT_LT(*expiry - now, absl::Hours(24 * 398));
}

TEST_F(SetUpTest, NewTokenComesWithItsHashAndAnEntryToPaste) {
  const std::string text = NewTokenText(&ids_);
  const std::string token = text.substr(14, 64);
  EXPECT_THAT(text, HasSubstr(absl::StrCat("token_sha256: \"",
                                           base::Sha256Hex(token), "\"")));
}

// ---- What --check_config finds ---------------------------------------------

TEST_F(SetUpTest, CheckTellsThatNobodyIsAdmin) {
  ASSERT_TRUE(Run().ok());
  ServerOptions options = Made();
  options.principals_file = File("viewers");
  std::ofstream(options.principals_file)
      << "principals { name: \"v\" token_sha256: \"" << std::string(64, 'a')
      << "\" grants { role: VIEWER connections: \"*\" } }";
  const ConfigReport report = Inspect(options);
  EXPECT_EQ(report.warnings, 1) << report.Text();
  EXPECT_THAT(report.Text(), HasSubstr("nobody is ADMIN of everything"));
}

TEST_F(SetUpTest, CheckTellsThatAKeyWouldBeMadeAndWhetherItCan) {
  ServerOptions options = given_;
  options.store = absl::StrCat("sqlite:", folder_, "/store.db");
  EXPECT_THAT(Inspect(options).Text(),
              HasSubstr("store.db.key will be made; back it up"));
  options.secret_key_file = absl::StrCat(folder_, "/nowhere/key");
  const ConfigReport report = Inspect(options);
  EXPECT_EQ(report.problems, 1) << report.Text();
  EXPECT_THAT(report.Text(), HasSubstr("there is no folder"));
}

TEST_F(SetUpTest, CheckReportsEveryProblemAtOnce) {
  ASSERT_TRUE(Run().ok());
  ServerOptions options = Made();
  std::ofstream(options.tls_cert_file) << "not a certificate";
  std::ofstream(options.principals_file) << "principals { nam: 3 }";
  ASSERT_EQ(chmod(options.secret_key_file.c_str(), 0644), 0);
  const ConfigReport report = Inspect(options);
  EXPECT_EQ(report.problems, 3) << report.Text();
  EXPECT_THAT(report.Text(),
              AllOf(HasSubstr("chmod 600"), HasSubstr("line 1, column"),
                    HasSubstr("the configuration is not good")));
}

}  // namespace
}  // namespace oms_connector::server
