#include "domain/carriers/carrier_detector.h"

#include <cstdint>

#include "domain/carriers/carrier_catalogue.h"
#include "domain/carriers/carrier_rules.h"
#include "domain/carriers/check_digits.h"
#include "domain/carriers/country_code.h"
#include "domain/carriers/tracking_number.h"

namespace oms_connector::carriers {
namespace {

constexpr CarrierSet DefaultCandidates() {
  CarrierSet candidates = 0;
  for (int i = 0; i < kKnownCarrierCount; ++i) {
    if (kKnownCarriers[i].is_default_candidate) candidates |= SetOf(i);
  }
  return candidates;
}

CarrierSet CandidatesNamed(absl::Span<const std::string> names) {
  CarrierSet candidates = 0;
  for (const std::string& name : names) {
    const KnownCarrier* carrier = FindCarrier(name);
    if (carrier != nullptr) candidates |= SetOf(CarrierIndex(carrier->code));
  }
  return candidates;
}

}  // namespace

CarrierDetector::CarrierDetector(absl::Span<const std::string> candidates)
    : candidates_(candidates.empty() ? DefaultCandidates()
                                     : CandidatesNamed(candidates)) {}

Detection CarrierDetector::Detect(absl::string_view tracking_number,
                                  absl::string_view destination_country) const {
  const TrackingNumber number(tracking_number);
  if (!number.valid()) return {};
  const absl::Span<const CarrierRule> rules = CarrierRules();
  FormMatches matches;
  for (const uint8_t row : RulesFor(number)) {
    const CarrierRule& rule = rules[row];
    if (!rule.HasForm(number)) continue;
    matches.push_back({&rule, Holds(rule.check(), number)});
  }
  if (matches.empty()) return {};
  return Decide(matches, candidates_, NormalizeCountry(destination_country));
}

}  // namespace oms_connector::carriers
