#ifndef OMS_CONNECTOR_OMSCTL_SHIPMENT_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_SHIPMENT_TEXT_H_

// Shipments, their events and where they stand, in words. Pure functions.

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "oms_connector/v1/connector_service.pb.h"
#include "oms_connector/v1/shipments.pb.h"

namespace oms_connector::omsctl {

// Who carries it and how we know: "UPS"; "Purolator (from the tracking number:
// purolator.pin12.luhn, high)"; "Canpar (from the custom field)";
// "OTHER_CARRIER (unresolved)".
std::string CarrierText(const v1::Carrier& carrier);

// "2 × NWD-TEE-NVY-M, 1 × NWD-BEA-SND".
std::string ItemsText(const v1::Shipment& shipment);

// One line each, in the feed's order.
std::string EventsText(const std::vector<v1::ShipmentEvent>& events,
                       size_t width = 0);

// Where a shipment stands and why, as a whole sentence:
//
//   Shipment 90004 of order NW-50007 is held since 2026-08-17 10:00Z because
//   order NW-50007-S2 is ON_HOLD since 2026-08-16 22:10Z.
std::string StandingText(const v1::Shipment& shipment);

// One line each: number, order, tracking, where it stands and why, in short.
std::string ShipmentsText(const std::vector<v1::Shipment>& shipments,
                          size_t width = 0);

// Name, cart, how far behind.
std::string ConsumersText(const std::vector<v1::Consumer>& consumers,
                          absl::Time now, size_t width = 0);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_SHIPMENT_TEXT_H_
