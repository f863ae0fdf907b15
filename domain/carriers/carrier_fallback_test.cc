#include "domain/carriers/carrier_fallback.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

using model::CarrierConfidence;
using model::CarrierSource;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPurolatorNumber[] = "320595463938";
constexpr char kAmbiguousNumber[] = "320610804900";

CarrierEvidence Evidence(absl::string_view order_manager_carrier,
                         absl::string_view tracking_number,
                         absl::string_view custom_field_text) {
  CarrierEvidence evidence;
  evidence.order_manager_carrier = order_manager_carrier;
  evidence.tracking_number = tracking_number;
  evidence.custom_field_text = custom_field_text;
  return evidence;
}

struct Case {
  const char* told;
  bool setting_on;
  const char* number;
  const char* custom_field;
  const char* code;
  const char* display_name;
  CarrierSource source;
};

TEST(CarrierFallback, AsksInOrder) {
  const Case cases[] = {
      // Nothing told: no fallback, whatever else is known.
      {"", true, kPurolatorNumber, "Canpar", "", "",
       CarrierSource::kUnresolved},
      {"  ", false, kPurolatorNumber, "", "", "", CarrierSource::kUnresolved},
      // A carrier told is passed on as it is.
      {"FEDEX", true, kPurolatorNumber, "Canpar", "FEDEX", "FedEx",
       CarrierSource::kOrderManager},
      {"fedex", true, "", "", "fedex", "FedEx", CarrierSource::kOrderManager},
      {"My Van", true, kPurolatorNumber, "", "My Van", "My Van",
       CarrierSource::kOrderManager},
      // The setting off.
      {"OTHER_CARRIER", false, kPurolatorNumber, "Canpar", "OTHER_CARRIER",
       "OTHER_CARRIER", CarrierSource::kOrderManager},
      // The tracking number goes first.
      {"OTHER_CARRIER", true, kPurolatorNumber, "Canpar", "PUROLATOR",
       "Purolator", CarrierSource::kTrackingNumber},
      {"other_Carrier", true, kPurolatorNumber, "", "PUROLATOR", "Purolator",
       CarrierSource::kTrackingNumber},
      // Then the custom field.
      {"OTHER_CARRIER", true, "12345", " canpar ", "CANPAR", "Canpar",
       CarrierSource::kCustomField},
      {"OTHER_CARRIER", true, "", "amazon", "AMAZON", "Amazon Logistics",
       CarrierSource::kCustomField},
      {"OTHER_CARRIER", true, "", "\tBob's Bikes ", "Bob's Bikes",
       "Bob's Bikes", CarrierSource::kCustomField},
      // Then nobody knows.
      {"OTHER_CARRIER", true, "12345", "  ", "OTHER_CARRIER", "OTHER_CARRIER",
       CarrierSource::kUnresolved},
      {"other_carrier", true, "", "", "OTHER_CARRIER", "OTHER_CARRIER",
       CarrierSource::kUnresolved},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.told) + "|" + c.number + "|" + c.custom_field);
    const model::Carrier carrier = ResolveCarrier(
        Evidence(c.told, c.number, c.custom_field), c.setting_on, {});
    EXPECT_EQ(carrier.code, c.code);
    EXPECT_EQ(carrier.display_name, c.display_name);
    EXPECT_EQ(carrier.source, c.source);
    EXPECT_EQ(carrier.rule.empty(), c.source != CarrierSource::kTrackingNumber);
    EXPECT_THAT(carrier.candidates, IsEmpty());
    EXPECT_EQ(carrier.service, "");
  }
}

TEST(CarrierFallback, DetectionCarriesRuleAndConfidence) {
  const model::Carrier carrier =
      ResolveCarrier(Evidence("OTHER_CARRIER", kPurolatorNumber, ""), true, {});
  EXPECT_EQ(carrier.rule, "purolator.pin12.luhn");
  EXPECT_EQ(carrier.confidence, CarrierConfidence::kHigh);
}

TEST(CarrierFallback, AmbiguousNumberLeavesItsCandidates) {
  const model::Carrier open =
      ResolveCarrier(Evidence("OTHER_CARRIER", kAmbiguousNumber, ""), true, {});
  EXPECT_EQ(open.code, "OTHER_CARRIER");
  EXPECT_EQ(open.source, CarrierSource::kUnresolved);
  EXPECT_EQ(open.confidence, CarrierConfidence::kUnspecified);
  EXPECT_THAT(open.candidates, ElementsAre("PUROLATOR", "FEDEX"));

  const model::Carrier named = ResolveCarrier(
      Evidence("OTHER_CARRIER", kAmbiguousNumber, "Fedex"), true, {});
  EXPECT_EQ(named.code, "FEDEX");
  EXPECT_EQ(named.source, CarrierSource::kCustomField);
  EXPECT_THAT(named.candidates, ElementsAre("PUROLATOR", "FEDEX"));
}

TEST(CarrierFallback, UsesTheDestination) {
  CarrierEvidence evidence = Evidence("OTHER_CARRIER", kAmbiguousNumber, "");
  evidence.destination_country = "CA";
  EXPECT_EQ(ResolveCarrier(evidence, true, {}).code, "PUROLATOR");
}

TEST(CarrierFallback, UsesTheCartsCandidates) {
  const CarrierEvidence evidence =
      Evidence("OTHER_CARRIER", "S576002440000000004001", "");
  EXPECT_EQ(ResolveCarrier(evidence, true, {}).source,
            CarrierSource::kUnresolved);
  EXPECT_EQ(ResolveCarrier(evidence, true, {"CANPAR"}).code, "CANPAR");
}

}  // namespace
}  // namespace oms_connector::carriers
