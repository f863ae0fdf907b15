#ifndef OMS_CONNECTOR_BASE_ID_GENERATOR_H_
#define OMS_CONNECTOR_BASE_ID_GENERATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::base {

// Makes ids and random numbers. Implementations are safe to use from any
// thread.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;

  // A version 4 UUID in lower case: "6f1b…-…".
  virtual std::string NewUuid() = 0;

  // `bytes` random bytes in lower-case hexadecimal, so 2 * `bytes` characters.
  virtual std::string NewToken(size_t bytes) = 0;

  // Uniform over all 64 bits.
  virtual uint64_t NewUint64() = 0;
};

// Unpredictable ids, from the operating system's random source.
class SystemIdGenerator final : public IdGenerator {
 public:
  SystemIdGenerator();

  std::string NewUuid() override;
  std::string NewToken(size_t bytes) override;
  uint64_t NewUint64() override;
};

// Whether `text` is a UUID in its usual form, 8-4-4-4-12 hexadecimal digits in
// either case. Any version passes.
bool IsUuid(absl::string_view text);

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_ID_GENERATOR_H_
