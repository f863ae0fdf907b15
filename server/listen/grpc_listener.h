// The gRPC server itself: where it listens, its limits, health and reflection.
// Connections are accepted here rather than by gRPC; see acceptor.h.
#ifndef OMS_CONNECTOR_SERVER_LISTEN_GRPC_LISTENER_H_
#define OMS_CONNECTOR_SERVER_LISTEN_GRPC_LISTENER_H_

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/steady_notification.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/listen/acceptor.h"
#include "server/listen/health.h"
#include "server/listen/reflection.h"
#include "server/listen/socket_address.h"
#include "server/listen/tls_watch.h"
#include "server/listen/unknown_methods.h"

namespace oms_connector::server {

// Thread-safe.
class GrpcListener {
 public:
  struct Options {
    std::string address;  // "HOST:PORT", port 0 picks one; or "unix:PATH"
    mode_t unix_socket_mode = 0600;
    // With files it is TLS, with client authorities mutual TLS.
    std::optional<TlsWatch::Options> tls;
    // A connection is asked to end after the first, a tenth more or less, and
    // its calls are ended after the second; so an answer that nobody reads is
    // not kept for good, and new servers get their part of the callers. Longer
    // than any call waits by itself.
    absl::Duration max_connection_age = absl::Minutes(30);
    absl::Duration max_connection_age_grace = absl::Minutes(10);
    // As Acceptor's.
    std::function<void()> on_refused;
    // Something was refused for being too many: connections, or streams of
    // reflection.
    std::function<void(absl::string_view bound)> on_bound_met =
        [](absl::string_view) {};
  };

  // Answers calls of `services`, which outlive it, when it returns.
  // INVALID_ARGUMENT for an address that is none; FAILED_PRECONDITION as
  // TlsWatch::Open; UNAVAILABLE when the address is taken.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Start(
      const Options& options, const std::vector<grpc::Service*>& services);

  // Takes no more connections; those that there are end.
  ~GrpcListener();

  // With the port that was picked.
  const std::string& address() const { return acceptor_->address(); }

  // Where it listens, or at the first of several such addresses.
  const SocketAddress& bound() const { return acceptor_->bound(); }

  // Looks at the TLS files at once; as TlsWatch::Look. OK without any.
  absl::Status ReloadTls();

  // Whether new calls are welcome.
  bool ready() const { return ready_.load(); }

  // Tells balancers to send no more calls; those that come are answered.
  void StopServingHealth();
  // What health services answer until then: calls are served in either case.
  void SetHealthy(bool healthy);

  // Takes no more calls and waits for those that run. When they have ended,
  // after `patience` at the latest, `hurry` is called once, to end what calls
  // still wait for; what is left at `deadline` is cancelled. Only the first
  // call does something.
  void Shutdown(absl::Duration patience, absl::FunctionRef<void()> hurry,
                absl::Time deadline);

 private:
  using ConnectionTaker = grpc::experimental::ExternalConnectionAcceptor;

  GrpcListener(ListeningSockets sockets, const Options& options,
               std::unique_ptr<TlsWatch> tls,
               std::unique_ptr<ReflectionService> reflection,
               std::unique_ptr<UnknownMethods> unknown_methods,
               std::unique_ptr<ConnectionTaker> taker,
               std::unique_ptr<grpc::Server> server);

  // The thread that shuts gRPC's server down, which takes as long as its calls.
  void End();

  const std::unique_ptr<TlsWatch> tls_;  // nullptr without TLS
  const std::unique_ptr<ReflectionService> reflection_;
  const std::unique_ptr<UnknownMethods> unknown_methods_;
  const std::unique_ptr<ConnectionTaker> taker_;
  const std::unique_ptr<grpc::Server> server_;
  HealthReporter health_;
  std::atomic<bool> ready_{true};
  const std::unique_ptr<Acceptor> acceptor_;
  absl::Notification shutdown_;
  absl::Time deadline_;  // set before shutdown_ is notified
  base::SteadyNotification ended_;
  // Made at the start, as there may be no thread to be had at the end.
  std::thread ending_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_GRPC_LISTENER_H_
