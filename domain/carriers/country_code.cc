#include "domain/carriers/country_code.h"

#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace oms_connector::carriers {
namespace {

// ISO 3166-1 alpha-2, officially assigned codes, two letters each.
constexpr absl::string_view kCodes =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZ"
    "BABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZ"
    "CACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZ"
    "DEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFR"
    "GAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY"
    "HKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJP"
    "KEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLY"
    "MAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZ"
    "NANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPY"
    "QARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZ"
    "TCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZ"
    "VAVCVEVGVIVNVUWFWSYEYTZAZMZW";
static_assert(kCodes.size() == 2 * 249);

constexpr size_t kLetters = 26;
// Where in kCodes a pair of letters begins, or kAbsent.
constexpr size_t kAbsent = kCodes.size();

constexpr std::array<size_t, kLetters * kLetters> BuildOffsets() {
  std::array<size_t, kLetters * kLetters> offsets{};
  for (size_t& offset : offsets) offset = kAbsent;
  for (size_t i = 0; i < kCodes.size(); i += 2) {
    offsets[(kCodes[i] - 'A') * kLetters + (kCodes[i + 1] - 'A')] = i;
  }
  return offsets;
}
constexpr std::array<size_t, kLetters* kLetters> kOffsets = BuildOffsets();

size_t OffsetOf(char first, char second) {
  if (!absl::ascii_isupper(first) || !absl::ascii_isupper(second)) {
    return kAbsent;
  }
  return kOffsets[(first - 'A') * kLetters + (second - 'A')];
}

// Other spellings of the countries that carrier rules ask about.
struct Spelling {
  absl::string_view text;
  absl::string_view code;
};
constexpr Spelling kSpellings[] = {
    {"CAN", "CA"},
    {"Canada", "CA"},
    {"USA", "US"},
    {"United States", "US"},
    {"United States of America", "US"},
    {"NLD", "NL"},
    {"Netherlands", "NL"},
    {"The Netherlands", "NL"},
    {"AUS", "AU"},
    {"Australia", "AU"},
    {"FRA", "FR"},
    {"France", "FR"},
    {"DEU", "DE"},
    {"Germany", "DE"},
};

}  // namespace

bool IsCountryCode(char first, char second) {
  return OffsetOf(first, second) != kAbsent;
}

absl::string_view NormalizeCountry(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.size() == 2) {
    const size_t offset =
        OffsetOf(absl::ascii_toupper(text[0]), absl::ascii_toupper(text[1]));
    return offset == kAbsent ? "" : kCodes.substr(offset, 2);
  }
  for (const Spelling& spelling : kSpellings) {
    if (absl::EqualsIgnoreCase(text, spelling.text)) return spelling.code;
  }
  return "";
}

}  // namespace oms_connector::carriers
