#include "server/grpc_listener.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "server/host_port.h"
#include "server/reflection.h"

namespace oms_connector::server {
namespace {

// One connection's share of the calls at once; a client that needs more opens
// another.
constexpr int kMaxConcurrentStreams = 1000;
// A peer that says nothing for so long is asked whether it is there, and let go
// when it does not answer.
constexpr int kKeepaliveMillis = 60 * 1000;
constexpr int kKeepaliveTimeoutMillis = 20 * 1000;
// Clients may ask us no more often than this.
constexpr int kMinPingIntervalMillis = 10 * 1000;
// The largest request: 5000 outcomes with their reasons.
constexpr int kMaxRequestBytes = 8 * 1024 * 1024;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read ", path, ", which the TLS flags name"));
  }
  return text.str();
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const GrpcListener::Options& options) {
  if (options.tls_cert_file.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls(
      options.tls_client_ca_file.empty()
          ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
          : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  OMS_ASSIGN_OR_RETURN(pair.private_key, ReadFile(options.tls_key_file));
  OMS_ASSIGN_OR_RETURN(pair.cert_chain, ReadFile(options.tls_cert_file));
  tls.pem_key_cert_pairs.push_back(std::move(pair));
  if (!options.tls_client_ca_file.empty()) {
    OMS_ASSIGN_OR_RETURN(tls.pem_root_certs,
                         ReadFile(options.tls_client_ca_file));
  }
  return grpc::SslServerCredentials(tls);
}

void SetLimits(grpc::ServerBuilder* builder) {
  // Otherwise two servers would share a port without a word.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Messages are inflated before their size is checked, so a small one could
  // fill the memory: none may come compressed.
  for (const grpc_compression_algorithm algorithm :
       {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder->SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  builder->SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              kMaxConcurrentStreams);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                              kKeepaliveTimeoutMillis);
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinPingIntervalMillis);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

}  // namespace

GrpcListener::GrpcListener(std::string address,
                           std::unique_ptr<grpc::Server> server)
    : address_(std::move(address)),
      server_(std::move(server)),
      health_(server_.get()) {
  health_.SetServing(true);
}

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Start(
    const Options& options, const std::vector<grpc::Service*>& services) {
  const bool is_unix = absl::StartsWith(options.address, "unix:");
  HostPort where;
  if (!is_unix) {
    OMS_ASSIGN_OR_RETURN(where, ParseHostPort(options.address));
  }
  OMS_ASSIGN_OR_RETURN(auto credentials, MakeCredentials(options));
  EnableHealthService();
  EnableReflection();
  grpc::ServerBuilder builder;
  SetLimits(&builder);
  int port = 0;
  builder.AddListeningPort(options.address, credentials, &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", options.address, "; is another server using it?"));
  }
  if (!is_unix) where.port = port;
  return std::unique_ptr<GrpcListener>(new GrpcListener(
      is_unix ? options.address : FormatHostPort(where), std::move(server)));
}

void GrpcListener::StopServingHealth() {
  ready_ = false;
  health_.SetServing(false);
}

void GrpcListener::Shutdown(absl::Time deadline) {
  ready_ = false;
  server_->Shutdown(absl::ToChronoTime(deadline));
  server_->Wait();
}

}  // namespace oms_connector::server
