#include "order_manager/loose_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/text_fold.h"

namespace oms_connector::order_manager {
namespace {

using Kind = JsonValue::Kind;

// Up to here a double is exact.
constexpr double kLargestExact = 9007199254740992.0;  // 2^53
// No price has more digits; longer texts are not worth keeping.
constexpr size_t kMaxDecimalSize = 30;
// Nor has any number; spares us to look for one in a megabyte of text.
constexpr size_t kMaxNumberSize = 400;
constexpr size_t kMaxDescribedSize = 40;
// So many digits always fit 64 bits.
constexpr size_t kSafeDigits = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAbsent(const JsonValue& value) {
  return value.is_nothing() ||
         (value.kind() == Kind::kList && value.is_empty());
}

// A number or a text without what is around it.
class NumberText {
 public:
  explicit NumberText(const JsonValue& value) {
    if (value.text().size() > kMaxNumberSize) return;
    text_ = value.text();
    if (value.kind() == Kind::kNumber) return;
    if (std::all_of(text_.begin(), text_.end(), IsDigit)) return;
    clean_ = base::CleanNumber(text_);
    text_ = clean_;
  }

  NumberText(const NumberText&) = delete;
  NumberText& operator=(const NumberText&) = delete;

  // Empty where there is none.
  absl::string_view text() const { return text_; }

 private:
  std::string clean_;
  absl::string_view text_;
};

bool IsBlank(const JsonValue& value) {
  if (value.kind() != Kind::kText) return false;
  const absl::string_view text = value.text();
  if (text.empty()) return true;
  // Almost every text begins with what can be seen.
  if (absl::ascii_isgraph(static_cast<unsigned char>(text[0]))) return false;
  return base::CleanText(text).empty();
}

bool IsAbsentOrBlank(const JsonValue& value) {
  return IsAbsent(value) || IsBlank(value);
}

// "12.000" is "12".
absl::string_view WithoutZeroFraction(absl::string_view text) {
  const size_t point = text.find('.');
  if (point == text.npos || point == 0 || !IsDigit(text[point - 1])) {
    return text;
  }
  const bool zeros = text.find_first_not_of('0', point + 1) == text.npos;
  return zeros ? text.substr(0, point) : text;
}

// Abseil would also read "0x10", "nan" and "inf".
bool RealOf(absl::string_view text, double* result) {
  return !text.empty() &&
         text.find_first_not_of("0123456789+-.eE") == text.npos &&
         absl::SimpleAtod(text, result) && std::isfinite(*result);
}

bool IntegerOf(absl::string_view text, int64_t* result) {
  if (!text.empty() && text.size() <= kSafeDigits &&
      std::all_of(text.begin(), text.end(), IsDigit)) {
    int64_t number = 0;
    for (const char c : text) number = number * 10 + (c - '0');
    *result = number;
    return true;
  }
  if (absl::SimpleAtoi(WithoutZeroFraction(text), result)) return true;
  double real = 0;
  if (!RealOf(text, &real) || std::abs(real) > kLargestExact ||
      real != std::trunc(real)) {
    return false;
  }
  *result = static_cast<int64_t>(real);
  return true;
}

bool IsDecimal(absl::string_view text) {
  int64_t digits = 0;
  int64_t points = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsDigit(text[i])) {
      ++digits;
    } else if (text[i] == '.') {
      ++points;
    } else if (text[i] != '-' || i > 0) {
      return false;
    }
  }
  return digits > 0 && points <= 1 && text.size() <= kMaxDecimalSize;
}

Reading As(bool readable) {
  return readable ? Reading::kRead : Reading::kUnreadable;
}

// ---- Times -----------------------------------------------------------------

// Takes `count` digits from the front.
bool TakeDigits(absl::string_view* text, size_t count, int* number) {
  if (text->size() < count) return false;
  *number = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!IsDigit((*text)[i])) return false;
    *number = *number * 10 + ((*text)[i] - '0');
  }
  text->remove_prefix(count);
  return true;
}

bool TakeAny(absl::string_view* text, absl::string_view characters) {
  if (text->empty() || characters.find(text->front()) == characters.npos) {
    return false;
  }
  text->remove_prefix(1);
  return true;
}

// ".250"; nothing where there is no fraction.
bool TakeFraction(absl::string_view* text, absl::Duration* fraction) {
  if (!TakeAny(text, ".,")) return true;
  int64_t nanoseconds = 0;
  int64_t unit = 100'000'000;
  size_t digits = 0;
  for (; digits < text->size() && IsDigit((*text)[digits]); ++digits) {
    nanoseconds += unit * ((*text)[digits] - '0');
    unit /= 10;
  }
  text->remove_prefix(digits);
  *fraction = absl::Nanoseconds(nanoseconds);
  return digits > 0;
}

// "Z", "+02:00", "+0200", "+02" or nothing, to the end of `text`.
bool TakeOffset(absl::string_view text, absl::Duration* offset) {
  if (text.empty() || text == "Z" || text == "z") return true;
  const int sign = text[0] == '-' ? -1 : 1;
  int hours = 0;
  int minutes = 0;
  if (!TakeAny(&text, "+-") || !TakeDigits(&text, 2, &hours)) return false;
  TakeAny(&text, ":");
  if (!text.empty() && !TakeDigits(&text, 2, &minutes)) return false;
  *offset = sign * (absl::Hours(hours) + absl::Minutes(minutes));
  return text.empty() && hours < 24 && minutes < 60;
}

bool TimeOf(absl::string_view text, absl::Time* result) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  absl::Duration fraction, offset;
  if (!TakeDigits(&text, 4, &year) || !TakeAny(&text, "-") ||
      !TakeDigits(&text, 2, &month) || !TakeAny(&text, "-") ||
      !TakeDigits(&text, 2, &day) || year < 1900) {
    return false;
  }
  if (!text.empty() &&
      (!TakeAny(&text, "Tt ") || !TakeDigits(&text, 2, &hour) ||
       !TakeAny(&text, ":") || !TakeDigits(&text, 2, &minute) ||
       !TakeAny(&text, ":") || !TakeDigits(&text, 2, &second) ||
       !TakeFraction(&text, &fraction) || !TakeOffset(text, &offset))) {
    return false;
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  // Otherwise 31 February would be a day of March.
  if (civil.month() != month || civil.day() != day || civil.hour() != hour ||
      civil.minute() != minute || civil.second() != second) {
    return false;
  }
  *result = absl::FromUnixSeconds(civil - absl::CivilSecond(1970)) + fraction -
            offset;
  // An offset may lead out of the years that a Timestamp can hold.
  const absl::CivilYear in_utc =
      absl::ToCivilYear(*result, absl::UTCTimeZone());
  return in_utc.year() >= 1900 && in_utc.year() <= 9999;
}

}  // namespace

Reading ReadInteger(const JsonValue& value, int64_t* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  return As(IntegerOf(NumberText(value).text(), result));
}

Reading ReadQuantity(const JsonValue& value, int64_t* result,
                     std::string* text) {
  text->clear();
  const Reading reading = ReadInteger(value, result);
  if (reading != Reading::kUnreadable) return reading;
  const NumberText number(value);
  // "2.5 m" begins with a number.
  const size_t end = number.text().find_first_not_of("0123456789+-.eE");
  const absl::string_view digits = number.text().substr(0, end);
  // But in "1,200" who knows what the comma means?
  const bool unit_follows =
      end == absl::string_view::npos || number.text()[end] == ' ' ||
      absl::ascii_isalpha(static_cast<unsigned char>(number.text()[end]));
  double real = 0;
  if (!unit_follows || !RealOf(digits, &real) ||
      std::abs(real) > kLargestExact) {
    return Reading::kUnreadable;
  }
  *result = static_cast<int64_t>(real);
  *text = std::string(number.text().substr(0, kMaxDescribedSize));
  return As(base::IsValidUtf8(*text));
}

Reading ReadReal(const JsonValue& value, double* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  return As(RealOf(NumberText(value).text(), result));
}

Reading ReadFlag(const JsonValue& value, bool* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  if (value.kind() == Kind::kBool) {
    *result = value.boolean();
    return Reading::kRead;
  }
  const NumberText word(value);
  for (const absl::string_view yes :
       {"true", "yes", "y", "t", "on", "active", "enabled"}) {
    if (absl::EqualsIgnoreCase(word.text(), yes)) {
      *result = true;
      return Reading::kRead;
    }
  }
  for (const absl::string_view no :
       {"false", "no", "n", "f", "off", "inactive", "disabled"}) {
    if (absl::EqualsIgnoreCase(word.text(), no)) {
      *result = false;
      return Reading::kRead;
    }
  }
  int64_t number = 0;
  if (!IntegerOf(word.text(), &number) || (number != 0 && number != 1)) {
    return Reading::kUnreadable;
  }
  *result = number == 1;
  return Reading::kRead;
}

Reading ReadText(const JsonValue& value, std::string* result) {
  if (IsAbsent(value)) return Reading::kAbsent;
  if (value.kind() == Kind::kText) {
    result->assign(value.text().data(), value.text().size());
    return Reading::kRead;
  }
  if (value.kind() != Kind::kNumber) return Reading::kUnreadable;
  absl::string_view text = WithoutZeroFraction(value.text());
  int64_t number = 0;
  if (text.find_first_of("eE") != text.npos && IntegerOf(text, &number)) {
    *result = absl::StrCat(number);
  } else {
    *result = std::string(text);
  }
  return Reading::kRead;
}

Reading ReadTime(const JsonValue& value, absl::Time* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  if (value.kind() != Kind::kText) return Reading::kUnreadable;
  return As(TimeOf(NumberText(value).text(), result));
}

Reading ReadDecimal(const JsonValue& value, std::string* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  *result = std::string(NumberText(value).text());
  double real = 0;
  if (value.kind() == Kind::kNumber &&
      result->find_first_of("eE") != result->npos && RealOf(*result, &real)) {
    std::array<char, kMaxDecimalSize> digits;
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(), real,
                      std::chars_format::fixed);
    if (error != std::errc()) return Reading::kUnreadable;
    *result = std::string(digits.data(), end);
  }
  return As(IsDecimal(*result));
}

std::string DescribeText(absl::string_view text) {
  const bool cut = text.size() > kMaxDescribedSize;
  // Invalid UTF-8, which cutting may make, is escaped as well.
  const absl::string_view shown = text.substr(0, kMaxDescribedSize);
  return absl::StrCat("\"",
                      base::IsValidUtf8(shown) ? absl::Utf8SafeCEscape(shown)
                                               : absl::CHexEscape(shown),
                      cut ? "...\"" : "\"");
}

std::string Describe(const JsonValue& value) {
  switch (value.kind()) {
    case Kind::kAbsent:
      return "nothing";
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.boolean() ? "true" : "false";
    case Kind::kNumber:
      return std::string(value.text().substr(0, kMaxDescribedSize));
    case Kind::kText:
      return DescribeText(value.text());
    case Kind::kList:
      return "a list";
    case Kind::kObject:
      return "an object";
    case Kind::kTwice:
      break;
  }
  return "several values";
}

}  // namespace oms_connector::order_manager
