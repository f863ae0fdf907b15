// The arithmetic by which carriers protect their numbers against typing
// errors. Each algorithm appears once; a rule says over which characters it
// goes and with which weights.
//
//   constexpr CheckDigit kGround15 = Mod10(0, 1, 3);
//   if (Holds(kGround15, TrackingNumber("5682 8361 0012 734"))) …
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_CHECK_DIGITS_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_CHECK_DIGITS_H_

#include <array>
#include <cstdint>

#include "domain/carriers/tracking_number.h"

namespace oms_connector::carriers {

enum class CheckAlgorithm : uint8_t {
  kNone,        // the form has no check digit
  kLuhn,        // ISO/IEC 7812-1, over the whole number
  kMod10,       // weighted sum to the next multiple of ten
  kMod11Mod10,  // weighted sum modulo 11, of that the last digit
  kMod7,        // the number before the check digit, modulo 7
  kMod11S10,    // UPU S10: eight digits between two letters and the check
  kMod37And36,  // ISO 7064 MOD 37,36 over digits and letters
};

// One algorithm with its place in the number. Make one with the functions
// below. Covered characters are `first` … `first + count - 1`, the check
// character follows; a `count` of 0 covers all up to the last but one.
struct CheckDigit {
  CheckAlgorithm algorithm = CheckAlgorithm::kNone;
  uint8_t first = 0;
  uint8_t count = 0;
  uint8_t start = 0;  // what the sum starts from
  uint8_t weight_count = 1;
  std::array<uint8_t, 3> weights = {1, 1, 1};  // repeated from the left
};

constexpr CheckDigit NoCheckDigit() { return {}; }

constexpr CheckDigit Luhn() { return {CheckAlgorithm::kLuhn}; }

// From character `first` to the last but one, weights alternating from the
// left. A letter counts (ASCII - 3) mod 10, as UPS has it. `start` stands for
// digits that belong to the sum but are not written in the number.
constexpr CheckDigit Mod10(uint8_t first, uint8_t weight, uint8_t next_weight,
                           uint8_t start = 0) {
  return {CheckAlgorithm::kMod10, first, 0, start, 2, {weight, next_weight, 0}};
}

// `count` digits from `first`, the three weights repeated from the left.
constexpr CheckDigit Mod11Mod10(uint8_t first, uint8_t count,
                                std::array<uint8_t, 3> weights) {
  return {CheckAlgorithm::kMod11Mod10, first, count, 0, 3, weights};
}

constexpr CheckDigit Mod7() { return {CheckAlgorithm::kMod7}; }

// Also asks that the last two letters are a country's.
constexpr CheckDigit S10() { return {CheckAlgorithm::kMod11S10}; }

constexpr CheckDigit Mod37And36() { return {CheckAlgorithm::kMod37And36}; }

// Whether the check character of `number` is the one that `check` asks for.
// The caller has matched the form's pattern before: there are enough
// characters, and digits where the algorithm needs them. Pure.
bool Holds(const CheckDigit& check, const TrackingNumber& number);

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_CHECK_DIGITS_H_
