// What people ask and do about single shipments: find them, release held ones
// by hand, and hand out events once more.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_ADMIN_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_ADMIN_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "domain/shipments/event_signal.h"
#include "model/shipment.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// Shipments that one ListShipments answers, by default and at most.
inline constexpr int kDefaultShipments = 100;
inline constexpr int kMaxShipments = 1000;

struct ShipmentFilter {
  std::vector<model::DeliveryState> states;  // empty = any
  std::string order_number;                  // exact; empty = any
  // Case, blanks, '-' and '.' do not count; empty = any.
  std::string tracking_number;
  std::string cart;  // also one that is gone; empty = any
  std::optional<absl::Duration> older_than;  // in its state for so long
};

struct ShipmentListRequest {
  std::string connection;
  ShipmentFilter filter;
  // Only shipments with a lower id: the last one of the page before.
  int64_t before = std::numeric_limits<int64_t>::max();
  int page_size = 0;  // 0 = kDefaultShipments
};
struct ShipmentList {
  std::vector<model::Shipment> shipments;  // newest (highest id) first
  std::optional<int64_t> next_before;      // unset at the end
};

struct ReleaseRequest {
  std::string connection;
  // One of the two.
  std::vector<int64_t> shipment_ids;
  std::optional<int64_t> order_id;
  std::string reason;  // kept as `outcome_reason`
  storage::ReplayableCall<std::vector<model::Shipment>> call;
};

struct ReplayRequest {
  std::string connection;
  // Shipments, or those with an event after `start` up to `end`.
  std::vector<int64_t> shipment_ids;
  std::optional<int64_t> start;
  std::optional<int64_t> end;
  storage::ReplayableCall<int64_t> call;
};

// Thread-safe; does not own what it is given. All methods give
// CONNECTION_NOT_FOUND, and the store's errors; those with a call also
// REQUEST_ID_REUSED.
class ShipmentAdmin {
 public:
  ShipmentAdmin(storage::Store* store, EventSignal* signal);

  // INVALID_REQUEST for a negative size or age.
  absl::StatusOr<ShipmentList> List(const base::CallContext& context,
                                    const ShipmentListRequest& request);

  // Hands out held shipments, all or none of them; those that were handed out
  // already are left alone. By order, the order counts as released: its later
  // parcels go at once; by shipment, once nothing of its order is held back any
  // more. Returns what this call has released.
  // SHIPMENT_NOT_FOUND; SHIPMENT_NOT_RELEASABLE for one that is voided, has no
  // tracking number, or is NOT_REQUIRED; by order, voided ones and those that
  // are not required are passed over. INVALID_REQUEST unless exactly one of ids
  // and order is given.
  absl::StatusOr<storage::Answer<std::vector<model::Shipment>>> Release(
      const base::CallContext& context, const ReleaseRequest& request);

  // Puts the latest event of each shipment at the head of the feed again, which
  // makes it READY; all or none. Of a range, those whose latest event is a
  // replay behind the range are left out: asking twice tells nothing twice.
  // Returns how many. SHIPMENT_NOT_FOUND,
  // SHIPMENT_NOT_HANDED_OUT; CURSOR_EXPIRED; INVALID_REQUEST unless ids or both
  // ends are given, and for more shipments than model/limits.h lets
  // one call replay.
  absl::StatusOr<storage::Answer<int64_t>> Replay(
      const base::CallContext& context, const ReplayRequest& request);

 private:
  storage::Store* const store_;
  EventSignal* const signal_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_ADMIN_H_
