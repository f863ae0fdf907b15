#include "fake_order_manager/tracking_numbers.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {
namespace {

int Digit(char digit) { return digit - '0'; }

std::string RandomLetters(std::mt19937_64& random, int count) {
  std::string letters;
  for (int i = 0; i < count; ++i) {
    letters.push_back(static_cast<char>('A' + Below(random, 26)));
  }
  return letters;
}

// What brings the sum of `digits` up to a multiple of ten, the last digit
// weighing `last_weight`, the others 1 and `last_weight` in turn.
int Mod10Check(absl::string_view digits, int last_weight) {
  int sum = 0;
  int weight = last_weight;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    sum += weight * Digit(*digit);
    weight = weight == 1 ? last_weight : 1;
  }
  return (10 - sum % 10) % 10;
}

int FedexCheck(absl::string_view eleven_digits) {
  constexpr std::array<int, 3> kWeights = {3, 1, 7};
  int sum = 0;
  for (size_t i = 0; i < 11; ++i) {
    sum += kWeights[i % 3] * Digit(eleven_digits[i]);
  }
  return sum % 11 % 10;
}

int LuhnCheck(absl::string_view digits) {
  int sum = 0;
  bool doubled = true;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    const int value = Digit(*digit) * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
    doubled = !doubled;
  }
  return (10 - sum % 10) % 10;
}

int UpsCheck(absl::string_view fifteen) {
  int sum = 0;
  for (size_t i = 0; i < fifteen.size(); ++i) {
    const char c = fifteen[i];
    const int value = absl::ascii_isdigit(c) ? Digit(c) : (c - 3) % 10;
    sum += value * (i % 2 == 0 ? 1 : 2);
  }
  return (10 - sum % 10) % 10;
}

}  // namespace

int64_t Below(std::mt19937_64& random, int64_t bound) {
  return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
}

std::string RandomDigits(std::mt19937_64& random, int count) {
  std::string digits;
  for (int i = 0; i < count; ++i) {
    digits.push_back(static_cast<char>('0' + Below(random, 10)));
  }
  return digits;
}

std::string UpsNumber(std::mt19937_64& random) {
  // Drawn one after the other: arguments of one call may be in any order.
  std::string body = RandomDigits(random, 1);
  body += RandomLetters(random, 1);
  body += RandomDigits(random, 4) + "03";
  body += RandomDigits(random, 7);
  return absl::StrCat("1Z", body, UpsCheck(body));
}

std::string FedexNumber(std::mt19937_64& random) {
  while (true) {
    const std::string body = absl::StrCat("7", RandomDigits(random, 10));
    const std::string number = absl::StrCat(body, FedexCheck(body));
    if (!PassesLuhn(number)) return number;
  }
}

std::string UspsNumber(std::mt19937_64& random) {
  const std::string body = absl::StrCat("9400", RandomDigits(random, 17));
  return absl::StrCat(body, Mod10Check(body, 3));
}

std::string PurolatorNumber(std::mt19937_64& random) {
  while (true) {
    const std::string body = absl::StrCat("3", RandomDigits(random, 10));
    const std::string number = absl::StrCat(body, LuhnCheck(body));
    if (!PassesFedexCheck(number)) return number;
  }
}

std::string AmazonNumber(std::mt19937_64& random) {
  return absl::StrCat("TBA", RandomDigits(random, 12));
}

std::string IntelcomNumber(std::mt19937_64& random) {
  const std::string letter = RandomLetters(random, 1);
  return absl::StrCat("INTLCM", letter, RandomDigits(random, 9));
}

std::string DynamexNumber(std::mt19937_64& random) {
  const std::string letters = RandomLetters(random, 4);
  return absl::StrCat("DX", letters, RandomDigits(random, 7));
}

bool PassesLuhn(absl::string_view digits) {
  return !digits.empty() &&
         LuhnCheck(digits.substr(0, digits.size() - 1)) == Digit(digits.back());
}

bool PassesFedexCheck(absl::string_view twelve_digits) {
  return twelve_digits.size() == 12 &&
         FedexCheck(twelve_digits) == Digit(twelve_digits[11]);
}

}  // namespace oms_connector::testing_support
