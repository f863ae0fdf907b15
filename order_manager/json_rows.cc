#include "order_manager/json_rows.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/strip.h"
#include "order_manager/json_repair.h"

namespace oms_connector::order_manager {
namespace {

namespace ondemand = simdjson::ondemand;
using Kind = JsonValue::Kind;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr uint8_t kNone = 255;
// A parser that has read a larger text gives its memory back.
constexpr size_t kLargestKept = size_t{8} << 20;
constexpr size_t kChunkSize = 512;

bool HasTooMuchStructure(absl::string_view text) {
  if (text.size() <= JsonRows::kMaxStructure) return false;
  const auto count = std::count_if(text.begin(), text.end(), [](char c) {
    return c == ',' || c == ':' || c == '[' || c == '{';
  });
  return static_cast<size_t>(count) > JsonRows::kMaxStructure;
}

// Not worth a second try on the repaired text.
bool IsBeyondRepair(simdjson::error_code error) {
  return error == simdjson::DEPTH_ERROR || error == simdjson::CAPACITY ||
         error == simdjson::MEMALLOC || error == simdjson::EMPTY ||
         error == simdjson::INCORRECT_TYPE;
}

bool IsOfNumber(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '+' ||
         c == 'e' || c == 'E';
}

absl::string_view WithoutBlanksBehind(std::string_view token) {
  size_t size = token.size();
  while (size > 0 && static_cast<unsigned char>(token[size - 1]) <= ' ') --size;
  return absl::string_view(token.data(), size);
}

}  // namespace

// ---- Shapes ----------------------------------------------------------------

JsonShape::JsonShape(std::initializer_list<Field> fields)
    : fields_(fields), next_(fields.size(), kNone) {
  first_.fill(kNone);
  for (size_t i = fields_.size(); i-- > 0;) {
    uint8_t& first = first_[static_cast<unsigned char>(fields_[i].name[0])];
    next_[i] = first;
    first = static_cast<uint8_t>(i);
  }
}

size_t JsonShape::FindQuoted(const char* quoted) const {
  const auto letter = static_cast<unsigned char>(*quoted);
  if (letter >= first_.size()) return size();
  for (uint8_t i = first_[letter]; i != kNone; i = next_[i]) {
    // The text is padded by more bytes than any name has.
    const absl::string_view name = fields_[i].name;
    if (quoted[name.size()] == '"' &&
        std::memcmp(quoted, name.data(), name.size()) == 0) {
      return i;
    }
  }
  return size();
}

size_t JsonShape::Find(absl::string_view name) const {
  const auto letter = static_cast<unsigned char>(name[0]);
  if (letter >= first_.size()) return size();
  for (uint8_t i = first_[letter]; i != kNone; i = next_[i]) {
    if (fields_[i].name == name) return i;
  }
  return size();
}

const JsonShape& PlainItems() {
  static const JsonShape* const shape = new JsonShape({});
  return *shape;
}

const JsonValue& JsonValue::operator[](absl::string_view name) const {
  static const JsonValue* const absent = new JsonValue();
  if (kind_ != Kind::kObject || shape_ == nullptr) return *absent;
  const size_t index = shape_->Find(name);
  return index < size_ ? place_.children[index] : *absent;
}

// ---- The parser ------------------------------------------------------------

class JsonRows::Parser {
 public:
  simdjson::error_code Read(absl::string_view text, size_t capacity,
                            const JsonShape& shape, absl::string_view id,
                            VisitRow visit);

 private:
  // Room for values of one row; what was given stays where it is.
  JsonValue* Allocate(size_t count);

  simdjson::error_code Open(ondemand::value& value, const JsonShape* shape,
                            JsonValue* result);
  simdjson::error_code OpenText(ondemand::value& value, JsonValue* result);
  simdjson::error_code OpenNumber(ondemand::value& value, JsonValue* result);
  simdjson::error_code OpenObject(ondemand::object object,
                                  const JsonShape* shape, JsonValue* result);
  simdjson::error_code OpenList(ondemand::array list, const JsonShape* shape,
                                JsonValue* result);
  simdjson::error_code CheckDepth(ondemand::array list, int depth);
  simdjson::error_code ReadRow(ondemand::value& value, const JsonShape& shape,
                               JsonValue* row);
  simdjson::error_code ReadRows(ondemand::array rows, const JsonShape& shape,
                                VisitRow visit);
  simdjson::error_code ReadOnlyRow(const JsonShape& shape, absl::string_view id,
                                   VisitRow visit);
  // Where the parser has come to.
  const char* position();

  ondemand::parser parser_;
  ondemand::document document_;
  absl::string_view text_;
  std::vector<std::vector<JsonValue>> chunks_;
  size_t chunk_ = 0;              // the one that is being given away
  size_t used_ = 0;               // of it
  std::vector<JsonValue> items_;  // of lists that are being read
};

JsonValue* JsonRows::Parser::Allocate(size_t count) {
  while (chunk_ < chunks_.size() && used_ + count > chunks_[chunk_].size()) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    chunks_.emplace_back(std::max(count, kChunkSize));
    used_ = 0;
  }
  JsonValue* const room = chunks_[chunk_].data() + used_;
  used_ += count;
  std::fill_n(room, count, JsonValue());
  return room;
}

simdjson::error_code JsonRows::Parser::OpenText(ondemand::value& value,
                                                JsonValue* result) {
  const absl::string_view token = WithoutBlanksBehind(value.raw_json_token());
  std::string_view text;
  if (std::memchr(token.data(), '\\', token.size()) != nullptr) {
    const auto error = value.get_string().get(text);
    if (error != simdjson::SUCCESS) return error;
  } else if (token.size() >= 2 && token.back() == '"') {
    text = std::string_view(token.data() + 1, token.size() - 2);
  } else {
    return simdjson::STRING_ERROR;
  }
  result->kind_ = Kind::kText;
  result->place_.text = text.data();
  result->size_ = static_cast<uint32_t>(text.size());
  return simdjson::SUCCESS;
}

simdjson::error_code JsonRows::Parser::OpenNumber(ondemand::value& value,
                                                  JsonValue* result) {
  const absl::string_view token = WithoutBlanksBehind(value.raw_json_token());
  if (!std::all_of(token.begin(), token.end(), IsOfNumber)) {
    return simdjson::NUMBER_ERROR;
  }
  result->kind_ = Kind::kNumber;
  result->place_.text = token.data();
  result->size_ = static_cast<uint32_t>(token.size());
  return simdjson::SUCCESS;
}

simdjson::error_code JsonRows::Parser::OpenObject(ondemand::object object,
                                                  const JsonShape* shape,
                                                  JsonValue* result) {
  result->kind_ = Kind::kObject;
  result->is_empty_ = true;
  if (shape == nullptr) {
    bool empty = false;
    const auto error = object.is_empty().get(empty);
    result->is_empty_ = empty;
    return error;
  }
  JsonValue* const fields = Allocate(shape->size());
  result->shape_ = shape;
  result->place_.children = fields;
  result->size_ = static_cast<uint32_t>(shape->size());
  for (auto field : object) {
    ondemand::raw_json_string key;
    auto error = field.key().get(key);
    if (error != simdjson::SUCCESS) return error;
    result->is_empty_ = false;
    const size_t index = shape->FindQuoted(key.raw());
    if (index == shape->size()) continue;
    if (fields[index].kind_ != Kind::kAbsent) {
      fields[index] = JsonValue();
      fields[index].kind_ = Kind::kTwice;
      continue;
    }
    ondemand::value value;
    error = field.value().get(value);
    if (error == simdjson::SUCCESS) {
      error = Open(value, shape->field(index).inside, &fields[index]);
    }
    if (error != simdjson::SUCCESS) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code JsonRows::Parser::OpenList(ondemand::array list,
                                                const JsonShape* shape,
                                                JsonValue* result) {
  result->kind_ = Kind::kList;
  if (shape == nullptr) {
    bool empty = false;
    const auto error = list.is_empty().get(empty);
    result->is_empty_ = empty;
    return error;
  }
  const size_t before = items_.size();
  for (auto item : list) {
    ondemand::value value;
    auto error = item.get(value);
    JsonValue opened;
    if (error == simdjson::SUCCESS) error = Open(value, shape, &opened);
    if (error != simdjson::SUCCESS) return error;
    items_.push_back(opened);
  }
  const size_t count = items_.size() - before;
  JsonValue* const items = Allocate(count);
  std::copy(items_.begin() + before, items_.end(), items);
  items_.resize(before);
  result->is_empty_ = count == 0;
  result->shape_ = shape;
  result->place_.children = items;
  result->size_ = static_cast<uint32_t>(count);
  return simdjson::SUCCESS;
}

simdjson::error_code JsonRows::Parser::Open(ondemand::value& value,
                                            const JsonShape* shape,
                                            JsonValue* result) {
  ondemand::json_type type;
  auto error = value.type().get(type);
  if (error != simdjson::SUCCESS) return error;
  switch (type) {
    case ondemand::json_type::string:
      return OpenText(value, result);
    case ondemand::json_type::number:
      return OpenNumber(value, result);
    case ondemand::json_type::null:
      result->kind_ = Kind::kNull;
      return WithoutBlanksBehind(value.raw_json_token()) == "null"
                 ? simdjson::SUCCESS
                 : simdjson::N_ATOM_ERROR;
    case ondemand::json_type::boolean: {
      bool flag = false;
      error = value.get_bool().get(flag);
      result->kind_ = Kind::kBool;
      result->size_ = flag ? 1 : 0;
      return error;
    }
    case ondemand::json_type::array: {
      ondemand::array list;
      error = value.get_array().get(list);
      return error != simdjson::SUCCESS ? error : OpenList(list, shape, result);
    }
    case ondemand::json_type::object: {
      ondemand::object object;
      error = value.get_object().get(object);
      return error != simdjson::SUCCESS ? error
                                        : OpenObject(object, shape, result);
    }
  }
  return simdjson::TAPE_ERROR;
}

// Only of rows that are lists, which no sound answer has: an answer that is
// nothing but brackets is garbled as a whole.
simdjson::error_code JsonRows::Parser::CheckDepth(ondemand::array list,
                                                  int depth) {
  if (depth > kMaxDepth) return simdjson::DEPTH_ERROR;
  for (auto item : list) {
    ondemand::value value;
    ondemand::json_type type;
    auto error = item.get(value);
    if (error == simdjson::SUCCESS) error = value.type().get(type);
    if (error == simdjson::SUCCESS && type == ondemand::json_type::array) {
      ondemand::array inside;
      error = value.get_array().get(inside);
      if (error == simdjson::SUCCESS) error = CheckDepth(inside, depth + 1);
    }
    if (error != simdjson::SUCCESS) return error;
  }
  return simdjson::SUCCESS;
}

const char* JsonRows::Parser::position() {
  const char* at = nullptr;
  const auto error = document_.current_location().get(at);
  return error == simdjson::SUCCESS ? at : text_.data() + text_.size();
}

simdjson::error_code JsonRows::Parser::ReadRow(ondemand::value& value,
                                               const JsonShape& shape,
                                               JsonValue* row) {
  // The values of the row before are no longer needed.
  chunk_ = used_ = 0;
  items_.clear();
  ondemand::json_type type;
  auto error = value.type().get(type);
  if (error != simdjson::SUCCESS) return error;
  if (type == ondemand::json_type::array) {
    ondemand::array list;
    error = value.get_array().get(list);
    row->kind_ = Kind::kList;
    return error == simdjson::SUCCESS ? CheckDepth(list, 2) : error;
  }
  return Open(value, &shape, row);
}

simdjson::error_code JsonRows::Parser::ReadRows(ondemand::array rows,
                                                const JsonShape& shape,
                                                VisitRow visit) {
  int64_t count = 0;
  for (auto item : rows) {
    ondemand::value value;
    JsonValue row;
    auto error = item.get(value);
    if (error != simdjson::SUCCESS) return error;
    if (++count > kMaxRows) return simdjson::CAPACITY;
    const char* const begin = value.raw_json_token().data();
    error = ReadRow(value, shape, &row);
    if (error != simdjson::SUCCESS) return error;
    visit(row, WithoutBlanksBehind(
                   {begin, static_cast<size_t>(position() - begin)}));
  }
  return simdjson::SUCCESS;
}

simdjson::error_code JsonRows::Parser::ReadOnlyRow(const JsonShape& shape,
                                                   absl::string_view id,
                                                   VisitRow visit) {
  chunk_ = used_ = 0;
  items_.clear();
  ondemand::object object;
  JsonValue row;
  auto error = document_.get_object().get(object);
  if (error == simdjson::SUCCESS) error = OpenObject(object, &shape, &row);
  if (error != simdjson::SUCCESS) return error;
  if (!id.empty() && row[id].is_nothing()) return simdjson::INCORRECT_TYPE;
  visit(row, text_);
  return simdjson::SUCCESS;
}

simdjson::error_code JsonRows::Parser::Read(absl::string_view text,
                                            size_t capacity,
                                            const JsonShape& shape,
                                            absl::string_view id,
                                            VisitRow visit) {
  if (parser_.capacity() > kLargestKept) parser_ = ondemand::parser();
  text_ = text;
  auto error = parser_
                   .iterate(simdjson::padded_string_view(text.data(),
                                                         text.size(), capacity))
                   .get(document_);
  ondemand::json_type type;
  if (error == simdjson::SUCCESS) error = document_.type().get(type);
  if (error != simdjson::SUCCESS) return error;
  if (type == ondemand::json_type::array) {
    ondemand::array rows;
    error = document_.get_array().get(rows);
    if (error == simdjson::SUCCESS) error = ReadRows(rows, shape, visit);
  } else if (type == ondemand::json_type::object) {
    error = ReadOnlyRow(shape, id, visit);
  } else {
    error = simdjson::INCORRECT_TYPE;
  }
  if (error != simdjson::SUCCESS) return error;
  const bool at_end = document_.current_location().error() != simdjson::SUCCESS;
  return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

// ---- A text ----------------------------------------------------------------

JsonRows::JsonRows() : parser_(std::make_unique<Parser>()) {}
JsonRows::~JsonRows() = default;

absl::Status JsonRows::Read(std::string* text, const JsonShape& shape,
                            absl::string_view id,
                            absl::FunctionRef<void(bool)> begin,
                            VisitRow visit) {
  const auto read = [&] {
    // Room that the parser reads into behind the end.
    text->reserve(text->size() + simdjson::SIMDJSON_PADDING);
    absl::string_view json = *text;
    absl::ConsumePrefix(&json, kByteOrderMark);
    const size_t capacity = text->capacity() - (text->size() - json.size());
    if (json.empty()) return simdjson::EMPTY;
    return parser_->Read(json, capacity, shape, id, visit);
  };
  if (text->size() > kMaxSize || HasTooMuchStructure(*text)) {
    return absl::DataLossError("a body that is too large");
  }
  begin(/*repaired=*/false);
  simdjson::error_code error = read();
  if (error != simdjson::SUCCESS && !IsBeyondRepair(error)) {
    *text = RepairJson(*text);
    if (text->size() > kMaxSize) {
      return absl::DataLossError("a body that is no JSON");
    }
    begin(/*repaired=*/true);
    error = read();
  }
  switch (error) {
    case simdjson::SUCCESS:
      return absl::OkStatus();
    case simdjson::EMPTY:
      return absl::DataLossError("an empty body");
    case simdjson::DEPTH_ERROR:
      return absl::DataLossError("a body that is nested too deeply");
    case simdjson::CAPACITY:
      return absl::DataLossError("too many rows");
    case simdjson::INCORRECT_TYPE:
      return absl::DataLossError("JSON, but no array");
    default:
      return absl::DataLossError("a body that is no JSON");
  }
}

}  // namespace oms_connector::order_manager
