#ifndef OMS_CONNECTOR_CLIENT_SHIPMENT_WORKER_H_
#define OMS_CONNECTOR_CLIENT_SHIPMENT_WORKER_H_

// Takes shipment events to a cart: poll, deliver, acknowledge, back off.
//
//   ShipmentWorkerOptions options;
//   options.connection = "connections/acme";
//   options.cart = "shop";
//   options.consumer = "shop-confirmations";
//   ShipmentWorker worker(client, options);
//   absl::Status ended = worker.Run(
//       [&](const v1::ShipmentEvent& event) -> DeliveryAnswer {
//         absl::Status sent = SendToCart(event);
//         if (sent.ok()) return Confirmed();
//         if (absl::IsUnavailable(sent)) return TryLater(sent);
//         return Rejected(std::string(sent.message()));
//       },
//       call_options);
//
// Delivery is at least once: after a crash, events that were delivered and not
// yet acknowledged come again. Let the cart tell repeats apart by
// `event.shipment().name()` and `event.sequence()`.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "oms_connector/client/client_options.h"
#include "oms_connector/client/connector_client.h"

namespace oms_connector::client {

// What a cart made of one event.
struct DeliveryAnswer {
  enum class Kind { kConfirmed, kRejected, kTryLater };

  Kind kind = Kind::kTryLater;
  std::string reason;    // kRejected: the cart's words; cut off at 1 KiB
  absl::Status failure;  // kTryLater: why; not OK
};

DeliveryAnswer Confirmed();
// The cart will never take it. The feed goes on; people see the reason.
DeliveryAnswer Rejected(std::string reason);
// The cart could not be asked: this event and those after it come again.
DeliveryAnswer TryLater(absl::Status failure);

using DeliverShipment =
    absl::FunctionRef<DeliveryAnswer(const v1::ShipmentEvent&)>;

struct ShipmentWorkerOptions {
  std::string connection;   // "connections/acme"
  std::string cart;         // empty = events of all carts
  std::string consumer;     // whose position the server keeps
  int32_t max_results = 0;  // events of one page; 0 = the server's default
  // How long one poll waits for a first event where there is none, at least a
  // second: an idle loop must not keep the server busy.
  absl::Duration max_wait = absl::Seconds(20);
};

// What came of one page.
struct WorkedPage {
  int64_t events = 0;  // answered by the cart and acknowledged
  bool caught_up = false;
  // Answers that the server could not record, for example because the shipment
  // is no longer known. The position has moved past them.
  std::vector<v1::OutcomeError> unrecorded;
  // Not OK: the cart said TryLater, and the position stayed.
  absl::Status postponed;
};

// For one thread.
class ShipmentWorker {
 public:
  ShipmentWorker(ConnectorClient client, ShipmentWorkerOptions options);

  // One page: polls, delivers each event in order, and acknowledges the answers
  // together with the new position. A page without events is acknowledged too
  // where the cursor moved, so that the consumer does not lag behind what other
  // carts were sent.
  //
  // At TryLater, the answers up to there are acknowledged and the position
  // stays. The cart is not asked again about what it has answered: its answers
  // are kept until they are acknowledged and the position is past them.
  //
  // Errors: those of PollShipments and AcknowledgeShipments; after one of the
  // latter the page comes again.
  absl::StatusOr<WorkedPage> WorkOnePage(DeliverShipment deliver,
                                         const CallOptions& options = {});

  // Page after page. Waits, longer each time, while the cart says TryLater or
  // the connector is away, full or locked; any other error ends it, as do
  // cancellation (CANCELLED) and deadline (DEADLINE_EXCEEDED) of `options`.
  // Never returns OK.
  absl::Status Run(DeliverShipment deliver, const CallOptions& options = {});

 private:
  // Delivers until one is to be tried later, whose failure it returns.
  absl::Status Deliver(const v1::PollShipmentsResponse& page,
                       DeliverShipment deliver,
                       v1::AcknowledgeShipmentsRequest& acknowledgement);

  const ConnectorClient client_;
  const ShipmentWorkerOptions options_;
  std::string acknowledged_cursor_;            // empty: not known
  std::map<int64_t, DeliveryAnswer> answers_;  // by sequence, from the position
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_SHIPMENT_WORKER_H_
