// Documents: values of types with a list of fields (model/fields.h) as bytes
// for one column.
//
//   const std::string bytes = EncodeDocument(order);
//   OMS_ASSIGN_OR_RETURN(const model::Order order,
//                        DecodeDocument<model::Order>(row.Bytes(2)));
//
// The bytes are protobuf's wire format: each field with its tag, so that newer
// code reads documents that older code wrote, and the other way round: fields
// that a document lacks have their defaults, unknown ones are passed over.
//
// A field may be a bool, an integer, an enumeration, a double, a string, a time
// or duration (whole microseconds, rounded down), an absl::Status, a type with
// fields of its own, and an optional, vector or array of any of these.
#ifndef OMS_CONNECTOR_STORAGE_DOCUMENT_H_
#define OMS_CONNECTOR_STORAGE_DOCUMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/fields.h"

namespace oms_connector::storage {

// Writes tagged values behind each other, those of a document within another
// one in their place.
class DocumentWriter {
 public:
  DocumentWriter() = default;
  DocumentWriter(const DocumentWriter&) = delete;
  DocumentWriter& operator=(const DocumentWriter&) = delete;

  void Integer(int tag, int64_t value);
  void Double(int tag, double value);
  void Bytes(int tag, absl::string_view value);
  // What is written between these is the value of `tag`. Begin's result is for
  // its End.
  size_t Begin(int tag);
  void End(size_t begin);
  std::string Take() const { return std::string(data_, size_); }

 private:
  // Room for `count` bytes at the end, which count as written.
  uint8_t* Add(size_t count);
  // What was added last ends at `end`.
  void EndAt(const uint8_t* end);

  // Most documents are a hundred bytes or two: no memory is asked for.
  std::array<char, 512> short_;
  std::string long_;
  char* data_ = short_.data();
  size_t size_ = 0;
  size_t capacity_ = short_.size();
};

// Reads what a DocumentWriter wrote, value by value.
class DocumentReader {
 public:
  explicit DocumentReader(absl::string_view bytes) : rest_(bytes) {}

  // Goes to the next value; false at the end and after damage.
  bool Next();
  bool damaged() const { return damaged_; }

  int tag() const { return tag_; }
  // Each is the zero value where the current one is of another kind.
  int64_t integer() const { return integer_; }
  double real() const;
  absl::string_view bytes() const { return bytes_; }

 private:
  absl::string_view rest_;
  bool damaged_ = false;
  int tag_ = 0;
  int64_t integer_ = 0;
  absl::string_view bytes_;
};

template <typename T>
std::string EncodeDocument(const T& value);
template <typename T>
absl::StatusOr<T> DecodeDocument(absl::string_view bytes);
// Into a value that is as it was constructed; after an error it is of no use.
template <typename T>
absl::Status DecodeDocument(absl::string_view bytes, T* value);

namespace internal {

// The status of a document that cannot be read.
absl::Status DamagedDocument();
void WriteStatus(DocumentWriter& writer, const absl::Status& status);
bool DecodeStatus(absl::string_view bytes, absl::Status* status);

template <typename T>
void WriteFields(DocumentWriter& writer, const T& value);

template <typename T>
void WriteValue(DocumentWriter& writer, int tag, const T& value);

template <typename T>
void WriteValue(DocumentWriter& writer, int tag,
                const std::optional<T>& value) {
  if (value.has_value()) WriteValue(writer, tag, *value);
}

template <typename T>
void WriteValue(DocumentWriter& writer, int tag, const std::vector<T>& values) {
  for (const T& value : values) WriteValue(writer, tag, value);
}

// Each entry, also the empty ones, so that the places stay what they are.
template <typename T, size_t n>
void WriteValue(DocumentWriter& writer, int tag,
                const std::array<T, n>& values) {
  for (const T& value : values) WriteValue(writer, tag, value);
}

template <typename T>
void WriteValue(DocumentWriter& writer, int tag, const T& value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    writer.Integer(tag, static_cast<int64_t>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    writer.Double(tag, value);
  } else if constexpr (std::is_same_v<T, absl::Time>) {
    writer.Integer(tag, absl::ToUnixMicros(value));
  } else if constexpr (std::is_same_v<T, absl::Duration>) {
    writer.Integer(tag, absl::ToInt64Microseconds(
                            absl::Floor(value, absl::Microseconds(1))));
  } else if constexpr (std::is_same_v<T, absl::Status>) {
    const size_t begin = writer.Begin(tag);
    WriteStatus(writer, value);
    writer.End(begin);
  } else if constexpr (model::HasFields<T>::value) {
    const size_t begin = writer.Begin(tag);
    WriteFields(writer, value);
    writer.End(begin);
  } else {
    writer.Bytes(tag, value);
  }
}

template <typename T>
void WriteFields(DocumentWriter& writer, const T& value) {
  [[maybe_unused]] static const T kDefaults{};
  T::VisitFields([&](int tag, const char*, auto field) {
    if (model::internal::SameValue(value.*field, kDefaults.*field)) return;
    WriteValue(writer, tag, value.*field);
  });
}

// False where a value cannot be read.
template <typename T>
bool ReadFields(absl::string_view bytes, T* value);

template <typename T>
bool ReadValue(const DocumentReader& reader, int index, T* value);

template <typename T>
bool ReadValue(const DocumentReader& reader, int index,
               std::optional<T>* value) {
  return ReadValue(reader, index, &value->emplace());
}

template <typename T>
bool ReadValue(const DocumentReader& reader, int index,
               std::vector<T>* values) {
  return ReadValue(reader, index, &values->emplace_back());
}

template <typename T, size_t n>
bool ReadValue(const DocumentReader& reader, int index,
               std::array<T, n>* values) {
  return static_cast<size_t>(index) < n &&
         ReadValue(reader, index, &(*values)[static_cast<size_t>(index)]);
}

template <typename T>
bool ReadValue(const DocumentReader& reader, int index, T* value) {
  (void)index;
  if constexpr (std::is_same_v<T, bool>) {
    *value = reader.integer() != 0;
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    *value = static_cast<T>(reader.integer());
  } else if constexpr (std::is_floating_point_v<T>) {
    *value = reader.real();
  } else if constexpr (std::is_same_v<T, absl::Time>) {
    *value = absl::FromUnixMicros(reader.integer());
  } else if constexpr (std::is_same_v<T, absl::Duration>) {
    *value = absl::Microseconds(reader.integer());
  } else if constexpr (std::is_same_v<T, absl::Status>) {
    return DecodeStatus(reader.bytes(), value);
  } else if constexpr (model::HasFields<T>::value) {
    return ReadFields(reader.bytes(), value);
  } else {
    value->assign(reader.bytes().data(), reader.bytes().size());
  }
  return true;
}

template <typename T>
bool ReadFields(absl::string_view bytes, T* value) {
  DocumentReader reader(bytes);
  bool good = true;
  int last_tag = 0;
  int index = 0;  // among values of one tag
  while (good && reader.Next()) {
    index = reader.tag() == last_tag ? index + 1 : 0;
    last_tag = reader.tag();
    T::VisitFields([&](int tag, const char*, auto field) {
      if (tag != reader.tag()) return;
      good = good && ReadValue(reader, index, &(value->*field));
    });
  }
  return good && !reader.damaged();
}

}  // namespace internal

template <typename T>
std::string EncodeDocument(const T& value) {
  DocumentWriter writer;
  internal::WriteFields(writer, value);
  return writer.Take();
}

// INTERNAL where the bytes are damaged.
template <typename T>
absl::StatusOr<T> DecodeDocument(absl::string_view bytes) {
  T value{};
  if (!internal::ReadFields(bytes, &value)) return internal::DamagedDocument();
  return value;
}

template <typename T>
absl::Status DecodeDocument(absl::string_view bytes, T* value) {
  return internal::ReadFields(bytes, value) ? absl::OkStatus()
                                            : internal::DamagedDocument();
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_DOCUMENT_H_
