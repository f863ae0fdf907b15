// Keeps the replica of orders and shipment records: what the Order Manager told
// last. What changes for a shipment or a family makes the orders concerned
// pending, so that they are decided anew (shipment_decider.h).
//
// Each function reads its rows by lists, once, and writes only those that
// differ.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_REPLICA_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_REPLICA_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "domain/shipments/cart_directory.h"
#include "model/order.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// Stores orders as they were read at `now`. Of several with one id the last
// counts.
absl::Status StoreOrders(storage::WriteTransaction& txn,
                         const CartDirectory& directory,
                         const std::vector<model::Order>& orders,
                         absl::Time now);

// An order that was asked for by its id in vain.
struct UnreadOrder {
  int64_t order_id = 0;
  bool missing = false;  // the Order Manager says that there is none
};
// Notes what could not be read at `now`. What was read of an order earlier
// stays.
absl::Status StoreUnreadOrders(storage::WriteTransaction& txn,
                               const CartDirectory& directory,
                               const std::vector<UnreadOrder>& orders,
                               absl::Time now);

// Makes pending entries, never read, for those that the replica lacks, so that
// they are read next. Returns how many there were.
absl::StatusOr<int64_t> AddUnknownOrders(storage::WriteTransaction& txn,
                                         const CartDirectory& directory,
                                         std::vector<int64_t> order_ids,
                                         absl::Time now);

// Computes cart and family key anew for up to `limit` orders after `*after`,
// which moves on; those that change become pending. True at the end.
absl::StatusOr<bool> RefileOrders(storage::WriteTransaction& txn,
                                  const CartDirectory& directory, int limit,
                                  int64_t* after);

// Stores the records that differ from what is known and makes their orders
// pending; orders that the replica lacks get an entry that asks to be read.
// Returns are dropped, and so are records that are new to us although created
// up to `forgotten_through`: their parcels went long ago. Of several records
// with one id the last counts. A new shipment is HELD, without a hold time,
// until it is decided.
absl::Status StoreShipments(storage::WriteTransaction& txn,
                            const CartDirectory& directory,
                            const std::vector<model::ShipmentRecord>& records,
                            absl::Time now);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_REPLICA_H_
