#ifndef OMS_CONNECTOR_CLIENT_CONNECTION_CLIENT_H_
#define OMS_CONNECTOR_CLIENT_CONNECTION_CLIENT_H_

// For tools that set connections up and answer people's questions.
//
//   auto client = ConnectionClient::Create(options);
//   if (!client.ok()) return client.status();
//   v1::ListShipmentsRequest request;
//   request.set_parent("connections/acme");
//   request.mutable_filter()->add_states(v1::Delivery::STATE_HELD);
//   for (const auto& shipment : client->Shipments(request)) {
//     if (!shipment.ok()) return shipment.status();
//     Print(*shipment);
//   }

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "oms_connector/client/client_options.h"
#include "oms_connector/client/pages.h"
#include "oms_connector/client/unary_caller.h"
#include "oms_connector/v1/connection_service.grpc.pb.h"

namespace oms_connector::client {

// A cheap value: copies share one channel. Thread-safe; calls block. Deadlines,
// errors and retries as with ConnectorClient. CreateConnection and
// ReplayShipments, which the contract does not call idempotent, are repeated
// only where the request carries a request id of the caller.
class ConnectionClient {
 public:
  using Stub = v1::ConnectionService::StubInterface;

  // INVALID_ARGUMENT where the options cannot work. Does not connect: an
  // unreachable server shows in the first call.
  static absl::StatusOr<ConnectionClient> Create(const ClientOptions& options);

  // Over any stub: one of a channel of the caller's own, or a mock.
  ConnectionClient(std::shared_ptr<Stub> stub, UnaryCaller caller)
      : stub_(std::move(stub)), caller_(std::move(caller)) {}

  absl::StatusOr<v1::CreateConnectionResponse> CreateConnection(
      const v1::CreateConnectionRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::CreateConnection, request, options);
  }

  absl::StatusOr<v1::GetConnectionResponse> GetConnection(
      const v1::GetConnectionRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::GetConnection, request, options);
  }

  absl::StatusOr<v1::ListConnectionsResponse> ListConnections(
      const v1::ListConnectionsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ListConnections, request, options);
  }

  absl::StatusOr<v1::UpdateConnectionResponse> UpdateConnection(
      const v1::UpdateConnectionRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::UpdateConnection, request, options);
  }

  absl::StatusOr<v1::DeleteConnectionResponse> DeleteConnection(
      const v1::DeleteConnectionRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::DeleteConnection, request, options);
  }

  absl::StatusOr<v1::TestConnectionResponse> TestConnection(
      const v1::TestConnectionRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::TestConnection, request, options);
  }

  absl::StatusOr<v1::ListSettingsChangesResponse> ListSettingsChanges(
      const v1::ListSettingsChangesRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ListSettingsChanges, request, options);
  }

  absl::StatusOr<v1::PreviewSettingsResponse> PreviewSettings(
      const v1::PreviewSettingsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::PreviewSettings, request, options);
  }

  absl::StatusOr<v1::ExplainLevelResponse> ExplainLevel(
      const v1::ExplainLevelRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ExplainLevel, request, options);
  }

  absl::StatusOr<v1::ListShipmentsResponse> ListShipments(
      const v1::ListShipmentsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ListShipments, request, options);
  }

  absl::StatusOr<v1::ReleaseShipmentsResponse> ReleaseShipments(
      const v1::ReleaseShipmentsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ReleaseShipments, request, options);
  }

  absl::StatusOr<v1::ReplayShipmentsResponse> ReplayShipments(
      const v1::ReplayShipmentsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ReplayShipments, request, options);
  }

  absl::StatusOr<v1::ListConsumersResponse> ListConsumers(
      const v1::ListConsumersRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ListConsumers, request, options);
  }

  absl::StatusOr<v1::ResetConsumerResponse> ResetConsumer(
      const v1::ResetConsumerRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ResetConsumer, request, options);
  }

  absl::StatusOr<v1::DeleteConsumerResponse> DeleteConsumer(
      const v1::DeleteConsumerRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::DeleteConsumer, request, options);
  }

  absl::StatusOr<v1::GetSyncRunResponse> GetSyncRun(
      const v1::GetSyncRunRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::GetSyncRun, request, options);
  }

  absl::StatusOr<v1::ListSyncRunsResponse> ListSyncRuns(
      const v1::ListSyncRunsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::ListSyncRuns, request, options);
  }

  absl::StatusOr<v1::CancelSyncRunResponse> CancelSyncRun(
      const v1::CancelSyncRunRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::CancelSyncRun, request, options);
  }

  // The lists, entry by entry, read page after page as the loop goes on. A
  // request's `page_size` is how many are read at once.
  ItemRange<v1::ListConnectionsResponse, v1::Connection> Connections(
      v1::ListConnectionsRequest request, CallOptions options = {}) const;
  ItemRange<v1::ListSettingsChangesResponse, v1::SettingsChange>
  SettingsChanges(v1::ListSettingsChangesRequest request,
                  CallOptions options = {}) const;
  ItemRange<v1::PreviewSettingsResponse, v1::SettingsPreviewRow> PreviewRows(
      v1::PreviewSettingsRequest request, CallOptions options = {}) const;
  ItemRange<v1::ListShipmentsResponse, v1::Shipment> Shipments(
      v1::ListShipmentsRequest request, CallOptions options = {}) const;
  ItemRange<v1::ListSyncRunsResponse, v1::SyncRun> SyncRuns(
      v1::ListSyncRunsRequest request, CallOptions options = {}) const;

 private:
  std::shared_ptr<Stub> stub_;
  UnaryCaller caller_;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CONNECTION_CLIENT_H_
