#include "server/rpc/authenticator.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

using ::testing::Not;

std::vector<Principal> Two() {
  Principal worker;
  worker.name = "worker";
  worker.token_sha256 = {base::Sha256Hex("old"), base::Sha256Hex("s3cret")};
  worker.grants = {{Role::kOperator, {"acme"}}};
  Principal ops;
  ops.name = "ops";
  ops.client_certificates = {"ops.internal", "spiffe://corp/ops"};
  ops.grants = {{Role::kAdmin, {"*"}}};
  return {worker, ops};
}

// The name of who shows `credentials`, or the reason of the refusal.
std::string Who(const Authenticator& authenticator,
                const Credentials& credentials) {
  const auto principal = authenticator.Authenticate(credentials);
  if (principal.ok()) return (*principal)->name;
  EXPECT_EQ(principal.status().code(), absl::StatusCode::kUnauthenticated);
  return model::ReasonOf(principal.status());
}

TEST(Authenticator, WithoutPrincipalsEverybodyIsLocalAndMayDoAll) {
  const Authenticator authenticator;
  EXPECT_EQ(Who(authenticator, {}), "local");
  EXPECT_EQ(Who(authenticator, {{"Bearer whatever"}, {"x"}}), "local");
  const auto local = authenticator.Authenticate({});
  EXPECT_TRUE(Authorize(**local, Role::kAdmin, "acme").ok());
}

TEST(Authenticator, KnowsBearerTokensByTheirHash) {
  const Authenticator authenticator(Two());
  EXPECT_EQ(Who(authenticator, {{"Bearer s3cret"}, {}}), "worker");
  EXPECT_EQ(Who(authenticator, {{"bearer  s3cret "}, {}}), "worker");
  EXPECT_EQ(Who(authenticator, {{"Bearer old"}, {}}), "worker");
}

TEST(Authenticator, RefusesEverythingElse) {
  const Authenticator authenticator(Two());
  const std::string hash = "Bearer " + base::Sha256Hex("s3cret");
  const std::vector<Credentials> strangers = {
      {{}, {}},
      {{""}, {}},
      {{"Bearer"}, {}},
      {{"Bearer "}, {}},
      {{"Bearer S3CRET"}, {}},
      {{"Bearer s3cret2"}, {}},
      {{"Basic s3cret"}, {}},
      {{"s3cret"}, {}},
      {{hash}, {}},
      {{"Bearer s3cret", "Bearer s3cret"}, {}},
      {{}, {"ops.internal.example"}},
      {{}, {""}},
  };
  for (const Credentials& stranger : strangers) {
    EXPECT_EQ(Who(authenticator, stranger), "UNAUTHENTICATED");
  }
}

TEST(Authenticator, KnowsClientCertificatesByAnyOfTheirNames) {
  const Authenticator authenticator(Two());
  EXPECT_EQ(Who(authenticator, {{}, {"other", "ops.internal"}}), "ops");
  EXPECT_EQ(Who(authenticator, {{}, {"spiffe://corp/ops"}}), "ops");
}

// What gRPC says of a peer after the handshake.
class FakePeer : public grpc::AuthContext {
 public:
  using Properties = std::multimap<std::string, std::string>;
  explicit FakePeer(Properties properties)
      : properties_(std::move(properties)) {}

  bool IsPeerAuthenticated() const override { return !properties_.empty(); }
  std::vector<grpc::string_ref> GetPeerIdentity() const override { return {}; }
  std::string GetPeerIdentityPropertyName() const override { return ""; }
  std::vector<grpc::string_ref> FindPropertyValues(
      const std::string& name) const override {
    std::vector<grpc::string_ref> values;
    const auto range = properties_.equal_range(name);
    for (auto one = range.first; one != range.second; ++one) {
      values.emplace_back(one->second);
    }
    return values;
  }
  grpc::AuthPropertyIterator begin() const override { return end(); }
  grpc::AuthPropertyIterator end() const override {
    struct Nothing : grpc::AuthPropertyIterator {};
    return Nothing();
  }
  void AddProperty(const std::string&, const grpc::string_ref&) override {}
  bool SetPeerIdentityPropertyName(const std::string&) override {
    return false;
  }

 private:
  const std::multimap<std::string, std::string> properties_;
};

std::vector<std::string> NamesOf(FakePeer::Properties properties) {
  return CertificateNamesOf(FakePeer(std::move(properties)));
}

TEST(CertificateNames, AreTheAlternativeOnesWhereThereAreAny) {
  using testing::ElementsAre;
  EXPECT_THAT(NamesOf({{"x509_common_name", "ops.internal"},
                       {"x509_subject_alternative_name", "shop.internal"}}),
              ElementsAre("shop.internal"));
  EXPECT_THAT(NamesOf({{"x509_common_name", "ops"},
                       {"peer_spiffe_id", "spiffe://a/b"}}),
              ElementsAre("spiffe://a/b"));
  EXPECT_THAT(NamesOf({{"x509_common_name", "ops.internal"}, {"other", "x"}}),
              ElementsAre("ops.internal"));
  EXPECT_THAT(NamesOf({}), testing::IsEmpty());
}

TEST(Authenticator, AShownTokenCountsAlone) {
  const Authenticator authenticator(Two());
  EXPECT_EQ(Who(authenticator, {{"Bearer wrong"}, {"ops.internal"}}),
            "UNAUTHENTICATED");
  EXPECT_EQ(Who(authenticator, {{"Bearer s3cret"}, {"ops.internal"}}),
            "worker");
}

TEST(Authenticator, TakesNewPrincipalsWhileOldCallsGoOn) {
  Authenticator authenticator(Two());
  const auto before = authenticator.Authenticate({{"Bearer s3cret"}, {}});
  ASSERT_TRUE(before.ok());
  authenticator.Replace({Two()[1]});
  EXPECT_EQ((*before)->name, "worker");
  EXPECT_EQ(Who(authenticator, {{"Bearer s3cret"}, {}}), "UNAUTHENTICATED");
  EXPECT_EQ(authenticator.principal_count(), 1u);
}

// The words of a refusal.
std::string Words(const Credentials& credentials) {
  return std::string(
      Authenticator(Two()).Authenticate(credentials).status().message());
}

TEST(Authenticator, SaysWhatIsWrongWithCredentials) {
  using testing::HasSubstr;
  EXPECT_THAT(Words({}), HasSubstr("No credentials came with this call"));
  EXPECT_THAT(Words({{}, {"ops.example"}}),
              HasSubstr("No principal has a name of this client certificate"));
  for (const char* header : {"s3cret", "Basic s3cret", "", "Bearers3cret"}) {
    EXPECT_THAT(Words({{header}, {}}), HasSubstr("does not begin with `Bearer"))
        << header;
  }
  for (const char* header : {"Bearer", "Bearer ", "bearer   "}) {
    EXPECT_THAT(Words({{header}, {}}), HasSubstr("no token behind `Bearer`"))
        << header;
  }
  EXPECT_THAT(Words({{"Bearer s3cret2"}, {}}),
              HasSubstr("No principal has this bearer token"));
  EXPECT_THAT(Words({{"Bearer s3cret", "Bearer s3cret"}, {}}),
              HasSubstr("There are 2 authorization headers"));
  // No credential is repeated.
  EXPECT_THAT(Words({{"Bearer s3cret2"}, {}}), Not(HasSubstr("s3cret2")));
  EXPECT_THAT(Words({{"s3cret"}, {}}), Not(HasSubstr("s3cret")));
}

TEST(Authenticator, SaysWhoIsDeniedAndWhichRoleIsNeeded) {
  const Principal worker = Two()[0];
  EXPECT_TRUE(Authorize(worker, Role::kOperator, "acme").ok());
  const absl::Status role = Authorize(worker, Role::kAdmin, "acme");
  EXPECT_EQ(role.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(role.message(),
            "Principal worker has the role OPERATOR on connections/acme; this "
            "needs ADMIN. Roles are granted by id, whether or not there is "
            "such a connection.");
  const absl::Status stranger = Authorize(worker, Role::kViewer, "bolt");
  EXPECT_THAT(stranger.message(),
              testing::HasSubstr("has no role on connections/bolt; this needs "
                                 "VIEWER"));
  EXPECT_EQ(model::DetailsOf(stranger)->metadata.at("principal"), "worker");
}

}  // namespace
}  // namespace oms_connector::server
