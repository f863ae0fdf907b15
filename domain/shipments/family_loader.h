// Reads whole families out of the replica.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/order_family.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// About so many orders are read together at most; the Order Manager is not
// trusted to keep families small. Where there are more, those read last count
// as unreadable members, so that nothing is released by half a family.
inline constexpr size_t kMaxLoadedOrders = 2'000;

// The carts of the connection as this transaction sees it. CONNECTION_NOT_FOUND
// when there is none.
absl::StatusOr<CartDirectory> LoadCartDirectory(storage::ReadTransaction& txn,
                                                absl::string_view connection);

// The orders given, and every order that any family of a loaded order has as a
// member, each with its shipments. Reads each generation of members by three
// lists, and by one more for each cart that tells families by keys; and the
// products of orders that left without a parcel, of which only products that
// are known say whether one is to come.
absl::StatusOr<LoadedOrders> LoadFamilies(
    storage::ReadTransaction& txn, const CartDirectory& directory,
    const std::vector<int64_t>& order_ids);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_FAMILY_LOADER_H_
