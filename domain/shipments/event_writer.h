// Turns decisions into events of the feed.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_WRITER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_WRITER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "domain/shipments/delivery_decision.h"
#include "model/shipment.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// Appends the events in their order. Their shipments are the caller's to store.
absl::Status AppendEvents(storage::WriteTransaction& txn,
                          absl::string_view connection,
                          const std::vector<NewEvent>& events, absl::Time now);

// Takes one sequence for each event, and sets sequences and release groups:
// events with the same key, other than "", are one group, whose number is its
// first event's sequence.
absl::Status NumberEvents(storage::WriteTransaction& txn,
                          absl::string_view connection,
                          const std::vector<std::string>& group_keys,
                          std::vector<model::ShipmentEvent>& events);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_EVENT_WRITER_H_
