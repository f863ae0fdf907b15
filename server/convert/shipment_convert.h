// Shipments and their events on the wire, and what callers say of them.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_SHIPMENT_CONVERT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_SHIPMENT_CONVERT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/shipment.h"
#include "oms_connector/v1/shipments.pb.h"

namespace oms_connector::server {

// `connection` is the id, for the shipments' names. Messages that are filled
// where they stand are empty before.
v1::Shipment ToProto(const model::Shipment& shipment,
                     absl::string_view connection);
void ToProto(const model::Shipment& shipment, absl::string_view connection,
             v1::Shipment* proto);
void ToProto(const model::ShipmentEvent& event, absl::string_view connection,
             v1::ShipmentEvent* proto);

// `lag` counts the events after the consumer's position.
v1::Consumer ToProto(const model::Consumer& consumer, int64_t lag);

// INVALID_REQUEST naming a field of `outcomes[index]` for a name that is no
// shipment's or is one of another connection, a result that is none, and a
// sequence below 1.
absl::StatusOr<model::ShipmentOutcome> OutcomeFromProto(
    const v1::ShipmentOutcome& outcome, absl::string_view connection,
    int index);

// INVALID_REQUEST naming `field` ("filter.states[0]") for unspecified and for a
// number that is no state.
absl::StatusOr<model::DeliveryState> DeliveryStateFromProto(
    v1::Delivery::State state, absl::string_view field);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_SHIPMENT_CONVERT_H_
