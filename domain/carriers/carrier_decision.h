// Which carrier a number speaks for, once we know which forms it has.
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_DECISION_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_DECISION_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "domain/carriers/carrier_catalogue.h"
#include "domain/carriers/carrier_rules.h"
#include "model/carrier.h"

namespace oms_connector::carriers {

// A set of carriers: bit i for row i of kKnownCarriers.
using CarrierSet = uint64_t;

constexpr CarrierSet SetOf(int carrier) { return CarrierSet{1} << carrier; }

// A form that the number has, and whether its check digit holds as well (true
// for forms without one).
struct FormMatch {
  const CarrierRule* rule = nullptr;
  bool check_holds = true;
};
using FormMatches = absl::InlinedVector<FormMatch, kMaxRulesPerNumber>;

// What a tracking number says of its carrier. All texts live for ever.
struct Detection {
  bool resolved = false;
  // Of the answer; empty and kUnspecified unless resolved.
  absl::string_view code;
  absl::string_view rule;
  model::CarrierConfidence confidence = model::CarrierConfidence::kUnspecified;
  // Where several carriers fit and nothing decides between them: their codes,
  // the surest first. Empty otherwise.
  absl::InlinedVector<absl::string_view, kMaxRulesPerNumber> candidates;
};

// Decides between the forms a number has. Pure, allocates nothing.
//
// 1. A form whose check digit fails is out, and with it every form of the same
//    carrier that has no check digit.
// 2. Carriers outside `candidates` are shadows: they can make an answer
//    ambiguous, but never be the answer. A shadow that a candidate agrees with
//    (CarrierRule::AgreesWith) does not count.
// 3. Among several carriers the surest form wins, if it is one carrier's
//    alone; then the one carrier among the surest that is at home in
//    `destination_country` (alpha-2 or "" when unknown); else it is ambiguous.
// 4. No form of a candidate: neither an answer nor an ambiguity.
Detection Decide(absl::Span<const FormMatch> matches, CarrierSet candidates,
                 absl::string_view destination_country);

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_DECISION_H_
