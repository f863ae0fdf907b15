#include "client/connector_rpcs.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace oms_connector::client {
namespace {

using Stub = v1::ConnectorService::StubInterface;

template <typename Request>
absl::Duration ServerWait(const Request& request) {
  return absl::Seconds(request.max_wait().seconds()) +
         absl::Nanoseconds(request.max_wait().nanos());
}

bool AsksForPullNow(const v1::SyncInventoryRequest& request) {
  return request.has_max_staleness() &&
         request.max_staleness().seconds() == 0 &&
         request.max_staleness().nanos() == 0;
}

class StubConnectorRpcs final : public ConnectorRpcs {
 public:
  StubConnectorRpcs(std::unique_ptr<Stub> stub, RetryingCaller caller)
      : stub_(std::move(stub)), caller_(std::move(caller)) {}

  absl::StatusOr<v1::GetSettingsResponse> GetSettings(
      const v1::GetSettingsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::GetSettings, request, context);
  }

  absl::StatusOr<v1::UpdateSettingsResponse> UpdateSettings(
      const v1::UpdateSettingsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::UpdateSettings,
                        caller_.WithRequestId(request), context);
  }

  absl::StatusOr<v1::SyncInventoryResponse> SyncInventory(
      const v1::SyncInventoryRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(
        *stub_, &Stub::SyncInventory,
        AsksForPullNow(request) ? caller_.WithRequestId(request) : request,
        context, ServerWait(request));
  }

  absl::StatusOr<v1::PollShipmentsResponse> PollShipments(
      const v1::PollShipmentsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::PollShipments, request, context,
                        ServerWait(request));
  }

  absl::StatusOr<v1::AcknowledgeShipmentsResponse> AcknowledgeShipments(
      const v1::AcknowledgeShipmentsRequest& request,
      const base::CallContext& context) override {
    return caller_.Call(*stub_, &Stub::AcknowledgeShipments,
                        caller_.WithRequestId(request), context);
  }

 private:
  const std::unique_ptr<Stub> stub_;
  const RetryingCaller caller_;
};

}  // namespace

std::shared_ptr<ConnectorRpcs> MakeConnectorRpcs(
    std::unique_ptr<v1::ConnectorService::StubInterface> stub,
    const ClientOptions& options, Surroundings surroundings) {
  return std::make_shared<StubConnectorRpcs>(
      std::move(stub), RetryingCaller(options, std::move(surroundings)));
}

}  // namespace oms_connector::client
