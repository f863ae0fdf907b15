// Reads whole families out of the mirror.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/shipments/cart_directory.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// About so many orders are read together at most; the Order Manager is not
// trusted to keep families small. Where there are more, those read last count
// as unreadable members, so that nothing is released by half a family.
inline constexpr size_t kMaxLoadedOrders = 2'000;

struct LoadedOrder {
  // As stored; where the mirror lacks it, an entry that is not `known`.
  storage::StoredOrder order;
  bool stored = true;
  std::vector<storage::StoredShipment> shipments;  // ascending by id
  // The family that its own parcels wait for: ascending order ids.
  std::vector<int64_t> family;
};

// By order id.
using LoadedOrders = std::map<int64_t, LoadedOrder>;

// The orders given, and every order that any family of a loaded order has as a
// member, each with its shipments.
absl::StatusOr<LoadedOrders> LoadFamilies(
    storage::ReadTransaction& txn, const CartDirectory& directory,
    const std::vector<int64_t>& order_ids);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_
