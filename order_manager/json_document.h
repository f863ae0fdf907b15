// A JSON text from the Order Manager, parsed and read-only. What it holds is
// hostile: values are asked for their kind, never trusted to have one.
//
//   absl::StatusOr<JsonDocument> document = JsonDocument::Parse(body);
//   for (const JsonValue& row : document->root().items()) ...
//
// The only file pair that knows simdjson.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_JSON_DOCUMENT_H_
#define OMS_CONNECTOR_ORDER_MANAGER_JSON_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oms_connector::order_manager {

// One value of a document. A small handle: cheap to copy, valid as long as its
// document lives, wherever that is moved to.
class JsonValue {
 public:
  enum class Kind { kNull, kBool, kInteger, kReal, kText, kList, kObject };

  // A null that belongs to no document.
  JsonValue() = default;

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }

  // What it says; a value of another kind says false, 0, "" or nothing.
  bool boolean() const;
  int64_t integer() const;
  // Of kInteger too. Integers beyond 64 bits with sign are of kind kReal.
  double real() const;
  // UTF-8; may hold NUL and other control characters.
  absl::string_view text() const;
  std::vector<JsonValue> items() const;
  // How many items or members it has; counts them.
  size_t size() const;
  void ForEachMember(
      absl::FunctionRef<void(absl::string_view, const JsonValue&)> visit) const;

 private:
  friend class JsonDocument;

  // The parser's own handle, in a form that needs no header of its.
  struct Handle {
    const void* document = nullptr;
    size_t position = 0;
  };

  JsonValue(Kind kind, Handle handle) : kind_(kind), handle_(handle) {}
  template <typename Element>
  static JsonValue Wrap(const Element& element);
  template <typename Element>
  Element Unwrap() const;

  Kind kind_ = Kind::kNull;
  Handle handle_;
};

class JsonDocument {
 public:
  // Deeper nesting is garbled: the deepest answer that is documented has 6.
  static constexpr size_t kMaxDepth = 64;
  static constexpr size_t kMaxSize = size_t{64} << 20;
  // Brackets, commas and colons, each of which costs some 16 bytes of memory.
  // A page of 1000 rows has some 50,000.
  static constexpr size_t kMaxStructure = size_t{8} << 20;

  // A byte order mark is passed over. Damage inside of values is mended
  // (json_repair.h), which repaired() then tells. DATA_LOSS for what is no
  // JSON, is empty, or goes beyond the limits above.
  static absl::StatusOr<JsonDocument> Parse(std::string text);

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  JsonValue root() const { return root_; }
  bool repaired() const { return repaired_; }

 private:
  class Parser;

  JsonDocument(std::unique_ptr<Parser> parser, JsonValue root, bool repaired);

  std::unique_ptr<Parser> parser_;
  JsonValue root_;
  bool repaired_ = false;
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_JSON_DOCUMENT_H_
