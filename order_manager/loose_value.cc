#include "order_manager/loose_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/text_fold.h"

namespace oms_connector::order_manager {
namespace {

using Kind = JsonValue::Kind;

// Up to here a double is exact.
constexpr double kLargestExact = 9007199254740992.0;  // 2^53
// No price has more digits; longer texts are not worth keeping.
constexpr size_t kMaxDecimalSize = 30;
constexpr size_t kMaxDescribedSize = 40;

bool IsAbsent(const JsonValue& value) {
  return value.is_null() || (value.kind() == Kind::kList && value.size() == 0);
}

bool IsAbsentOrBlank(const JsonValue& value) {
  return IsAbsent(value) ||
         (value.kind() == Kind::kText && base::Trim(value.text()).empty());
}

bool IntegerOf(double real, int64_t* result) {
  if (!std::isfinite(real) || std::abs(real) > kLargestExact ||
      real != std::trunc(real)) {
    return false;
  }
  *result = static_cast<int64_t>(real);
  return true;
}

// Abseil would also read "0x10", "nan" and "inf".
bool RealOf(absl::string_view text, double* result) {
  return base::Trim(text).find_first_not_of("0123456789+-.eE") == text.npos &&
         absl::SimpleAtod(text, result) && std::isfinite(*result);
}

bool IsDecimal(absl::string_view text) {
  int64_t digits = 0;
  int64_t points = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) {
      ++digits;
    } else if (text[i] == '.') {
      ++points;
    } else if (text[i] != '-' || i > 0) {
      return false;
    }
  }
  return digits > 0 && points <= 1 && text.size() <= kMaxDecimalSize;
}

bool TimeOf(absl::string_view text, absl::Time* result) {
  // Abseil would also read "infinite-future".
  if (text.empty() ||
      !absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) {
    return false;
  }
  static constexpr absl::string_view kFormats[] = {
      "%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*S", "%Y-%m-%d"};
  for (const absl::string_view format : kFormats) {
    std::string error;
    if (!absl::ParseTime(format, text, result, &error)) continue;
    const int64_t year = absl::ToCivilYear(*result, absl::UTCTimeZone()).year();
    return year >= 1900 && year <= 9999;
  }
  return false;
}

Reading As(bool readable) {
  return readable ? Reading::kRead : Reading::kUnreadable;
}

}  // namespace

Reading ReadInteger(const JsonValue& value, int64_t* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  if (value.kind() == Kind::kInteger) {
    *result = value.integer();
    return Reading::kRead;
  }
  if (value.kind() == Kind::kReal) return As(IntegerOf(value.real(), result));
  if (value.kind() != Kind::kText) return Reading::kUnreadable;
  double real = 0;
  return As(absl::SimpleAtoi(value.text(), result) ||
            (RealOf(value.text(), &real) && IntegerOf(real, result)));
}

Reading ReadReal(const JsonValue& value, double* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  if (value.kind() == Kind::kText) return As(RealOf(value.text(), result));
  *result = value.real();
  return As(value.kind() == Kind::kInteger || value.kind() == Kind::kReal);
}

Reading ReadFlag(const JsonValue& value, bool* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  const absl::string_view text = base::Trim(value.text());
  int64_t number = 0;
  if (value.kind() == Kind::kBool) {
    *result = value.boolean();
  } else if (absl::EqualsIgnoreCase(text, "true")) {
    *result = true;
  } else if (absl::EqualsIgnoreCase(text, "false")) {
    *result = false;
  } else if (ReadInteger(value, &number) == Reading::kRead &&
             (number == 0 || number == 1)) {
    *result = number == 1;
  } else {
    return Reading::kUnreadable;
  }
  return Reading::kRead;
}

Reading ReadText(const JsonValue& value, std::string* result) {
  if (IsAbsent(value)) return Reading::kAbsent;
  if (value.kind() == Kind::kInteger) {
    *result = absl::StrCat(value.integer());
    return Reading::kRead;
  }
  *result = std::string(value.text());
  return As(value.kind() == Kind::kText);
}

Reading ReadTime(const JsonValue& value, absl::Time* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  return As(TimeOf(base::Trim(value.text()), result));
}

Reading ReadDecimal(const JsonValue& value, std::string* result) {
  if (IsAbsentOrBlank(value)) return Reading::kAbsent;
  if (value.kind() == Kind::kText) {
    *result = std::string(base::Trim(value.text()));
  } else if (value.kind() == Kind::kInteger) {
    *result = absl::StrCat(value.integer());
  } else if (value.kind() == Kind::kReal) {
    std::array<char, kMaxDecimalSize> digits;
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(),
                      value.real(), std::chars_format::fixed);
    if (error != std::errc()) return Reading::kUnreadable;
    *result = std::string(digits.data(), end);
  } else {
    return Reading::kUnreadable;
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
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.boolean() ? "true" : "false";
    case Kind::kInteger:
      return absl::StrCat(value.integer());
    case Kind::kReal:
      return absl::StrCat(value.real());
    case Kind::kText:
      return DescribeText(value.text());
    case Kind::kList:
      return "a list";
    case Kind::kObject:
      break;
  }
  return "an object";
}

}  // namespace oms_connector::order_manager
