// Who may do what, over the wire: no token, a wrong one, each role, and what a
// caller learns of connections that are not its own.
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/every_rpc.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDenied[] = "PERMISSION_DENIED PERMISSION_DENIED";
constexpr char kUnknown[] = "UNAUTHENTICATED UNAUTHENTICATED";

// The hashes are those of "ops-token-1" and so on.
constexpr char kPrincipals[] = R"pb(
  principals {
    name: "ops"
    token_sha256: "afea05a7b613cfdfa85ae66ededbbf40de4e4da7c3c41fe3e19e7831dc392413"
    grants { role: ADMIN connections: "*" }
  }
  principals {
    name: "worker"
    token_sha256: "d165b0441af0d55abb1bdf72558f7e90c258fcfa6fe35e3190206a9ffe0abfe6"
    grants { role: OPERATOR connections: "acme" }
  }
  principals {
    name: "viewer"
    token_sha256: "e0c98f9032c5e7a940e00f4532fdbdb27d40be3675c0bb1115c8d3e8b5c0e321"
    grants { role: VIEWER connections: "acme" connections: "bolt" }
  }
  principals {
    name: "founder"
    token_sha256: "388a39a5c1f9c9d16afc2b3019835beab3f96b3dd6e0bbc9f746696cd2455d62"
    grants { role: ADMIN connections: "newco" }
  }
  principals {
    name: "keeper"
    token_sha256: "dbcb73de6f60b14936d65d65a91550045a631616084b9c8758c2e9db32ffe0f3"
    grants { role: OPERATOR connections: "bolt" }
  })pb";

class PrincipalsWireTest : public ::testing::Test {
 protected:
  PrincipalsWireTest() {
    server::Server::Options options;
    options.principals_file = directory_.File("principals");
    std::ofstream(options.principals_file) << kPrincipals;
    bench_ = std::make_unique<WireBench>(SmallWireWorld(), options);
    ops_ = Client("ops-token-1");
    for (const char* id : {"acme", "bolt", "corp"}) {
      EXPECT_EQ(Create(*ops_, id), "OK");
    }
  }

  std::unique_ptr<WireClient> Client(const std::string& token) {
    return std::make_unique<WireClient>(bench_->server().address(), token);
  }

  std::string Create(WireClient& client, const std::string& id) {
    return client
        .Call(&ConnectionStub::CreateConnection,
              NewConnectionRequest(id, bench_->fake().base_url(),
                                   "carts { id: 'shop' sales_channel: '7' }"))
        .error();
  }

  TestDirectory directory_;
  std::unique_ptr<WireBench> bench_;
  std::unique_ptr<WireClient> ops_;
};

std::string Get(WireClient& client, const std::string& id) {
  return client
      .Call(&ConnectionStub::GetConnection,
            absl::StrCat("name: 'connections/", id, "'"))
      .error();
}

std::string Sync(WireClient& client, const std::string& id) {
  return client
      .Call(&ConnectorStub::SyncInventory,
            absl::StrCat("connection: 'connections/", id, "'"))
      .error();
}

std::string Change(WireClient& client, const std::string& id) {
  return client
      .Call(&ConnectorStub::UpdateSettings,
            absl::StrCat("settings { name: 'connections/", id,
                         "/settings' shipment { parse_carrier_fallback: true "
                         "} }"))
      .error();
}

std::string Names(WireClient& client) {
  const auto answer = client.Call(&ConnectionStub::ListConnections, "");
  EXPECT_EQ(answer.error(), "OK");
  std::string names;
  for (const v1::Connection& connection : answer->connections()) {
    absl::StrAppend(&names, names.empty() ? "" : " ", connection.name());
  }
  return names;
}

TEST_F(PrincipalsWireTest, CallersWithoutAKnownTokenAreTurnedAway) {
  for (const char* token : {"", "ops-token-2", "Ops-token-1"}) {
    const auto stranger = Client(token);
    EXPECT_EQ(Get(*stranger, "acme"), kUnknown) << token;
    EXPECT_EQ(Get(*stranger, "nobody"), kUnknown) << token;
    EXPECT_EQ(Sync(*stranger, "acme"), kUnknown) << token;
    EXPECT_EQ(stranger->Call(&ConnectionStub::ListConnections, "").error(),
              kUnknown)
        << token;
  }
}

TEST_F(PrincipalsWireTest, RefusedTokenIsNotRepeatedInTheAnswer) {
  const auto stranger = Client("a-token-nobody-knows");
  const auto answer = stranger->Call(&ConnectionStub::ListConnections, "");
  EXPECT_THAT(answer.status.error_message(), Not(HasSubstr("a-token-nobody")));
  EXPECT_THAT(answer.status.error_details(), Not(HasSubstr("a-token-nobody")));
}

void ExpectSameRefusal(WireClient& client, const char* refusal) {
  for (const RpcCase& rpc : EveryRpc()) {
    const grpc::Status there = rpc.call(client, "corp");
    const grpc::Status not_there = rpc.call(client, "none");
    EXPECT_EQ(ErrorText(there), refusal) << rpc.name;
    // But for the id that the caller gave.
    EXPECT_EQ(absl::StrReplaceAll(there.error_message(), {{"corp", "none"}}),
              not_there.error_message())
        << rpc.name;
    EXPECT_EQ(absl::StrReplaceAll(there.error_details(), {{"corp", "none"}}),
              not_there.error_details())
        << rpc.name;
  }
}

TEST_F(PrincipalsWireTest, RefusalDoesNotTellWhetherAConnectionExists) {
  const auto worker = Client("worker-token-1");
  ExpectSameRefusal(*worker, kDenied);
  EXPECT_EQ(Create(*worker, "corp"), kDenied);
  EXPECT_EQ(Create(*worker, "none"), kDenied);
  ExpectSameRefusal(*Client("a-token-nobody-knows"), kUnknown);
  ExpectSameRefusal(*Client(""), kUnknown);
}

TEST_F(PrincipalsWireTest, RefusalSaysWhoIsRefusedAndWhatItWouldTake) {
  const auto answer = Client("viewer-token-1")
                          ->Call(&ConnectorStub::SyncInventory,
                                 "connection: 'connections/acme'");
  EXPECT_THAT(answer.status.error_message(),
              HasSubstr("Principal viewer has the role VIEWER on "
                        "connections/acme; this needs OPERATOR."));
}

TEST_F(PrincipalsWireTest, WhoMayNotIsNotToldWhatIsWrongWithTheRequest) {
  const auto worker = Client("worker-token-1");
  EXPECT_EQ(worker
                ->Call(&ConnectorStub::SyncInventory,
                       "connection: 'connections/corp' cursor: '?'")
                .error(),
            kDenied);
}

TEST_F(PrincipalsWireTest, ViewerReadsOnly) {
  const auto viewer = Client("viewer-token-1");
  EXPECT_EQ(Get(*viewer, "acme"), "OK");
  EXPECT_EQ(viewer
                ->Call(&ConnectorStub::GetSettings,
                       "name: 'connections/bolt/settings'")
                .error(),
            "OK");
  EXPECT_EQ(viewer
                ->Call(&ConnectionStub::PreviewSettings,
                       "name: 'connections/acme/settings' settings { }")
                .error(),
            "OK");
  EXPECT_EQ(
      viewer->Call(&ConnectionStub::ListSyncRuns, "parent: 'connections/acme'")
          .error(),
      "OK");
  EXPECT_EQ(Sync(*viewer, "acme"), kDenied);
  EXPECT_EQ(Change(*viewer, "acme"), kDenied);
  EXPECT_EQ(
      viewer->Call(&ConnectionStub::TestConnection, "name: 'connections/acme'")
          .error(),
      kDenied);
}

TEST_F(PrincipalsWireTest, OperatorWorksButSetsNothingUp) {
  const auto worker = Client("worker-token-1");
  EXPECT_EQ(Get(*worker, "acme"), "OK");
  EXPECT_EQ(Sync(*worker, "acme"), "OK");
  EXPECT_EQ(worker
                ->Call(&ConnectorStub::PollShipments,
                       "connection: 'connections/acme'")
                .error(),
            "OK");
  EXPECT_EQ(
      worker->Call(&ConnectionStub::TestConnection, "name: 'connections/acme'")
          .error(),
      "OK");
  EXPECT_EQ(Sync(*worker, "bolt"), kDenied);
  EXPECT_EQ(Change(*worker, "acme"), kDenied);
  EXPECT_EQ(
      worker
          ->Call(&ConnectionStub::DeleteConnection, "name: 'connections/acme'")
          .error(),
      kDenied);
}

// acme, bolt and corp are of one account, and acme was there first.
TEST_F(PrincipalsWireTest, WhoseAccountIsInUseLearnsByWhomIfHeMaySeeThat) {
  const auto told = [](WireClient& client) {
    const auto test = client.Call(&ConnectionStub::TestConnection,
                                  "name: 'connections/bolt'");
    EXPECT_EQ(test->cart_errors_size(), 1) << test.error();
    const auto sync =
        client.Call(&ConnectorStub::SyncInventory,
                    "connection: 'connections/bolt' cart: 'shop'");
    EXPECT_EQ(sync.error(), "FAILED_PRECONDITION ACCOUNT_IN_USE");
    const auto health =
        client.Call(&ConnectionStub::GetConnection, "name: 'connections/bolt'");
    // What is stored is the same for all, so it names nobody.
    EXPECT_THAT(
        absl::StrCat(sync.status.error_message(), sync.status.error_details(),
                     health->connection().health().ShortDebugString()),
        Not(HasSubstr("acme")));
    return test->ShortDebugString();
  };
  EXPECT_THAT(told(*ops_), HasSubstr("connection acme"));
  EXPECT_THAT(told(*Client("keeper-token-1")), Not(HasSubstr("acme")));
}

TEST_F(PrincipalsWireTest, AdminOfOneIdCreatesThatOneAlone) {
  const auto founder = Client("founder-token-1");
  EXPECT_EQ(Create(*founder, "newco"), "OK");
  EXPECT_EQ(Create(*founder, "other"), kDenied);
  EXPECT_EQ(Names(*founder), "connections/newco");
  EXPECT_EQ(Change(*founder, "newco"), "OK");
}

TEST_F(PrincipalsWireTest, ListShowsWhatTheCallerMaySee) {
  EXPECT_EQ(Names(*ops_), "connections/acme connections/bolt connections/corp");
  EXPECT_EQ(Names(*Client("viewer-token-1")),
            "connections/acme connections/bolt");
  EXPECT_EQ(Names(*Client("worker-token-1")), "connections/acme");
  EXPECT_EQ(Names(*Client("founder-token-1")), "");
}

TEST_F(PrincipalsWireTest, LastPageOfAListHintsAtNothingHidden) {
  const auto page = Client("viewer-token-1")
                        ->Call(&ConnectionStub::ListConnections,
                               "page_size: 2");  // corp comes after
  EXPECT_EQ(page->connections_size(), 2);
  EXPECT_EQ(page->next_page_token(), "");
  const auto first =
      ops_->Call(&ConnectionStub::ListConnections, "page_size: 2");
  EXPECT_EQ(first->connections_size(), 2);
  EXPECT_NE(first->next_page_token(), "");
}

TEST_F(PrincipalsWireTest, HistoryNamesThePrincipal) {
  EXPECT_EQ(Change(*ops_, "acme"), "OK");
  const auto history = ops_->Call(&ConnectionStub::ListSettingsChanges,
                                  "parent: 'connections/acme'");
  ASSERT_EQ(history->changes_size(), 1);
  EXPECT_EQ(history->changes(0).principal(), "ops");
}

TEST_F(PrincipalsWireTest, RequestIdsOfTwoCallersAreApart) {
  const std::string id = "request_id: '6f1c0a56-94dc-4a6c-9f64-0a0f3c3f7a11' ";
  const auto worker = Client("worker-token-1");
  for (WireClient* client : {ops_.get(), worker.get()}) {
    EXPECT_EQ(client
                  ->Call(&ConnectorStub::SyncInventory,
                         absl::StrCat("connection: 'connections/acme' ", id,
                                      client == ops_.get() ? "max_staleness {}"
                                                           : "max_results: 5"))
                  .error(),
              "OK");
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
