// The standard health service (grpc.health.v1), as gRPC itself provides it. It
// answers on gRPC's own threads and so never queues behind calls, needs no
// credentials and is not counted as a call.
//
//   EnableHealthService();                    // before the server is built
//   HealthReporter health(server.get());
//   health.SetServing(true);                  // ready
//   health.SetServing(false);                 // draining
//
// Reported are the server as a whole, under the empty name, and each of our
// services under its full name.
#ifndef OMS_CONNECTOR_SERVER_LISTEN_HEALTH_H_
#define OMS_CONNECTOR_SERVER_LISTEN_HEALTH_H_

#include "grpcpp/server.h"

namespace oms_connector::server {

// Every server that this process builds from now on has the service. To be
// called by main, before any thread that builds one.
void EnableHealthService();

// Thread-safe. Does not own the server, which must have been built after
// EnableHealthService.
class HealthReporter {
 public:
  // Starts as NOT_SERVING.
  explicit HealthReporter(grpc::Server* server);

  // SERVING or NOT_SERVING, for all names. Watchers are told.
  void SetServing(bool serving);

 private:
  grpc::Server* const server_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_HEALTH_H_
