// Small rows of the tables of shipments, for their tests.
#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_SHIPMENT_SAMPLES_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_SHIPMENT_SAMPLES_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "gtest/gtest.h"
#include "model/order.h"
#include "model/shipment.h"
#include "storage/shipment_tables.h"
#include "storage/store.h"

namespace oms_connector::storage::shipment_samples {

inline constexpr char kAcme[] = "acme";
inline constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
inline const absl::Time kNow = absl::FromUnixMicros(1'786'960'800'123'456);
// Everything that could be mistaken for a separator.
inline const std::string kOdd =
    std::string("a\tb\nc\\d,e;'\"") + "ü\xf0\x9f\x93\xa6";

using model::StoredOrder;
using model::StoredShipment;

inline StoredOrder Order(int64_t id) {
  StoredOrder stored;
  stored.order.order_id = id;
  stored.order.status = "SHIPPED";
  stored.read_time = kNow;
  stored.status_time = kNow;
  return stored;
}

inline StoredShipment Shipment(
    int64_t id, int64_t order_id,
    model::DeliveryState state = model::DeliveryState::kHeld) {
  StoredShipment stored;
  stored.record.shipment_id = id;
  stored.record.order_id = order_id;
  stored.delivery.state = state;
  if (state == model::DeliveryState::kHeld) stored.delivery.hold_time = kNow;
  stored.state_time = kNow;
  return stored;
}

inline model::ShipmentEvent Event(int64_t sequence, int64_t shipment_id,
                                  const std::string& cart = "") {
  model::ShipmentEvent event;
  event.sequence = sequence;
  event.shipment.shipment_id = shipment_id;
  event.shipment.cart_id = cart;
  event.event_time = kNow + absl::Seconds(sequence);
  event.release_group = sequence;
  return event;
}

inline std::vector<int64_t> IdsOf(
    const std::vector<StoredShipment>& shipments) {
  std::vector<int64_t> ids;
  for (const auto& stored : shipments) ids.push_back(stored.record.shipment_id);
  return ids;
}

inline std::vector<int64_t> IdsOf(const std::vector<StoredOrder>& orders) {
  std::vector<int64_t> ids;
  for (const auto& stored : orders) ids.push_back(stored.order.order_id);
  return ids;
}

inline std::vector<int64_t> SequencesOf(
    const std::vector<model::ShipmentEvent>& events) {
  std::vector<int64_t> sequences;
  for (const auto& event : events) sequences.push_back(event.sequence);
  return sequences;
}

// Stores copies of the rows, each as a new one or in place of what is there.
inline absl::Status Put(ShipmentWriter& tables,
                        std::vector<StoredOrder> orders) {
  std::vector<int64_t> ids;
  for (const StoredOrder& order : orders) ids.push_back(order.order.order_id);
  const auto known = tables.FindOrders(kAcme, ids);
  if (!known.ok()) return known.status();
  std::vector<StoredOrder*> rows;
  for (StoredOrder& order : orders) {
    for (const StoredOrder& before : *known) {
      if (before.order.order_id == order.order.order_id) {
        order.in_store = before.in_store;
      }
    }
    rows.push_back(&order);
  }
  return tables.PutOrders(kAcme, rows);
}

inline absl::Status Put(ShipmentWriter& tables,
                        std::vector<StoredShipment> shipments) {
  std::vector<int64_t> ids;
  for (const StoredShipment& row : shipments) {
    ids.push_back(row.record.shipment_id);
  }
  const auto known = tables.FindShipments(kAcme, ids);
  if (!known.ok()) return known.status();
  std::vector<StoredShipment*> rows;
  for (StoredShipment& row : shipments) {
    for (const StoredShipment& before : *known) {
      if (before.record.shipment_id == row.record.shipment_id) {
        row.in_store = before.in_store;
      }
    }
    rows.push_back(&row);
  }
  return tables.PutShipments(kAcme, rows);
}

// Runs `function` on the tables, in one transaction.
template <typename Function>
void In(Store& store, Function function) {
  const absl::Status status =
      store.Write(base::CallContext(), [&](WriteTransaction& txn) {
        function(txn.shipments());
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace oms_connector::storage::shipment_samples

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_SHIPMENT_SAMPLES_H_
