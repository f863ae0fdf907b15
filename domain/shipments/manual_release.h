// Releases held shipments by hand, and replays events, inside a transaction.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_MANUAL_RELEASE_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_MANUAL_RELEASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/shipment.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// As ShipmentAdmin::Release.
absl::StatusOr<std::vector<model::Shipment>> ReleaseByShipment(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<int64_t>& shipment_ids, absl::string_view reason,
    absl::Time now);
absl::StatusOr<std::vector<model::Shipment>> ReleaseByOrder(
    storage::WriteTransaction& txn, const std::string& connection,
    int64_t order_id, absl::string_view reason, absl::Time now);

// As ShipmentAdmin::Replay, of these shipments; `range_end` where they are
// those of a range.
absl::StatusOr<int64_t> ReplayLatest(storage::WriteTransaction& txn,
                                     const std::string& connection,
                                     const std::vector<int64_t>& shipment_ids,
                                     std::optional<int64_t> range_end,
                                     absl::Time now);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_MANUAL_RELEASE_H_
