#include "domain/carriers/carrier_detector.h"

#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "domain/carriers/carrier_catalogue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace {
int g_allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++g_allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace oms_connector::carriers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kUnspecified = model::CarrierConfidence::kUnspecified;
constexpr auto kLow = model::CarrierConfidence::kLow;
constexpr auto kMedium = model::CarrierConfidence::kMedium;
constexpr auto kHigh = model::CarrierConfidence::kHigh;

struct Case {
  const char* number;
  const char* country;
  const char* code;
  const char* rule;
  model::CarrierConfidence confidence;
};

void ExpectDetections(const CarrierDetector& detector,
                      const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.number) + " " + c.country);
    const Detection detection = detector.Detect(c.number, c.country);
    EXPECT_EQ(detection.resolved, *c.code != '\0');
    EXPECT_EQ(detection.code, c.code);
    EXPECT_EQ(detection.rule, c.rule);
    EXPECT_EQ(detection.confidence, c.confidence);
  }
}

TEST(CarrierDetector, KnowsTheFourOfTheProduct) {
  ExpectDetections(
      CarrierDetector({}),
      {
          {"TBA123456789012", "", "AMAZON", "amazon.logistics", kHigh},
          {"tba 1234-5678.9012", "", "AMAZON", "amazon.logistics", kHigh},
          {"TBC123456789012", "CA", "AMAZON", "amazon.logistics", kHigh},
          {"DE0000000001", "", "AMAZON", "amazon.shipping_europe", kMedium},
          {"TBADYY123456789", "", "AMAZON", "amazon.station", kLow},
          {"3205 9546 3938", "", "PUROLATOR", "purolator.pin12.luhn", kHigh},
          {"CGK002986959", "", "PUROLATOR", "purolator.pin_alpha", kMedium},
          {"INTLCMI000000002", "", "INTELCOM", "intelcom.intlcm", kHigh},
          {"INTLCMB2C000888888", "", "INTELCOM", "intelcom.intlcm_b2c", kHigh},
          {"INTLXYZ000000001", "", "INTELCOM", "intelcom.intl", kMedium},
          {"AMZNL000000000000", "NL", "INTELCOM", "intelcom.shipper_amznl",
           kMedium},
          {"DXAMZE0000001", "", "DYNAMEX", "dynamex.dx", kMedium},
      });
}

TEST(CarrierDetector, PrefersNoAnswerToAGuess) {
  for (const char* number :
       {"", "   ", "1234567", "12345678", "DX12340000001", "BNI123456789",
        "287809468875", "1Z8V92A70367203024", "790535312317", "N/A",
        "TBA123456789012, TBA123456789013", "http://x/TBA123456789012"}) {
    const Detection detection = CarrierDetector({}).Detect(number, "");
    EXPECT_FALSE(detection.resolved) << number;
    EXPECT_THAT(detection.candidates, IsEmpty()) << number;
  }
}

TEST(CarrierDetector, FedExShadowsPurolator) {
  const CarrierDetector detector({});
  const Detection detection = detector.Detect("320610804900", "");
  EXPECT_FALSE(detection.resolved);
  EXPECT_THAT(detection.candidates, ElementsAre("PUROLATOR", "FEDEX"));
  EXPECT_FALSE(detector.Detect("320610804900", "US").resolved);
}

TEST(CarrierDetector, DestinationDecidesBetweenPurolatorAndFedEx) {
  ExpectDetections(
      CarrierDetector({"PUROLATOR", "FEDEX"}),
      {
          {"320610804900", "CA", "PUROLATOR", "purolator.pin12.luhn", kMedium},
          {"320610804900", "ca", "PUROLATOR", "purolator.pin12.luhn", kMedium},
          {"320610804900", "US", "FEDEX", "fedex.express12.mod11", kMedium},
          {"320610804900", "FR", "", "", kUnspecified},
          {"320610804900", "", "", "", kUnspecified},
          // One check digit fails: no question is open.
          {"320595463938", "US", "PUROLATOR", "purolator.pin12.luhn", kHigh},
          {"477179081230", "CA", "FEDEX", "fedex.express12.mod11", kMedium},
      });
}

TEST(CarrierDetector, PurolatorAndDhlShareJ) {
  const Detection detection = CarrierDetector({}).Detect("JFV247545960", "");
  EXPECT_FALSE(detection.resolved);
  EXPECT_THAT(detection.candidates, ElementsAre("PUROLATOR", "DHL"));
  ExpectDetections(
      CarrierDetector({"DHL", "PUROLATOR"}),
      {
          {"JFV247545960", "", "", "", kUnspecified},
          {"JFV247545960", "CA", "PUROLATOR", "purolator.pin_alpha", kLow},
          {"JVGL0999999990", "", "DHL", "dhl.express_piece", kLow},
          // Other letters that DHL uses too are weaker there than here.
          {"INX247545960", "", "PUROLATOR", "purolator.pin_alpha", kMedium},
      });
}

TEST(CarrierDetector, AmazonInternationalGivesWayToEverythingElse) {
  const CarrierDetector detector({});
  ExpectDetections(
      detector,
      {
          {"C1004444444", "", "AMAZON", "amazon.international", kLow},
          {"C1004444444", "FR", "AMAZON", "amazon.international", kLow},
          {"A1004444444", "Germany", "AMAZON", "amazon.international", kLow},
          {"CA0012345673", "FR", "AMAZON", "amazon.france12", kLow},
          {"CA0012345673", "", "AMAZON", "amazon.france12", kLow},
          // A UPS waybill, and so nobody's where UPS is no candidate.
          {"A1506235620", "", "", "", kUnspecified},
          {"D1234567890", "FR", "", "", kUnspecified},
      });
  EXPECT_THAT(detector.Detect("A1506235620", "FR").candidates,
              ElementsAre("UPS", "AMAZON"));
  EXPECT_EQ(CarrierDetector({"UPS", "AMAZON"}).Detect("A1506235620", "").code,
            "UPS");
}

TEST(CarrierDetector, InternationalPostIsNamedAsFarAsItIsListed) {
  ExpectDetections(CarrierDetector({"USPS"}),
                   {{"RB123456785US", "", "USPS", "usps.s10", kHigh},
                    {"RB123456785GB", "", "", "", kUnspecified}});
  ExpectDetections(CarrierDetector({"S10"}),
                   {{"RB123456785US", "", "S10", "s10.upu", kHigh},
                    {"RB123456785CF", "", "S10", "s10.upu", kHigh}});
  ExpectDetections(
      CarrierDetector({"Canada Post", "Royal Mail", "Australia Post"}),
      {{"RB123456785CA", "", "CANADA_POST", "canada_post.s10", kHigh},
       {"RB123456785GB", "", "ROYAL_MAIL", "royal_mail.s10", kHigh},
       {"RB123456785AU", "", "AUSTRALIA_POST", "australia_post.s10", kHigh}});
}

TEST(CarrierDetector, CandidatesReplaceTheDefaultFour) {
  const CarrierDetector detector({"canpar", "nobody we know"});
  EXPECT_EQ(detector.Detect("S576002440000000004001", "").code, "CANPAR");
  EXPECT_FALSE(detector.Detect("TBA123456789012", "").resolved);
  EXPECT_FALSE(
      CarrierDetector({"nobody"}).Detect("TBA123456789012", "").resolved);
}

std::vector<std::string> AllCodes() {
  std::vector<std::string> codes;
  for (const KnownCarrier& carrier : kKnownCarriers) {
    codes.emplace_back(carrier.code);
  }
  return codes;
}

TEST(CarrierDetector, AllocatesNothing) {
  const CarrierDetector default_four({});
  const CarrierDetector all(AllCodes());
  const int before = g_allocations;
  bool any_resolved = false;
  for (const char* number :
       {"TBA123456789012", "320610804900", "JFV247545960", "RB123456785US",
        "A1506235620", "42010282000092001903060085300042901077",
        " 0 3 0 7   1 7 9 0   0 0 0 5   2 3 4 8   3 7 4 1 ",
        "nothing at all"}) {
    for (const CarrierDetector* detector : {&default_four, &all}) {
      any_resolved |= detector->Detect(number, "United States").resolved;
    }
  }
  EXPECT_EQ(g_allocations, before);
  EXPECT_TRUE(any_resolved);
}

TEST(CarrierDetector, AnyBytesGiveAConsistentAnswer) {
  std::mt19937 random(7);
  const CarrierDetector detectors[] = {CarrierDetector({}),
                                       CarrierDetector(AllCodes())};
  std::uniform_int_distribution<int> length(0, 60);
  std::uniform_int_distribution<int> byte(0, 255);
  const std::string likely = "0123456789ABCJTZL -.";
  for (int i = 0; i < 40000; ++i) {
    std::string text(length(random), '\0');
    for (char& c : text) {
      c = i % 4 == 0 ? static_cast<char>(byte(random))
                     : likely[byte(random) % likely.size()];
    }
    for (const CarrierDetector& detector : detectors) {
      const Detection detection = detector.Detect(text, "CA");
      EXPECT_EQ(detection.resolved, !detection.code.empty());
      EXPECT_EQ(detection.resolved, !detection.rule.empty());
      EXPECT_EQ(detection.resolved, detection.confidence != kUnspecified);
      EXPECT_TRUE(!detection.resolved || detection.candidates.empty());
      EXPECT_NE(detection.candidates.size(), 1u);
    }
  }
}

// Of plain digits the four claim only Purolator's, which begin with 0 to 5
// and pass Luhn: 6 % of those with twelve digits, less FedEx's share.
TEST(CarrierDetector, RandomDigitsAreRarelyClaimed) {
  std::mt19937 random(11);
  const CarrierDetector detector({});
  std::uniform_int_distribution<int> digit('0', '9');
  constexpr int kNumbers = 5000;
  for (int length = 8; length <= 40; ++length) {
    int claimed = 0;
    for (int i = 0; i < kNumbers; ++i) {
      std::string text(length, '0');
      for (char& c : text) c = static_cast<char>(digit(random));
      const Detection detection = detector.Detect(text, "");
      if (!detection.resolved) continue;
      ++claimed;
      EXPECT_EQ(detection.rule, "purolator.pin12.luhn") << text;
    }
    if (length == 12) {
      EXPECT_GT(claimed, kNumbers * 40 / 1000);
      EXPECT_LT(claimed, kNumbers * 70 / 1000);
    } else {
      EXPECT_EQ(claimed, 0) << length;
    }
  }
}

}  // namespace
}  // namespace oms_connector::carriers
