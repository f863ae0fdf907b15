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

using storage::StoredShipment;

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
struct Desk {
  CartDirectory directory;
  model::Settings settings;
  LoadedOrders orders;
};

absl::StatusOr<Desk> Open(storage::WriteTransaction& txn,
                          const std::string& connection,
                          const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(CartDirectory directory,
                       CartDirectory::Load(txn, connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(connection));
  OMS_ASSIGN_OR_RETURN(LoadedOrders orders,
                       LoadFamilies(txn, directory, order_ids));
  return Desk{std::move(directory), settings.values, std::move(orders)};
}

NewEvent EventFor(const Desk& desk, const LoadedOrder& order,
                  absl::string_view reason, StoredShipment& shipment) {
  RefreshView(order, desk.directory, desk.settings, shipment);
  NewEvent event;
  event.shipment = &shipment;
  event.inputs = InputsOf(shipment.record, order.order.order,
                          desk.directory.FindCart(shipment.cart_id));
  event.reason = Reason(reason);
  event.group = absl::StrCat(shipment.record.order_id);
  return event;
}

// Writes the events, and what they mean for the orders: released ones, and
// families that wait for somebody less.
absl::StatusOr<std::vector<model::Shipment>> Write(
    storage::WriteTransaction& txn, const std::string& connection, Desk& desk,
    const std::vector<NewEvent>& events, absl::Time now) {
  OMS_RETURN_IF_ERROR(WriteEvents(txn, connection, events, now));
  std::vector<model::Shipment> released;
  for (const NewEvent& event : events) {
    released.push_back(ShipmentOf(*event.shipment));
  }
  std::vector<storage::StoredOrder> orders;
  for (auto& [id, entry] : desk.orders) {
    if (!entry.stored) continue;
    entry.order.pending = true;
    orders.push_back(entry.order);
  }
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrders(connection, orders));
  return released;
}

absl::StatusOr<std::vector<int64_t>> OrdersOf(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<int64_t>& shipment_ids) {
  std::set<int64_t> orders;
  for (const int64_t id : shipment_ids) {
    OMS_ASSIGN_OR_RETURN(const std::vector<StoredShipment> found,
                         txn.shipments().FindShipments(connection, {id}));
    if (found.empty()) {
      return model::ShipmentNotFound(connection, absl::StrCat(id));
    }
    orders.insert(found.front().record.order_id);
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
  OMS_ASSIGN_OR_RETURN(Desk desk, Open(txn, connection, order_ids));
  const std::set<int64_t> asked(shipment_ids.begin(), shipment_ids.end());
  std::vector<NewEvent> events;
  for (const int64_t order_id : order_ids) {
    LoadedOrder& entry = desk.orders.at(order_id);
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
      events.push_back(EventFor(desk, entry, reason, shipment));
    }
    if (all_gone) entry.order.released = true;
  }
  if (events.empty()) return std::vector<model::Shipment>();
  return Write(txn, connection, desk, events, now);
}

absl::StatusOr<std::vector<model::Shipment>> ReleaseByOrder(
    storage::WriteTransaction& txn, const std::string& connection,
    int64_t order_id, absl::string_view reason, absl::Time now) {
  OMS_ASSIGN_OR_RETURN(Desk desk, Open(txn, connection, {order_id}));
  LoadedOrder& entry = desk.orders.at(order_id);
  if (entry.shipments.empty()) {
    return model::ShipmentNotFound(connection,
                                   absl::StrCat("of order ", order_id));
  }
  std::vector<NewEvent> events;
  for (StoredShipment& shipment : entry.shipments) {
    if (!IsHeldBack(shipment)) continue;
    const std::string obstacle = Obstacle(shipment);
    if (!obstacle.empty()) {
      return model::ShipmentNotReleasable(
          absl::StrCat(shipment.record.shipment_id), obstacle);
    }
    events.push_back(EventFor(desk, entry, reason, shipment));
  }
  if (events.empty()) return std::vector<model::Shipment>();
  entry.order.released = true;
  return Write(txn, connection, desk, events, now);
}

absl::StatusOr<int64_t> ReplayLatest(storage::WriteTransaction& txn,
                                     const std::string& connection,
                                     const std::vector<int64_t>& shipment_ids,
                                     absl::Time now) {
  const std::set<int64_t> once(shipment_ids.begin(), shipment_ids.end());
  std::map<int64_t, StoredShipment> shipments;  // by their last sequence
  std::vector<int64_t> sequences;
  for (const int64_t id : once) {
    OMS_ASSIGN_OR_RETURN(std::vector<StoredShipment> found,
                         txn.shipments().FindShipments(connection, {id}));
    if (found.empty()) {
      return model::ShipmentNotFound(connection, absl::StrCat(id));
    }
    if (!found.front().last_event.has_value()) {
      return model::ShipmentNotHandedOut(absl::StrCat(id));
    }
    const int64_t sequence = found.front().last_event->sequence;
    shipments.emplace(sequence, std::move(found.front()));
  }
  for (const auto& [sequence, shipment] : shipments) {
    sequences.push_back(sequence);
  }
  OMS_ASSIGN_OR_RETURN(std::vector<model::ShipmentEvent> events,
                       txn.shipments().FindEvents(connection, sequences));
  std::vector<std::string> groups;
  for (model::ShipmentEvent& event : events) {
    groups.push_back(absl::StrCat(event.release_group));
    event.event_time = now;
  }
  OMS_RETURN_IF_ERROR(NumberEvents(txn, connection, groups, events));
  std::vector<StoredShipment> rows;
  for (size_t i = 0; i < events.size(); ++i) {
    StoredShipment& shipment = shipments.at(sequences[i]);
    shipment.last_event->sequence = events[i].sequence;
    shipment.delivery.state = model::DeliveryState::kReady;
    shipment.state_time = now;
    rows.push_back(std::move(shipment));
  }
  OMS_RETURN_IF_ERROR(txn.shipments().AppendEvents(connection, events));
  OMS_RETURN_IF_ERROR(txn.shipments().PutShipments(connection, rows));
  return static_cast<int64_t>(events.size());
}

}  // namespace oms_connector::shipments
