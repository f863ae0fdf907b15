#include "base/sequential_id_generator.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace oms_connector::base {

std::string SequentialIdGenerator::NewUuid() {
  return absl::StrFormat("00000000-0000-4000-8000-%012x",
                         NewUint64() & 0xFFFFFFFFFFFF);
}

std::string SequentialIdGenerator::NewToken(size_t bytes) {
  const std::string digits = absl::StrFormat("%016x", NewUint64());
  const size_t length = 2 * bytes;
  if (length <= digits.size()) return digits.substr(digits.size() - length);
  return absl::StrCat(std::string(length - digits.size(), '0'), digits);
}

uint64_t SequentialIdGenerator::NewUint64() { return next_.fetch_add(1); }

}  // namespace oms_connector::base
