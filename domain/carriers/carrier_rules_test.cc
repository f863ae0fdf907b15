#include "domain/carriers/carrier_rules.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

using ::testing::Contains;
using ::testing::IsSubsetOf;

// The names of the rules that the number passes, check digit included.
std::set<std::string> PassedBy(absl::string_view text) {
  const TrackingNumber number(text);
  std::set<std::string> names;
  if (!number.valid()) return names;
  for (const CarrierRule& rule : CarrierRules()) {
    if (rule.HasForm(number) && Holds(rule.check(), number)) {
      names.emplace(rule.name());
    }
  }
  return names;
}

struct Case {
  absl::string_view rule;
  absl::string_view number;       // passes it
  absl::string_view near_number;  // does not
};

// What is easily taken for one another; the corpus has numbers of every rule.
const Case kCases[] = {
    {"amazon.logistics", "TBC000000000000", "TBB000000000000"},
    {"amazon.shipping_europe", "ES0000000001", "PT0000000001"},
    {"amazon.shipping_europe", "UK0000000001", "UK000000001"},
    {"amazon.station", "TBADYY123456789", "TBCDYY123456789"},
    {"amazon.international", "C1004444444", "D1004444444"},
    {"amazon.france12", "CA0012345673", "CA0012345674"},
    {"amazon.france12", "C90000000003", "CB0000000003"},
    {"purolator.pin12.luhn", "329015010179", "329015010170"},
    {"purolator.pin12.luhn", "500000000009", "600000000007"},
    {"purolator.pin_alpha", "CGK002986959", "BNI002986959"},
    {"intelcom.intlcm", "INTLCMI000000002", "INTLCM1000000002"},
    {"intelcom.intlcm_b2c", "INTLCMB2C000888888", "INTLCMB3C000888888"},
    {"intelcom.intl", "INTLXYZ000000001", "INTLXY0000000001"},
    {"intelcom.intlcmi8", "INTLCMI00000002", "INTLCMX00000002"},
    {"intelcom.intlcmi10", "INTLCMI0000000002", "INTLCMI00000000002"},
    {"intelcom.shipper_amznl", "AMZNL000000000000", "AMZNX000000000000"},
    {"intelcom.shipper_nsprso", "NSPRSO0000000000", "NSPRS00000000000"},
    {"dynamex.dx", "DXAMZE0000001", "DXAMZ00000001"},
    {"ups.1z.mod10", "1Z879E930346834440", "1Z879E930346834441"},
    {"ups.waybill.mod10", "V0490119172", "V0490119173"},
    {"fedex.express12.mod11", "790535312317", "790535312318"},
    {"fedex.ground15.mod10", "568283610012000", "568283610012001"},
    {"fedex.sscc18.mod10", "000123450000000027", "030123450000000027"},
    {"fedex.ground96.mod10", "9611020987654312345672",
     "9711020987654312345672"},
    {"fedex.astra32.mod11", "32971508360102447847941133172013",
     "42971508360102447847941133172013"},
    {"fedex.express34.mod11", "1195271874060007521100871140316925",
     "1195271874060007521100871140316926"},
    {"fedex.ground96_34.mod11", "9632001560123456789900794808390594",
     "9632001560123456789900794808390595"},
    {"usps.20.mod10", "71123456789123456787", "71123456789123456788"},
    {"usps.legacy20.mod10", "71969010756003077385", "71969010756003077386"},
    {"usps.legacy22.mod10", "9101123456789000000013", "9101123456789000000014"},
    {"usps.legacy22.zip.mod10", "420221539101026837331000039521",
     "421221539101026837331000039521"},
    {"usps.impb22.mod10", "9405803699300124287899", "9605803699300124287899"},
    {"usps.impb26.mod10", "92001903060085300042901077",
     "92001903060085300042901078"},
    {"usps.impb22.zip5.mod10", "420900469261290336128704216936",
     "420900469261290336128704216937"},
    {"usps.impb26.zip5.mod10", "4201028292001903060085300042901077",
     "4201028292001903060085300042901078"},
    {"usps.impb22.zip9.mod10", "4201028200009261290113185417468510",
     "4201028200009261290113185417468511"},
    {"usps.impb26.zip9.mod10", "42010282000092001903060085300042901077",
     "42010282000092001903060085300042901076"},
    {"canada_post.s10", "RB123456785CA", "RB123456785GB"},
    {"usps.s10", "RB123456785US", "RB123456786US"},
    {"royal_mail.s10", "RB123456785GB", "RB123456785US"},
    {"australia_post.s10", "RB123456785AU", "RB123456785AT"},
    {"s10.upu", "RB123456785CF", "RB123456785XX"},
    {"dhl.express.mod7", "8487135506", "8487135505"},
    {"dhl.express.mod7", "73891051146", "738910511460"},
    {"dhl.express_piece", "JJD0099999999", "XJD0099999998"},
    {"dhl.express_piece", "JVGL0999999990", "JVGLX0999999990"},
    {"dhl.ecommerce", "GM2951173225174494", "GR295117494011169045"},
    {"dhl.ecommerce", "HK12345ABCDE", "HK12345ABCD"},
    {"dhl.ecommerce14", "60120172242323", "6012017224232301"},
    {"canada_post.pin16.mod10", "0073938000549297", "0073938000549292"},
    {"canpar.22", "D576002440000001428004", "M576002440000002510003"},
    {"ontrac.c.mod10", "C10999911320231", "C10000000000000"},
    {"ontrac.d.mod10", "D10011342332145", "D10011342332144"},
    {"lasership.l", "LX17635036", "LX47635036"},
    {"lasership.1ls7", "1LS717793482164", "1LS737793482164"},
    {"lasership.1ls7_piece", "1LS7119013618127-1", "1LS7119013618127-2"},
    {"lasership.1lscx", "1LSCXVE0058631Y", "1LSCZVE0058631Y"},
    {"dpd.28.mod37", "008182709980000020033350276C",
     "008182709980000020033350276A"},
    {"dpd.15.mod37", "09980000020033F", "09980000020033D"},
    {"landmark.ltn", "LTN74224021N1", "LSN74209518N2"},
    {"gofo.us", "GFUS01011884214464", "GFUS0101188421446"},
    {"yunexpress.yt", "YT2229521272164447", "YT123456789012345"},
    {"yodel.jd", "JD0002242617644732", "JD000225440506099"},
    {"yodel.jjd", "JJD0002255380054291", "JJD000225538005429"},
    {"speedee.sp", "SP029692510000920746", "SX029692510000920746"},
    {"old_dominion.pro.luhn", "78045768393", "78145768391"},
    {"old_dominion.pro.luhn", "77806528897", "77806528898"},
};

TEST(CarrierRules, EachTakesItsNumbersAndNotItsNeighbours) {
  for (const Case& c : kCases) {
    EXPECT_THAT(PassedBy(c.number), Contains(std::string(c.rule))) << c.number;
    EXPECT_THAT(PassedBy(c.near_number),
                testing::Not(Contains(std::string(c.rule))))
        << c.near_number;
  }
}

TEST(CarrierRules, NamesBeginWithTheirCarrier) {
  for (const CarrierRule& rule : CarrierRules()) {
    const absl::string_view code = kKnownCarriers[rule.carrier()].code;
    EXPECT_TRUE(absl::StartsWith(
        rule.name(), absl::StrCat(absl::AsciiStrToLower(code), ".")))
        << rule.name();
  }
}

TEST(CarrierRules, EveryKnownCarrierHasOne) {
  std::set<int> carriers;
  for (const CarrierRule& rule : CarrierRules())
    carriers.insert(rule.carrier());
  EXPECT_EQ(carriers.size(), static_cast<size_t>(kKnownCarrierCount));
}

TEST(CarrierRules, ContestsNameRulesThatExist) {
  std::set<absl::string_view> names = {""};
  for (const CarrierRule& rule : CarrierRules()) names.insert(rule.name());
  for (const CarrierRule& rule : CarrierRules()) {
    EXPECT_THAT(names, Contains(rule.contested_by())) << rule.name();
  }
}

TEST(CarrierRules, IndexMissesNoRule) {
  for (const Case& c : kCases) {
    const TrackingNumber number(c.number);
    std::set<std::string> by_index;
    for (const uint8_t row : RulesFor(number)) {
      by_index.emplace(CarrierRules()[row].name());
    }
    EXPECT_THAT(PassedBy(c.number), IsSubsetOf(by_index)) << c.number;
  }
}

}  // namespace
}  // namespace oms_connector::carriers
