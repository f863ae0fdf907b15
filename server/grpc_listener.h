// The gRPC server itself: where it listens, its limits, health and reflection.
#ifndef OMS_CONNECTOR_SERVER_GRPC_LISTENER_H_
#define OMS_CONNECTOR_SERVER_GRPC_LISTENER_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/server.h"
#include "server/health.h"

namespace oms_connector::server {

// Thread-safe.
class GrpcListener {
 public:
  struct Options {
    std::string address;  // "HOST:PORT", port 0 picks one; or "unix:PATH"
    // PEM files. A certificate makes it TLS; client authorities make it mutual.
    std::string tls_cert_file, tls_key_file, tls_client_ca_file;
  };

  // Answers calls of `services`, which outlive it, when it returns.
  // INVALID_ARGUMENT for an address that is none; FAILED_PRECONDITION when a
  // TLS file cannot be read; UNAVAILABLE when the address is taken.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Start(
      const Options& options, const std::vector<grpc::Service*>& services);

  // With the port that was picked.
  const std::string& address() const { return address_; }

  // Whether new calls are welcome.
  bool ready() const { return ready_.load(); }

  // Tells balancers to send no more calls; those that come are answered.
  void StopServingHealth();

  // Takes no more calls, waits for those that run and cancels what is left at
  // `deadline`.
  void Shutdown(absl::Time deadline);

 private:
  GrpcListener(std::string address, std::unique_ptr<grpc::Server> server);

  const std::string address_;
  const std::unique_ptr<grpc::Server> server_;
  HealthReporter health_;
  std::atomic<bool> ready_{true};
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_GRPC_LISTENER_H_
