// oms_connector.v1.ConnectorService: what internal services call all day. Each
// method reads its request, calls one use case, and converts back; what all of
// them share is server/rpc/call.h. Thread-safe.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_SERVICE_H_
#define OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_SERVICE_H_

#include "base/secret_box.h"
#include "domain/connections/connection_directory.h"
#include "domain/connections/settings_editor.h"
#include "domain/inventory/inventory_syncer.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/shipment_feed.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"
#include "server/rpc/call.h"

namespace oms_connector::server {

class ConnectorService final : public v1::ConnectorService::CallbackService {
 public:
  // What the service works with; it owns none of it.
  struct Dependencies {
    const RpcDispatcher* rpc;
    const base::SecretBox* secrets;
    connections::ConnectionDirectory* directory;
    connections::SettingsEditor* editor;
    inventory::InventorySyncer* syncer;
    shipments::ShipmentFeed* feed;
    shipments::Acknowledgement* acknowledgement;
  };
  explicit ConnectorService(const Dependencies& deps);

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* GetSettings(Context* context, const v1::GetSettingsRequest* request,
                       v1::GetSettingsResponse* response) override;
  Reactor* UpdateSettings(Context* context,
                          const v1::UpdateSettingsRequest* request,
                          v1::UpdateSettingsResponse* response) override;
  Reactor* SyncInventory(Context* context,
                         const v1::SyncInventoryRequest* request,
                         v1::SyncInventoryResponse* response) override;
  Reactor* PollShipments(Context* context,
                         const v1::PollShipmentsRequest* request,
                         v1::PollShipmentsResponse* response) override;
  Reactor* AcknowledgeShipments(
      Context* context, const v1::AcknowledgeShipmentsRequest* request,
      v1::AcknowledgeShipmentsResponse* response) override;

 private:
  const Dependencies deps_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_SERVICE_H_
