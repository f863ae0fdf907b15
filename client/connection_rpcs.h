#ifndef OMS_CONNECTOR_CLIENT_CONNECTION_RPCS_H_
#define OMS_CONNECTOR_CLIENT_CONNECTION_RPCS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/client_options.h"
#include "client/retrying_caller.h"
#include "oms_connector/v1/connection_service.grpc.pb.h"

namespace oms_connector::client {

// The RPCs of ConnectionService as plain functions: what stands between
// ConnectionClient and the wire. Implementations are thread-safe and block
// until the answer is there. What each RPC does is written in
// protos/oms_connector/v1/connection_service.proto.
class ConnectionRpcs {
 public:
  virtual ~ConnectionRpcs() = default;

  virtual absl::StatusOr<v1::CreateConnectionResponse> CreateConnection(
      const v1::CreateConnectionRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::GetConnectionResponse> GetConnection(
      const v1::GetConnectionRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ListConnectionsResponse> ListConnections(
      const v1::ListConnectionsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::UpdateConnectionResponse> UpdateConnection(
      const v1::UpdateConnectionRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::DeleteConnectionResponse> DeleteConnection(
      const v1::DeleteConnectionRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::TestConnectionResponse> TestConnection(
      const v1::TestConnectionRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ListSettingsChangesResponse> ListSettingsChanges(
      const v1::ListSettingsChangesRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::PreviewSettingsResponse> PreviewSettings(
      const v1::PreviewSettingsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ListShipmentsResponse> ListShipments(
      const v1::ListShipmentsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ReleaseShipmentsResponse> ReleaseShipments(
      const v1::ReleaseShipmentsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ReplayShipmentsResponse> ReplayShipments(
      const v1::ReplayShipmentsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ListConsumersResponse> ListConsumers(
      const v1::ListConsumersRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ResetConsumerResponse> ResetConsumer(
      const v1::ResetConsumerRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::DeleteConsumerResponse> DeleteConsumer(
      const v1::DeleteConsumerRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::GetSyncRunResponse> GetSyncRun(
      const v1::GetSyncRunRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::ListSyncRunsResponse> ListSyncRuns(
      const v1::ListSyncRunsRequest& request,
      const base::CallContext& context) = 0;
  virtual absl::StatusOr<v1::CancelSyncRunResponse> CancelSyncRun(
      const v1::CancelSyncRunRequest& request,
      const base::CallContext& context) = 0;
};

// Over a generated stub, with retries. CreateConnection, UpdateConnection and
// ReleaseShipments are given a request id where they have none, so that a
// second try is answered as the first one was. ReplayShipments is not: who
// wants it to be tried again, gives it one.
std::shared_ptr<ConnectionRpcs> MakeConnectionRpcs(
    std::unique_ptr<v1::ConnectionService::StubInterface> stub,
    const ClientOptions& options, Surroundings surroundings);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CONNECTION_RPCS_H_
