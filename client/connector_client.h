#ifndef OMS_CONNECTOR_CLIENT_CONNECTOR_CLIENT_H_
#define OMS_CONNECTOR_CLIENT_CONNECTOR_CLIENT_H_

// For services that keep carts in step with the Order Manager.
//
//   ClientOptions options;
//   options.endpoint = "connector.internal:50051";
//   options.tls = TlsOptions{};
//   options.bearer_token_file = "/run/secrets/connector_token";
//   absl::StatusOr<ConnectorClient> client = ConnectorClient::Create(options);
//   if (!client.ok()) return client.status();
//
//   v1::SyncInventoryRequest request;
//   request.set_connection("connections/acme");
//   request.set_cart("shop");
//   request.set_cursor(my_last_cursor);
//   LevelRange levels = client->Levels(request);
//   for (const absl::StatusOr<v1::InventoryLevel>& level : levels) {
//     if (!level.ok()) return level.status();
//     PublishToCart(*level);   // WITHHELD levels too: stop publishing
//   }
//   my_last_cursor = levels.cursor();
//
// The loop for shipments is in shipment_worker.h; doubles for tests of
// what is built on a client are in mocks.h.

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "oms_connector/client/client_options.h"
#include "oms_connector/client/pages.h"
#include "oms_connector/client/unary_caller.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"

namespace oms_connector::client {

using LevelPageRange = PageRange<v1::SyncInventoryResponse>;
using LevelRange = ItemRange<v1::SyncInventoryResponse, v1::InventoryLevel>;
using EventPageRange = PageRange<v1::PollShipmentsResponse>;
using EventRange = ItemRange<v1::PollShipmentsResponse, v1::ShipmentEvent>;

// A cheap value: copies share one channel. Thread-safe; calls block. Errors are
// those of the protos' comments, with details (rpc_status.h). Calls that
// the contract lets be repeated are, while the connector is UNAVAILABLE and
// time is left (RetryOptions); those among them that take a request id are
// given one, so that a second try is answered as the first one was.
class ConnectorClient {
 public:
  using Stub = v1::ConnectorService::StubInterface;

  // INVALID_ARGUMENT where the options cannot work. Does not connect: an
  // unreachable server shows in the first call.
  static absl::StatusOr<ConnectorClient> Create(const ClientOptions& options);

  // Over any stub: one of a channel of the caller's own, or a mock.
  ConnectorClient(std::shared_ptr<Stub> stub, UnaryCaller caller)
      : stub_(std::move(stub)), caller_(std::move(caller)) {}

  absl::StatusOr<v1::GetSettingsResponse> GetSettings(
      const v1::GetSettingsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::GetSettings, request, options);
  }

  absl::StatusOr<v1::UpdateSettingsResponse> UpdateSettings(
      const v1::UpdateSettingsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::UpdateSettings, request, options);
  }

  absl::StatusOr<v1::SyncInventoryResponse> SyncInventory(
      const v1::SyncInventoryRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::SyncInventory, request, options);
  }

  absl::StatusOr<v1::PollShipmentsResponse> PollShipments(
      const v1::PollShipmentsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::PollShipments, request, options);
  }

  absl::StatusOr<v1::AcknowledgeShipmentsResponse> AcknowledgeShipments(
      const v1::AcknowledgeShipmentsRequest& request,
      const CallOptions& options = {}) const {
    return caller_.Call(*stub_, &Stub::AcknowledgeShipments, request, options);
  }

  // Reads the inventory feed from the request's cursor until nothing newer is
  // stored. Only the first call asks for a pull and waits for it, as `request`
  // says; the others read what is stored, so that reading a long feed pulls
  // once. Ends when the feed is caught up, or where it stands still: then there
  // is nothing more to read now, and the last page's `caught_up` says whether
  // that is all. Reading again from a cursor gives the same levels or newer
  // values of them.
  //
  // By pages: keep a page's `next_cursor` once its levels and products are
  // safe; the next page is only asked for when the loop goes on. By levels: the
  // range's cursor() is the one to keep.
  LevelPageRange LevelPages(v1::SyncInventoryRequest request,
                            CallOptions options = {}) const;
  LevelRange Levels(v1::SyncInventoryRequest request,
                    CallOptions options = {}) const;

  // The same for shipment events, from a cursor. (A consumer's position moves
  // with acknowledgements only: shipment_worker.h.)
  EventPageRange EventPages(v1::PollShipmentsRequest request,
                            CallOptions options = {}) const;
  EventRange Events(v1::PollShipmentsRequest request,
                    CallOptions options = {}) const;

  // UnaryCaller::BackOff, for loops around calls.
  absl::Status BackOff(int failures, const absl::Status& status,
                       const CallOptions& options = {}) const {
    return caller_.BackOff(failures, status, options);
  }

 private:
  std::shared_ptr<Stub> stub_;
  UnaryCaller caller_;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CONNECTOR_CLIENT_H_
