#include "server/rpc/principals.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kHash(64, 'a');
const std::string kOtherHash(64, 'b');

std::string Token(const std::string& hash) {
  return absl::StrCat("token_sha256: \"", hash, "\" ");
}

// A principal that is fine but for `rest`.
std::string Named(const std::string& name, const std::string& rest) {
  return absl::StrCat("principals { name: \"", name, "\" ", rest, " }\n");
}

std::string Complaint(const std::string& text) {
  const auto principals = ParsePrincipals(text);
  EXPECT_EQ(principals.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(principals.status().message());
}

TEST(Principals, ReadsTheDocumentedExample) {
  const auto principals = ParsePrincipals(absl::StrCat(
      "principals { name: \"shop-worker\"  token_sha256: \"", kHash,
      "\"  grants { role: OPERATOR connections: \"acme\" connections: \"bolt\""
      " } }\n",
      "principals { name: \"ops\" client_certificate: \"ops.internal\" grants "
      "{ role: ADMIN connections: \"*\" } }   # SAN, SPIFFE id or CN\n"));
  ASSERT_TRUE(principals.ok()) << principals.status();
  ASSERT_THAT(*principals, SizeIs(2));
  const Principal& worker = (*principals)[0];
  EXPECT_EQ(worker.name, "shop-worker");
  EXPECT_THAT(worker.token_sha256, ElementsAre(kHash));
  ASSERT_THAT(worker.grants, SizeIs(1));
  EXPECT_EQ(worker.grants[0].role, Role::kOperator);
  EXPECT_THAT(worker.grants[0].connections, ElementsAre("acme", "bolt"));
  EXPECT_THAT((*principals)[1].client_certificates,
              ElementsAre("ops.internal"));
}

TEST(Principals, HashesMayBeInEitherCase) {
  const auto principals =
      ParsePrincipals(Named("a", Token(std::string(64, 'A'))));
  ASSERT_TRUE(principals.ok());
  EXPECT_THAT((*principals)[0].token_sha256, ElementsAre(kHash));
}

TEST(Principals, SayWhereTheTextIsWrong) {
  EXPECT_THAT(Complaint("principals {\n  nme: \"x\" }"), HasSubstr("line 2"));
  EXPECT_THAT(Complaint("hello"), HasSubstr("line 1"));
  EXPECT_THAT(Complaint(""), HasSubstr("names nobody"));
}

TEST(Principals, SayWhoIsWrong) {
  const std::string token = Token(kHash);
  EXPECT_THAT(Complaint("principals { " + token + "}"), HasSubstr("no name"));
  EXPECT_THAT(Complaint(Named("local", token)), HasSubstr("reserved"));
  EXPECT_THAT(Complaint(Named("a", "")), HasSubstr("\"a\" needs a token"));
  EXPECT_THAT(Complaint(Named("a", "client_certificate: \"\"")),
              HasSubstr("empty client_certificate"));
  EXPECT_THAT(Complaint(Named("a", Token("12"))), HasSubstr("64 hexadecimal"));
  EXPECT_THAT(Complaint(Named("a", Token(std::string(64, 'g')))),
              HasSubstr("64 hexadecimal"));
  EXPECT_THAT(Complaint(Named("a", token + "grants { role: ADMIN }")),
              HasSubstr("without connections"));
  EXPECT_THAT(Complaint(Named("a", token + "grants { connections: \"*\" }")),
              HasSubstr("without a role"));
  EXPECT_THAT(
      Complaint(Named("a", token + "grants { role: 9 connections: \"*\" }")),
      HasSubstr("principals file"));
  EXPECT_THAT(Complaint(Named(
                  "a", token + "grants { role: ADMIN connections: \"A\" }")),
              HasSubstr("no id of a connection"));
}

TEST(Principals, NothingIsThereTwice) {
  EXPECT_THAT(
      Complaint(Named("a", Token(kHash)) + Named("a", Token(kOtherHash))),
      HasSubstr("twice"));
  EXPECT_THAT(Complaint(Named("a", Token(kHash)) + Named("b", Token(kHash))),
              HasSubstr("already"));
  const std::string certificate = "client_certificate: \"x\"";
  EXPECT_THAT(Complaint(Named("a", certificate) + Named("b", certificate)),
              HasSubstr("already"));
}

TEST(Principals, ComplaintsTellNoHash) {
  EXPECT_THAT(Complaint(Named("a", Token(kHash)) + Named("b", Token(kHash))),
              ::testing::Not(HasSubstr(kHash)));
}

TEST(Principals, AreReadFromAFile) {
  const std::string path =
      absl::StrCat(::testing::TempDir(), "/principals.textproto");
  std::ofstream(path) << Named("a", Token(kHash));
  const auto principals = LoadPrincipals(path);
  ASSERT_TRUE(principals.ok()) << principals.status();
  EXPECT_THAT(*principals, SizeIs(1));
  EXPECT_EQ(LoadPrincipals(path + ".missing").status().code(),
            absl::StatusCode::kNotFound);
}

struct MayCallCase {
  Role granted;
  Role wanted;
  const char* on;
  const char* connection;
  bool may;
};

class MayCallTest : public ::testing::TestWithParam<MayCallCase> {};

TEST_P(MayCallTest, FollowsRoleAndConnection) {
  Principal principal;
  principal.grants = {{Role::kViewer, {"viewed"}},
                      {GetParam().granted, {GetParam().on}}};
  EXPECT_EQ(MayCall(principal, GetParam().wanted, GetParam().connection),
            GetParam().may);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, MayCallTest,
    ::testing::Values(
        MayCallCase{Role::kViewer, Role::kViewer, "acme", "acme", true},
        MayCallCase{Role::kViewer, Role::kOperator, "acme", "acme", false},
        MayCallCase{Role::kOperator, Role::kViewer, "acme", "acme", true},
        MayCallCase{Role::kOperator, Role::kAdmin, "acme", "acme", false},
        MayCallCase{Role::kAdmin, Role::kOperator, "acme", "acme", true},
        MayCallCase{Role::kAdmin, Role::kViewer, "acme", "bolt", false},
        MayCallCase{Role::kAdmin, Role::kViewer, "acme", "acme-2", false},
        MayCallCase{Role::kAdmin, Role::kAdmin, "*", "bolt", true},
        MayCallCase{Role::kOperator, Role::kAdmin, "*", "bolt", false},
        MayCallCase{Role::kAdmin, Role::kAdmin, "acme", "viewed", false},
        MayCallCase{Role::kAdmin, Role::kViewer, "acme", "viewed", true}));

}  // namespace
}  // namespace oms_connector::server
