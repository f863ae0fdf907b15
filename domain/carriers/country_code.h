// Countries as tracking numbers and orders name them.
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_COUNTRY_CODE_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_COUNTRY_CODE_H_

#include "absl/strings/string_view.h"

namespace oms_connector::carriers {

// Whether two capital letters are an ISO 3166-1 alpha-2 code in use. S10
// numbers of the Universal Postal Union end in one: "RB123456785CF".
bool IsCountryCode(char first, char second);

// The alpha-2 code of a destination as an order may write it, for the few
// countries that decide between carriers: "ca", "CAN" and " Canada " are all
// "CA". Other two-letter text comes back in capitals where it is a code, any
// other text as "". The answer lives for ever.
absl::string_view NormalizeCountry(absl::string_view text);

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_COUNTRY_CODE_H_
