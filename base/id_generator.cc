#include "base/id_generator.h"

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/sodium_ready.h"

namespace oms_connector::base {
namespace {

constexpr size_t kUuidBytes = 16;
constexpr size_t kUuidLength = 36;

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

bool IsUuidDash(size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

SystemIdGenerator::SystemIdGenerator() { EnsureSodiumReady(); }

std::string SystemIdGenerator::NewUuid() {
  std::array<unsigned char, kUuidBytes> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  bytes[6] = (bytes[6] & 0x0F) | 0x40;  // version 4 (RFC 4122, 4.4)
  bytes[8] = (bytes[8] & 0x3F) | 0x80;  // variant 1
  const std::string hex = absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const absl::string_view view = hex;
  return absl::StrCat(view.substr(0, 8), "-", view.substr(8, 4), "-",
                      view.substr(12, 4), "-", view.substr(16, 4), "-",
                      view.substr(20));
}

std::string SystemIdGenerator::NewToken(size_t bytes) {
  return absl::BytesToHexString(RandomBytes(bytes));
}

uint64_t SystemIdGenerator::NewUint64() {
  uint64_t number = 0;
  randombytes_buf(&number, sizeof(number));
  return number;
}

bool IsUuid(absl::string_view text) {
  if (text.size() != kUuidLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool fits =
        IsUuidDash(i)
            ? text[i] == '-'
            : absl::ascii_isxdigit(static_cast<unsigned char>(text[i]));
    if (!fits) return false;
  }
  return true;
}

}  // namespace oms_connector::base
