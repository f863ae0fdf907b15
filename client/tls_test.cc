// The client over TLS, against a server of this process with certificates that
// openssl makes for the test.

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "oms_connector/client/client_options.h"
#include "oms_connector/client/connector_client.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"

namespace oms_connector::client {
namespace {

constexpr char kServerName[] = "connector.test";

// A certificate that vouches for itself, and its key.
struct KeyPair {
  std::string certificate, key;
};

std::string FileText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

KeyPair MakeKeyPair(const std::string& name) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  const std::string command = absl::StrCat(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
      "-nodes -days 2 -subj /CN=",
      name, " -addext subjectAltName=DNS:", name, " -keyout ", path,
      ".key -out ", path, ".crt 2>/dev/null");
  EXPECT_EQ(std::system(command.c_str()), 0);
  return {FileText(path + ".crt"), FileText(path + ".key")};
}

class GreetingConnector final : public v1::ConnectorService::Service {
 public:
  grpc::Status GetSettings(grpc::ServerContext*,
                           const v1::GetSettingsRequest* request,
                           v1::GetSettingsResponse* response) override {
    response->mutable_settings()->set_name(request->name());
    return grpc::Status::OK;
  }
};

class TlsTest : public ::testing::Test {
 protected:
  TlsTest()
      : server_(MakeKeyPair(kServerName)), caller_(MakeKeyPair("caller")) {
    grpc::SslServerCredentialsOptions ssl(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    ssl.pem_root_certs = caller_.certificate;
    ssl.pem_key_cert_pairs.push_back({server_.key, server_.certificate});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(ssl),
                             &port_);
    builder.RegisterService(&service_);
    running_ = builder.BuildAndStart();
  }

  // What a caller with these options meets; one try, no waiting.
  absl::Status Call(const TlsOptions& tls) {
    ClientOptions options;
    options.endpoint = absl::StrCat("127.0.0.1:", port_);
    options.tls = tls;
    options.retry.max_attempts = 1;
    return ConnectorClient::Create(options)->GetSettings({}).status();
  }

  TlsOptions Good() const {
    TlsOptions tls;
    tls.server_ca_pem = server_.certificate;
    tls.client_certificate_pem = caller_.certificate;
    tls.client_key_pem = caller_.key;
    tls.server_name = kServerName;
    return tls;
  }

  const KeyPair server_, caller_;
  GreetingConnector service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> running_;
};

TEST_F(TlsTest, BothSidesKnowEachOther) {
  EXPECT_TRUE(Call(Good()).ok()) << Call(Good());
}

TEST_F(TlsTest, AServerThatNobodyVouchesForIsRefused) {
  TlsOptions tls = Good();
  tls.server_ca_pem = caller_.certificate;
  EXPECT_EQ(Call(tls).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, AServerOfAnotherNameIsRefused) {
  TlsOptions tls = Good();
  tls.server_name = "elsewhere.test";
  EXPECT_EQ(Call(tls).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, WithoutACertificateTheServerRefuses) {
  TlsOptions tls = Good();
  tls.client_certificate_pem.clear();
  tls.client_key_pem = "";
  EXPECT_EQ(Call(tls).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace oms_connector::client
