#include "tests/support/row_style.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

namespace oms_connector::testing_support {
namespace {

using Json = nlohmann::ordered_json;

// "2026-08-17T10:00:00" and what may follow it.
bool LooksLikeTime(const std::string& text) {
  return text.size() >= 20 && text[4] == '-' && text[10] == 'T' &&
         text[13] == ':' && text.back() == 'Z';
}

std::string InTimeStyle(const std::string& text, TimeStyle style) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return text;
  if (style == TimeStyle::kFractions) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                            time + absl::Milliseconds(123),
                            absl::UTCTimeZone());
  }
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", time,
                          absl::FixedTimeZone(2 * 60 * 60));
}

bool IsMapField(absl::string_view name) {
  return name == "address" || name == "mapPrice" || name == "cancelReason" ||
         name == "shipMethod" || name == "carrierFee" ||
         name == "salesChannel" || name == "fulfillmentSource" ||
         name == "shipment";
}

void Loosen(const WireStyle& style, Json& value);

void LoosenMembers(const WireStyle& style, Json& object) {
  for (auto member = object.begin(); member != object.end();) {
    if (style.null_objects_as_lists && member->is_null() &&
        IsMapField(member.key())) {
      *member = Json::array();
    }
    if (style.nulls_absent && member->is_null()) {
      member = object.erase(member);
      continue;
    }
    Loosen(style, *member);
    ++member;
  }
  if (style.unknown_fields) {
    object["futureField"] = {{"nested", {1, "two", nullptr}}};
  }
}

void Loosen(const WireStyle& style, Json& value) {
  if (value.is_object()) {
    LoosenMembers(style, value);
  } else if (value.is_array()) {
    for (Json& element : value) Loosen(style, element);
  } else if (value.is_number() && style.numbers_as_strings) {
    value = value.dump();
  } else if (value.is_string() && style.times != TimeStyle::kSeconds) {
    const std::string text = value.get<std::string>();
    if (LooksLikeTime(text)) value = InTimeStyle(text, style.times);
  }
}

// The object that holds the last part of `path`; objects on the way that are
// missing, or are no objects, are made.
Json& Holder(Json& row, const std::vector<std::string>& path) {
  Json* holder = &row;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    Json& next = (*holder)[path[i]];
    if (!next.is_object()) next = Json::object();
    holder = &next;
  }
  return *holder;
}

std::string PlaceMark(size_t index) {
  return absl::StrCat("@raw field ", index, "@");
}

}  // namespace

bool IsPlain(const WireStyle& style, const RawFields& raw) {
  return raw.empty() && !style.numbers_as_strings &&
         !style.null_objects_as_lists && !style.nulls_absent &&
         !style.unknown_fields && style.times == TimeStyle::kSeconds;
}

std::string ApplyStyle(absl::string_view row, const WireStyle& style,
                       const RawFields& raw) {
  Json json = Json::parse(row.begin(), row.end(), /*cb=*/nullptr,
                          /*allow_exceptions=*/false);
  if (!json.is_object()) return std::string(row);
  Loosen(style, json);

  // Raw text may be no JSON, so its place is kept while the row is written.
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [path_text, text] : raw) {
    const std::vector<std::string> path = absl::StrSplit(path_text, '.');
    Json& holder = Holder(json, path);
    if (text.empty()) {
      holder.erase(path.back());
      continue;
    }
    const std::string mark = PlaceMark(replacements.size());
    holder[path.back()] = mark;
    replacements.emplace_back(absl::StrCat("\"", mark, "\""), text);
  }
  return absl::StrReplaceAll(
      json.dump(-1, ' ', false, Json::error_handler_t::replace), replacements);
}

}  // namespace oms_connector::testing_support
