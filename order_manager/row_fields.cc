#include "order_manager/row_fields.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text_fold.h"
#include "order_manager/json_repair.h"
#include "order_manager/loose_value.h"

namespace oms_connector::order_manager {
namespace {

using Kind = JsonValue::Kind;

bool IsEmptyContainer(const JsonValue& value) {
  return (value.kind() == Kind::kList || value.kind() == Kind::kObject) &&
         value.size() == 0;
}

// `text` without the part of a character that cutting left at its end.
absl::string_view CutAtCharacter(absl::string_view text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
    --size;
  }
  return text.substr(0, size);
}

std::string NotA(absl::string_view what, const JsonValue& value) {
  return absl::StrCat("is no ", what, ": ", Describe(value));
}

}  // namespace

RowFields::RowFields(const JsonValue& row, bool repaired, std::string* problem)
    : row_(row), repaired_(repaired), problem_(problem) {
  if (row_.kind() != Kind::kObject && !row_.is_null()) {
    Fail("", absl::StrCat("the row ", NotA("object", row)));
  }
}

void RowFields::Fail(absl::string_view name, absl::string_view what) const {
  if (!problem_->empty()) return;
  *problem_ = absl::StrCat(path_, name, name.empty() ? "" : " ", what);
}

JsonValue RowFields::Find(absl::string_view name) const {
  JsonValue found;
  int count = 0;
  row_.ForEachMember([&](absl::string_view key, const JsonValue& value) {
    if (key != name) return;
    found = value;
    ++count;
  });
  if (count > 1) Fail(name, "stands twice in one object");
  return found;
}

int64_t RowFields::IdOrZero(absl::string_view name) const {
  const JsonValue value = Find(name);
  int64_t id = 0;
  const Reading reading = ReadInteger(value, &id);
  if (reading == Reading::kAbsent) return 0;
  if (reading == Reading::kUnreadable || id < 0) Fail(name, NotA("id", value));
  return id;
}

int64_t RowFields::Id(absl::string_view name) const {
  const int64_t id = IdOrZero(name);
  if (id == 0) Fail(name, "is missing");
  return id;
}

std::optional<int64_t> RowFields::Integer(absl::string_view name) const {
  const JsonValue value = Find(name);
  int64_t number = 0;
  const Reading reading = ReadInteger(value, &number);
  if (reading == Reading::kRead) return number;
  if (reading == Reading::kUnreadable) Fail(name, NotA("whole number", value));
  return std::nullopt;
}

int64_t RowFields::RequiredInteger(absl::string_view name) const {
  const std::optional<int64_t> number = Integer(name);
  if (!number.has_value()) Fail(name, "is missing");
  return number.value_or(0);
}

bool RowFields::Flag(absl::string_view name, bool if_absent) const {
  const JsonValue value = Find(name);
  bool flag = if_absent;
  if (ReadFlag(value, &flag) == Reading::kUnreadable) {
    Fail(name, NotA("flag", value));
  }
  return flag;
}

bool RowFields::IsSoundKey(absl::string_view name,
                           absl::string_view text) const {
  if (text.size() > kMaxKeySize) {
    Fail(name, absl::StrCat("is longer than ", kMaxKeySize, " bytes"));
  } else if (std::any_of(text.begin(), text.end(), [](unsigned char c) {
               return absl::ascii_iscntrl(c);
             })) {
    Fail(name, absl::StrCat("has control characters: ", DescribeText(text)));
  } else if (repaired_ && absl::StrContains(text, kReplacementCharacter)) {
    Fail(name,
         absl::StrCat("has bytes that are no text: ", DescribeText(text)));
  } else {
    return true;
  }
  return false;
}

bool RowFields::TakeKey(absl::string_view name, std::string* text) const {
  const JsonValue value = Find(name);
  const Reading reading = ReadText(value, text);
  if (reading == Reading::kUnreadable) {
    Fail(name, NotA("plain text", value));
    return false;
  }
  return reading == Reading::kRead;
}

std::string RowFields::Key(absl::string_view name) const {
  std::string text;
  if (!TakeKey(name, &text) || base::Trim(text).empty()) {
    Fail(name, "is missing");
    return "";
  }
  return IsSoundKey(name, text) ? text : "";
}

std::string RowFields::KeyOrEmpty(absl::string_view name) const {
  std::string text;
  if (!TakeKey(name, &text)) return "";
  const absl::string_view trimmed = base::Trim(text);
  return IsSoundKey(name, trimmed) ? std::string(trimmed) : "";
}

std::string RowFields::Text(absl::string_view name) const {
  return DescriptiveText(Find(name));
}

std::optional<double> RowFields::Real(absl::string_view name) const {
  double number = 0;
  if (ReadReal(Find(name), &number) != Reading::kRead) return std::nullopt;
  return number;
}

std::optional<absl::Time> RowFields::Time(absl::string_view name) const {
  absl::Time time;
  if (ReadTime(Find(name), &time) != Reading::kRead) return std::nullopt;
  return time;
}

RowFields RowFields::Object(absl::string_view name) const {
  JsonValue value = Find(name);
  if (IsEmptyContainer(value)) value = JsonValue();
  if (value.kind() != Kind::kObject && !value.is_null()) {
    Fail(name, NotA("object", value));
    value = JsonValue();
  }
  RowFields object(value, repaired_, problem_);
  object.path_ = absl::StrCat(path_, name, ".");
  return object;
}

RowFields RowFields::Item(const JsonValue& item) const {
  const bool is_object = item.kind() == Kind::kObject;
  if (!is_object) Fail("", absl::StrCat("an item ", NotA("object", item)));
  RowFields object(is_object ? item : JsonValue(), repaired_, problem_);
  object.path_ = path_;
  return object;
}

std::vector<JsonValue> RowFields::List(absl::string_view name) const {
  const JsonValue value = Find(name);
  if (value.is_null() || IsEmptyContainer(value)) return {};
  if (value.kind() != Kind::kList) {
    Fail(name, NotA("list", value));
    return {};
  }
  std::vector<JsonValue> items = value.items();
  if (items.size() > kMaxListItems) {
    Fail(name, absl::StrCat("has more than ", kMaxListItems, " items"));
    items.clear();
  }
  return items;
}

std::vector<int64_t> RowFields::Ids(absl::string_view name) const {
  std::vector<int64_t> ids;
  for (const JsonValue& item : List(name)) {
    int64_t id = 0;
    const Reading reading = ReadInteger(item, &id);
    if (reading == Reading::kAbsent) continue;
    if (reading == Reading::kUnreadable || id <= 0) {
      Fail(name, absl::StrCat("holds what is no id: ", Describe(item)));
    }
    ids.push_back(id);
  }
  return ids;
}

std::string DescriptiveText(const JsonValue& value) {
  std::string text;
  if (ReadText(value, &text) != Reading::kRead &&
      ReadDecimal(value, &text) != Reading::kRead) {
    return "";
  }
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  return std::string(CutAtCharacter(text, RowFields::kMaxTextSize));
}

}  // namespace oms_connector::order_manager
