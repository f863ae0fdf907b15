// What carts say: how far a consumer has read, and what became of shipments.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_ACKNOWLEDGEMENT_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_ACKNOWLEDGEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "model/shipment.h"
#include "storage/store.h"

namespace oms_connector::shipments {

struct OutcomeError {
  int index = 0;  // of the outcome in the request
  absl::Status status;
};

struct AcknowledgeRequest {
  std::string connection;
  // Both or neither.
  std::string consumer;
  std::optional<int64_t> cursor;
  std::string scope;  // of the cursor (feeds::CursorScope); empty = any
  // Those that the service could not read are not among them; `index` of the
  // errors counts these here.
  std::vector<model::ShipmentOutcome> outcomes;
  storage::IdempotencyKey id;
};

// Thread-safe; does not own what it is given.
class Acknowledgement {
 public:
  explicit Acknowledgement(storage::Store* store) : store_(store) {}

  // Moves the consumer forward to the cursor, never backward, and records the
  // outcomes, in one transaction. An outcome that is no good comes back and
  // keeps none of the others: SHIPMENT_NOT_FOUND, SHIPMENT_NOT_HANDED_OUT for
  // one that is HELD or NOT_REQUIRED, INVALID_REQUEST for a sequence that the
  // shipment has not reached or a reason that is too long. The last outcome
  // wins. One that answers an older event than the shipment's last leaves it
  // READY, with what was said noted; where the last event was answered already,
  // it changes nothing.
  //
  // Errors, with nothing stored: CONNECTION_NOT_FOUND, CONSUMER_NOT_FOUND,
  // CURSOR_EXPIRED, REQUEST_ID_REUSED, INVALID_REQUEST for a consumer without a
  // cursor and the reverse.
  absl::StatusOr<std::vector<OutcomeError>> Acknowledge(
      const base::CallContext& context, const AcknowledgeRequest& request);

 private:
  storage::Store* const store_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_ACKNOWLEDGEMENT_H_
