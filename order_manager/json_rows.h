// A JSON text of the Order Manager, read once from front to back: row by row,
// and of each row only the fields that somebody has asked for. What it holds is
// hostile: values are asked for their kind, never trusted to have one.
//
//   const JsonShape kProduct({{"productId"}, {"masterSku"}});
//   const JsonShape kStock({{"product", &kProduct}, {"onHandQuantity"}});
//   JsonRows reader;
//   absl::Status status = reader.Read(
//       &body, kStock, "product", [&](bool repaired) { sum = 0; },
//       [&](const JsonValue& row, absl::string_view) { sum += Of(row); });
//
// Texts are views into the body wherever they hold no escapes, numbers are
// passed on as they are spelled, and what nobody asked for is stepped over by
// its brackets alone. The only file pair that knows simdjson.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_JSON_ROWS_H_
#define OMS_CONNECTOR_ORDER_MANAGER_JSON_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace oms_connector::order_manager {

// Which fields of an object are wanted. A field with a shape of its own is
// opened: of an object the fields that the shape names are read, of a list the
// items, each of which is opened as the object would be. Made once, lives as
// long as all values that were read by it.
class JsonShape {
 public:
  struct Field {
    absl::string_view name;
    const JsonShape* inside = nullptr;
  };

  JsonShape(std::initializer_list<Field> fields);

  size_t size() const { return fields_.size(); }
  const Field& field(size_t index) const { return fields_[index]; }
  // size() where nobody asked for such a field. `quoted` begins behind the
  // opening quote of a name and ends at or behind the closing one.
  size_t FindQuoted(const char* quoted) const;
  size_t Find(absl::string_view name) const;

 private:
  std::vector<Field> fields_;
  // The first field whose name begins with a letter, and for each field the
  // next one with the same: most names are known to be unwanted by a look.
  std::array<uint8_t, 128> first_;
  std::vector<uint8_t> next_;
};

// Of a list of plain values, such as ids.
const JsonShape& PlainItems();

// One value. A small handle, valid while the row is visited.
class JsonValue {
 public:
  enum class Kind : uint8_t {
    kAbsent,  // the object has no such field
    kNull,
    kBool,
    kNumber,
    kText,
    kList,
    kObject,
    kTwice,  // the object has several fields of this name
  };

  JsonValue() = default;

  Kind kind() const { return kind_; }
  bool is_nothing() const {
    return kind_ == Kind::kAbsent || kind_ == Kind::kNull;
  }

  bool boolean() const { return kind_ == Kind::kBool && size_ != 0; }
  // Of a text, UTF-8 that may hold NUL and other control characters; of a
  // number, how it was spelled. Otherwise empty.
  absl::string_view text() const {
    return kind_ == Kind::kText || kind_ == Kind::kNumber
               ? absl::string_view(place_.text, size_)
               : absl::string_view();
  }
  // A list or object in which there is nothing.
  bool is_empty() const { return is_empty_; }
  // Of an opened list.
  absl::Span<const JsonValue> items() const {
    return kind_ == Kind::kList && shape_ != nullptr
               ? absl::MakeConstSpan(place_.children, size_)
               : absl::Span<const JsonValue>();
  }
  // Of an opened object; absent in any other value and for names that its
  // shape lacks.
  const JsonValue& operator[](absl::string_view name) const;

 private:
  friend class JsonRows;

  Kind kind_ = Kind::kAbsent;
  bool is_empty_ = false;
  uint32_t size_ = 0;
  union {
    const char* text = nullptr;
    const JsonValue* children;
  } place_;
  const JsonShape* shape_ = nullptr;
};

// A parser with its memory, for one text after the other. Not thread-safe.
class JsonRows {
 public:
  // Deeper nesting is garbled: the deepest answer that is documented has 6.
  static constexpr int kMaxDepth = 64;
  static constexpr size_t kMaxSize = size_t{64} << 20;
  // Brackets, commas and colons, each of which costs memory. A page of 1000
  // rows has some 50,000.
  static constexpr size_t kMaxStructure = size_t{8} << 20;
  // More rows would take more memory than any answer that is meant well.
  static constexpr int64_t kMaxRows = 500'000;

  // `raw` is the row as it was written.
  using VisitRow =
      absl::FunctionRef<void(const JsonValue& row, absl::string_view raw)>;

  JsonRows();
  ~JsonRows();
  JsonRows(const JsonRows&) = delete;
  JsonRows& operator=(const JsonRows&) = delete;

  // Reads the array that `text` is. An object is taken for an array of one
  // where it holds a field `id`, or any object where `id` is empty. A byte
  // order mark is passed over. Damage inside of values is mended
  // (json_repair.h), for which the text is read from the front once more:
  // `begin` is called before each first row, and what was visited before it is
  // to be forgotten. `text` may gain memory behind its end, and is another one
  // once it was mended.
  // DATA_LOSS for what is no such JSON, is empty, or goes beyond the limits.
  absl::Status Read(std::string* text, const JsonShape& shape,
                    absl::string_view id,
                    absl::FunctionRef<void(bool repaired)> begin,
                    VisitRow visit);

 private:
  class Parser;

  std::unique_ptr<Parser> parser_;
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_JSON_ROWS_H_
