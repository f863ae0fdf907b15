#ifndef OMS_CONNECTOR_CLIENT_FAKE_CONNECTOR_RPCS_H_
#define OMS_CONNECTOR_CLIENT_FAKE_CONNECTOR_RPCS_H_

// ConnectorService for tests of what is built on the client: answers that a
// test lines up, and the requests that came.

#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/calls.h"
#include "client/connector_rpcs.h"
#include "oms_connector/v1/connector_service.pb.h"

namespace oms_connector::client {

// For one thread.
class FakeConnectorRpcs final : public ConnectorRpcs {
 public:
  absl::StatusOr<v1::GetSettingsResponse> GetSettings(
      const v1::GetSettingsRequest& request,
      const base::CallContext&) override {
    return get_settings.Take(request);
  }
  absl::StatusOr<v1::UpdateSettingsResponse> UpdateSettings(
      const v1::UpdateSettingsRequest& request,
      const base::CallContext&) override {
    return update_settings.Take(request);
  }
  absl::StatusOr<v1::SyncInventoryResponse> SyncInventory(
      const v1::SyncInventoryRequest& request,
      const base::CallContext&) override {
    return sync_inventory.Take(request);
  }
  absl::StatusOr<v1::PollShipmentsResponse> PollShipments(
      const v1::PollShipmentsRequest& request,
      const base::CallContext&) override {
    return poll_shipments.Take(request);
  }
  absl::StatusOr<v1::AcknowledgeShipmentsResponse> AcknowledgeShipments(
      const v1::AcknowledgeShipmentsRequest& request,
      const base::CallContext&) override {
    return acknowledge_shipments.Take(request);
  }

  Calls<v1::GetSettingsRequest, v1::GetSettingsResponse> get_settings;
  Calls<v1::UpdateSettingsRequest, v1::UpdateSettingsResponse> update_settings;
  Calls<v1::SyncInventoryRequest, v1::SyncInventoryResponse> sync_inventory;
  Calls<v1::PollShipmentsRequest, v1::PollShipmentsResponse> poll_shipments;
  Calls<v1::AcknowledgeShipmentsRequest, v1::AcknowledgeShipmentsResponse>
      acknowledge_shipments;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_FAKE_CONNECTOR_RPCS_H_
