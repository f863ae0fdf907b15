#include "domain/shipments/acknowledgement.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/feeds/feed_call.h"
#include "domain/shipments/feed_page.h"
#include "model/errors.h"
#include "model/limits.h"

namespace oms_connector::shipments {
namespace {

using model::OutcomeFault;
using model::RefusedOutcome;
using model::RefusedOutcomes;
using model::StoredDelivery;

// A cursor of another connection, or of an earlier one of this id.
absl::Status CheckScope(storage::ReadTransaction& txn,
                        const AcknowledgeRequest& request) {
  if (request.scope.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const model::Connection connection,
                       txn.connections().GetConnection(request.connection));
  return request.scope == feeds::CursorScope(connection.id, connection.epoch)
             ? absl::OkStatus()
             : model::CursorExpired(connection.id);
}

absl::Status MoveConsumer(storage::WriteTransaction& txn,
                          const AcknowledgeRequest& request) {
  OMS_ASSIGN_OR_RETURN(
      std::optional<model::Consumer> consumer,
      txn.shipments().FindConsumer(request.connection, request.consumer));
  if (!consumer.has_value()) {
    return model::ConsumerNotFound(request.connection, request.consumer);
  }
  OMS_RETURN_IF_ERROR(CheckPosition(txn, request.connection, consumer->cart_id,
                                    *request.cursor));
  if (*request.cursor <= consumer->position) return absl::OkStatus();
  consumer->position = *request.cursor;
  OMS_ASSIGN_OR_RETURN(
      consumer->position_time,
      txn.shipments().EventTimeAt(request.connection, consumer->position));
  return txn.shipments().PutConsumer(request.connection, *consumer);
}

OutcomeFault FaultOf(const model::ShipmentOutcome& outcome,
                     const StoredDelivery* shipment) {
  if (shipment == nullptr) return OutcomeFault::kShipmentNotFound;
  const model::DeliveryState state = shipment->delivery.state;
  if (shipment->last_sequence == 0 || state == model::DeliveryState::kHeld ||
      state == model::DeliveryState::kNotRequired) {
    return OutcomeFault::kNotHandedOut;
  }
  if (outcome.sequence.has_value() &&
      *outcome.sequence > shipment->last_sequence) {
    return OutcomeFault::kSequenceTooLate;
  }
  if (outcome.reason.size() > model::kMaxReasonBytes) {
    return OutcomeFault::kReasonTooLong;
  }
  return OutcomeFault::kNone;
}

// What a caller is told, from the outcome and what was wrong with it: the same
// for the first call and for its repeats.
absl::Status ErrorOf(const AcknowledgeRequest& request,
                     const RefusedOutcome& refused) {
  const auto& outcome = request.outcomes[static_cast<size_t>(refused.index)];
  const std::string field = absl::StrCat("outcomes[", refused.index, "]");
  switch (refused.fault) {
    case OutcomeFault::kNone:
      return absl::OkStatus();
    case OutcomeFault::kShipmentNotFound:
      return model::ShipmentNotFound(request.connection,
                                     absl::StrCat(outcome.shipment_id));
    case OutcomeFault::kNotHandedOut:
      return model::ShipmentNotHandedOut(absl::StrCat(outcome.shipment_id));
    case OutcomeFault::kSequenceTooLate:
      return model::InvalidField(field + ".sequence",
                                 "this shipment has no event that late");
    case OutcomeFault::kReasonTooLong:
      return model::InvalidField(
          field + ".reason",
          absl::StrCat("must be ", model::kMaxReasonBytes, " bytes or less"));
  }
  return model::Internal("a remembered answer cannot be read");
}

// Whether it has changed anything: the same answer once more does not.
bool Record(const model::ShipmentOutcome& outcome, absl::Time now,
            StoredDelivery& shipment) {
  model::Delivery& delivery = shipment.delivery;
  const bool answers_last = outcome.sequence.value_or(shipment.last_sequence) ==
                            shipment.last_sequence;
  if (!answers_last && delivery.state != model::DeliveryState::kReady) {
    return false;
  }
  const model::DeliveryState state = outcome.confirmed
                                         ? model::DeliveryState::kConfirmed
                                         : model::DeliveryState::kRejected;
  if (answers_last && delivery.state == state &&
      delivery.outcome_reason == outcome.reason &&
      delivery.outcome_time.has_value()) {
    return false;
  }
  delivery.outcome_reason = outcome.reason;
  delivery.outcome_time = now;
  if (!answers_last) return true;
  if (delivery.state != state) shipment.state_time = now;
  delivery.state = state;
  return true;
}

absl::StatusOr<RefusedOutcomes> RecordOutcomes(
    storage::WriteTransaction& txn, const AcknowledgeRequest& request,
    absl::Time now) {
  RefusedOutcomes refused;
  if (request.outcomes.empty()) return refused;
  std::vector<int64_t> ids;
  ids.reserve(request.outcomes.size());
  for (const model::ShipmentOutcome& outcome : request.outcomes) {
    ids.push_back(outcome.shipment_id);
  }
  OMS_ASSIGN_OR_RETURN(std::vector<StoredDelivery> found,
                       txn.shipments().FindDeliveries(request.connection, ids));
  std::set<std::string> confirming_carts;
  std::vector<bool> answered(found.size());
  for (size_t i = 0; i < request.outcomes.size(); ++i) {
    const model::ShipmentOutcome& outcome = request.outcomes[i];
    const auto at =
        std::lower_bound(found.begin(), found.end(), outcome.shipment_id,
                         [](const StoredDelivery& delivery, int64_t id) {
                           return delivery.shipment_id < id;
                         });
    const bool is_there =
        at != found.end() && at->shipment_id == outcome.shipment_id;
    const OutcomeFault fault = FaultOf(outcome, is_there ? &*at : nullptr);
    if (fault != OutcomeFault::kNone) {
      refused.outcomes.push_back({static_cast<int64_t>(i), fault});
      continue;
    }
    if (!Record(outcome, now, *at)) continue;
    answered[static_cast<size_t>(at - found.begin())] = true;
    if (outcome.confirmed) confirming_carts.insert(at->cart_id);
  }
  std::vector<StoredDelivery*> rows;
  for (size_t i = 0; i < found.size(); ++i) {
    if (answered[i]) rows.push_back(&found[i]);
  }
  OMS_RETURN_IF_ERROR(txn.shipments().PutDeliveries(request.connection, rows));
  OMS_RETURN_IF_ERROR(txn.shipments().NoteConfirmingCarts(
      request.connection, {confirming_carts.begin(), confirming_carts.end()}));
  return refused;
}

}  // namespace

absl::StatusOr<std::vector<OutcomeError>> Acknowledgement::Acknowledge(
    const base::CallContext& context, const AcknowledgeRequest& request) {
  if (request.consumer.empty() == request.cursor.has_value()) {
    return model::InvalidField(
        request.consumer.empty() ? "consumer" : "cursor",
        "consumer and cursor belong together; give both or neither");
  }
  RefusedOutcomes refused;
  OMS_RETURN_IF_ERROR(
      store_->Write(context, [&](storage::WriteTransaction& txn) {
        OMS_RETURN_IF_ERROR(CheckConnection(txn, request.connection));
        OMS_RETURN_IF_ERROR(CheckScope(txn, request));
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        const auto carry_out = [&]() -> absl::StatusOr<RefusedOutcomes> {
          if (request.cursor.has_value()) {
            OMS_RETURN_IF_ERROR(MoveConsumer(txn, request));
          }
          return RecordOutcomes(txn, request, now);
        };
        OMS_ASSIGN_OR_RETURN(
            refused, storage::ReplayResult<RefusedOutcomes>(
                         txn.connections(), request.id, now, carry_out));
        return absl::OkStatus();
      }));
  std::vector<OutcomeError> errors;
  errors.reserve(refused.outcomes.size());
  for (const RefusedOutcome& one : refused.outcomes) {
    errors.push_back({static_cast<int>(one.index), ErrorOf(request, one)});
  }
  return errors;
}

}  // namespace oms_connector::shipments
