// Tracking numbers that look like the carriers' own: right shape, right check
// digit. For worlds that people look at and detectors read.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_TRACKING_NUMBERS_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_TRACKING_NUMBERS_H_

#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::testing_support {

// A number below `bound`, the same for the same seed on every library.
int64_t Below(std::mt19937_64& random, int64_t bound);

// `count` random decimal digits.
std::string RandomDigits(std::mt19937_64& random, int count);

// 1Z…, mod 10.
std::string UpsNumber(std::mt19937_64& random);
// Twelve digits that pass FedEx's check and fail Purolator's.
std::string FedexNumber(std::mt19937_64& random);
// 9400…, 22 digits, mod 10.
std::string UspsNumber(std::mt19937_64& random);
// Twelve digits that pass Luhn and fail FedEx's check: unambiguous.
std::string PurolatorNumber(std::mt19937_64& random);
// TBA… and twelve digits.
std::string AmazonNumber(std::mt19937_64& random);
// INTLCM, a letter and nine digits.
std::string IntelcomNumber(std::mt19937_64& random);
// DX, four letters and seven digits.
std::string DynamexNumber(std::mt19937_64& random);

// The checks that two carriers' twelve digits go by.
bool PassesLuhn(absl::string_view digits);
bool PassesFedexCheck(absl::string_view twelve_digits);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_TRACKING_NUMBERS_H_
