// The shape of a tracking number, as a small pattern compiled while the
// program is compiled.
//
// A pattern is a sequence of
//   A 7            that letter or digit
//   \d             a digit
//   [A-Z] [ACM1-3] one of these letters and digits
//   (IT|DE|FR)     one of these texts, all equally long; once in a pattern
// where all but a text group may be followed by {n}, and the last one by
// {n,m}. It matches whole normalised numbers only. A mistake in a pattern does
// not compile.
//
//   constexpr RulePattern kStation = RulePattern::Compile("TBA[A-Z]{3}\\d{9}");
//   kStation.Matches(TrackingNumber("TBA-DYY123456789"));  // true
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_RULE_PATTERN_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_RULE_PATTERN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "domain/carriers/tracking_number.h"

namespace oms_connector::carriers {

class RulePattern {
 public:
  constexpr RulePattern() = default;

  static constexpr RulePattern Compile(absl::string_view text);

  constexpr int min_length() const { return min_length_; }
  constexpr int max_length() const { return max_length_; }

  // Whether a match may begin with this symbol.
  constexpr bool MayBeginWith(int symbol) const {
    return ((first_symbols_ >> symbol) & 1) != 0;
  }

  bool Matches(const TrackingNumber& number) const {
    if (number.length() < min_length_ || number.length() > max_length_) {
      return false;
    }
    if ((digits_ & number.letters()) != 0) return false;
    if ((letters_ & number.digits()) != 0) return false;
    for (int i = 0; i < special_count_; ++i) {
      const Special& special = specials_[i];
      if (((special.symbols >> number[special.index]) & 1) == 0) return false;
    }
    return group_.empty() || MatchesGroup(number);
  }

 private:
  // A set of symbols: bit s for symbol s.
  using SymbolSet = uint64_t;
  static constexpr SymbolSet kAll = (SymbolSet{1} << kSymbolCount) - 1;
  static constexpr SymbolSet kDigits = (SymbolSet{1} << 10) - 1;
  static constexpr SymbolSet kLetters = kAll & ~kDigits;

  // A position that takes neither all digits nor all letters nor everything.
  struct Special {
    SymbolSet symbols = 0;
    int index = 0;
  };
  static constexpr int kMaxSpecials = 16;

  bool MatchesGroup(const TrackingNumber& number) const {
    for (size_t i = 0; i < group_.size(); i += group_width_ + 1) {
      if (number.HasAt(group_index_, group_.substr(i, group_width_))) {
        return true;
      }
    }
    return false;
  }

  constexpr void Append(SymbolSet symbols, int min_count, int max_count);
  constexpr void AppendGroup(absl::string_view texts);

  int min_length_ = 0;
  int max_length_ = 0;
  uint64_t digits_ = 0;   // positions that take every digit and nothing else
  uint64_t letters_ = 0;  // the same for letters
  SymbolSet first_symbols_ = 0;
  std::array<Special, kMaxSpecials> specials_{};
  int special_count_ = 0;
  absl::string_view group_;  // "IT|DE|FR"
  int group_index_ = 0;
  size_t group_width_ = 0;
};

namespace internal {

// Ends the compilation of a pattern: std::abort is no constant expression.
constexpr void RequireInPattern(bool condition) {
  if (!condition) std::abort();
}

// Where `c` first stands in `text`, or the text's size.
constexpr size_t Find(absl::string_view text, char c) {
  size_t index = 0;
  while (index < text.size() && text[index] != c) ++index;
  return index;
}

// Reads a pattern's text from the left.
class PatternReader {
 public:
  explicit constexpr PatternReader(absl::string_view text) : rest_(text) {}

  constexpr bool done() const { return rest_.empty(); }
  constexpr char Next() {
    RequireInPattern(!rest_.empty());
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  constexpr bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // The text before the next `end`, which is taken as well.
  constexpr absl::string_view Until(char end) {
    const absl::string_view text = rest_.substr(0, Find(rest_, end));
    RequireInPattern(text.size() < rest_.size());
    rest_.remove_prefix(text.size() + 1);
    return text;
  }
  constexpr int Number() {
    int value = 0;
    RequireInPattern(!rest_.empty() && IsPatternDigit(rest_.front()));
    while (!rest_.empty() && IsPatternDigit(rest_.front())) {
      value = value * 10 + (Next() - '0');
    }
    return value;
  }

 private:
  static constexpr bool IsPatternDigit(char c) { return c >= '0' && c <= '9'; }

  absl::string_view rest_;
};

constexpr uint64_t SymbolBit(char c) {
  RequireInPattern((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
  return uint64_t{1} << SymbolOf(c);
}

// The inside of "[ACM1-3]".
constexpr uint64_t SymbolSetOf(absl::string_view text) {
  uint64_t symbols = 0;
  PatternReader reader(text);
  while (!reader.done()) {
    const char from = reader.Next();
    const char to = reader.Take('-') ? reader.Next() : from;
    RequireInPattern(from <= to);
    for (char c = from; c <= to; ++c) symbols |= SymbolBit(c);
  }
  RequireInPattern(symbols != 0);
  return symbols;
}

}  // namespace internal

constexpr void RulePattern::Append(SymbolSet symbols, int min_count,
                                   int max_count) {
  internal::RequireInPattern(min_length_ == max_length_ && min_count > 0 &&
                             min_count <= max_count);
  internal::RequireInPattern(max_length_ + max_count <=
                             kMaxTrackingNumberLength);
  if (max_length_ == 0) first_symbols_ = symbols;
  for (int i = max_length_; i < max_length_ + max_count; ++i) {
    if (symbols == kDigits) {
      digits_ |= uint64_t{1} << i;
    } else if (symbols == kLetters) {
      letters_ |= uint64_t{1} << i;
    } else if (symbols != kAll) {
      // Matches() reads these without asking for the length.
      internal::RequireInPattern(min_count == max_count &&
                                 special_count_ < kMaxSpecials);
      specials_[special_count_++] = {symbols, i};
    }
  }
  min_length_ += min_count;
  max_length_ += max_count;
}

constexpr void RulePattern::AppendGroup(absl::string_view texts) {
  internal::RequireInPattern(group_.empty() && !texts.empty());
  group_ = texts;
  group_index_ = max_length_;
  group_width_ = internal::Find(texts, '|');
  SymbolSet begins = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const bool between = i % (group_width_ + 1) == group_width_;
    internal::RequireInPattern((texts[i] == '|') == between);
    if (i % (group_width_ + 1) == 0) begins |= internal::SymbolBit(texts[i]);
  }
  internal::RequireInPattern(texts.size() % (group_width_ + 1) == group_width_);
  const bool first = max_length_ == 0;
  Append(kAll, static_cast<int>(group_width_), static_cast<int>(group_width_));
  if (first) first_symbols_ = begins;
}

constexpr RulePattern RulePattern::Compile(absl::string_view text) {
  RulePattern pattern;
  internal::PatternReader reader(text);
  while (!reader.done()) {
    if (reader.Take('(')) {
      pattern.AppendGroup(reader.Until(')'));
      continue;
    }
    SymbolSet symbols = kDigits;
    if (reader.Take('\\')) {
      internal::RequireInPattern(reader.Take('d'));
    } else if (reader.Take('[')) {
      symbols = internal::SymbolSetOf(reader.Until(']'));
    } else {
      symbols = internal::SymbolBit(reader.Next());
    }
    int min_count = 1;
    int max_count = 1;
    if (reader.Take('{')) {
      min_count = max_count = reader.Number();
      if (reader.Take(',')) max_count = reader.Number();
      internal::RequireInPattern(reader.Take('}'));
    }
    pattern.Append(symbols, min_count, max_count);
  }
  internal::RequireInPattern(pattern.min_length_ >= kMinTrackingNumberLength);
  return pattern;
}

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_RULE_PATTERN_H_
