#include "domain/carriers/carrier_catalogue.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace oms_connector::carriers {
namespace {

// What people put into names without meaning another carrier.
bool IsFiller(char c) {
  return absl::ascii_isspace(static_cast<unsigned char>(c)) || c == '-' ||
         c == '_' || c == '.' || c == '/';
}

size_t SkipFillers(absl::string_view text, size_t index) {
  while (index < text.size() && IsFiller(text[index])) ++index;
  return index;
}

bool SameName(absl::string_view a, absl::string_view b) {
  size_t i = SkipFillers(a, 0);
  size_t j = SkipFillers(b, 0);
  while (i < a.size() && j < b.size()) {
    if (absl::ascii_tolower(static_cast<unsigned char>(a[i])) !=
        absl::ascii_tolower(static_cast<unsigned char>(b[j]))) {
      return false;
    }
    i = SkipFillers(a, i + 1);
    j = SkipFillers(b, j + 1);
  }
  return i == a.size() && j == b.size();
}

bool IsNameOf(const KnownCarrier& carrier, absl::string_view text) {
  if (SameName(text, carrier.code) || SameName(text, carrier.display_name)) {
    return true;
  }
  for (const absl::string_view alias :
       absl::StrSplit(carrier.aliases, '|', absl::SkipEmpty())) {
    if (SameName(text, alias)) return true;
  }
  return false;
}

}  // namespace

const KnownCarrier* FindCarrier(absl::string_view text) {
  for (const KnownCarrier& carrier : kKnownCarriers) {
    if (IsNameOf(carrier, text)) return &carrier;
  }
  return nullptr;
}

bool IsHomeCountry(const KnownCarrier& carrier, absl::string_view country) {
  if (country.size() != 2) return false;
  const absl::string_view homes = carrier.home_countries;
  for (size_t i = 0; i < homes.size(); i += 3) {
    if (homes.substr(i, 2) == country) return true;
  }
  return false;
}

}  // namespace oms_connector::carriers
