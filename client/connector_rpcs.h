#ifndef OMS_CONNECTOR_CLIENT_CONNECTOR_RPCS_H_
#define OMS_CONNECTOR_CLIENT_CONNECTOR_RPCS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/client_options.h"
#include "client/retrying_caller.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"

namespace oms_connector::client {

// The RPCs of ConnectorService as plain functions: what stands between
// ConnectorClient and the wire. Implementations are thread-safe and block until
// the answer is there. What each RPC does is written in
// protos/oms_connector/v1/connector_service.proto.
class ConnectorRpcs {
 public:
  virtual ~ConnectorRpcs() = default;

  virtual absl::StatusOr<v1::GetSettingsResponse> GetSettings(
      const v1::GetSettingsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::UpdateSettingsResponse> UpdateSettings(
      const v1::UpdateSettingsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::SyncInventoryResponse> SyncInventory(
      const v1::SyncInventoryRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::PollShipmentsResponse> PollShipments(
      const v1::PollShipmentsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::AcknowledgeShipmentsResponse> AcknowledgeShipments(
      const v1::AcknowledgeShipmentsRequest& request,
      const base::CallContext& context) = 0;
};

// Over a generated stub, with retries. UpdateSettings, AcknowledgeShipments and
// a SyncInventory that asks for a pull right now are given a request id where
// they have none, so that a second try is answered as the first one was.
std::shared_ptr<ConnectorRpcs> MakeConnectorRpcs(
    std::unique_ptr<v1::ConnectorService::StubInterface> stub,
    const ClientOptions& options, Surroundings surroundings);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CONNECTOR_RPCS_H_
