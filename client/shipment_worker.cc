#include "oms_connector/client/shipment_worker.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"

namespace oms_connector::client {
namespace {

// The server refuses longer reasons, and with them the whole acknowledgement.
constexpr size_t kLongestReason = 1024;

v1::PollShipmentsRequest PollRequest(const ShipmentWorkerOptions& options) {
  v1::PollShipmentsRequest request;
  request.set_connection(options.connection);
  request.set_cart(options.cart);
  request.set_consumer(options.consumer);
  request.set_max_results(options.max_results);
  const timespec wait =
      absl::ToTimespec(std::max(options.max_wait, absl::Seconds(1)));
  request.mutable_max_wait()->set_seconds(wait.tv_sec);
  request.mutable_max_wait()->set_nanos(static_cast<int32_t>(wait.tv_nsec));
  return request;
}

// Up to the limit, without half a character at the end.
std::string Shortened(std::string reason) {
  if (reason.size() <= kLongestReason) return reason;
  size_t end = kLongestReason;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0) == 0x80) {
    --end;
  }
  reason.resize(end);
  return reason;
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

// Errors that pass when the connector has time, or is there again.
bool Passes(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsDeadlineExceeded(status);
}

}  // namespace

DeliveryAnswer Confirmed() {
  return {DeliveryAnswer::Kind::kConfirmed, "", absl::OkStatus()};
}

DeliveryAnswer Rejected(std::string reason) {
  return {DeliveryAnswer::Kind::kRejected, Shortened(std::move(reason)),
          absl::OkStatus()};
}

DeliveryAnswer TryLater(absl::Status failure) {
  if (failure.ok()) failure = absl::UnavailableError("the cart wants it later");
  return {DeliveryAnswer::Kind::kTryLater, "", std::move(failure)};
}

ShipmentWorker::ShipmentWorker(ConnectorClient client,
                               ShipmentWorkerOptions options)
    : client_(std::move(client)), options_(std::move(options)) {}

absl::Status ShipmentWorker::Deliver(
    const v1::PollShipmentsResponse& page, DeliverShipment deliver,
    v1::AcknowledgeShipmentsRequest& acknowledgement) {
  for (const v1::ShipmentEvent& event : page.events()) {
    auto known = answers_.find(event.sequence());
    if (known == answers_.end()) {
      DeliveryAnswer answer = deliver(event);
      if (answer.kind == DeliveryAnswer::Kind::kTryLater) {
        return std::move(answer.failure);
      }
      known = answers_.emplace(event.sequence(), std::move(answer)).first;
    }
    *acknowledgement.add_outcomes() = OutcomeOf(event, known->second);
  }
  return absl::OkStatus();
}

absl::StatusOr<WorkedPage> ShipmentWorker::WorkOnePage(
    DeliverShipment deliver, const CallOptions& options) {
  OMS_ASSIGN_OR_RETURN(const v1::PollShipmentsResponse page,
                       client_.PollShipments(PollRequest(options_), options));
  WorkedPage worked;
  worked.caught_up = page.caught_up();
  v1::AcknowledgeShipmentsRequest acknowledgement;
  acknowledgement.set_connection(options_.connection);
  worked.postponed = Deliver(page, deliver, acknowledgement);
  if (worked.postponed.ok()) {
    if (page.events().empty() && page.next_cursor() == acknowledged_cursor_) {
      return worked;
    }
    acknowledgement.set_consumer(options_.consumer);
    acknowledgement.set_cursor(page.next_cursor());
  } else if (acknowledgement.outcomes().empty()) {
    return worked;
  }
  // What a cart has said is recorded even where nobody waits any more.
  OMS_ASSIGN_OR_RETURN(const v1::AcknowledgeShipmentsResponse acknowledged,
                       client_.AcknowledgeShipments(acknowledgement));
  worked.events = acknowledgement.outcomes_size();
  worked.unrecorded.assign(acknowledged.errors().begin(),
                           acknowledged.errors().end());
  if (worked.postponed.ok()) {
    acknowledged_cursor_ = page.next_cursor();
    answers_.clear();
  }
  return worked;
}

absl::Status ShipmentWorker::Run(DeliverShipment deliver,
                                 const CallOptions& options) {
  int failures = 0;
  while (true) {
    const absl::StatusOr<WorkedPage> page = WorkOnePage(deliver, options);
    const absl::Status& status = page.ok() ? page->postponed : page.status();
    if (status.ok()) {
      failures = 0;
      continue;
    }
    if (!page.ok() && !Passes(status)) return status;
    ++failures;
    OMS_RETURN_IF_ERROR(client_.BackOff(failures, status, options));
  }
}

}  // namespace oms_connector::client
