#ifndef OMS_CONNECTOR_CLIENT_CONNECTION_CLIENT_H_
#define OMS_CONNECTOR_CLIENT_CONNECTION_CLIENT_H_

// For tools that set connections up and answer people's questions.
//
//   absl::StatusOr<ConnectionClient> client =
//   ConnectionClient::Create(options); if (!client.ok()) return
//   client.status(); v1::GetConnectionRequest request;
//   request.set_name("connections/acme");
//   auto connection = client->GetConnection(request);

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/client_options.h"
#include "client/connection_rpcs.h"
#include "oms_connector/v1/connection_service.pb.h"

namespace oms_connector::client {

// A cheap value: copies share one channel. Thread-safe; calls block. Deadlines,
// errors and retries as with ConnectorClient.
class ConnectionClient {
 public:
  // INVALID_ARGUMENT where the options cannot work (client/channel.h). Does not
  // connect: an unreachable server shows in the first call.
  static absl::StatusOr<ConnectionClient> Create(const ClientOptions& options);

  // Over `rpcs`, for tests.
  explicit ConnectionClient(std::shared_ptr<ConnectionRpcs> rpcs)
      : rpcs_(std::move(rpcs)) {}

  absl::StatusOr<v1::CreateConnectionResponse> CreateConnection(
      const v1::CreateConnectionRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->CreateConnection(request, context);
  }

  absl::StatusOr<v1::GetConnectionResponse> GetConnection(
      const v1::GetConnectionRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->GetConnection(request, context);
  }

  absl::StatusOr<v1::ListConnectionsResponse> ListConnections(
      const v1::ListConnectionsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ListConnections(request, context);
  }

  absl::StatusOr<v1::UpdateConnectionResponse> UpdateConnection(
      const v1::UpdateConnectionRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->UpdateConnection(request, context);
  }

  absl::StatusOr<v1::DeleteConnectionResponse> DeleteConnection(
      const v1::DeleteConnectionRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->DeleteConnection(request, context);
  }

  absl::StatusOr<v1::TestConnectionResponse> TestConnection(
      const v1::TestConnectionRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->TestConnection(request, context);
  }

  absl::StatusOr<v1::ListSettingsChangesResponse> ListSettingsChanges(
      const v1::ListSettingsChangesRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ListSettingsChanges(request, context);
  }

  absl::StatusOr<v1::PreviewSettingsResponse> PreviewSettings(
      const v1::PreviewSettingsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->PreviewSettings(request, context);
  }

  absl::StatusOr<v1::ListShipmentsResponse> ListShipments(
      const v1::ListShipmentsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ListShipments(request, context);
  }

  absl::StatusOr<v1::ReleaseShipmentsResponse> ReleaseShipments(
      const v1::ReleaseShipmentsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ReleaseShipments(request, context);
  }

  absl::StatusOr<v1::ReplayShipmentsResponse> ReplayShipments(
      const v1::ReplayShipmentsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ReplayShipments(request, context);
  }

  absl::StatusOr<v1::ListConsumersResponse> ListConsumers(
      const v1::ListConsumersRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ListConsumers(request, context);
  }

  absl::StatusOr<v1::ResetConsumerResponse> ResetConsumer(
      const v1::ResetConsumerRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ResetConsumer(request, context);
  }

  absl::StatusOr<v1::DeleteConsumerResponse> DeleteConsumer(
      const v1::DeleteConsumerRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->DeleteConsumer(request, context);
  }

  absl::StatusOr<v1::GetSyncRunResponse> GetSyncRun(
      const v1::GetSyncRunRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->GetSyncRun(request, context);
  }

  absl::StatusOr<v1::ListSyncRunsResponse> ListSyncRuns(
      const v1::ListSyncRunsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->ListSyncRuns(request, context);
  }

  absl::StatusOr<v1::CancelSyncRunResponse> CancelSyncRun(
      const v1::CancelSyncRunRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->CancelSyncRun(request, context);
  }

 private:
  std::shared_ptr<ConnectionRpcs> rpcs_;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CONNECTION_CLIENT_H_
