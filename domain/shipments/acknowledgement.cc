#include "domain/shipments/acknowledgement.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/shipments/feed_page.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

using storage::StoredShipment;

absl::Status MoveConsumer(storage::WriteTransaction& txn,
                          const AcknowledgeRequest& request) {
  OMS_ASSIGN_OR_RETURN(
      std::optional<model::Consumer> consumer,
      txn.shipments().FindConsumer(request.connection, request.consumer));
  if (!consumer.has_value()) {
    return model::ConsumerNotFound(request.connection, request.consumer);
  }
  OMS_RETURN_IF_ERROR(CheckPosition(txn, request.connection, *request.cursor));
  if (*request.cursor <= consumer->position) return absl::OkStatus();
  consumer->position = *request.cursor;
  OMS_ASSIGN_OR_RETURN(
      consumer->position_time,
      txn.shipments().EventTimeAt(request.connection, consumer->position));
  return txn.shipments().PutConsumer(request.connection, *consumer);
}

absl::Status Judge(const std::string& connection,
                   const model::ShipmentOutcome& outcome, size_t index,
                   const StoredShipment* shipment) {
  const std::string field = absl::StrCat("outcomes[", index, "].");
  const std::string name = absl::StrCat(outcome.shipment_id);
  if (shipment == nullptr) return model::ShipmentNotFound(connection, name);
  const model::DeliveryState state = shipment->delivery.state;
  if (!shipment->last_event.has_value() ||
      state == model::DeliveryState::kHeld ||
      state == model::DeliveryState::kNotRequired) {
    return model::ShipmentNotHandedOut(name);
  }
  if (outcome.sequence.has_value() &&
      *outcome.sequence > shipment->last_event->sequence) {
    return model::InvalidField(absl::StrCat(field, "sequence"),
                               "this shipment has no event that late");
  }
  if (outcome.reason.size() > kMaxReasonBytes) {
    return model::InvalidField(
        absl::StrCat(field, "reason"),
        absl::StrCat("must be ", kMaxReasonBytes, " bytes or less"));
  }
  return absl::OkStatus();
}

void Record(const model::ShipmentOutcome& outcome, absl::Time now,
            StoredShipment& shipment) {
  model::Delivery& delivery = shipment.delivery;
  const bool answers_last =
      outcome.sequence.value_or(shipment.last_event->sequence) ==
      shipment.last_event->sequence;
  if (!answers_last && delivery.state != model::DeliveryState::kReady) return;
  delivery.outcome_reason = outcome.reason;
  delivery.outcome_time = now;
  if (!answers_last) return;
  const model::DeliveryState state = outcome.confirmed
                                         ? model::DeliveryState::kConfirmed
                                         : model::DeliveryState::kRejected;
  if (delivery.state != state) shipment.state_time = now;
  delivery.state = state;
}

absl::StatusOr<std::vector<OutcomeError>> RecordOutcomes(
    storage::WriteTransaction& txn, const AcknowledgeRequest& request,
    absl::Time now) {
  std::set<int64_t> ids;
  for (const model::ShipmentOutcome& outcome : request.outcomes) {
    ids.insert(outcome.shipment_id);
  }
  OMS_ASSIGN_OR_RETURN(std::vector<StoredShipment> found,
                       txn.shipments().FindShipments(request.connection,
                                                     {ids.begin(), ids.end()}));
  std::map<int64_t, StoredShipment> shipments;
  for (StoredShipment& shipment : found) {
    const int64_t id = shipment.record.shipment_id;
    shipments.emplace(id, std::move(shipment));
  }
  std::vector<OutcomeError> errors;
  for (size_t i = 0; i < request.outcomes.size(); ++i) {
    const model::ShipmentOutcome& outcome = request.outcomes[i];
    const auto shipment = shipments.find(outcome.shipment_id);
    const absl::Status status =
        Judge(request.connection, outcome, i,
              shipment == shipments.end() ? nullptr : &shipment->second);
    if (status.ok()) {
      Record(outcome, now, shipment->second);
    } else {
      errors.push_back({static_cast<int>(i), status});
    }
  }
  std::vector<StoredShipment> rows;
  for (auto& [id, shipment] : shipments) rows.push_back(std::move(shipment));
  OMS_RETURN_IF_ERROR(txn.shipments().PutShipments(request.connection, rows));
  return errors;
}

}  // namespace

Acknowledgement::Acknowledgement(storage::Store* store, base::Clock* clock)
    : store_(store), clock_(clock) {}

absl::StatusOr<std::vector<OutcomeError>> Acknowledgement::Acknowledge(
    const base::CallContext& context, const AcknowledgeRequest& request) {
  if (request.consumer.empty() == request.cursor.has_value()) {
    return model::InvalidField(
        request.consumer.empty() ? "consumer" : "cursor",
        "consumer and cursor belong together; give both or neither");
  }
  const absl::Time now = clock_->Now();
  std::vector<OutcomeError> errors;
  OMS_RETURN_IF_ERROR(
      store_->Write(context, [&](storage::WriteTransaction& txn) {
        OMS_RETURN_IF_ERROR(CheckConnection(txn, request.connection));
        const auto carry_out =
            [&]() -> absl::StatusOr<std::vector<OutcomeError>> {
          if (request.cursor.has_value()) {
            OMS_RETURN_IF_ERROR(MoveConsumer(txn, request));
          }
          return RecordOutcomes(txn, request, now);
        };
        OMS_ASSIGN_OR_RETURN(
            errors, storage::AnswerOnce<std::vector<OutcomeError>>(
                        txn.connections(), request.call, now, carry_out));
        return absl::OkStatus();
      }));
  return errors;
}

}  // namespace oms_connector::shipments
