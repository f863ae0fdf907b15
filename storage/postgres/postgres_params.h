#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_PARAMS_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_PARAMS_H_

#include <array>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Parameters in the binary form of PostgreSQL's protocol: numbers as eight
// bytes in network order, texts and bytes as they are. Integers and reals are
// int8 and float8, so columns and expressions they meet must be of these types
// or be convertible from them; a null takes its type from the statement.
//
// A NUL within a text, which PostgreSQL cannot keep, becomes U+FFFD.
//
// Holds views of texts and bytes that are as they should be: they must outlive
// it.
class PostgresParams {
 public:
  explicit PostgresParams(absl::Span<const SqlParam> params);
  PostgresParams(const PostgresParams&) = delete;
  PostgresParams& operator=(const PostgresParams&) = delete;

  // The arrays that libpq takes, each of `size` items.
  int size() const { return static_cast<int>(values_.size()); }
  const unsigned int* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  friend struct ParamEncoder;
  void Add(unsigned int type, const char* value, size_t length);
  void AddNumber(unsigned int type, uint64_t bits);
  void AddText(absl::string_view text);

  std::vector<unsigned int> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::array<char, 8>> numbers_;  // never grows beyond its reserve
  std::vector<std::string> mended_;           // neither
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_PARAMS_H_
