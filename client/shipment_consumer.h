#ifndef OMS_CONNECTOR_CLIENT_SHIPMENT_CONSUMER_H_
#define OMS_CONNECTOR_CLIENT_SHIPMENT_CONSUMER_H_

// Takes shipment events to a cart: poll, deliver, acknowledge.
//
//   ShipmentConsumer consumer;
//   consumer.connection = "connections/acme";
//   consumer.cart = "shop";
//   consumer.name = "shop-confirmations";
//   absl::Status ended = ConsumeShipments(
//       client, consumer,
//       [&](const v1::ShipmentEvent& event) -> DeliveryAnswer {
//         absl::Status sent = SendToCart(event);
//         if (sent.ok()) return Confirmed();
//         if (absl::IsUnavailable(sent)) return TryLater(sent);
//         return Rejected(std::string(sent.message()));
//       },
//       context);
//
// Delivery is at least once: after a crash, or after TryLater, events that were
// delivered and not yet acknowledged come again. Let the cart tell repeats
// apart by `event.shipment().name()` and `event.sequence()`.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "client/connector_client.h"
#include "oms_connector/v1/connector_service.pb.h"

namespace oms_connector::client {

// What a cart made of one event.
struct DeliveryAnswer {
  enum class Kind { kConfirmed, kRejected, kTryLater };

  Kind kind = Kind::kTryLater;
  std::string reason;    // kRejected: the cart's words
  absl::Status failure;  // kTryLater: why; not OK
};

DeliveryAnswer Confirmed();
// The cart will never take it. The feed goes on; people see the reason.
DeliveryAnswer Rejected(std::string reason);
// The cart could not be asked. Consuming stops here with `failure`.
DeliveryAnswer TryLater(absl::Status failure);

using DeliverShipment =
    absl::FunctionRef<DeliveryAnswer(const v1::ShipmentEvent&)>;

struct ShipmentConsumer {
  std::string connection;   // "connections/acme"
  std::string cart;         // empty = events of all carts
  std::string name;         // whose position the server keeps
  int32_t max_results = 0;  // events of one page; 0 = the server's default
  // How long one poll waits for a first event where there is none, at least a
  // second: an idle loop must not keep the server busy.
  absl::Duration max_wait = absl::Seconds(20);
};

// What came of one page.
struct ConsumedPage {
  int64_t events = 0;  // delivered and acknowledged
  bool caught_up = false;
  // Answers that the server could not record, for example because the shipment
  // is no longer known. The position has moved past them.
  std::vector<v1::OutcomeError> unrecorded;
};

// One page: polls, delivers each event in order and acknowledges them together
// with the new position.
//
// Where `deliver` says TryLater, the answers up to there are acknowledged, the
// position stays, and its failure is returned. Other errors: those of
// PollShipments and AcknowledgeShipments; after one of the latter the page
// comes again.
absl::StatusOr<ConsumedPage> ConsumePage(const ConnectorClient& client,
                                         const ShipmentConsumer& consumer,
                                         DeliverShipment deliver,
                                         const base::CallContext& context = {});

// Page after page until `context` is cancelled (CANCELLED) or its deadline has
// come (DEADLINE_EXCEEDED), or until an error of ConsumePage. Never returns OK.
absl::Status ConsumeShipments(const ConnectorClient& client,
                              const ShipmentConsumer& consumer,
                              DeliverShipment deliver,
                              const base::CallContext& context);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_SHIPMENT_CONSUMER_H_
