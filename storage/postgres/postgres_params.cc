#include "storage/postgres/postgres_params.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <variant>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// Source: pg_type.dat; these numbers are part of the protocol.
constexpr unsigned int kUnknownType = 0;
constexpr unsigned int kByteaType = 17;
constexpr unsigned int kInt8Type = 20;
constexpr unsigned int kTextType = 25;
constexpr unsigned int kFloat8Type = 701;

constexpr int kBinary = 1;

constexpr absl::string_view kNul("\0", 1);
constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

struct ParamEncoder {
  PostgresParams& params;

  void operator()(std::nullptr_t) const {
    params.Add(kUnknownType, nullptr, 0);
  }
  void operator()(int64_t value) const {
    params.AddNumber(kInt8Type, static_cast<uint64_t>(value));
  }
  void operator()(double value) const {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    params.AddNumber(kFloat8Type, bits);
  }
  void operator()(absl::string_view text) const { params.AddText(text); }
  void operator()(Blob blob) const {
    params.Add(kByteaType,
               blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
               blob.bytes.size());
  }
};

PostgresParams::PostgresParams(absl::Span<const SqlParam> params) {
  numbers_.reserve(params.size());
  mended_.reserve(params.size());
  for (const SqlParam& param : params) {
    std::visit(ParamEncoder{*this}, param);
  }
}

void PostgresParams::Add(unsigned int type, const char* value, size_t length) {
  types_.push_back(type);
  values_.push_back(value);
  lengths_.push_back(static_cast<int>(length));
  formats_.push_back(kBinary);
}

void PostgresParams::AddNumber(unsigned int type, uint64_t bits) {
  std::array<char, 8>& bytes = numbers_.emplace_back();
  for (int i = 7; i >= 0; --i, bits >>= 8) {
    bytes[i] = static_cast<char>(bits & 0xff);
  }
  Add(type, bytes.data(), bytes.size());
}

void PostgresParams::AddText(absl::string_view text) {
  if (text.find('\0') != absl::string_view::npos) {
    text =
        mended_.emplace_back(absl::StrReplaceAll(text, {{kNul, kReplacement}}));
  }
  Add(kTextType, text.data() == nullptr ? "" : text.data(), text.size());
}

}  // namespace oms_connector::storage
