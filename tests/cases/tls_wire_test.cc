// Mutual TLS with a whole server: whom a certificate makes a caller, and
// certificates and authorities that change while it serves.
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/http_client.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "tests/support/tls_files.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;

constexpr char kServerName[] = "connector.test";

constexpr char kPrincipals[] = R"pb(
  principals {
    name: "by-san"
    client_certificate: "ops.internal"
    grants { role: ADMIN connections: "*" }
  }
  principals {
    name: "by-spiffe"
    client_certificate: "spiffe://shop.test/worker"
    grants { role: OPERATOR connections: "acme" }
  }
  principals {
    name: "by-cn"
    client_certificate: "nightly report"
    grants { role: VIEWER connections: "acme" }
  })pb";

class TlsWireTest : public ::testing::Test {
 protected:
  TlsWireTest() {
    options_.tls_cert_file = directory_.File("server.crt");
    options_.tls_key_file = directory_.File("server.key");
    options_.tls_client_ca_file = directory_.File("callers.crt");
    options_.principals_file = directory_.File("principals");
    std::ofstream(options_.principals_file) << kPrincipals;
    Write(IssueServer(servers_));
    ReplaceFile(options_.tls_client_ca_file, callers_.certificate());
    // Files are looked at when a test says so.
    options_.tls_interval = absl::Hours(1);
  }

  void Start() {
    bench_ = std::make_unique<WireBench>(SmallWireWorld(), options_);
    ops_ = Client(callers_.Issue("any", "DNS:ops.internal"));
    ASSERT_EQ(
        ops_->Call(&ConnectionStub::CreateConnection,
                   NewConnectionRequest("acme", bench_->fake().base_url(), ""))
            .error(),
        "OK");
  }

  static TestKeyPair IssueServer(const TestAuthority& authority) {
    return authority.Issue("connector", absl::StrCat("DNS:", kServerName));
  }
  void Write(const TestKeyPair& pair) const {
    ReplaceFile(options_.tls_cert_file, pair.certificate);
    ReplaceFile(options_.tls_key_file, pair.key);
  }

  // A caller with a connection of its own that trusts `servers`.
  std::unique_ptr<WireClient> Client(const TestKeyPair& own,
                                     const TestAuthority& servers) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = servers.certificate();
    ssl.pem_cert_chain = own.certificate;
    ssl.pem_private_key = own.key;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetSslTargetNameOverride(kServerName);
    return std::make_unique<WireClient>(grpc::CreateCustomChannel(
        bench_->server().address(), grpc::SslCredentials(ssl), arguments));
  }
  std::unique_ptr<WireClient> Client(const TestKeyPair& own) {
    return Client(own, servers_);
  }

  // How a new caller fares that trusts `servers` alone.
  std::string Meet(const TestAuthority& servers) {
    return Get(*Client(callers_.Issue("any", "DNS:ops.internal"), servers));
  }
  static std::string Get(WireClient& client, const std::string& id = "acme") {
    return client
        .Call(&ConnectionStub::GetConnection,
              absl::StrCat("name: 'connections/", id, "'"))
        .error();
  }
  static std::string Sync(WireClient& client) {
    return client
        .Call(&ConnectorStub::SyncInventory, "connection: 'connections/acme'")
        .error();
  }

  std::string MetricsPage() {
    const std::string& address = bench_->server().admin_address();
    const int port = atoi(address.substr(address.rfind(':') + 1).c_str());
    return testing_support::Get(port, "/metrics").body;
  }

  TestDirectory directory_;
  const TestAuthority servers_{"servers"};
  const TestAuthority callers_{"callers"};
  server::Server::Options options_;
  std::unique_ptr<WireBench> bench_;
  std::unique_ptr<WireClient> ops_;
};

TEST_F(TlsWireTest, EachNameOfACertificateMakesAPrincipal) {
  Start();
  const auto worker =
      Client(callers_.Issue("any", "URI:spiffe://shop.test/worker"));
  const auto viewer = Client(callers_.Issue("nightly report"));
  EXPECT_EQ(Get(*ops_), "OK");
  EXPECT_EQ(Sync(*worker), "OK");
  EXPECT_EQ(Get(*worker, "bolt"), "PERMISSION_DENIED PERMISSION_DENIED");
  EXPECT_EQ(Get(*viewer), "OK");
  EXPECT_EQ(Sync(*viewer), "PERMISSION_DENIED PERMISSION_DENIED");
}

TEST_F(TlsWireTest, CertificateOfNobodyLearnsNothing) {
  Start();
  const auto stranger = Client(callers_.Issue("stranger", "DNS:else.internal"));
  EXPECT_EQ(Get(*stranger), "UNAUTHENTICATED UNAUTHENTICATED");
  EXPECT_EQ(Get(*stranger, "none"), "UNAUTHENTICATED UNAUTHENTICATED");
}

TEST_F(TlsWireTest, CertificateOfAnotherAuthorityGetsNoConnection) {
  Start();
  const TestAuthority impostor("impostor");
  EXPECT_THAT(Get(*Client(impostor.Issue("any", "DNS:ops.internal"))),
              HasSubstr("UNAVAILABLE (0 ErrorInfos"));
}

TEST_F(TlsWireTest, NewCertificateServesNewConnectionsAndOldOnesGoOn) {
  Start();
  const TestAuthority next("next");
  EXPECT_EQ(Meet(servers_), "OK");
  EXPECT_THAT(Meet(next), HasSubstr("UNAVAILABLE"));
  Write(IssueServer(next));
  ASSERT_TRUE(bench_->server().Reload().ok());
  EXPECT_EQ(Meet(next), "OK");
  EXPECT_THAT(Meet(servers_), HasSubstr("UNAVAILABLE"));
  EXPECT_EQ(Get(*ops_), "OK");
  EXPECT_THAT(MetricsPage(),
              HasSubstr("oms_connector_tls_loads_total{result=\"taken\"} 2"));
}

TEST_F(TlsWireTest, NewAuthorityDecidesWhoComesIn) {
  Start();
  const TestAuthority next("next");
  const TestKeyPair newcomer = next.Issue("any", "DNS:ops.internal");
  EXPECT_THAT(Get(*Client(newcomer)), HasSubstr("UNAVAILABLE"));
  ReplaceFile(options_.tls_client_ca_file, next.certificate());
  ASSERT_TRUE(bench_->server().Reload().ok());
  EXPECT_EQ(Get(*Client(newcomer)), "OK");
  EXPECT_THAT(Meet(servers_), HasSubstr("UNAVAILABLE"));
  EXPECT_EQ(Get(*ops_), "OK");
}

TEST_F(TlsWireTest, MismatchedPairIsKeptOutUntilItIsMended) {
  Start();
  const TestAuthority next("next");
  const TestKeyPair pair = IssueServer(next);
  ReplaceFile(options_.tls_cert_file, pair.certificate);
  EXPECT_EQ(bench_->server().Reload().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Meet(servers_), "OK");
  EXPECT_THAT(MetricsPage(),
              HasSubstr("oms_connector_tls_loads_total{result=\"refused\"} 1"));
  ReplaceFile(options_.tls_key_file, pair.key);
  EXPECT_TRUE(bench_->server().Reload().ok());
  EXPECT_EQ(Meet(next), "OK");
}

TEST_F(TlsWireTest, NewPrincipalsCountWhateverTheTlsFilesAreLike) {
  Start();
  std::ofstream(options_.principals_file)
      << "principals { name: 'new' client_certificate: 'new.internal' "
         "grants { role: ADMIN connections: '*' } }";
  ReplaceFile(options_.tls_key_file, "no key");
  EXPECT_FALSE(bench_->server().Reload().ok());
  EXPECT_EQ(Get(*ops_), "UNAUTHENTICATED UNAUTHENTICATED");
  EXPECT_EQ(Get(*Client(callers_.Issue("any", "DNS:new.internal"))), "OK");
}

TEST_F(TlsWireTest, AReloadTellsOfEachFileThatIsNotSound) {
  Start();
  std::ofstream(options_.principals_file) << "";
  ReplaceFile(options_.tls_key_file, "no key");
  const std::string fault(bench_->server().Reload().message());
  EXPECT_THAT(fault, HasSubstr("principals file"));
  EXPECT_THAT(fault, HasSubstr("; "));
  EXPECT_THAT(fault, HasSubstr("key"));
  EXPECT_EQ(Get(*ops_), "OK");
}

TEST_F(TlsWireTest, ACommonNameCountsOnlyWhereItIsTheOnlyOne) {
  Start();
  EXPECT_EQ(Get(*Client(callers_.Issue("nightly report"))), "OK");
  EXPECT_EQ(Get(*Client(callers_.Issue("nightly report", "DNS:else.internal"))),
            "UNAUTHENTICATED UNAUTHENTICATED");
}

TEST_F(TlsWireTest, ChangedFilesAreNoticedWithoutBeingTold) {
  options_.tls_interval = absl::Milliseconds(20);
  Start();
  const TestAuthority next("next");
  Write(IssueServer(next));
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!absl::StrContains(MetricsPage(), "{result=\"taken\"} 2") &&
         absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_EQ(Meet(next), "OK");
}

TEST_F(TlsWireTest, DoesNotStartWithAMismatchedPair) {
  ReplaceFile(options_.tls_key_file, IssueServer(servers_).key);
  EXPECT_EQ(server::CheckOptions(options_).code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace oms_connector::testing_support
