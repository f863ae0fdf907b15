// Which carrier a shipment is told to have, where the Order Manager does not
// know it: the setting Parse Carrier Fallback.
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_FALLBACK_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_FALLBACK_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "model/carrier.h"

namespace oms_connector::carriers {

// What the Order Manager writes where it does not know the carrier.
inline constexpr absl::string_view kOtherCarrier = "OTHER_CARRIER";

// What is known of a shipment's carrier. Empty text = not known.
struct CarrierEvidence {
  absl::string_view order_manager_carrier;  // as the Order Manager says
  absl::string_view tracking_number;
  absl::string_view destination_country;  // the order's country
  absl::string_view custom_field_text;    // of the field the cart names
};

// The carrier to hand out; its `service` is left to the caller.
//
// * Nothing said by the Order Manager: no code, UNRESOLVED.
// * A carrier said, or `parse_carrier_fallback` off: that text unchanged,
//   ORDER_MANAGER.
// * OTHER_CARRIER (in any case), the setting on: the carrier detected from the
//   tracking number among `candidates` (the cart's; empty = the default four),
//   TRACKING_NUMBER; else the custom field's text without outer blanks, as the
//   code of the carrier it names if we know one, CUSTOM_FIELD; else
//   OTHER_CARRIER, UNRESOLVED.
//
// `candidates` of the result are the carriers between which the tracking
// number left the choice open, also where the custom field then made it.
model::Carrier ResolveCarrier(const CarrierEvidence& evidence,
                              bool parse_carrier_fallback,
                              absl::Span<const std::string> candidates);

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_FALLBACK_H_
