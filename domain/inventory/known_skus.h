#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_KNOWN_SKUS_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_KNOWN_SKUS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/inventory_rows.h"

namespace oms_connector::inventory {

// The spellings of the SKUs that stock was compared by, so that the next
// warehouse need not ask again. What a number stands for never changes. Used by
// one thread.
class KnownSkus {
 public:
  // Keeps so many, some 2 MiB; those of one page where it has more.
  explicit KnownSkus(size_t most = 25'000) : most_(most) {}

  // Sets the texts of the stock's SKUs, which stay until the next call. `ask`
  // tells those that are not known, in the order of their numbers in the list.
  absl::Status Spell(std::vector<model::StandingStock>* stock,
                     absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(
                         const std::vector<int64_t>&)>
                         ask);

 private:
  // Sets what is known; the numbers of the others, each once.
  std::vector<int64_t> SetKnown(std::vector<model::StandingStock>* stock) const;

  const size_t most_;
  absl::flat_hash_map<int64_t, std::string> texts_;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_KNOWN_SKUS_H_
