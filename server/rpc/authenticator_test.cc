#include "server/rpc/authenticator.h"

#include <string>
#include <vector>

#include "base/digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

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
  return model::DetailsOf(principal.status())->reason;
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
  const std::vector<Credentials> strangers = {
      {{}, {}},
      {{""}, {}},
      {{"Bearer"}, {}},
      {{"Bearer "}, {}},
      {{"Bearer S3CRET"}, {}},
      {{"Bearer s3cret2"}, {}},
      {{"Basic s3cret"}, {}},
      {{"s3cret"}, {}},
      {{"Bearer " + base::Sha256Hex("s3cret")}, {}},
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

TEST(Authenticator, DeniesInTheSameWordsWhateverThereIs) {
  const Authenticator authenticator(Two());
  const auto worker = authenticator.Authenticate({{"Bearer s3cret"}, {}});
  ASSERT_TRUE(worker.ok());
  EXPECT_TRUE(Authorize(**worker, Role::kOperator, "acme").ok());
  const absl::Status role = Authorize(**worker, Role::kAdmin, "acme");
  const absl::Status connection = Authorize(**worker, Role::kViewer, "bolt");
  EXPECT_EQ(role.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(role, connection);
}

}  // namespace
}  // namespace oms_connector::server
