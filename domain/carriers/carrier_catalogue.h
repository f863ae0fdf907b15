// The carriers we know by name. A new one is a row here, its rules in
// carrier_rules.cc and lines in tests/data/carriers/corpus.tsv.
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_CATALOGUE_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_CATALOGUE_H_

#include <iterator>

#include "absl/strings/string_view.h"

namespace oms_connector::carriers {

// All views live for ever.
struct KnownCarrier {
  absl::string_view code;          // "PUROLATOR"
  absl::string_view display_name;  // "Purolator"
  // Other names people write, separated by '|'.
  absl::string_view aliases;
  // Countries whose parcels speak for this carrier where a tracking number
  // fits several: alpha-2 codes, separated by blanks.
  absl::string_view home_countries;
  // Looked for in carts that name no candidates of their own.
  bool is_default_candidate = false;
};

inline constexpr KnownCarrier kKnownCarriers[] = {
    {"DYNAMEX", "Dynamex", "", "", true},
    {"INTELCOM", "Intelcom",
     "Intelcom Express|Intelcom Courier|Intelcom Dragonfly|Dragonfly",
     "CA NL AU", true},
    {"AMAZON", "Amazon Logistics", "Amazon|AMZL|Amazon Shipping", "", true},
    {"PUROLATOR", "Purolator", "Purolator Inc|Purolator Courier", "CA", true},
    {"UPS", "UPS", "United Parcel Service", "US"},
    {"FEDEX", "FedEx", "Federal Express", "US"},
    {"USPS", "USPS", "United States Postal Service|US Postal Service", "US"},
    {"CANADA_POST", "Canada Post", "Postes Canada", "CA"},
    {"CANPAR", "Canpar", "Canpar Express|Canpar Courier", "CA"},
    {"DHL", "DHL", "DHL Express|DHL eCommerce", ""},
    {"ONTRAC", "OnTrac", "", "US"},
    {"LASERSHIP", "LaserShip", "", "US"},
    {"DPD", "DPD", "", ""},
    {"LANDMARK", "Landmark Global", "", ""},
    {"GOFO", "GOFO", "GOFO Express", ""},
    {"YUNEXPRESS", "YunExpress", "", ""},
    {"YODEL", "Yodel", "", ""},
    {"SPEEDEE", "Spee-Dee Delivery", "Spee-Dee Delivery Service", ""},
    {"OLD_DOMINION", "Old Dominion", "Old Dominion Freight Line|ODFL", ""},
    {"ROYAL_MAIL", "Royal Mail", "", ""},
    {"AUSTRALIA_POST", "Australia Post", "", ""},
    {"S10", "International post", "", ""},
};
inline constexpr int kKnownCarrierCount = std::size(kKnownCarriers);

// Sets of carriers are one 64-bit word.
static_assert(kKnownCarrierCount <= 64);

// The row of the carrier with exactly this code, or -1.
constexpr int CarrierIndex(absl::string_view code) {
  for (int i = 0; i < kKnownCarrierCount; ++i) {
    if (kKnownCarriers[i].code == code) return i;
  }
  return -1;
}

// The carrier that `text` names by code, display name or alias, whatever its
// case and whatever blanks, '-', '_', '.' and '/' it holds; nullptr if none:
// "purolator" and "Purolator Inc." are PUROLATOR, "amazon" is AMAZON. Never
// guesses by similarity.
const KnownCarrier* FindCarrier(absl::string_view text);

// Whether the parcels of `country` (alpha-2, capitals) speak for `carrier`.
bool IsHomeCountry(const KnownCarrier& carrier, absl::string_view country);

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_CATALOGUE_H_
