#include "server/listen/grpc_listener.h"

#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "server/listen/listening_sockets.h"

namespace oms_connector::server {
namespace {

// One connection's share of the calls at once; a client that needs more opens
// another.
constexpr int kMaxConcurrentStreams = 1000;
// A peer that says nothing for so long is asked whether it is there, and let go
// when it does not answer.
constexpr int kKeepaliveMillis = 60 * 1000;
constexpr int kKeepaliveTimeoutMillis = 20 * 1000;
// Who connects and does not get through TLS and HTTP/2's opening holds a file
// descriptor for no longer than this.
constexpr int kHandshakeTimeoutMillis = 10 * 1000;
// Clients may ask us no more often than this; Go's ask every 10 seconds, more
// or less.
constexpr int kMinPingIntervalMillis = 5 * 1000;
// No request needs more: 5000 outcomes whose names and reasons have 400 bytes.
constexpr int kMaxRequestBytes = 2 * 1024 * 1024;
// Of one call; ours are a token and a few names.
constexpr int kMaxHeaderBytes = 8 * 1024;
// What all connections and calls together may hold of what came in: requests
// that are half sent, buffers and the calls' own memory, of which 10,000
// long-polls take some 100 MiB. Beyond it gRPC cancels calls and closes
// connections until it fits again.
constexpr size_t kMaxIncomingBytes = 256 << 20;
// gRPC's own polling threads for calls that take one each: we have none such.
constexpr int kMaxCallThreads = 8;

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const TlsWatch* tls) {
  if (tls == nullptr) return grpc::InsecureServerCredentials();
  return tls->credentials();
}

void SetLimits(const GrpcListener::Options& options,
               grpc::ServerBuilder* builder) {
  // Messages are inflated before their size is checked, so a small one could
  // fill the memory: none may come compressed.
  for (const grpc_compression_algorithm algorithm :
       {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder->SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  // So nothing has to look for it: a twentieth of a brief call.
  builder->AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  builder->AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  grpc::ResourceQuota quota("incoming");
  quota.Resize(kMaxIncomingBytes).SetMaxThreads(kMaxCallThreads);
  builder->SetResourceQuota(quota);
  builder->SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes);
  // Nobody can ask for what it would count at each call.
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder->AddChannelArgument(
      GRPC_ARG_MAX_CONNECTION_AGE_MS,
      static_cast<int>(absl::ToInt64Milliseconds(options.max_connection_age)));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                              static_cast<int>(absl::ToInt64Milliseconds(
                                  options.max_connection_age_grace)));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              kMaxConcurrentStreams);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                              kHandshakeTimeoutMillis);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                              kKeepaliveTimeoutMillis);
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinPingIntervalMillis);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

}  // namespace

GrpcListener::GrpcListener(ListeningSockets sockets, const Options& options,
                           std::unique_ptr<TlsWatch> tls,
                           std::unique_ptr<ReflectionService> reflection,
                           std::unique_ptr<UnknownMethods> unknown_methods,
                           std::unique_ptr<ConnectionTaker> taker,
                           std::unique_ptr<grpc::Server> server)
    : tls_(std::move(tls)),
      reflection_(std::move(reflection)),
      unknown_methods_(std::move(unknown_methods)),
      taker_(std::move(taker)),
      server_(std::move(server)),
      health_(server_.get()),
      acceptor_(std::make_unique<Acceptor>(
          std::move(sockets),
          Acceptor::Options{
              [this](int listener, int connection) {
                ConnectionTaker::NewConnectionParameters parameters;
                parameters.listener_fd = listener;
                parameters.fd = connection;
                taker_->HandleNewConnection(&parameters);
              },
              options.on_refused, options.on_bound_met})),
      ending_([this] { End(); }) {
  health_.SetServing(true);
  if (tls_ != nullptr) tls_->Start();
}

GrpcListener::~GrpcListener() {
  acceptor_->Stop();
  Shutdown(
      absl::ZeroDuration(), [] {}, absl::UnixEpoch());
  ending_.join();
}

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Start(
    const Options& options, const std::vector<grpc::Service*>& services) {
  OMS_ASSIGN_OR_RETURN(
      ListeningSockets sockets,
      ListeningSockets::Open(options.address, options.unix_socket_mode));
  std::unique_ptr<TlsWatch> tls;
  if (options.tls.has_value()) {
    OMS_ASSIGN_OR_RETURN(tls, TlsWatch::Open(*options.tls));
  }
  EnableHealthService();
  auto reflection = std::make_unique<ReflectionService>(
      [met = options.on_bound_met] { met("reflection_streams"); });
  auto unknown_methods = std::make_unique<UnknownMethods>();
  grpc::ServerBuilder builder;
  SetLimits(options, &builder);
  std::unique_ptr<ConnectionTaker> taker =
      builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::
              FROM_FD,
          CredentialsOf(tls.get()));
  for (grpc::Service* service : services) builder.RegisterService(service);
  for (grpc::Service* service : reflection->services()) {
    builder.RegisterService(service);
  }
  builder.RegisterCallbackGenericService(unknown_methods.get());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("gRPC does not start");
  return std::unique_ptr<GrpcListener>(new GrpcListener(
      std::move(sockets), options, std::move(tls), std::move(reflection),
      std::move(unknown_methods), std::move(taker), std::move(server)));
}

absl::Status GrpcListener::ReloadTls() {
  return tls_ == nullptr ? absl::OkStatus() : tls_->Look();
}

void GrpcListener::StopServingHealth() {
  ready_ = false;
  health_.SetServing(false);
}

void GrpcListener::SetHealthy(bool healthy) {
  if (ready_) health_.SetServing(healthy);
}

void GrpcListener::End() {
  shutdown_.WaitForNotification();
  server_->Shutdown(absl::ToChronoTime(deadline_));
  server_->Wait();
  ended_.Notify();
}

void GrpcListener::Shutdown(absl::Duration patience,
                            absl::FunctionRef<void()> hurry,
                            absl::Time deadline) {
  if (shutdown_.HasBeenNotified()) return;
  ready_ = false;
  acceptor_->Stop();
  reflection_->Shutdown();
  deadline_ = deadline;
  shutdown_.Notify();
  ended_.WaitFor(patience);
  hurry();
  ended_.Wait();
}

}  // namespace oms_connector::server
