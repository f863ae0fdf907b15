// Reads whole families out of the replica.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "domain/shipments/cart_directory.h"
#include "model/order.h"
#include "model/shipment.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// About so many orders are read together at most; the Order Manager is not
// trusted to keep families small. Where there are more, those read last count
// as unreadable members, so that nothing is released by half a family.
inline constexpr size_t kMaxLoadedOrders = 2'000;

struct LoadedOrder {
  // As stored; where the replica lacks it, an entry that is not `known`.
  model::StoredOrder order;
  bool stored = false;
  // Does not count as readable, because not all of its family was loaded.
  bool cut_off = false;
  std::vector<model::StoredShipment> shipments;  // ascending by id
  // The family that its own parcels wait for: ascending order ids. Shared by
  // all its orders.
  std::shared_ptr<const std::vector<int64_t>> family;

  bool readable() const { return order.readable && !cut_off; }
};

// Orders by their ids. References stay valid.
class LoadedOrders {
 public:
  // The entry of an id, made where there is none.
  LoadedOrder& Add(int64_t order_id);
  bool Contains(int64_t order_id) const { return index_.contains(order_id); }
  // For an id that is there.
  LoadedOrder& at(int64_t order_id) { return *index_.at(order_id); }

  size_t size() const { return orders_.size(); }
  // In the order in which they were added.
  auto begin() { return orders_.begin(); }
  auto end() { return orders_.end(); }

 private:
  std::deque<LoadedOrder> orders_;
  absl::flat_hash_map<int64_t, LoadedOrder*> index_;
};

// The orders given, and every order that any family of a loaded order has as a
// member, each with its shipments. Reads each generation of members by three
// lists, and by one more for each cart that tells families by keys.
absl::StatusOr<LoadedOrders> LoadFamilies(
    storage::ReadTransaction& txn, const CartDirectory& directory,
    const std::vector<int64_t>& order_ids);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_
