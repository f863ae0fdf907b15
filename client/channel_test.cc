#include "client/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "oms_connector/client/client_options.h"

namespace oms_connector::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Make(const ClientOptions& options) {
  return MakeChannel(options).status();
}

ClientOptions At(const std::string& endpoint) {
  ClientOptions options;
  options.endpoint = endpoint;
  return options;
}

TEST(Channel, KnowsWhatStaysOnThisMachine) {
  for (const char* local :
       {"127.0.0.1:1", "127.9.8.7:50051", "localhost:50051", "LOCALHOST:80",
        "[::1]:50051", "unix:/run/connector.sock"}) {
    EXPECT_TRUE(IsLocalEndpoint(local)) << local;
  }
  for (const char* other :
       {"10.0.0.1:50051", "connector.internal:50051", "127.0.0.1", "::1:50051",
        "127.evil.example:1", "localhost.example:1", "[::2]:1", "unix:", "",
        "localhost:0", "localhost:70000", "localhost:-1"}) {
    EXPECT_FALSE(IsLocalEndpoint(other)) << other;
  }
}

TEST(Channel, LocalEndpointsNeedNoTls) {
  EXPECT_TRUE(Make(At("127.0.0.1:50051")).ok());
  EXPECT_TRUE(Make(At("unix:/run/connector.sock")).ok());
}

TEST(Channel, OtherEndpointsAreRefusedWithoutTls) {
  const absl::Status status = Make(At("connector.internal:50051"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("without TLS"));

  ClientOptions options = At("connector.internal:50051");
  options.tls = TlsOptions();
  EXPECT_TRUE(Make(options).ok());
}

TEST(Channel, RefusesEndpointsThatAreNone) {
  for (const char* endpoint :
       {"", "connector", "http://connector:50051", "connector:port", ":1"}) {
    ClientOptions options = At(endpoint);
    options.tls = TlsOptions();
    EXPECT_EQ(Make(options).code(), absl::StatusCode::kInvalidArgument)
        << endpoint;
  }
}

TEST(Channel, CertificateAndKeyBelongTogether) {
  ClientOptions options = At("connector.internal:50051");
  options.tls = TlsOptions();
  options.tls->client_certificate_pem = "-----BEGIN CERTIFICATE-----";
  EXPECT_EQ(Make(options).code(), absl::StatusCode::kInvalidArgument);
}

TEST(Channel, RefusesTokensThatNoHeaderCarriesWithoutShowingThem) {
  for (const char* token : {"s3cret\n", "s3cret with blanks", "s3cret\x80"}) {
    ClientOptions options;
    options.bearer_token = token;
    const absl::Status status = Make(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("s3cret")));
  }
}

TEST(Channel, OneSourceOfATokenIsEnough) {
  ClientOptions options;
  options.bearer_token = "t0ken";
  options.bearer_token_file = "/run/secrets/token";
  EXPECT_EQ(Make(options).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace oms_connector::client
