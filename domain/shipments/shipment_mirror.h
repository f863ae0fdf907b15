// Keeps the mirror of shipment records.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_MIRROR_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_MIRROR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "domain/shipments/cart_directory.h"
#include "model/order.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// Two records of one order with one tracking number: perhaps one parcel that
// was entered twice. Both are handed out; people should look.
struct DuplicateParcel {
  int64_t order_id = 0;
  int64_t shipment_id = 0;
  int64_t earlier_shipment_id = 0;
  std::string tracking_number;
};

// Stores the records that differ from what is known and marks their orders as
// pending; orders that the mirror lacks get an entry that asks to be read.
// Returns are dropped. Of several records with one id the last counts. A new
// shipment is HELD, without a hold time, until it is decided.
absl::StatusOr<std::vector<DuplicateParcel>> MirrorShipments(
    storage::WriteTransaction& txn, const CartDirectory& directory,
    const std::vector<model::ShipmentRecord>& records, absl::Time now);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_MIRROR_H_
