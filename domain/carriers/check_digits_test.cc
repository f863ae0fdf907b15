#include "domain/carriers/check_digits.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

struct Case {
  absl::string_view name;
  CheckDigit check;
  absl::string_view number;
  int check_index;  // where the check character stands, -1 = the last
};

const Case kCases[] = {
    {"Luhn over 12", Luhn(), "320595463938", -1},
    {"Luhn over 11", Luhn(), "07209562763", -1},
    {"UPS, letters count", Mod10(2, 1, 2), "1Z8V92A70367203024", -1},
    {"UPS, more letters", Mod10(2, 1, 2), "1ZXX3150YW44070023", -1},
    {"UPS waybill, without its letter", Mod10(1, 1, 2), "J4603636537", -1},
    {"FedEx Express 12", Mod11Mod10(0, 11, {3, 1, 7}), "974367662710", -1},
    {"FedEx Express 12 in ASTRA", Mod11Mod10(16, 11, {3, 1, 7}),
     "32971510360102447848540980802018", 27},
    {"FedEx Express 34", Mod11Mod10(20, 13, {1, 7, 3}),
     "1001901781990001000300617767839437", -1},
    {"FedEx Ground 15", Mod10(0, 1, 3), "568283610012734", -1},
    {"FedEx Ground 96", Mod10(7, 1, 3), "9611020987654312345672", -1},
    {"FedEx SSCC", Mod10(2, 3, 1), "000123450000000027", -1},
    {"USPS 20", Mod10(0, 3, 1), "03071790000523483741", -1},
    {"USPS legacy without 91", Mod10(0, 3, 1, 28), "71969010756003077385", -1},
    {"USPS IMpb after a ZIP", Mod10(12, 3, 1),
     "4201028200009261290113185417468510", -1},
    {"OnTrac C", Mod10(1, 2, 1, 4), "C11031500001879", -1},
    {"OnTrac D", Mod10(1, 2, 1, 5), "D10011345983010", -1},
    {"Canada Post", Mod10(0, 3, 1), "4002847016405018", -1},
    {"DHL Express 10", Mod7(), "3318810014", -1},
    {"DHL Express 11", Mod7(), "73891051146", -1},
    {"S10", S10(), "RB123456785CF", 10},
    {"DPD 28", Mod37And36(), "008182709980000020045327276N", -1},
    {"DPD 28, another", Mod37And36(), "008182709980000020033350276C", -1},
};

TEST(CheckDigits, HoldForPublishedNumbers) {
  for (const Case& c : kCases) {
    EXPECT_TRUE(Holds(c.check, TrackingNumber(c.number))) << c.name;
  }
}

// All these algorithms find every single wrong check character.
TEST(CheckDigits, FailForEveryOtherCheckDigit) {
  for (const Case& c : kCases) {
    std::string number(c.number);
    const size_t index = c.check_index < 0 ? number.size() - 1
                                           : static_cast<size_t>(c.check_index);
    for (char digit = '0'; digit <= '9'; ++digit) {
      if (digit == c.number[index]) continue;
      number[index] = digit;
      EXPECT_FALSE(Holds(c.check, TrackingNumber(number)))
          << c.name << " " << number;
    }
  }
}

TEST(CheckDigits, NoneAlwaysHolds) {
  EXPECT_TRUE(Holds(NoCheckDigit(), TrackingNumber("ABCDEFGH")));
}

TEST(CheckDigits, FailForSwappedNeighbours) {
  EXPECT_FALSE(Holds(Luhn(), TrackingNumber("230595463938")));
  EXPECT_FALSE(Holds(S10(), TrackingNumber("RB213456785CF")));
  EXPECT_FALSE(
      Holds(Mod37And36(), TrackingNumber("008812709980000020045327276N")));
}

TEST(CheckDigits, Mod11WithRestTenAsksForZero) {
  // 3 x 7 = 21, which leaves 10 modulo 11, of which the last digit counts.
  const CheckDigit check = Mod11Mod10(0, 11, {3, 1, 7});
  EXPECT_TRUE(Holds(check, TrackingNumber("700000000000")));
}

TEST(CheckDigits, S10MapsItsRests) {
  EXPECT_TRUE(Holds(S10(), TrackingNumber("RB000000005CA")));  // rest 0
  EXPECT_TRUE(Holds(S10(), TrackingNumber("RB000000080CA")));  // rest 1
  EXPECT_FALSE(Holds(S10(), TrackingNumber("RB000000000CA")));
}

TEST(CheckDigits, S10AsksForACountry) {
  EXPECT_TRUE(Holds(S10(), TrackingNumber("RB123456785US")));
  EXPECT_FALSE(Holds(S10(), TrackingNumber("RB123456785XX")));
}

}  // namespace
}  // namespace oms_connector::carriers
