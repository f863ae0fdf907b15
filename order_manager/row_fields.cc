#include "order_manager/row_fields.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text_fold.h"
#include "order_manager/json_repair.h"
#include "order_manager/loose_value.h"

namespace oms_connector::order_manager {
namespace {

using Kind = JsonValue::Kind;

// Enough of an identification for an id and a SKU.
constexpr size_t kMaxNamesShown = 2;

// `text` without the part of a character that cutting left at its end.
absl::string_view CutAtCharacter(absl::string_view text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
    --size;
  }
  return text.substr(0, size);
}

std::string NotA(absl::string_view what, const JsonValue& value) {
  if (value.kind() == Kind::kTwice) return "stands twice in one object";
  return absl::StrCat("is not ", what, ": ", Describe(value));
}

bool IsForNoPaper(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
}

const JsonValue& FindPath(const JsonValue& row, absl::string_view path) {
  const JsonValue* value = &row;
  while (true) {
    const size_t dot = path.find('.');
    value = &(*value)[path.substr(0, dot)];
    if (dot == path.npos) return *value;
    path.remove_prefix(dot + 1);
  }
}

// Quotes are for what is not plain; an id or SKU mostly is.
std::string Shown(absl::string_view text) {
  const std::string described = DescribeText(text);
  return described.size() == text.size() + 2 ? std::string(text) : described;
}

// FNV-1a: rows' ids are short.
uint64_t HashOf(absl::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211u;
  return hash;
}

}  // namespace

RowFields::RowFields(const JsonValue& row, bool repaired, RowFindings* findings)
    : RowFields(&row, repaired, findings, nullptr, "") {
  if (row.kind() != Kind::kObject) {
    Fail("", absl::StrCat("the row ", NotA("an object", row)));
  }
}

RowFields::RowFields(const JsonValue* row, bool repaired, RowFindings* findings,
                     const RowFields* parent, absl::string_view name)
    : row_(row),
      repaired_(repaired),
      findings_(findings),
      parent_(parent),
      name_(name) {}

// ---- What to say of it -----------------------------------------------------

std::string RowFields::PathOf(absl::string_view name) const {
  if (parent_ == nullptr) return std::string(name);
  return absl::StrCat(parent_->PathOf(name_), ".", name);
}

void RowFields::Fail(absl::string_view name, absl::string_view what) const {
  if (!findings_->problem.empty()) return;
  findings_->problem =
      absl::StrCat(PathOf(name), name.empty() ? "" : " ", what);
}

void RowFields::Note(absl::string_view name, absl::string_view what) const {
  if (findings_->notes.size() >= kMaxNotes) return;
  findings_->notes.push_back(absl::StrCat(PathOf(name), " ", what));
}

void RowFields::NoteLeftOut(absl::string_view name, absl::string_view what,
                            const JsonValue& value) const {
  Note(name, absl::StrCat(NotA(what, value), "; left out"));
}

void RowFields::Misfit(absl::string_view name, absl::string_view what) const {
  findings_->misfit = true;
  Note(name, absl::StrCat(what, "; the row is left out"));
}

// ---- Fields without which a row means nothing ------------------------------

int64_t RowFields::NeededId(absl::string_view name) const {
  const JsonValue& value = Find(name);
  int64_t id = 0;
  const Reading reading = ReadInteger(value, &id);
  if (reading == Reading::kAbsent) {
    Fail(name, "is missing");
  } else if (reading == Reading::kUnreadable || id <= 0) {
    Fail(name, NotA("an id", value));
  }
  return id;
}

int64_t RowFields::NeededInteger(absl::string_view name) const {
  const JsonValue& value = Find(name);
  int64_t number = 0;
  const Reading reading = ReadInteger(value, &number);
  if (reading == Reading::kAbsent) {
    Fail(name, "is missing");
  } else if (reading == Reading::kUnreadable) {
    Fail(name, NotA("a whole number", value));
  }
  return number;
}

std::string RowFields::FlawOf(absl::string_view text) const {
  if (text.size() > kMaxKeySize) {
    return absl::StrCat("is longer than ", kMaxKeySize, " bytes");
  }
  if (repaired_ && absl::StrContains(text, kReplacementCharacter)) {
    return absl::StrCat("has bytes that are not text: ", DescribeText(text));
  }
  return "";
}

std::string RowFields::ReadKey(absl::string_view name,
                               std::string (*clean)(absl::string_view),
                               std::string* flaw) const {
  const JsonValue& value = Find(name);
  // Before it is copied or cleaned: it may be of any size.
  *flaw = FlawOf(value.text());
  if (!flaw->empty()) return "";
  if (value.kind() == Kind::kText) return clean(value.text());
  std::string text;
  const Reading reading = ReadText(value, &text);
  if (reading == Reading::kUnreadable) *flaw = NotA("plain text", value);
  return reading == Reading::kRead ? clean(text) : "";
}

std::string RowFields::NeededKey(absl::string_view name) const {
  std::string flaw;
  std::string text = ReadKey(name, &base::CleanText, &flaw);
  if (text.empty()) Fail(name, flaw.empty() ? "is missing" : flaw);
  return text;
}

std::string RowFields::NumberUnlessAbsent(absl::string_view name) const {
  std::string flaw;
  std::string text = ReadKey(name, &base::CleanNumber, &flaw);
  if (!flaw.empty()) Fail(name, flaw);
  return text;
}

// ---- Fields that may be left out -------------------------------------------

int64_t RowFields::Id(absl::string_view name) const {
  const JsonValue& value = Find(name);
  int64_t id = 0;
  const Reading reading = ReadInteger(value, &id);
  if (reading == Reading::kUnreadable || id < 0) {
    NoteLeftOut(name, "an id", value);
    return 0;
  }
  return id;
}

std::optional<int64_t> RowFields::Integer(absl::string_view name) const {
  const JsonValue& value = Find(name);
  int64_t number = 0;
  const Reading reading = ReadInteger(value, &number);
  if (reading == Reading::kRead) return number;
  if (reading == Reading::kUnreadable) {
    NoteLeftOut(name, "a whole number", value);
  }
  return std::nullopt;
}

std::optional<int64_t> RowFields::Quantity(absl::string_view name,
                                           std::string* text) const {
  const JsonValue& value = Find(name);
  int64_t number = 0;
  const Reading reading = ReadQuantity(value, &number, text);
  if (reading == Reading::kUnreadable) NoteLeftOut(name, "a number", value);
  if (reading != Reading::kRead) return std::nullopt;
  if (!text->empty()) {
    Note(name,
         absl::StrCat(NotA("a whole number", value), "; read as ", number));
  }
  return number;
}

bool RowFields::Flag(absl::string_view name, bool otherwise) const {
  const JsonValue& value = Find(name);
  bool flag = otherwise;
  if (ReadFlag(value, &flag) == Reading::kUnreadable) {
    Note(name, absl::StrCat(NotA("a flag", value), "; taken for ",
                            otherwise ? "true" : "false"));
    return otherwise;
  }
  return flag;
}

std::string RowFields::Key(absl::string_view name) const {
  std::string flaw;
  std::string text = ReadKey(name, &base::CleanText, &flaw);
  if (!flaw.empty()) Note(name, absl::StrCat(flaw, "; left out"));
  return text;
}

std::string RowFields::Text(absl::string_view name) const {
  const JsonValue& value = Find(name);
  std::string text = DescriptiveText(value);
  if (text.empty() && !value.is_nothing() && value.kind() != Kind::kText &&
      !value.is_empty()) {
    NoteLeftOut(name, "text", value);
  }
  return text;
}

std::optional<double> RowFields::Real(absl::string_view name) const {
  const JsonValue& value = Find(name);
  double number = 0;
  const Reading reading = ReadReal(value, &number);
  if (reading == Reading::kRead) return number;
  if (reading == Reading::kUnreadable) NoteLeftOut(name, "a number", value);
  return std::nullopt;
}

std::optional<absl::Time> RowFields::Time(absl::string_view name) const {
  const JsonValue& value = Find(name);
  absl::Time time;
  const Reading reading = ReadTime(value, &time);
  if (reading == Reading::kRead) return time;
  if (reading == Reading::kUnreadable) NoteLeftOut(name, "a time", value);
  return std::nullopt;
}

std::optional<absl::Time> RowFields::Modified(absl::string_view name) const {
  const std::optional<absl::Time> time = Time(name);
  if (time.has_value()) findings_->modified = time;
  return time;
}

// ---- Structure -------------------------------------------------------------

RowFields RowFields::Object(absl::string_view name) const {
  const JsonValue& value = Find(name);
  const bool nothing = value.is_nothing() || value.is_empty();
  if (value.kind() != Kind::kObject && !nothing) {
    NoteLeftOut(name, "an object", value);
  }
  return RowFields(&value, repaired_, findings_, this, name);
}

absl::Span<const JsonValue> RowFields::List(absl::string_view name,
                                            bool* whole) const {
  const JsonValue& value = Find(name);
  if (whole != nullptr) *whole = value.kind() == Kind::kList;
  if (value.kind() != Kind::kList) {
    if (!value.is_nothing() && !value.is_empty()) {
      NoteLeftOut(name, "a list", value);
    }
    return {};
  }
  if (value.items().size() <= kMaxListItems) return value.items();
  Note(name, absl::StrCat("has more than ", kMaxListItems,
                          " items; the others are left out"));
  if (whole != nullptr) *whole = false;
  return value.items().subspan(0, kMaxListItems);
}

std::optional<RowFields> RowFields::Item(absl::string_view list,
                                         const JsonValue& item) const {
  if (item.kind() != Kind::kObject) {
    Note(list, absl::StrCat("holds what is not an object: ", Describe(item),
                            "; left out"));
    return std::nullopt;
  }
  return RowFields(&item, repaired_, findings_, this, list);
}

std::vector<int64_t> RowFields::Ids(absl::string_view name) const {
  std::vector<int64_t> ids;
  for (const JsonValue& item : List(name)) {
    int64_t id = 0;
    const Reading reading = ReadInteger(item, &id);
    if (reading == Reading::kRead && id > 0) {
      ids.push_back(id);
    } else {
      Note(name, absl::StrCat("holds what is not an id: ", Describe(item),
                              "; left out"));
    }
  }
  return ids;
}

std::string DescriptiveText(const JsonValue& value) {
  std::string text;
  if (ReadText(value, &text) != Reading::kRead) return "";
  text.erase(std::remove_if(text.begin(), text.end(), &IsForNoPaper),
             text.end());
  return std::string(base::Trim(CutAtCharacter(text, RowFields::kMaxTextSize)));
}

// ---- Pages -----------------------------------------------------------------

std::string IdentifyRow(const JsonValue& row,
                        const std::vector<absl::string_view>& names) {
  std::string identifier;
  size_t shown = 0;
  for (const absl::string_view path : names) {
    const JsonValue& value = FindPath(row, path);
    std::string text;
    if (shown == kMaxNamesShown || ReadText(value, &text) != Reading::kRead ||
        text.empty()) {
      continue;
    }
    const size_t dot = path.rfind('.');
    absl::StrAppend(&identifier, shown > 0 ? ", " : "",
                    dot == path.npos ? path : path.substr(dot + 1), " ",
                    Shown(text));
    ++shown;
  }
  return identifier;
}

uint64_t FingerprintOfRow(const JsonValue& row, absl::string_view id,
                          absl::string_view raw) {
  const absl::string_view text = FindPath(row, id).text();
  // Two rounds, so that the sum over a page's ids does not cancel out.
  const uint64_t hash = HashOf(text.empty() ? raw : text);
  return (hash ^ (hash >> 29)) * 0x9E3779B97F4A7C15u;
}

}  // namespace oms_connector::order_manager
