#include "domain/carriers/carrier_rules.h"

#include <array>
#include <cstddef>
#include <iterator>

namespace oms_connector::carriers {
namespace {

using Rule = CarrierRule;
constexpr auto kLow = model::CarrierConfidence::kLow;
constexpr auto kMedium = model::CarrierConfidence::kMedium;
constexpr auto kHigh = model::CarrierConfidence::kHigh;
constexpr CheckDigit kNone = NoCheckDigit();

// FedEx Express: over twelve digits, and over the end of its long barcodes.
constexpr CheckDigit kExpress12 = Mod11Mod10(0, 11, {3, 1, 7});
constexpr CheckDigit kExpress12InAstra = Mod11Mod10(16, 11, {3, 1, 7});
constexpr CheckDigit kExpress34 = Mod11Mod10(20, 13, {1, 7, 3});

// USPS numbers of 20 digits are sometimes written without their leading 91;
// 9 x 3 + 1 x 1 of it belong to the sum all the same.
constexpr CheckDigit kWithout91 = Mod10(0, 3, 1, 28);

// OnTrac's letter stands for a digit of weight 1: C for 4, D for 5.
constexpr CheckDigit kOnTracC = Mod10(1, 2, 1, 4);
constexpr CheckDigit kOnTracD = Mod10(1, 2, 1, 5);

constexpr CarrierRule kRules[] = {
    // The four that carts look for by default.
    Rule("AMAZON", "amazon.logistics", "TB[ACM]\\d{12}", kNone, kHigh),
    Rule("AMAZON", "amazon.shipping_europe", "(IT|DE|FR|ES|UK)\\d{10}", kNone,
         kMedium),
    Rule("AMAZON", "amazon.station", "TBA[A-Z]{3}\\d{9}", kNone, kLow),
    Rule("AMAZON", "amazon.international", "[AFC]\\d{10}", kNone, kLow)
        .OnlyFor("FR DE"),
    // Twelve characters in all of fourteen mails from France.
    Rule("AMAZON", "amazon.france12", "C[0-9AE]00\\d{7}3", kNone, kLow)
        .OnlyFor("FR"),
    // About a tenth of the numbers valid for one of Purolator and FedEx pass
    // the other's check as well.
    Rule("PUROLATOR", "purolator.pin12.luhn", "[0-5]\\d{11}", Luhn(), kHigh)
        .ContestedBy("fedex.express12.mod11"),
    // BNI is Bonshaw.
    Rule("PUROLATOR", "purolator.pin_alpha", "[A-Z]{3}\\d{9}", kNone, kMedium)
        .Except("BNI")
        .ContestedBy("dhl.express_piece"),
    Rule("INTELCOM", "intelcom.intlcm", "INTLCM[A-Z]\\d{9}", kNone, kHigh),
    Rule("INTELCOM", "intelcom.intlcm_b2c", "INTLCMB2C\\d{9}", kNone, kHigh),
    Rule("INTELCOM", "intelcom.intl", "INTL[A-Z]{3}\\d{9}", kNone, kMedium),
    // With a digit less or more than usual.
    Rule("INTELCOM", "intelcom.intlcmi8", "INTLCMI\\d{8}", kNone, kLow),
    Rule("INTELCOM", "intelcom.intlcmi10", "INTLCMI\\d{10}", kNone, kLow),
    // Prefixes of shippers, seen in Canada.
    Rule("INTELCOM", "intelcom.shipper_amznl", "AMZNL\\d{12}", kNone, kMedium),
    Rule("INTELCOM", "intelcom.shipper_nsprso", "NSPRSO\\d{10}", kNone,
         kMedium),
    // Plain digits are never Dynamex by their shape.
    Rule("DYNAMEX", "dynamex.dx", "DX[A-Z]{4}\\d{7}", kNone, kMedium),

    // Looked for where a cart names them, shadows everywhere else.
    Rule("UPS", "ups.1z.mod10", "1Z[A-Z0-9]{15}\\d", Mod10(2, 1, 2), kHigh),
    Rule("UPS", "ups.waybill.mod10", "[AHJKTV]\\d{10}", Mod10(1, 1, 2), kHigh),

    Rule("FEDEX", "fedex.express12.mod11", "\\d{12}", kExpress12, kMedium),
    Rule("FEDEX", "fedex.ground15.mod10", "\\d{15}", Mod10(0, 1, 3), kMedium),
    Rule("FEDEX", "fedex.sscc18.mod10", "0[0124]\\d{16}", Mod10(2, 3, 1),
         kMedium),
    Rule("FEDEX", "fedex.ground96.mod10", "96\\d{20}", Mod10(7, 1, 3), kHigh),
    Rule("FEDEX", "fedex.astra32.mod11", "3\\d{31}", kExpress12InAstra,
         kMedium),
    Rule("FEDEX", "fedex.express34.mod11", "[0-8]\\d{33}", kExpress34, kMedium),
    Rule("FEDEX", "fedex.ground96_34.mod11", "96\\d{32}", kExpress34, kHigh),

    Rule("USPS", "usps.20.mod10", "\\d{20}", Mod10(0, 3, 1), kMedium),
    Rule("USPS", "usps.legacy20.mod10", "\\d{20}", kWithout91, kMedium),
    Rule("USPS", "usps.legacy22.mod10", "91\\d{20}", Mod10(0, 3, 1), kHigh),
    Rule("USPS", "usps.legacy22.zip.mod10", "420\\d{5}91\\d{20}",
         Mod10(8, 3, 1), kHigh),
    Rule("USPS", "usps.impb22.mod10", "9[2345]\\d{20}", Mod10(0, 3, 1), kHigh),
    Rule("USPS", "usps.impb26.mod10", "9[2345]\\d{24}", Mod10(0, 3, 1), kHigh),
    Rule("USPS", "usps.impb22.zip5.mod10", "420\\d{5}9[2345]\\d{20}",
         Mod10(8, 3, 1), kHigh),
    Rule("USPS", "usps.impb26.zip5.mod10", "420\\d{5}9[2345]\\d{24}",
         Mod10(8, 3, 1), kHigh),
    Rule("USPS", "usps.impb22.zip9.mod10", "420\\d{9}9[2345]\\d{20}",
         Mod10(12, 3, 1), kHigh),
    Rule("USPS", "usps.impb26.zip9.mod10", "420\\d{9}9[2345]\\d{24}",
         Mod10(12, 3, 1), kHigh),

    // S10 of the Universal Postal Union ends in the country that posted it.
    // A national post's own row and the general one say the same thing.
    Rule("CANADA_POST", "canada_post.s10", "[A-Z]{2}\\d{9}CA", S10(), kHigh)
        .AgreesWith("S10"),
    Rule("USPS", "usps.s10", "[A-Z]{2}\\d{9}US", S10(), kHigh)
        .AgreesWith("S10"),
    Rule("ROYAL_MAIL", "royal_mail.s10", "[A-Z]{2}\\d{9}GB", S10(), kHigh)
        .AgreesWith("S10"),
    Rule("AUSTRALIA_POST", "australia_post.s10", "[A-Z]{2}\\d{9}AU", S10(),
         kHigh)
        .AgreesWith("S10"),
    Rule("S10", "s10.upu", "[A-Z]{2}\\d{9}[A-Z]{2}", S10(), kHigh),

    Rule("DHL", "dhl.express.mod7", "\\d{10,11}", Mod7(), kMedium),
    Rule("DHL", "dhl.express_piece", "J[A-Z]{2}\\d{9,10}", kNone, kLow),
    Rule("DHL", "dhl.express_piece", "J[A-Z]{3}\\d{9,10}", kNone, kLow),
    Rule("DHL", "dhl.ecommerce",
         "(GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)[0-9A-Z]{10,37}", kNone, kLow),
    Rule("DHL", "dhl.ecommerce14", "\\d{14}", kNone, kLow),

    Rule("CANADA_POST", "canada_post.pin16.mod10", "\\d{16}", Mod10(0, 3, 1),
         kMedium),
    Rule("CANPAR", "canpar.22", "[CDKLSUXZ]\\d{21}", kNone, kLow),
    Rule("ONTRAC", "ontrac.c.mod10", "C\\d{14}", kOnTracC, kHigh),
    Rule("ONTRAC", "ontrac.d.mod10", "D\\d{14}", kOnTracD, kHigh),
    Rule("LASERSHIP", "lasership.l", "L[AIEHNX][1-3]\\d{7}", kNone, kLow),
    Rule("LASERSHIP", "lasership.1ls7", "1LS7[12]\\d{10}", kNone, kHigh),
    // Written with a last "-1".
    Rule("LASERSHIP", "lasership.1ls7_piece", "1LS7[12]\\d{2}01[1-4]\\d{6}1",
         kNone, kHigh),
    Rule("LASERSHIP", "lasership.1lscx", "1LSCX[0-9A-Z]{10}", kNone, kHigh),
    Rule("DPD", "dpd.28.mod37", "\\d{27}[0-9A-Z]", Mod37And36(), kMedium),
    Rule("DPD", "dpd.15.mod37", "\\d{14}[0-9A-Z]", Mod37And36(), kMedium),
    Rule("LANDMARK", "landmark.ltn", "LTN\\d{8}N1", kNone, kHigh),
    Rule("GOFO", "gofo.us", "GFUS\\d{14}", kNone, kHigh),
    Rule("YUNEXPRESS", "yunexpress.yt", "YT\\d{16}", kNone, kHigh),
    Rule("YODEL", "yodel.jd", "JD\\d{16}", kNone, kHigh),
    Rule("YODEL", "yodel.jjd", "JJD\\d{16}", kNone, kHigh),
    Rule("SPEEDEE", "speedee.sp", "SP\\d{18}", kNone, kHigh),
    Rule("OLD_DOMINION", "old_dominion.pro.luhn", "(777|778|072|780)\\d{8}",
         Luhn(), kHigh),
};
constexpr int kRuleCount = std::size(kRules);
static_assert(kRuleCount < 256, "rows are numbered in one byte");

// Rows by length and first symbol. The rows of bucket b are
// rows[begins[b]] … rows[begins[b + 1] - 1].
constexpr int kBucketCount = (kMaxTrackingNumberLength + 1) * kSymbolCount;
constexpr int BucketOf(int length, int first_symbol) {
  return length * kSymbolCount + first_symbol;
}

constexpr int kMaxEntries = 2048;
struct RuleIndex {
  std::array<uint16_t, kBucketCount + 1> begins{};
  std::array<uint8_t, kMaxEntries> rows{};
  int widest = 0;  // the most rows in a bucket
};

constexpr RuleIndex BuildIndex() {
  RuleIndex index;
  std::array<uint16_t, kBucketCount> sizes{};
  for (const CarrierRule& rule : kRules) {
    const RulePattern& pattern = rule.pattern();
    for (int n = pattern.min_length(); n <= pattern.max_length(); ++n) {
      for (int s = 0; s < kSymbolCount; ++s) {
        if (pattern.MayBeginWith(s)) ++sizes[BucketOf(n, s)];
      }
    }
  }
  for (int b = 0; b < kBucketCount; ++b) {
    index.begins[b + 1] = index.begins[b] + sizes[b];
    if (sizes[b] > index.widest) index.widest = sizes[b];
    sizes[b] = 0;
  }
  for (int row = 0; row < kRuleCount; ++row) {
    const RulePattern& pattern = kRules[row].pattern();
    for (int n = pattern.min_length(); n <= pattern.max_length(); ++n) {
      for (int s = 0; s < kSymbolCount; ++s) {
        if (!pattern.MayBeginWith(s)) continue;
        const int bucket = BucketOf(n, s);
        index.rows[index.begins[bucket] + sizes[bucket]++] = row;
      }
    }
  }
  return index;
}
constexpr RuleIndex kIndex = BuildIndex();
static_assert(kIndex.widest <= kMaxRulesPerNumber);

}  // namespace

absl::Span<const CarrierRule> CarrierRules() { return kRules; }

absl::Span<const uint8_t> RulesFor(const TrackingNumber& number) {
  const int bucket = BucketOf(number.length(), number[0]);
  const size_t begin = kIndex.begins[bucket];
  return {kIndex.rows.data() + begin, kIndex.begins[bucket + 1] - begin};
}

}  // namespace oms_connector::carriers
