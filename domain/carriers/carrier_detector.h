// Tells a parcel's carrier from its tracking number.
//
//   const CarrierDetector detector({"PUROLATOR", "CANPAR"});
//   const Detection detection = detector.Detect("3205 9546 3938", "CA");
//   // resolved: PUROLATOR by purolator.pin12.luhn, high confidence
//
// Rather no answer than a guess: the rules (carrier_rules.cc) and the way they
// are weighed (carrier_decision.h) say what is sure enough.
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_DETECTOR_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_DETECTOR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "domain/carriers/carrier_decision.h"

namespace oms_connector::carriers {

// A small value, cheap to make for one call. Thread-safe: it never changes.
class CarrierDetector {
 public:
  // Looks for the carriers of this cart: codes or other names that
  // FindCarrier() knows, others are passed over. None named: the default
  // candidates of the catalogue.
  explicit CarrierDetector(absl::Span<const std::string> candidates);

  // What the number says, in any case and with any blanks, '-' and '.' in it.
  // `destination_country` is where the parcel goes as the order writes it,
  // empty when unknown. Pure; allocates nothing.
  Detection Detect(absl::string_view tracking_number,
                   absl::string_view destination_country) const;

 private:
  CarrierSet candidates_;
};

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_DETECTOR_H_
