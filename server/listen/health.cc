#include "server/listen/health.h"

#include "grpcpp/health_check_service_interface.h"

namespace oms_connector::server {
namespace {

// The whole server, and the services of protos/.
constexpr const char* kNames[] = {
    "",
    "oms_connector.v1.ConnectorService",
    "oms_connector.v1.ConnectionService",
};

}  // namespace

void EnableHealthService() { grpc::EnableDefaultHealthCheckService(true); }

HealthReporter::HealthReporter(grpc::Server* server) : server_(server) {
  SetServing(false);
}

void HealthReporter::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* service = server_->GetHealthCheckService();
  for (const char* name : kNames) service->SetServingStatus(name, serving);
}

}  // namespace oms_connector::server
