#ifndef OMS_CONNECTOR_CLIENT_FAKE_CONNECTION_RPCS_H_
#define OMS_CONNECTOR_CLIENT_FAKE_CONNECTION_RPCS_H_

// ConnectionService for tests of what is built on the client: answers that a
// test lines up, and the requests that came.

#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/calls.h"
#include "client/connection_rpcs.h"
#include "oms_connector/v1/connection_service.pb.h"

namespace oms_connector::client {

// For one thread.
class FakeConnectionRpcs final : public ConnectionRpcs {
 public:
  absl::StatusOr<v1::CreateConnectionResponse> CreateConnection(
      const v1::CreateConnectionRequest& request,
      const base::CallContext&) override {
    return create_connection.Take(request);
  }
  absl::StatusOr<v1::GetConnectionResponse> GetConnection(
      const v1::GetConnectionRequest& request,
      const base::CallContext&) override {
    return get_connection.Take(request);
  }
  absl::StatusOr<v1::ListConnectionsResponse> ListConnections(
      const v1::ListConnectionsRequest& request,
      const base::CallContext&) override {
    return list_connections.Take(request);
  }
  absl::StatusOr<v1::UpdateConnectionResponse> UpdateConnection(
      const v1::UpdateConnectionRequest& request,
      const base::CallContext&) override {
    return update_connection.Take(request);
  }
  absl::StatusOr<v1::DeleteConnectionResponse> DeleteConnection(
      const v1::DeleteConnectionRequest& request,
      const base::CallContext&) override {
    return delete_connection.Take(request);
  }
  absl::StatusOr<v1::TestConnectionResponse> TestConnection(
      const v1::TestConnectionRequest& request,
      const base::CallContext&) override {
    return test_connection.Take(request);
  }
  absl::StatusOr<v1::ListSettingsChangesResponse> ListSettingsChanges(
      const v1::ListSettingsChangesRequest& request,
      const base::CallContext&) override {
    return list_settings_changes.Take(request);
  }
  absl::StatusOr<v1::PreviewSettingsResponse> PreviewSettings(
      const v1::PreviewSettingsRequest& request,
      const base::CallContext&) override {
    return preview_settings.Take(request);
  }
  absl::StatusOr<v1::ListShipmentsResponse> ListShipments(
      const v1::ListShipmentsRequest& request,
      const base::CallContext&) override {
    return list_shipments.Take(request);
  }
  absl::StatusOr<v1::ReleaseShipmentsResponse> ReleaseShipments(
      const v1::ReleaseShipmentsRequest& request,
      const base::CallContext&) override {
    return release_shipments.Take(request);
  }
  absl::StatusOr<v1::ReplayShipmentsResponse> ReplayShipments(
      const v1::ReplayShipmentsRequest& request,
      const base::CallContext&) override {
    return replay_shipments.Take(request);
  }
  absl::StatusOr<v1::ListConsumersResponse> ListConsumers(
      const v1::ListConsumersRequest& request,
      const base::CallContext&) override {
    return list_consumers.Take(request);
  }
  absl::StatusOr<v1::ResetConsumerResponse> ResetConsumer(
      const v1::ResetConsumerRequest& request,
      const base::CallContext&) override {
    return reset_consumer.Take(request);
  }
  absl::StatusOr<v1::DeleteConsumerResponse> DeleteConsumer(
      const v1::DeleteConsumerRequest& request,
      const base::CallContext&) override {
    return delete_consumer.Take(request);
  }
  absl::StatusOr<v1::GetSyncRunResponse> GetSyncRun(
      const v1::GetSyncRunRequest& request, const base::CallContext&) override {
    return get_sync_run.Take(request);
  }
  absl::StatusOr<v1::ListSyncRunsResponse> ListSyncRuns(
      const v1::ListSyncRunsRequest& request,
      const base::CallContext&) override {
    return list_sync_runs.Take(request);
  }
  absl::StatusOr<v1::CancelSyncRunResponse> CancelSyncRun(
      const v1::CancelSyncRunRequest& request,
      const base::CallContext&) override {
    return cancel_sync_run.Take(request);
  }

  Calls<v1::CreateConnectionRequest, v1::CreateConnectionResponse>
      create_connection;
  Calls<v1::GetConnectionRequest, v1::GetConnectionResponse> get_connection;
  Calls<v1::ListConnectionsRequest, v1::ListConnectionsResponse>
      list_connections;
  Calls<v1::UpdateConnectionRequest, v1::UpdateConnectionResponse>
      update_connection;
  Calls<v1::DeleteConnectionRequest, v1::DeleteConnectionResponse>
      delete_connection;
  Calls<v1::TestConnectionRequest, v1::TestConnectionResponse> test_connection;
  Calls<v1::ListSettingsChangesRequest, v1::ListSettingsChangesResponse>
      list_settings_changes;
  Calls<v1::PreviewSettingsRequest, v1::PreviewSettingsResponse>
      preview_settings;
  Calls<v1::ListShipmentsRequest, v1::ListShipmentsResponse> list_shipments;
  Calls<v1::ReleaseShipmentsRequest, v1::ReleaseShipmentsResponse>
      release_shipments;
  Calls<v1::ReplayShipmentsRequest, v1::ReplayShipmentsResponse>
      replay_shipments;
  Calls<v1::ListConsumersRequest, v1::ListConsumersResponse> list_consumers;
  Calls<v1::ResetConsumerRequest, v1::ResetConsumerResponse> reset_consumer;
  Calls<v1::DeleteConsumerRequest, v1::DeleteConsumerResponse> delete_consumer;
  Calls<v1::GetSyncRunRequest, v1::GetSyncRunResponse> get_sync_run;
  Calls<v1::ListSyncRunsRequest, v1::ListSyncRunsResponse> list_sync_runs;
  Calls<v1::CancelSyncRunRequest, v1::CancelSyncRunResponse> cancel_sync_run;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_FAKE_CONNECTION_RPCS_H_
