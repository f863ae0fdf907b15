// Reads orders and shipments from the Order Manager and decides on them: the
// body of pulls of the shipment feed (domain/feeds/pull_runner.h).
//
// A pull reads, in this order and durably: names; the orders modified
// since the last pull but one, with 10 minutes of overlap, so that each is read
// by two pulls, whatever pages it was on; the shipments created since the last
// pull, with 7 days of overlap, because a later void or another tracking number
// shows only by reading again; those voided within 90 days of their creation;
// each HELD one by its id; orders that shipments need and the replica lacks;
// and up to 200 that held parcels wait for, or that are not finished and were
// not read for a day. Shipments are read in windows of at most 7 days, the last
// of which ends a day from now. The first pull begins at the connection's
// earliest_shipment_time. Then it decides, so that no event is made which the
// same pull would take back. It goes on from its checkpoint, one
// page earlier, as pages can have moved. A filter for changed orders, late
// voids or ids that the Order Manager refuses costs that part only, and a note
// in the run.
//
// Not seen, because the Order Manager cannot be asked for it: corrections of a
// handed-out shipment that are made over 7 days after its creation.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_PULLER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_PULLER_H_

#include "absl/status/status.h"
#include "domain/feeds/pull_session.h"
#include "domain/shipments/event_signal.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// Thread-safe; does not own what it is given.
class ShipmentPuller {
 public:
  ShipmentPuller(storage::Store* store,
                 order_manager::OrderManager* order_manager,
                 EventSignal* signal);

  // One pull. The Order Manager's errors, the store's, and UNAVAILABLE when
  // pages repeat. An order that alone cannot be read is no error: its shipments
  // are held.
  absl::Status Pull(feeds::PullSession& session);

 private:
  storage::Store* const store_;
  order_manager::OrderManager* const order_manager_;
  EventSignal* const signal_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_PULLER_H_
