#include "domain/shipments/manual_release.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/event_writer.h"
#include "domain/shipments/family_decision.h"
#include "domain/shipments/family_loader.h"
#include "domain/shipments/shipment_view.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

using model::StoredShipment;

// Why this one cannot be released; empty if it can.
std::string Obstacle(const StoredShipment& shipment) {
  if (shipment.record.voided) return "it is voided";
  if (shipment.delivery.state == model::DeliveryState::kNotRequired) {
    return "its cart is not to be told of it";
  }
  if (!HasTrackingNumber(shipment.record)) return "it has no tracking number";
  return "";
}

bool IsHeldBack(const StoredShipment& shipment) {
  return !shipment.last_event.has_value() && !shipment.record.voided &&
         shipment.delivery.state != model::DeliveryState::kNotRequired;
}

std::string Reason(absl::string_view reason) {
  return reason.empty() ? "released by hand"
                        : absl::StrCat("released by hand: ", reason);
}

// What a release works with: whole families, so that the view is complete.
struct LoadedFamilies {
  CartDirectory directory;
  model::Settings settings;
  LoadedOrders orders;
};

absl::StatusOr<LoadedFamilies> Load(storage::WriteTransaction& txn,
                                    const std::string& connection,
                                    const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(CartDirectory directory,
                       LoadCartDirectory(txn, connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(connection));
  OMS_ASSIGN_OR_RETURN(LoadedOrders orders,
                       LoadFamilies(txn, directory, order_ids));
  return LoadedFamilies{std::move(directory), settings.values,
                        std::move(orders)};
}

NewEvent EventFor(const LoadedFamilies& families, const LoadedOrder& order,
                  absl::string_view reason, StoredShipment& shipment) {
  RefreshView(order, families.directory, families.settings, shipment);
  NewEvent event;
  event.shipment = &shipment;
  event.inputs = InputsOf(shipment.record, order.order.order,
                          families.directory.FindCart(shipment.cart_id));
  event.reason = Reason(reason);
  event.group = absl::StrCat(shipment.record.order_id);
  return event;
}

// Writes the events, and what they mean for the orders: released ones, and
// families that wait for somebody less.
absl::StatusOr<std::vector<model::Shipment>> Write(
    storage::WriteTransaction& txn, const std::string& connection,
    LoadedFamilies& families, const std::vector<NewEvent>& events,
    absl::Time now) {
  OMS_RETURN_IF_ERROR(AppendEvents(txn, connection, events, now));
  std::vector<model::Shipment> released;
  for (const NewEvent& event : events) {
    released.push_back(ShipmentOf(*event.shipment));
  }
  std::vector<model::StoredOrder*> orders;
  std::vector<model::StoredShipment*> shipments;
  std::vector<int64_t> pending;
  for (LoadedOrder& entry : families.orders) {
    for (StoredShipment& shipment : entry.shipments) {
      shipments.push_back(&shipment);
    }
    if (!entry.stored) continue;
    orders.push_back(&entry.order);
    pending.push_back(entry.order.order.order_id);
  }
  OMS_RETURN_IF_ERROR(
      txn.shipments().PutShipmentDecisions(connection, shipments));
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrderDecisions(connection, orders));
  OMS_RETURN_IF_ERROR(txn.shipments().AddPending(connection, pending));
  return released;
}

// All of these shipments, ascending; SHIPMENT_NOT_FOUND where one is missing.
absl::StatusOr<std::vector<StoredShipment>> FindAll(
    storage::ReadTransaction& txn, const std::string& connection,
    const std::vector<int64_t>& shipment_ids) {
  OMS_ASSIGN_OR_RETURN(std::vector<StoredShipment> found,
                       txn.shipments().FindShipments(connection, shipment_ids));
  for (const int64_t id : shipment_ids) {
    const auto at =
        std::lower_bound(found.begin(), found.end(), id,
                         [](const StoredShipment& shipment, int64_t wanted) {
                           return shipment.record.shipment_id < wanted;
                         });
    if (at == found.end() || at->record.shipment_id != id) {
      return model::ShipmentNotFound(connection, absl::StrCat(id));
    }
  }
  return found;
}

absl::StatusOr<std::vector<int64_t>> OrdersOf(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<int64_t>& shipment_ids) {
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredShipment> shipments,
                       FindAll(txn, connection, shipment_ids));
  std::set<int64_t> orders;
  for (const StoredShipment& shipment : shipments) {
    orders.insert(shipment.record.order_id);
  }
  return std::vector<int64_t>(orders.begin(), orders.end());
}

}  // namespace

absl::StatusOr<std::vector<model::Shipment>> ReleaseByShipment(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<int64_t>& shipment_ids, absl::string_view reason,
    absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> order_ids,
                       OrdersOf(txn, connection, shipment_ids));
  OMS_ASSIGN_OR_RETURN(LoadedFamilies families,
                       Load(txn, connection, order_ids));
  const std::set<int64_t> asked(shipment_ids.begin(), shipment_ids.end());
  std::vector<NewEvent> events;
  for (const int64_t order_id : order_ids) {
    LoadedOrder& entry = families.orders.at(order_id);
    bool all_gone = true;
    for (StoredShipment& shipment : entry.shipments) {
      const int64_t id = shipment.record.shipment_id;
      if (asked.count(id) == 0) {
        all_gone = all_gone && !IsHeldBack(shipment);
        continue;
      }
      if (shipment.last_event.has_value()) continue;
      const std::string obstacle = Obstacle(shipment);
      if (!obstacle.empty()) {
        return model::ShipmentNotReleasable(absl::StrCat(id), obstacle);
      }
      events.push_back(EventFor(families, entry, reason, shipment));
    }
    if (all_gone) entry.order.released = true;
  }
  if (events.empty()) return std::vector<model::Shipment>();
  return Write(txn, connection, families, events, now);
}

absl::StatusOr<std::vector<model::Shipment>> ReleaseByOrder(
    storage::WriteTransaction& txn, const std::string& connection,
    int64_t order_id, absl::string_view reason, absl::Time now) {
  OMS_ASSIGN_OR_RETURN(LoadedFamilies families,
                       Load(txn, connection, {order_id}));
  LoadedOrder& entry = families.orders.at(order_id);
  if (entry.shipments.empty()) {
    return model::OrderNotFound(connection, order_id);
  }
  std::vector<NewEvent> events;
  for (StoredShipment& shipment : entry.shipments) {
    if (!IsHeldBack(shipment)) continue;
    const std::string obstacle = Obstacle(shipment);
    if (!obstacle.empty()) {
      return model::ShipmentNotReleasable(
          absl::StrCat(shipment.record.shipment_id), obstacle);
    }
    events.push_back(EventFor(families, entry, reason, shipment));
  }
  if (events.empty()) return std::vector<model::Shipment>();
  entry.order.released = true;
  return Write(txn, connection, families, events, now);
}

absl::StatusOr<int64_t> ReplayLatest(storage::WriteTransaction& txn,
                                     const std::string& connection,
                                     const std::vector<int64_t>& shipment_ids,
                                     std::optional<int64_t> range_end,
                                     absl::Time now) {
  OMS_ASSIGN_OR_RETURN(std::vector<StoredShipment> shipments,
                       FindAll(txn, connection, shipment_ids));
  if (range_end.has_value()) {
    shipments.erase(std::remove_if(shipments.begin(), shipments.end(),
                                   [&](const StoredShipment& shipment) {
                                     return shipment.last_event.has_value() &&
                                            shipment.last_event->replayed &&
                                            shipment.last_event->sequence >
                                                *range_end;
                                   }),
                    shipments.end());
    if (shipments.empty()) return 0;
  }
  for (const StoredShipment& shipment : shipments) {
    if (!shipment.last_event.has_value()) {
      return model::ShipmentNotHandedOut(
          absl::StrCat(shipment.record.shipment_id));
    }
  }
  // In the order in which they were told, as events are found.
  std::sort(shipments.begin(), shipments.end(),
            [](const StoredShipment& a, const StoredShipment& b) {
              return a.last_event->sequence < b.last_event->sequence;
            });
  std::vector<int64_t> sequences;
  for (const StoredShipment& shipment : shipments) {
    sequences.push_back(shipment.last_event->sequence);
  }
  OMS_ASSIGN_OR_RETURN(std::vector<model::ShipmentEvent> events,
                       txn.shipments().FindEvents(connection, sequences));
  std::vector<std::string> groups;
  for (model::ShipmentEvent& event : events) {
    groups.push_back(absl::StrCat(event.release_group));
    event.event_time = now;
    event.shipment.delivery = {};
  }
  OMS_RETURN_IF_ERROR(NumberEvents(txn, connection, groups, events));
  std::vector<StoredShipment*> rows;
  for (size_t i = 0; i < events.size(); ++i) {
    StoredShipment& shipment = shipments[i];
    shipment.last_event->sequence = events[i].sequence;
    shipment.last_event->replayed = true;
    shipment.delivery.state = model::DeliveryState::kReady;
    shipment.state_time = now;
    rows.push_back(&shipment);
  }
  OMS_RETURN_IF_ERROR(txn.shipments().AppendEvents(connection, events));
  OMS_RETURN_IF_ERROR(txn.shipments().PutShipmentDecisions(connection, rows));
  return static_cast<int64_t>(events.size());
}

}  // namespace oms_connector::shipments
