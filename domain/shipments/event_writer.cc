#include "domain/shipments/event_writer.h"

#include <cstddef>
#include <cstdint>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/shipments/delivery_decision.h"
#include "domain/shipments/shipment_view.h"

namespace oms_connector::shipments {
namespace {

model::ShipmentEvent EventOf(const NewEvent& made, absl::Time now) {
  model::ShipmentEvent event;
  event.kind = made.kind;
  event.shipment = ShipmentOf(*made.shipment);
  event.shipment.delivery = {};  // readers show it as it is then
  event.event_time = now;
  return event;
}

void Update(const NewEvent& made, int64_t sequence, absl::Time now) {
  model::StoredShipment& shipment = *made.shipment;
  shipment.delivery = DeliveryAfterEvent(shipment.delivery, made.reason);
  shipment.state_time = now;
  shipment.decided = true;
  shipment.last_event = {sequence, made.kind, shipment.record.tracking_number,
                         shipment.carrier.code, made.inputs};
}

}  // namespace

absl::Status NumberEvents(storage::WriteTransaction& txn,
                          absl::string_view connection,
                          const std::vector<std::string>& group_keys,
                          std::vector<model::ShipmentEvent>& events) {
  if (events.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t first,
                       txn.connections().TakeSequences(
                           connection, static_cast<int64_t>(events.size())));
  std::map<std::string, std::vector<model::ShipmentEvent*>> groups;
  for (size_t i = 0; i < events.size(); ++i) {
    events[i].sequence = first + static_cast<int64_t>(i);
    events[i].release_group = events[i].sequence;
    events[i].release_group_size = 1;
    if (!group_keys[i].empty()) groups[group_keys[i]].push_back(&events[i]);
  }
  for (const auto& [key, members] : groups) {
    for (model::ShipmentEvent* event : members) {
      event->release_group = members.front()->sequence;
      event->release_group_size = static_cast<int32_t>(members.size());
    }
  }
  return absl::OkStatus();
}

absl::Status AppendEvents(storage::WriteTransaction& txn,
                          absl::string_view connection,
                          const std::vector<NewEvent>& events, absl::Time now) {
  if (events.empty()) return absl::OkStatus();
  std::vector<model::ShipmentEvent> rows;
  std::vector<std::string> groups;
  rows.reserve(events.size());
  for (const NewEvent& made : events) {
    rows.push_back(EventOf(made, now));
    groups.push_back(made.group.empty() ? ""
                                        : absl::StrCat(made.group, " ",
                                                       made.shipment->cart_id));
  }
  OMS_RETURN_IF_ERROR(NumberEvents(txn, connection, groups, rows));
  for (size_t i = 0; i < events.size(); ++i) {
    Update(events[i], rows[i].sequence, now);
  }
  return txn.shipments().AppendEvents(connection, rows);
}

}  // namespace oms_connector::shipments
