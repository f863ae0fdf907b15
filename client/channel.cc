#include "client/channel.h"

#include <grpc/impl/codegen/compression_types.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace oms_connector::client {
namespace {

// The longest page: 5,000 products with their descriptions.
constexpr int kMaxAnswerBytes = 64 * 1024 * 1024;
// Finds a dead peer within two minutes; more often would be taken for abuse.
constexpr int kKeepaliveMilliseconds = 60'000;
constexpr int kKeepaliveTimeoutMilliseconds = 20'000;
constexpr int kReconnectMilliseconds = 10'000;

// Splits HOST:PORT; the host without brackets. False if it is not that.
bool SplitHostPort(absl::string_view endpoint, absl::string_view& host) {
  const size_t colon = endpoint.rfind(':');
  if (colon == absl::string_view::npos) return false;
  uint32_t port = 0;
  if (!absl::SimpleAtoi(endpoint.substr(colon + 1), &port) || port < 1 ||
      port > 65535) {
    return false;
  }
  host = endpoint.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) return absl::ConsumeSuffix(&host, "]");
  return !host.empty() && !absl::StrContains(host, ':') &&
         !absl::StrContains(host, '/');
}

bool IsUnixSocket(absl::string_view endpoint) {
  return absl::ConsumePrefix(&endpoint, "unix:") && !endpoint.empty();
}

bool IsLoopbackV4(absl::string_view host) {
  return absl::ConsumePrefix(&host, "127.") &&
         std::all_of(host.begin(), host.end(), [](unsigned char c) {
           return absl::ascii_isdigit(c) || c == '.';
         });
}

absl::Status Check(const ClientOptions& options) {
  absl::string_view host;
  if (!IsUnixSocket(options.endpoint) &&
      !SplitHostPort(options.endpoint, host)) {
    return absl::InvalidArgumentError(
        "the endpoint must be HOST:PORT or unix:/path");
  }
  if (!options.tls.has_value() && !IsLocalEndpoint(options.endpoint)) {
    return absl::InvalidArgumentError(
        "without TLS only a loopback address or a Unix socket can be used: "
        "give a certificate authority, or connect to 127.0.0.1");
  }
  if (options.tls.has_value() && options.tls->client_certificate_pem.empty() !=
                                     options.tls->client_key_pem.empty()) {
    return absl::InvalidArgumentError(
        "a client certificate and its key belong together: give both");
  }
  if (!options.bearer_token.empty() && !options.bearer_token_file.empty()) {
    return absl::InvalidArgumentError(
        "give the bearer token or a file that holds it, not both");
  }
  return CheckToken(options.bearer_token);
}

std::shared_ptr<grpc::ChannelCredentials> Credentials(
    const ClientOptions& options) {
  if (!options.tls.has_value()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = options.tls->server_ca_pem;
  ssl.pem_cert_chain = options.tls->client_certificate_pem;
  ssl.pem_private_key = options.tls->client_key_pem;
  return grpc::SslCredentials(ssl);
}

grpc::ChannelArguments Arguments(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("oms-connector-client");
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                   kKeepaliveTimeoutMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  // A server that comes back is found again soon.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMilliseconds);
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_NONE);
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET,
                   1 << GRPC_COMPRESS_NONE);
  // Proxies of the environment are meant for the web.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (options.tls.has_value() && !options.tls->server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls->server_name);
  }
  return arguments;
}

}  // namespace

bool IsLocalEndpoint(absl::string_view endpoint) {
  if (IsUnixSocket(endpoint)) return true;
  absl::string_view host;
  if (!SplitHostPort(endpoint, host)) return false;
  return absl::EqualsIgnoreCase(host, "localhost") || host == "::1" ||
         IsLoopbackV4(host);
}

absl::Status CheckToken(absl::string_view token) {
  const bool printable =
      std::all_of(token.begin(), token.end(),
                  [](unsigned char c) { return absl::ascii_isgraph(c); });
  if (printable) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the bearer token holds characters that no HTTP header can carry: look "
      "for blanks or line ends in it");
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const ClientOptions& options) {
  OMS_RETURN_IF_ERROR(Check(options));
  return grpc::CreateCustomChannel(options.endpoint, Credentials(options),
                                   Arguments(options));
}

}  // namespace oms_connector::client
