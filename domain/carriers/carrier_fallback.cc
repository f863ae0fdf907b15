#include "domain/carriers/carrier_fallback.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "domain/carriers/carrier_catalogue.h"
#include "domain/carriers/carrier_detector.h"

namespace oms_connector::carriers {
namespace {

model::Carrier FromOrderManager(absl::string_view text) {
  const KnownCarrier* known = FindCarrier(text);
  model::Carrier carrier;
  carrier.code = std::string(text);
  carrier.display_name =
      std::string(known == nullptr ? text : known->display_name);
  carrier.source = model::CarrierSource::kOrderManager;
  return carrier;
}

model::Carrier FromTrackingNumber(const Detection& detection) {
  model::Carrier carrier;
  carrier.code = std::string(detection.code);
  carrier.display_name =
      std::string(kKnownCarriers[CarrierIndex(detection.code)].display_name);
  carrier.source = model::CarrierSource::kTrackingNumber;
  carrier.rule = std::string(detection.rule);
  carrier.confidence = detection.confidence;
  return carrier;
}

model::Carrier FromCustomField(absl::string_view text) {
  const KnownCarrier* known = FindCarrier(text);
  model::Carrier carrier;
  carrier.code = std::string(known == nullptr ? text : known->code);
  carrier.display_name =
      std::string(known == nullptr ? text : known->display_name);
  carrier.source = model::CarrierSource::kCustomField;
  return carrier;
}

model::Carrier Unresolved(absl::string_view code) {
  model::Carrier carrier;
  carrier.code = std::string(code);
  carrier.display_name = std::string(code);
  carrier.source = model::CarrierSource::kUnresolved;
  return carrier;
}

}  // namespace

model::Carrier ResolveCarrier(const CarrierEvidence& evidence,
                              bool parse_carrier_fallback,
                              absl::Span<const std::string> candidates) {
  const absl::string_view told =
      absl::StripAsciiWhitespace(evidence.order_manager_carrier);
  if (told.empty()) return Unresolved("");
  if (!parse_carrier_fallback || !absl::EqualsIgnoreCase(told, kOtherCarrier)) {
    return FromOrderManager(evidence.order_manager_carrier);
  }

  const Detection detection =
      CarrierDetector(candidates)
          .Detect(evidence.tracking_number, evidence.destination_country);
  if (detection.resolved) return FromTrackingNumber(detection);

  const absl::string_view custom =
      absl::StripAsciiWhitespace(evidence.custom_field_text);
  model::Carrier carrier =
      custom.empty() ? Unresolved(kOtherCarrier) : FromCustomField(custom);
  for (const absl::string_view code : detection.candidates) {
    carrier.candidates.emplace_back(code);
  }
  return carrier;
}

}  // namespace oms_connector::carriers
