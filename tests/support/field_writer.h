// Writes the fields that world_fields.h names as JSON: the visitor behind
// answers and data files.
//
//   JsonWriter json(&text);
//   FieldWriter<Scope::kWire> write(&json);
//   write.Object(product);       // {"productId":10,"masterSku":"TEE-RED",…
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_FIELD_WRITER_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_FIELD_WRITER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/support/json_writer.h"
#include "tests/support/world_fields.h"

namespace oms_connector::testing_support {

// ISO-8601 in UTC, whole seconds where the time has no fraction.
inline std::string WireTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

// kWire: the fields of an answer. kAll: the fields of a data file.
enum class Scope { kWire, kAll };

template <Scope kScope>
class FieldWriter {
 public:
  explicit FieldWriter(JsonWriter* json) : json_(json) {}

  // Members of `row`, without the braces.
  template <typename Row>
  void Fields(const Row& row) {
    if constexpr (kScope == Scope::kWire) {
      VisitWireFields(row, *this);
    } else {
      VisitAllFields(row, *this);
      WriteRaw(row, 0);
    }
  }

  template <typename Row>
  void Object(const Row& row) {
    json_->BeginObject();
    Fields(row);
    json_->EndObject();
  }

  // One member; what visitors are called with.
  template <typename T>
  void operator()(const char* name, const T& value) {
    json_->Key(name);
    Value(value);
  }

 private:
  void Value(int64_t value) { json_->Integer(value); }
  void Value(bool value) { json_->Boolean(value); }
  void Value(double value) { json_->Number(value); }
  void Value(const std::string& value) {
    value.empty() ? json_->Null() : json_->Text(value);
  }
  void Value(absl::Time value) {
    value == absl::InfinitePast() ? json_->Null()
                                  : json_->Text(WireTime(value));
  }
  void Value(TimeStyle value) {
    json_->Text(kTimeStyles[static_cast<int>(value)]);
  }
  void Value(absl::Duration value) {
    json_->Number(absl::ToDoubleMilliseconds(value));
  }
  void Value(const std::map<std::string, std::string>& values) {
    json_->BeginObject();
    for (const auto& [name, text] : values) {
      json_->Key(name);
      json_->Text(text);
    }
    json_->EndObject();
  }
  template <typename T>
  void Value(const std::optional<T>& value) {
    value.has_value() ? Value(*value) : json_->Null();
  }
  template <typename T>
  void Value(const std::vector<T>& values) {
    json_->BeginArray();
    for (const T& value : values) Value(value);
    json_->EndArray();
  }
  template <typename Row>
  void Value(const Row& row) {
    Object(row);
  }

  // Rows with raw fields that have some; the others skip this.
  template <typename Row>
  auto WriteRaw(const Row& row, int) -> decltype(row.raw, void()) {
    if (!row.raw.empty()) (*this)("raw", row.raw);
  }
  template <typename Row>
  void WriteRaw(const Row&, long) {}

  JsonWriter* json_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_FIELD_WRITER_H_
