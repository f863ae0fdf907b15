#include "client/shipment_consumer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"

namespace oms_connector::client {
namespace {

v1::PollShipmentsRequest PollRequest(const ShipmentConsumer& consumer) {
  v1::PollShipmentsRequest request;
  request.set_connection(consumer.connection);
  request.set_cart(consumer.cart);
  request.set_consumer(consumer.name);
  request.set_max_results(consumer.max_results);
  const timespec wait =
      absl::ToTimespec(std::max(consumer.max_wait, absl::Seconds(1)));
  request.mutable_max_wait()->set_seconds(wait.tv_sec);
  request.mutable_max_wait()->set_nanos(static_cast<int32_t>(wait.tv_nsec));
  return request;
}

v1::ShipmentOutcome OutcomeOf(const v1::ShipmentEvent& event,
                              const DeliveryAnswer& answer) {
  v1::ShipmentOutcome outcome;
  outcome.set_name(event.shipment().name());
  outcome.set_sequence(event.sequence());
  outcome.set_result(answer.kind == DeliveryAnswer::Kind::kConfirmed
                         ? v1::ShipmentOutcome::RESULT_CONFIRMED
                         : v1::ShipmentOutcome::RESULT_REJECTED);
  outcome.set_reason(answer.reason);
  return outcome;
}

// Delivers until one is to be tried later, whose failure it returns.
absl::Status DeliverAll(const v1::PollShipmentsResponse& page,
                        DeliverShipment deliver,
                        v1::AcknowledgeShipmentsRequest& acknowledgement) {
  for (const v1::ShipmentEvent& event : page.events()) {
    DeliveryAnswer answer = deliver(event);
    if (answer.kind == DeliveryAnswer::Kind::kTryLater) {
      return std::move(answer.failure);
    }
    *acknowledgement.add_outcomes() = OutcomeOf(event, answer);
  }
  return absl::OkStatus();
}

}  // namespace

DeliveryAnswer Confirmed() {
  return {DeliveryAnswer::Kind::kConfirmed, "", absl::OkStatus()};
}

DeliveryAnswer Rejected(std::string reason) {
  return {DeliveryAnswer::Kind::kRejected, std::move(reason), absl::OkStatus()};
}

DeliveryAnswer TryLater(absl::Status failure) {
  if (failure.ok()) failure = absl::UnavailableError("the cart wants it later");
  return {DeliveryAnswer::Kind::kTryLater, "", std::move(failure)};
}

absl::StatusOr<ConsumedPage> ConsumePage(const ConnectorClient& client,
                                         const ShipmentConsumer& consumer,
                                         DeliverShipment deliver,
                                         const base::CallContext& context) {
  OMS_ASSIGN_OR_RETURN(const v1::PollShipmentsResponse page,
                       client.PollShipments(PollRequest(consumer), context));
  ConsumedPage consumed;
  consumed.caught_up = page.caught_up();
  if (page.events().empty()) return consumed;

  v1::AcknowledgeShipmentsRequest acknowledgement;
  acknowledgement.set_connection(consumer.connection);
  const absl::Status delivered = DeliverAll(page, deliver, acknowledgement);
  if (delivered.ok()) {
    acknowledgement.set_consumer(consumer.name);
    acknowledgement.set_cursor(page.next_cursor());
  } else if (acknowledgement.outcomes().empty()) {
    return delivered;
  }
  // What a cart has said is recorded even where nobody waits any more.
  const absl::StatusOr<v1::AcknowledgeShipmentsResponse> acknowledged =
      client.AcknowledgeShipments(acknowledgement);
  OMS_RETURN_IF_ERROR(delivered);
  OMS_RETURN_IF_ERROR(acknowledged.status());
  consumed.events = page.events_size();
  consumed.unrecorded.assign(acknowledged->errors().begin(),
                             acknowledged->errors().end());
  return consumed;
}

absl::Status ConsumeShipments(const ConnectorClient& client,
                              const ShipmentConsumer& consumer,
                              DeliverShipment deliver,
                              const base::CallContext& context) {
  while (true) {
    OMS_RETURN_IF_ERROR(
        ConsumePage(client, consumer, deliver, context).status());
  }
}

}  // namespace oms_connector::client
