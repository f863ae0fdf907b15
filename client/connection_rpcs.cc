#include "client/connection_rpcs.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"

namespace oms_connector::client {
namespace {

using Stub = v1::ConnectionService::StubInterface;

class StubConnectionRpcs final : public ConnectionRpcs {
 public:
  StubConnectionRpcs(std::unique_ptr<Stub> stub, RetryingCaller caller)
      : stub_(std::move(stub)), caller_(std::move(caller)) {}

  absl::StatusOr<v1::CreateConnectionResponse> CreateConnection(
      const v1::CreateConnectionRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::CreateConnection,
                        caller_.WithRequestId(request), context);
  }

  absl::StatusOr<v1::GetConnectionResponse> GetConnection(
      const v1::GetConnectionRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::GetConnection, request, context);
  }

  absl::StatusOr<v1::ListConnectionsResponse> ListConnections(
      const v1::ListConnectionsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ListConnections, request, context);
  }

  absl::StatusOr<v1::UpdateConnectionResponse> UpdateConnection(
      const v1::UpdateConnectionRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::UpdateConnection,
                        caller_.WithRequestId(request), context);
  }

  absl::StatusOr<v1::DeleteConnectionResponse> DeleteConnection(
      const v1::DeleteConnectionRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::DeleteConnection, request, context);
  }

  absl::StatusOr<v1::TestConnectionResponse> TestConnection(
      const v1::TestConnectionRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::TestConnection, request, context);
  }

  absl::StatusOr<v1::ListSettingsChangesResponse> ListSettingsChanges(
      const v1::ListSettingsChangesRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ListSettingsChanges, request, context);
  }

  absl::StatusOr<v1::PreviewSettingsResponse> PreviewSettings(
      const v1::PreviewSettingsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::PreviewSettings, request, context);
  }

  absl::StatusOr<v1::ListShipmentsResponse> ListShipments(
      const v1::ListShipmentsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ListShipments, request, context);
  }

  absl::StatusOr<v1::ReleaseShipmentsResponse> ReleaseShipments(
      const v1::ReleaseShipmentsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ReleaseShipments,
                        caller_.WithRequestId(request), context);
  }

  absl::StatusOr<v1::ReplayShipmentsResponse> ReplayShipments(
      const v1::ReplayShipmentsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ReplayShipments, request, context);
  }

  absl::StatusOr<v1::ListConsumersResponse> ListConsumers(
      const v1::ListConsumersRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ListConsumers, request, context);
  }

  absl::StatusOr<v1::ResetConsumerResponse> ResetConsumer(
      const v1::ResetConsumerRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ResetConsumer, request, context);
  }

  absl::StatusOr<v1::DeleteConsumerResponse> DeleteConsumer(
      const v1::DeleteConsumerRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::DeleteConsumer, request, context);
  }

  absl::StatusOr<v1::GetSyncRunResponse> GetSyncRun(
      const v1::GetSyncRunRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::GetSyncRun, request, context);
  }

  absl::StatusOr<v1::ListSyncRunsResponse> ListSyncRuns(
      const v1::ListSyncRunsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::ListSyncRuns, request, context);
  }

  absl::StatusOr<v1::CancelSyncRunResponse> CancelSyncRun(
      const v1::CancelSyncRunRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::CancelSyncRun, request, context);
  }

 private:
  const std::unique_ptr<Stub> stub_;
  const RetryingCaller caller_;
};

}  // namespace

std::shared_ptr<ConnectionRpcs> MakeConnectionRpcs(
    std::unique_ptr<v1::ConnectionService::StubInterface> stub,
    const ClientOptions& options, Surroundings surroundings) {
  return std::make_shared<StubConnectionRpcs>(
      std::move(stub), RetryingCaller(options, std::move(surroundings)));
}

}  // namespace oms_connector::client
