#include "domain/carriers/check_digits.h"

#include "domain/carriers/country_code.h"

namespace oms_connector::carriers {
namespace {

// Digits count as themselves, letters (ASCII - 3) mod 10: A=2, B=3, … I=0.
int Mod10Value(int symbol) {
  return IsDigit(symbol) ? symbol : (symbol - 10 + 'A' - 3) % 10;
}

bool LuhnHolds(const TrackingNumber& number) {
  constexpr int kDoubled[] = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
  int sum = 0;
  bool doubled = false;
  for (int i = number.length() - 1; i >= 0; --i) {
    sum += doubled ? kDoubled[number[i]] : number[i];
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

bool Mod10Holds(const CheckDigit& check, const TrackingNumber& number) {
  const int last = number.length() - 1;
  int sum = check.start;
  int weight = 0;
  for (int i = check.first; i < last; ++i) {
    sum += Mod10Value(number[i]) * check.weights[weight];
    weight = 1 - weight;
  }
  return (10 - sum % 10) % 10 == number[last];
}

bool Mod11Mod10Holds(const CheckDigit& check, const TrackingNumber& number) {
  int sum = 0;
  int weight = 0;
  for (int i = 0; i < check.count; ++i) {
    sum += number[check.first + i] * check.weights[weight];
    if (++weight == check.weight_count) weight = 0;
  }
  return sum % 11 % 10 == number[check.first + check.count];
}

bool Mod7Holds(const TrackingNumber& number) {
  const int last = number.length() - 1;
  int64_t value = 0;
  for (int i = 0; i < last; ++i) value = value * 10 + number[i];
  return value % 7 == number[last];
}

bool S10Holds(const TrackingNumber& number) {
  constexpr int kWeights[] = {8, 6, 4, 2, 3, 5, 9, 7};
  int sum = 0;
  for (int i = 0; i < 8; ++i) sum += number[2 + i] * kWeights[i];
  const int rest = sum % 11;
  const int expected = rest == 0 ? 5 : rest == 1 ? 0 : 11 - rest;
  return number[10] == expected &&
         IsCountryCode(static_cast<char>('A' + number[11] - 10),
                       static_cast<char>('A' + number[12] - 10));
}

bool Mod37And36Holds(const TrackingNumber& number) {
  constexpr int kModulus = 36;
  const int last = number.length() - 1;
  int product = kModulus;
  for (int i = 0; i < last; ++i) {
    int sum = (product + number[i]) % kModulus;
    if (sum == 0) sum = kModulus;
    product = sum * 2 % (kModulus + 1);
  }
  return (product + number[last]) % kModulus == 1;
}

}  // namespace

bool Holds(const CheckDigit& check, const TrackingNumber& number) {
  switch (check.algorithm) {
    case CheckAlgorithm::kNone:
      return true;
    case CheckAlgorithm::kLuhn:
      return LuhnHolds(number);
    case CheckAlgorithm::kMod10:
      return Mod10Holds(check, number);
    case CheckAlgorithm::kMod11Mod10:
      return Mod11Mod10Holds(check, number);
    case CheckAlgorithm::kMod7:
      return Mod7Holds(number);
    case CheckAlgorithm::kMod11S10:
      return S10Holds(number);
    case CheckAlgorithm::kMod37And36:
      return Mod37And36Holds(number);
  }
  return false;
}

}  // namespace oms_connector::carriers
