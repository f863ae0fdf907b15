#include "server/convert/token_text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"

namespace oms_connector::server {
namespace {

// A random text passes the check once in 2^64 times.
constexpr size_t kCheckBytes = 8;

std::string Check(absl::string_view purpose, absl::string_view bytes) {
  return ShortHash(absl::StrCat(purpose, "\n", bytes), kCheckBytes);
}

}  // namespace

std::string EncodeToken(absl::string_view purpose, absl::string_view bytes) {
  return absl::WebSafeBase64Escape(absl::StrCat(bytes, Check(purpose, bytes)));
}

std::optional<std::string> DecodeToken(absl::string_view purpose,
                                       absl::string_view text) {
  std::string decoded;
  if (!absl::WebSafeBase64Unescape(text, &decoded) ||
      decoded.size() < kCheckBytes) {
    return std::nullopt;
  }
  decoded.resize(decoded.size() - kCheckBytes);
  if (EncodeToken(purpose, decoded) != text) return std::nullopt;
  return decoded;
}

std::string ShortHash(absl::string_view data, size_t bytes) {
  return base::Sha256(data).substr(0, bytes);
}

std::string BigEndian(int64_t value) {
  std::string bytes(8, '\0');
  auto rest = static_cast<uint64_t>(value);
  for (size_t i = bytes.size(); i-- > 0; rest >>= 8) {
    bytes[i] = static_cast<char>(rest & 0xFF);
  }
  return bytes;
}

int64_t FromBigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return static_cast<int64_t>(value);
}

}  // namespace oms_connector::server
