// Reads and writes the fields that world_fields.h names as JSON: the visitors
// behind data files, control requests and answers.
//
//   FieldReader read(json, now, "products[3]");
//   read.Object(product);
//   if (!read.status().ok()) …      // "products[3].active: expected a boolean"
//
//   RowJson json = ToJson<Scope::kWire>(product);
//
// Fields that the JSON lacks keep their value, so reading into a row that
// exists patches it; null empties what can be empty. A field nobody knows is
// an error: in a data file it is a typing mistake.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_FIELD_JSON_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_FIELD_JSON_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "fake_order_manager/world_fields.h"

namespace oms_connector::testing_support {

// ISO-8601, or a time relative to `now`: "now", "-2d", "-1d12h", "+90m" (d, h,
// m and s). INVALID_ARGUMENT otherwise.
absl::StatusOr<absl::Time> ParseWorldTime(absl::string_view text,
                                          absl::Time now);

class FieldReader {
 public:
  // `json` must outlive the reader; `where` names it in errors.
  FieldReader(const nlohmann::json& json, absl::Time now, std::string where)
      : json_(json), now_(now), where_(std::move(where)) {}

  // Reads every field of `row`, and refuses members it does not have.
  template <typename Row>
  void Object(Row& row) {
    if (!json_.is_object()) return Fail("expected an object");
    VisitAllFields(row, *this);
    ReadRaw(row, 0);
    RefuseUnknownMembers();
  }

  // One member; what visitors are called with.
  template <typename T>
  void operator()(const char* name, T& value) {
    known_.insert(name);
    const auto member = json_.find(name);
    if (member == json_.end()) return;
    FieldReader inner(*member, now_, absl::StrCat(where_, ".", name));
    inner.Value(value);
    Keep(inner.status_);
  }

  // OK, or the first thing that could not be read.
  const absl::Status& status() const { return status_; }

 private:
  void Value(int64_t& value);
  void Value(bool& value);
  void Value(double& value);
  void Value(std::string& value);
  void Value(absl::Time& value);
  void Value(TimeStyle& value);
  void Value(absl::Duration& value);  // In milliseconds.
  void Value(std::map<std::string, std::string>& values);

  template <typename T>
  void Value(std::optional<T>& value) {
    if (json_.is_null()) return value.reset();
    if (!value.has_value()) value.emplace();
    Value(*value);
  }

  template <typename T>
  void Value(std::vector<T>& values) {
    values.clear();
    if (json_.is_null()) return;
    if (!json_.is_array()) return Fail("expected a list");
    for (const nlohmann::json& element : json_) {
      FieldReader inner(element, now_,
                        absl::StrCat(where_, "[", values.size(), "]"));
      inner.Value(values.emplace_back());
      Keep(inner.status_);
    }
  }

  template <typename Row>
  void Value(Row& row) {
    Object(row);
  }

  // Rows with raw fields have them; the others skip this.
  template <typename Row>
  auto ReadRaw(Row& row, int) -> decltype(row.raw, void()) {
    (*this)("raw", row.raw);
  }
  template <typename Row>
  void ReadRaw(Row&, long) {}

  void RefuseUnknownMembers();
  void Fail(absl::string_view problem);
  void Keep(const absl::Status& status);

  const nlohmann::json& json_;
  absl::Time now_;
  std::string where_;
  std::set<std::string> known_;
  absl::Status status_;
};

// ---- Writing ---------------------------------------------------------------

// Members in the order in which they are written.
using RowJson = nlohmann::ordered_json;

// As text; bytes that are no UTF-8 become U+FFFD.
inline std::string TextOf(const RowJson& json) {
  return json.dump(-1, ' ', false, RowJson::error_handler_t::replace);
}

// ISO-8601 in UTC, whole seconds where the time has no fraction.
inline std::string WireTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

// kWire: the fields of an answer. kAll: the fields of a data file.
enum class Scope { kWire, kAll };

template <Scope kScope>
class FieldWriter {
 public:
  // The members of `row`, behind those that are there.
  template <typename Row>
  void Fields(const Row& row) {
    if constexpr (kScope == Scope::kWire) {
      VisitWireFields(row, *this);
    } else {
      VisitAllFields(row, *this);
      WriteRaw(row, 0);
    }
  }

  // One member; what visitors are called with.
  template <typename T>
  void operator()(const char* name, const T& value) {
    Add(name, Value(value));
  }
  void Add(const char* name, RowJson value) {
    object_.get_ref<RowJson::object_t&>().emplace_back(name, std::move(value));
  }

  RowJson Take() { return std::move(object_); }

 private:
  static RowJson Value(int64_t value) { return value; }
  static RowJson Value(bool value) { return value; }
  static RowJson Value(double value) { return value; }
  static RowJson Value(const std::string& value) {
    return value.empty() ? RowJson() : RowJson(value);
  }
  static RowJson Value(absl::Time value) {
    return value == absl::InfinitePast() ? RowJson() : RowJson(WireTime(value));
  }
  static RowJson Value(TimeStyle value) {
    return kTimeStyles[static_cast<int>(value)];
  }
  static RowJson Value(absl::Duration value) {
    return absl::ToDoubleMilliseconds(value);
  }
  static RowJson Value(const std::map<std::string, std::string>& values) {
    RowJson object = RowJson::object();
    for (const auto& [name, text] : values) object[name] = text;
    return object;
  }
  template <typename T>
  static RowJson Value(const std::optional<T>& value) {
    return value.has_value() ? Value(*value) : RowJson();
  }
  template <typename T>
  static RowJson Value(const std::vector<T>& values) {
    RowJson list = RowJson::array();
    for (const T& value : values) list.push_back(Value(value));
    return list;
  }
  template <typename Row>
  static RowJson Value(const Row& row) {
    FieldWriter inner;
    inner.Fields(row);
    return inner.Take();
  }

  // Rows with raw fields that have some; the others skip this.
  template <typename Row>
  auto WriteRaw(const Row& row, int) -> decltype(row.raw, void()) {
    if (!row.raw.empty()) (*this)("raw", row.raw);
  }
  template <typename Row>
  void WriteRaw(const Row&, long) {}

  RowJson object_ = RowJson::object();
};

template <Scope kScope, typename Row>
RowJson ToJson(const Row& row) {
  FieldWriter<kScope> write;
  write.Fields(row);
  return write.Take();
}

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_FIELD_JSON_H_
