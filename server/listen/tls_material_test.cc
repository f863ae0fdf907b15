#include "server/listen/tls_material.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/tls_files.h"

namespace oms_connector::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ReplaceFile;
using testing_support::TestAuthority;
using testing_support::TestKeyPair;

class TlsMaterialTest : public ::testing::Test {
 protected:
  TlsMaterial Good() const {
    return {pair_.certificate, base::SecretString(std::string(pair_.key)),
            authority_.certificate()};
  }
  std::string Refusal(const TlsMaterial& material) const {
    const auto expiry = CheckTlsMaterial(material, now_);
    EXPECT_EQ(expiry.status().code(), absl::StatusCode::kFailedPrecondition);
    return std::string(expiry.status().message());
  }

  const TestAuthority authority_{"material"};
  const TestKeyPair pair_ = authority_.Issue("connector", "DNS:connector.test");
  // The certificates of a test that are made later are valid then, too.
  const absl::Time now_ = absl::Now() + absl::Minutes(30);
};

TEST_F(TlsMaterialTest, TellsWhenASoundCertificateExpires) {
  const auto expiry = CheckTlsMaterial(Good(), now_);
  ASSERT_TRUE(expiry.ok()) << expiry.status();
  EXPECT_GT(*expiry, now_ + absl::Hours(47));
  EXPECT_LE(*expiry, now_ + absl::Hours(48));
}

TEST_F(TlsMaterialTest, TakesAChainAndSeveralAuthorities) {
  TlsMaterial material = Good();
  material.certificate_chain += authority_.certificate();
  material.client_ca += TestAuthority("other").certificate();
  EXPECT_TRUE(CheckTlsMaterial(material, now_).ok());
  material.client_ca.clear();
  EXPECT_TRUE(CheckTlsMaterial(material, now_).ok());
}

TEST_F(TlsMaterialTest, RefusesAKeyOfAnotherCertificate) {
  TlsMaterial material = Good();
  material.key = base::SecretString(authority_.Issue("other").key);
  EXPECT_THAT(Refusal(material), HasSubstr("not that of the certificate"));
}

TEST_F(TlsMaterialTest, RefusesCertificatesOutOfTheirTime) {
  const TlsMaterial material = Good();
  const auto late = CheckTlsMaterial(material, now_ + absl::Hours(49));
  EXPECT_THAT(std::string(late.status().message()), HasSubstr("expired at"));
  const auto early = CheckTlsMaterial(material, now_ - absl::Hours(2));
  EXPECT_THAT(std::string(early.status().message()),
              HasSubstr("not valid before"));
}

TEST_F(TlsMaterialTest, RefusesWhatIsHalfWritten) {
  const TlsMaterial good = Good();
  for (const size_t part : {2, 3, 4}) {
    TlsMaterial material = good;
    material.certificate_chain.resize(material.certificate_chain.size() / part);
    EXPECT_THAT(Refusal(material), HasSubstr("TLS certificate"));
    material = good;
    const std::string key(good.key.Reveal());
    material.key = base::SecretString(key.substr(0, key.size() / part));
    EXPECT_THAT(Refusal(material), HasSubstr("TLS key"));
    material = good;
    material.client_ca.resize(material.client_ca.size() / part);
    EXPECT_THAT(Refusal(material), HasSubstr("client authorities"));
  }
}

TEST_F(TlsMaterialTest, RefusalShowsNothingOfTheKey) {
  TlsMaterial material = Good();
  const std::string key(material.key.Reveal());
  material.key = base::SecretString(absl::StrCat("x", key.substr(30)));
  EXPECT_THAT(Refusal(material), Not(HasSubstr(key.substr(40, 20))));
}

TEST_F(TlsMaterialTest, NamesTheFileThatCannotBeRead) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/present.pem");
  ReplaceFile(path, pair_.certificate);
  const auto material = ReadTlsFiles({path, "/no/such/key.pem", ""});
  EXPECT_EQ(material.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(material.status().message()),
              HasSubstr("/no/such/key.pem"));
}

}  // namespace
}  // namespace oms_connector::server
