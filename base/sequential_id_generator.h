#ifndef OMS_CONNECTOR_BASE_SEQUENTIAL_ID_GENERATOR_H_
#define OMS_CONNECTOR_BASE_SEQUENTIAL_ID_GENERATOR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/id_generator.h"

namespace oms_connector::base {

// Ids for tests: well-formed, different and the same in each run. All three
// functions draw from one counter that starts at 1. Thread-safe.
class SequentialIdGenerator final : public IdGenerator {
 public:
  std::string NewUuid() override;  // "00000000-0000-4000-8000-…1"
  std::string NewToken(size_t bytes) override;  // "00…1", the low bytes of it
  uint64_t NewUint64() override;

 private:
  std::atomic<uint64_t> next_ = 1;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_SEQUENTIAL_ID_GENERATOR_H_
