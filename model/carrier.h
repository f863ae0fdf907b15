// Who carries a parcel, and how we came to say so.
#ifndef OMS_CONNECTOR_MODEL_CARRIER_H_
#define OMS_CONNECTOR_MODEL_CARRIER_H_

#include <string>
#include <vector>

namespace oms_connector::model {

// The numbers of these enums are stored; never change them.
enum class CarrierSource {
  kOrderManager = 1,    // as the Order Manager says
  kTrackingNumber = 2,  // detected from the tracking number
  kCustomField = 3,     // from the custom field that the cart names
  kUnresolved = 4,      // nobody knows; `candidates` may narrow it down
};
enum class CarrierConfidence {
  kUnspecified = 0,
  kLow = 1,
  kMedium = 2,
  kHigh = 3
};

struct Carrier {
  std::string code;  // "PUROLATOR"; the Order Manager's text if not ours
  std::string display_name;  // "Purolator"
  CarrierSource source = CarrierSource::kOrderManager;
  std::string rule;  // "purolator.pin12.luhn"; empty unless detected
  CarrierConfidence confidence = CarrierConfidence::kUnspecified;
  std::vector<std::string> candidates;  // codes, when the number is ambiguous
  std::string service;  // the service's name from the providers list

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "code", &Carrier::code);
    visit(2, "display_name", &Carrier::display_name);
    visit(3, "source", &Carrier::source);
    visit(4, "rule", &Carrier::rule);
    visit(5, "confidence", &Carrier::confidence);
    visit(6, "candidates", &Carrier::candidates);
    visit(7, "service", &Carrier::service);
  }
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_CARRIER_H_
