#include "fake_order_manager/field_json.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace oms_connector::testing_support {
namespace {

absl::Duration UnitOf(char unit) {
  switch (unit) {
    case 'd':
      return absl::Hours(24);
    case 'h':
      return absl::Hours(1);
    case 'm':
      return absl::Minutes(1);
    case 's':
      return absl::Seconds(1);
    default:
      return absl::ZeroDuration();
  }
}

// "2d12h" as a duration; nothing where it is none.
std::optional<absl::Duration> ParseSpan(absl::string_view text) {
  if (text.empty()) return std::nullopt;
  absl::Duration span;
  while (!text.empty()) {
    size_t digits = 0;
    while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
    int64_t count = 0;
    if (digits == text.size() ||
        !absl::SimpleAtoi(text.substr(0, digits), &count)) {
      return std::nullopt;
    }
    const absl::Duration unit = UnitOf(text[digits]);
    if (unit == absl::ZeroDuration()) return std::nullopt;
    span += count * unit;
    text.remove_prefix(digits + 1);
  }
  return span;
}

}  // namespace

absl::StatusOr<absl::Time> ParseWorldTime(absl::string_view text,
                                          absl::Time now) {
  if (text == "now") return now;
  if (absl::StartsWith(text, "-") || absl::StartsWith(text, "+")) {
    const std::optional<absl::Duration> span = ParseSpan(text.substr(1));
    if (span.has_value()) return text[0] == '-' ? now - *span : now + *span;
  }
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is no time: write it as 2026-08-17T10:00:00Z, -2d or "
                   "-3h30m"));
}

void FieldReader::Value(int64_t& value) {
  if (!json_.is_number_integer()) return Fail("expected a whole number");
  value = json_.get<int64_t>();
}

void FieldReader::Value(bool& value) {
  if (!json_.is_boolean()) return Fail("expected true or false");
  value = json_.get<bool>();
}

void FieldReader::Value(double& value) {
  if (!json_.is_number()) return Fail("expected a number");
  value = json_.get<double>();
}

void FieldReader::Value(std::string& value) {
  if (json_.is_null()) return value.clear();
  if (!json_.is_string()) return Fail("expected a text");
  value = json_.get<std::string>();
}

void FieldReader::Value(absl::Time& value) {
  if (json_.is_null()) {
    value = absl::InfinitePast();
    return;
  }
  if (!json_.is_string()) return Fail("expected a time");
  const absl::StatusOr<absl::Time> time =
      ParseWorldTime(json_.get_ref<const std::string&>(), now_);
  if (!time.ok()) return Fail(time.status().message());
  value = *time;
}

void FieldReader::Value(TimeStyle& value) {
  for (const TimeStyle style :
       {TimeStyle::kSeconds, TimeStyle::kFractions, TimeStyle::kOffset}) {
    if (json_ == kTimeStyles[static_cast<int>(style)]) {
      value = style;
      return;
    }
  }
  Fail("expected seconds, fractions or offset");
}

void FieldReader::Value(absl::Duration& value) {
  if (!json_.is_number()) return Fail("expected milliseconds");
  value = absl::Milliseconds(json_.get<double>());
}

void FieldReader::Value(std::map<std::string, std::string>& values) {
  values.clear();
  if (json_.is_null()) return;
  if (!json_.is_object()) return Fail("expected an object of texts");
  for (const auto& [name, text] : json_.items()) {
    if (!text.is_string()) return Fail("expected an object of texts");
    values[name] = text.get<std::string>();
  }
}

void FieldReader::RefuseUnknownMembers() {
  for (const auto& member : json_.items()) {
    if (known_.count(member.key()) == 0) {
      Fail(absl::StrCat("no such field: ", member.key()));
    }
  }
}

void FieldReader::Fail(absl::string_view problem) {
  Keep(absl::InvalidArgumentError(absl::StrCat(where_, ": ", problem)));
}

void FieldReader::Keep(const absl::Status& status) {
  if (status_.ok()) status_ = status;
}

}  // namespace oms_connector::testing_support
