// A tracking number without what people put between its characters.
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_TRACKING_NUMBER_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_TRACKING_NUMBER_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::carriers {

// No carrier's number is shorter or longer.
inline constexpr int kMinTrackingNumberLength = 8;
inline constexpr int kMaxTrackingNumberLength = 40;

// Symbols are what check digits calculate with: 0–9, then A=10 … Z=35.
inline constexpr int kSymbolCount = 36;

// The symbol of a capital letter or digit.
constexpr int SymbolOf(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

constexpr bool IsDigit(int symbol) { return symbol < 10; }

// Upper case, with blanks of any script, zero-width and control characters, '-'
// and '.' removed, full-width letters and digits of any script read as plain
// ones; anything else stays as it is.
// Two numbers are the same parcel's when their normalised texts are equal.
std::string NormalizeTrackingNumber(absl::string_view text);

// A normalised number laid out for matching. A plain value.
class TrackingNumber {
 public:
  // Reads `text`. Not valid() if, normalised, it is shorter than 8 or longer
  // than 40 characters, or holds anything but letters and digits.
  explicit TrackingNumber(absl::string_view text);

  bool valid() const { return length_ >= kMinTrackingNumberLength; }
  int length() const { return length_; }

  // The symbol at `index` < length().
  int operator[](int index) const { return symbols_[index]; }

  // Bit i is set where the character i is a digit, or a letter.
  uint64_t digits() const { return digits_; }
  uint64_t letters() const { return ~digits_ & ((uint64_t{1} << length_) - 1); }

  // Whether the capital letters and digits `text` stand at `index`.
  bool HasAt(int index, absl::string_view text) const;

 private:
  std::array<uint8_t, kMaxTrackingNumberLength> symbols_;
  int length_ = 0;
  uint64_t digits_ = 0;
};

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_TRACKING_NUMBER_H_
