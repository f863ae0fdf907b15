// Keeps the mirror of orders. What changes for a shipment or a family marks the
// orders concerned as pending, so that they are decided anew.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_ORDER_MIRROR_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_ORDER_MIRROR_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "domain/shipments/cart_directory.h"
#include "model/order.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// Stores orders as they were read at `now`. Of several with one id the last
// counts. An order whose parcels were handed out before it was known counts as
// released.
absl::Status MirrorOrders(storage::WriteTransaction& txn,
                          const CartDirectory& directory,
                          const std::vector<model::Order>& orders,
                          absl::Time now);

// Notes that these orders could not be read at `now`. What was read of them
// earlier stays.
absl::Status MarkUnreadable(storage::WriteTransaction& txn,
                            const CartDirectory& directory,
                            const std::vector<int64_t>& order_ids,
                            absl::Time now);

// Makes pending entries, never read, for those that the mirror lacks, so that
// they are read next. Returns how many there were.
absl::StatusOr<int64_t> AddUnknownOrders(storage::WriteTransaction& txn,
                                         const CartDirectory& directory,
                                         const std::vector<int64_t>& order_ids,
                                         absl::Time now);

// Computes cart and family key of every order anew; those that change become
// pending.
absl::Status RefileOrders(storage::WriteTransaction& txn,
                          const CartDirectory& directory);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_ORDER_MIRROR_H_
