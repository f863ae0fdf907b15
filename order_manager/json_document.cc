#include "order_manager/json_document.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "order_manager/json_repair.h"

namespace oms_connector::order_manager {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

JsonValue::Kind KindOf(const element& value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return JsonValue::Kind::kList;
    case element_type::OBJECT:
      return JsonValue::Kind::kObject;
    case element_type::INT64:
      return JsonValue::Kind::kInteger;
    case element_type::UINT64:  // only those that int64 cannot hold
    case element_type::DOUBLE:
      return JsonValue::Kind::kReal;
    case element_type::STRING:
      return JsonValue::Kind::kText;
    case element_type::BOOL:
      return JsonValue::Kind::kBool;
    case element_type::NULL_VALUE:
      break;
  }
  return JsonValue::Kind::kNull;
}

absl::string_view View(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

bool HasTooMuchStructure(absl::string_view text) {
  const auto count = std::count_if(text.begin(), text.end(), [](char c) {
    return c == ',' || c == ':' || c == '[' || c == '{';
  });
  return static_cast<size_t>(count) > JsonDocument::kMaxStructure;
}

// Not worth a second try on the repaired text.
bool IsBeyondRepair(simdjson::error_code error) {
  return error == simdjson::DEPTH_ERROR || error == simdjson::CAPACITY ||
         error == simdjson::MEMALLOC || error == simdjson::EMPTY;
}

}  // namespace

// The parser owns what values point into, so it must not move.
class JsonDocument::Parser {
 public:
  simdjson::error_code Parse(std::string& text, element* root) {
    const auto allocated = parser_.allocate(text.size(), kMaxDepth);
    if (allocated != simdjson::SUCCESS) return allocated;
    // Room that the parser reads into beyond the end.
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    return parser_.parse(text.data(), text.size(), /*realloc_if_needed=*/false)
        .get(*root);
  }

 private:
  simdjson::dom::parser parser_;
};

template <typename Element>
JsonValue JsonValue::Wrap(const Element& element) {
  static_assert(sizeof(Element) == sizeof(Handle));
  static_assert(std::is_trivially_copyable_v<Element>);
  Handle handle;
  std::memcpy(static_cast<void*>(&handle), &element, sizeof(handle));
  return JsonValue(KindOf(element), handle);
}

template <typename Element>
Element JsonValue::Unwrap() const {
  Element element;
  std::memcpy(static_cast<void*>(&element), &handle_, sizeof(handle_));
  return element;
}

bool JsonValue::boolean() const {
  return kind_ == Kind::kBool && Unwrap<element>().get_bool().value_unsafe();
}

int64_t JsonValue::integer() const {
  if (kind_ != Kind::kInteger) return 0;
  return Unwrap<element>().get_int64().value_unsafe();
}

double JsonValue::real() const {
  if (kind_ != Kind::kInteger && kind_ != Kind::kReal) return 0;
  return Unwrap<element>().get_double().value_unsafe();
}

absl::string_view JsonValue::text() const {
  if (kind_ != Kind::kText) return "";
  return View(Unwrap<element>().get_string().value_unsafe());
}

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> items;
  if (kind_ != Kind::kList) return items;
  const simdjson::dom::array list =
      Unwrap<element>().get_array().value_unsafe();
  for (const element item : list) items.push_back(Wrap(item));
  return items;
}

size_t JsonValue::size() const {
  if (kind_ == Kind::kList) return items().size();
  size_t count = 0;
  ForEachMember([&](absl::string_view, const JsonValue&) { ++count; });
  return count;
}

void JsonValue::ForEachMember(
    absl::FunctionRef<void(absl::string_view, const JsonValue&)> visit) const {
  if (kind_ != Kind::kObject) return;
  const simdjson::dom::object object =
      Unwrap<element>().get_object().value_unsafe();
  for (const auto member : object) {
    visit(View(member.key), Wrap(member.value));
  }
}

JsonDocument::JsonDocument(std::unique_ptr<Parser> parser, JsonValue root,
                           bool repaired)
    : parser_(std::move(parser)), root_(root), repaired_(repaired) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string text) {
  if (absl::StartsWith(text, kByteOrderMark)) {
    text.erase(0, kByteOrderMark.size());
  }
  if (text.empty()) return absl::DataLossError("an empty body");
  if (text.size() > kMaxSize || HasTooMuchStructure(text)) {
    return absl::DataLossError("a body that is too large");
  }
  auto parser = std::make_unique<Parser>();
  element root;
  simdjson::error_code error = parser->Parse(text, &root);
  bool repaired = false;
  if (error != simdjson::SUCCESS && !IsBeyondRepair(error)) {
    text = RepairJson(text);
    if (text.size() > kMaxSize) {
      return absl::DataLossError("a body that is no JSON");
    }
    error = parser->Parse(text, &root);
    repaired = true;
  }
  if (error != simdjson::SUCCESS) {
    return absl::DataLossError(error == simdjson::DEPTH_ERROR
                                   ? "a body that is nested too deeply"
                                   : "a body that is no JSON");
  }
  const JsonValue value = JsonValue::Wrap(root);
  return JsonDocument(std::move(parser), value, repaired);
}

}  // namespace oms_connector::order_manager
