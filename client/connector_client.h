#ifndef OMS_CONNECTOR_CLIENT_CONNECTOR_CLIENT_H_
#define OMS_CONNECTOR_CLIENT_CONNECTOR_CLIENT_H_

// For services that keep carts in step with the Order Manager.
//
//   ClientOptions options;
//   options.endpoint = "connector.internal:50051";
//   options.tls = TlsOptions{};
//   options.bearer_token = base::SecretString(token);
//   absl::StatusOr<ConnectorClient> client = ConnectorClient::Create(options);
//   if (!client.ok()) return client.status();
//
//   v1::SyncInventoryRequest request;
//   request.set_connection("connections/acme");
//   request.set_cart("shop");
//   request.set_cursor(my_last_cursor);
//   auto read = ForEachLevel(*client, request, [&](const auto& level) {
//     return PublishToCart(level);   // WITHHELD levels too: stop publishing
//   });
//   if (read.ok()) my_last_cursor = read->next_cursor;
//
// ForEachLevel is in client/inventory_reader.h, the loop for shipments in
// client/shipment_consumer.h.

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/client_options.h"
#include "client/connector_rpcs.h"
#include "oms_connector/v1/connector_service.pb.h"

namespace oms_connector::client {

// A cheap value: copies share one channel. Thread-safe; calls block. Errors are
// those of the protos' comments, with details (client/rpc_status.h). Calls that
// may be repeated are, while the connector is UNAVAILABLE and time is left
// (client/retry_policy.h, client/idempotency_policy.h). A `context` without a
// deadline stands for ClientOptions::default_timeout from now.
class ConnectorClient {
 public:
  // INVALID_ARGUMENT where the options cannot work (client/channel.h). Does not
  // connect: an unreachable server shows in the first call.
  static absl::StatusOr<ConnectorClient> Create(const ClientOptions& options);

  // Over `rpcs`, for tests.
  explicit ConnectorClient(std::shared_ptr<ConnectorRpcs> rpcs)
      : rpcs_(std::move(rpcs)) {}

  absl::StatusOr<v1::GetSettingsResponse> GetSettings(
      const v1::GetSettingsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->GetSettings(request, context);
  }

  absl::StatusOr<v1::UpdateSettingsResponse> UpdateSettings(
      const v1::UpdateSettingsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->UpdateSettings(request, context);
  }

  absl::StatusOr<v1::SyncInventoryResponse> SyncInventory(
      const v1::SyncInventoryRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->SyncInventory(request, context);
  }

  absl::StatusOr<v1::PollShipmentsResponse> PollShipments(
      const v1::PollShipmentsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->PollShipments(request, context);
  }

  absl::StatusOr<v1::AcknowledgeShipmentsResponse> AcknowledgeShipments(
      const v1::AcknowledgeShipmentsRequest& request,
      const base::CallContext& context = {}) const {
    return rpcs_->AcknowledgeShipments(request, context);
  }

 private:
  std::shared_ptr<ConnectorRpcs> rpcs_;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CONNECTOR_CLIENT_H_
