// Which rows a run has seen: about a bit a row where ids lie close together,
// whatever their size. Kept in memory by a full pull, which concludes nothing
// when it is resumed by another process.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_SEEN_ROWS_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_SEEN_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"

namespace oms_connector::inventory {

class SeenRows {
 public:
  void Add(int64_t id) {
    chunks_[id >> kChunkBits][Word(id)] |= uint64_t{1} << (id & 63);
  }
  bool Contains(int64_t id) const {
    const auto chunk = chunks_.find(id >> kChunkBits);
    return chunk != chunks_.end() &&
           (chunk->second[Word(id)] >> (id & 63) & 1) != 0;
  }

 private:
  static constexpr int kChunkBits = 8;
  static constexpr size_t kWords = (size_t{1} << kChunkBits) / 64;
  static size_t Word(int64_t id) {
    return static_cast<size_t>(id >> 6) & (kWords - 1);
  }

  absl::flat_hash_map<int64_t, std::array<uint64_t, kWords>> chunks_;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_SEEN_ROWS_H_
