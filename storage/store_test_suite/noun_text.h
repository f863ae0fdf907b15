// Values and results as text, so that tests can compare what two stores say and
// show where they differ: every type with a field list, field by field. Times
// are whole microseconds, as stores keep them.
#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_NOUN_TEXT_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_NOUN_TEXT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "model/errors.h"
#include "model/fields.h"
#include "model/sync_run.h"
#include "storage/connection_tables.h"

namespace oms_connector::storage {

// The code alone: messages are for people.
std::string TextOf(const absl::Status& status);
std::string TextOf(const model::FeedStatus& status);
std::string TextOf(const model::ConnectionHeads& heads);

template <typename T>
std::string TextOf(const std::optional<T>& value);
template <typename T>
std::string TextOf(const std::vector<T>& values);
template <typename T, size_t n>
std::string TextOf(const std::array<T, n>& values);
template <typename T>
std::string TextOf(const absl::StatusOr<T>& value);
template <typename T>
std::string TextOf(const T& value);

namespace internal {

// A status as a field of something: all that it carries.
template <typename T>
std::string FieldText(const T& value) {
  return TextOf(value);
}
inline std::string FieldText(const absl::Status& status) {
  return TextOf(model::SerializeStatus(status));
}

}  // namespace internal

template <typename T>
std::string TextOf(const std::optional<T>& value) {
  return value.has_value() ? TextOf(*value) : "none";
}

template <typename T, size_t n>
std::string TextOf(const std::array<T, n>& values) {
  return TextOf(std::vector<T>(values.begin(), values.end()));
}

template <typename T>
std::string TextOf(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) absl::StrAppend(&text, TextOf(value), "; ");
  return absl::StrCat(text, "]");
}

template <typename T>
std::string TextOf(const absl::StatusOr<T>& value) {
  return value.ok() ? TextOf(*value) : TextOf(value.status());
}

template <typename T>
std::string TextOf(const T& value) {
  if constexpr (model::HasFields<T>::value) {
    std::string text = "{";
    T::VisitFields([&](int, const char* name, auto field) {
      absl::StrAppend(&text, name, "=", internal::FieldText(value.*field), " ");
    });
    return absl::StrCat(text, "}");
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return absl::StrCat(static_cast<int64_t>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    return absl::StrCat(value);
  } else if constexpr (std::is_same_v<T, absl::Time>) {
    return absl::StrCat(absl::ToUnixMicros(value));
  } else if constexpr (std::is_same_v<T, absl::Duration>) {
    return absl::StrCat(absl::ToInt64Microseconds(value));
  } else {
    return absl::StrCat("'", absl::CEscape(value), "'");
  }
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_NOUN_TEXT_H_
