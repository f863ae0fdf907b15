// oms_connector.v1.ConnectionService: set-up, and the questions a person asks.
// Each method reads its request, calls one use case, and converts back; what
// all of them share is server/rpc/call.h. Thread-safe.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_SERVICE_H_
#define OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_SERVICE_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/secret_box.h"
#include "domain/connections/connection_directory.h"
#include "domain/connections/connection_tester.h"
#include "domain/connections/settings_editor.h"
#include "domain/feeds/pull_runner.h"
#include "domain/shipments/consumer_admin.h"
#include "domain/shipments/shipment_admin.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "oms_connector/v1/connection_service.grpc.pb.h"
#include "server/convert/cursor_token.h"
#include "server/ops/metered.h"
#include "server/rpc/call.h"

namespace oms_connector::server {

class ConnectionService final : public v1::ConnectionService::CallbackService {
 public:
  // What the service works with; it owns none of it.
  struct Dependencies {
    const RpcDispatcher* rpc;
    const base::SecretBox* secrets;
    connections::ConnectionDirectory* directory;
    connections::ConnectionTester* tester;
    connections::SettingsEditor* editor;
    shipments::ShipmentAdmin* shipments;
    shipments::ConsumerAdmin* consumers;
    feeds::PullRunner* runner;
    MeteredStore* store;
    base::Clock* clock;
  };
  explicit ConnectionService(const Dependencies& deps);

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateConnection(Context* context,
                            const v1::CreateConnectionRequest* request,
                            v1::CreateConnectionResponse* response) override;
  Reactor* GetConnection(Context* context,
                         const v1::GetConnectionRequest* request,
                         v1::GetConnectionResponse* response) override;
  Reactor* ListConnections(Context* context,
                           const v1::ListConnectionsRequest* request,
                           v1::ListConnectionsResponse* response) override;
  Reactor* UpdateConnection(Context* context,
                            const v1::UpdateConnectionRequest* request,
                            v1::UpdateConnectionResponse* response) override;
  Reactor* DeleteConnection(Context* context,
                            const v1::DeleteConnectionRequest* request,
                            v1::DeleteConnectionResponse* response) override;
  Reactor* TestConnection(Context* context,
                          const v1::TestConnectionRequest* request,
                          v1::TestConnectionResponse* response) override;
  Reactor* ListSettingsChanges(
      Context* context, const v1::ListSettingsChangesRequest* request,
      v1::ListSettingsChangesResponse* response) override;
  Reactor* PreviewSettings(Context* context,
                           const v1::PreviewSettingsRequest* request,
                           v1::PreviewSettingsResponse* response) override;
  Reactor* ExplainLevel(Context* context,
                        const v1::ExplainLevelRequest* request,
                        v1::ExplainLevelResponse* response) override;
  Reactor* GetSyncRun(Context* context, const v1::GetSyncRunRequest* request,
                      v1::GetSyncRunResponse* response) override;
  Reactor* ListSyncRuns(Context* context,
                        const v1::ListSyncRunsRequest* request,
                        v1::ListSyncRunsResponse* response) override;
  Reactor* CancelSyncRun(Context* context,
                         const v1::CancelSyncRunRequest* request,
                         v1::CancelSyncRunResponse* response) override;
  // In connection_service_shipments.cc.
  Reactor* ListShipments(Context* context,
                         const v1::ListShipmentsRequest* request,
                         v1::ListShipmentsResponse* response) override;
  Reactor* ReleaseShipments(Context* context,
                            const v1::ReleaseShipmentsRequest* request,
                            v1::ReleaseShipmentsResponse* response) override;
  Reactor* ReplayShipments(Context* context,
                           const v1::ReplayShipmentsRequest* request,
                           v1::ReplayShipmentsResponse* response) override;
  Reactor* ListConsumers(Context* context,
                         const v1::ListConsumersRequest* request,
                         v1::ListConsumersResponse* response) override;
  Reactor* ResetConsumer(Context* context,
                         const v1::ResetConsumerRequest* request,
                         v1::ResetConsumerResponse* response) override;
  Reactor* DeleteConsumer(Context* context,
                          const v1::DeleteConsumerRequest* request,
                          v1::DeleteConsumerResponse* response) override;

 private:
  absl::Status AddHealth(const Call& call, absl::string_view id,
                         v1::Connection* connection) const;

  // CURSOR_EXPIRED where the cursor is not of the call's connection.
  absl::Status CheckCursor(const Call& call, const ReadCursor& cursor) const;

  const Dependencies deps_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_SERVICE_H_
