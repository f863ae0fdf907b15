// The method of the tables of shipments that removes what is finished and old.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"
#include "storage/document.h"
#include "storage/shipment_tables.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

using model::DeliveryState;
using model::StoredOrder;
using model::StoredShipment;

constexpr char kListOldOrders[] = R"(
    SELECT read_time, order_id FROM orders
    WHERE connection = $1 AND read_time < $2 AND
      (read_time > $3 OR (read_time = $3 AND order_id > $4))
    ORDER BY read_time, order_id LIMIT $5)";
constexpr char kFindPending[] = R"(
    SELECT order_id FROM pending_orders
    WHERE connection = $1 AND order_id = $2)";
constexpr char kDeleteOrder[] =
    "DELETE FROM orders WHERE connection = $1 AND order_id = $2";
constexpr char kDeleteReleased[] =
    "DELETE FROM released_orders WHERE connection = $1 AND order_id = $2";
constexpr char kDeleteLink[] = R"(
    DELETE FROM order_links
    WHERE connection = $1 AND related_id = $2 AND order_id = $3)";
constexpr char kDeleteShipment[] =
    "DELETE FROM shipments WHERE connection = $1 AND shipment_id = $2";
constexpr char kDeleteView[] =
    "DELETE FROM shipment_views WHERE connection = $1 AND shipment_id = $2";
constexpr char kDeleteDelivery[] =
    "DELETE FROM deliveries WHERE connection = $1 AND shipment_id = $2";

// An event whose shipment went before it has no state.
constexpr char kListOldEvents[] = R"(
    SELECT e.sequence, e.event_time, e.cart, d.state, d.last_sequence
    FROM shipment_events e LEFT JOIN deliveries d
      ON d.connection = e.connection AND d.shipment_id = e.shipment_id
    WHERE e.connection = $1 AND e.sequence > $2
    ORDER BY e.sequence LIMIT $3)";
constexpr char kDeleteEvent[] =
    "DELETE FROM shipment_events WHERE connection = $1 AND sequence = $2";

struct OldEvent {
  int64_t sequence = 0;
  absl::Time event_time;
  int64_t cart = 0;
  bool has_shipment = false;
  DeliveryState state = DeliveryState::kHeld;
  int64_t last_sequence = 0;
};

}  // namespace

// Orders that are looked at together, with their parcels.
struct ShipmentWriter::PrunePage {
  std::vector<StoredOrder> orders;        // only those that may go
  std::vector<StoredShipment> shipments;  // of these
  int64_t gone = 0;
};

absl::StatusOr<int64_t> ShipmentWriter::PruneShipments(
    absl::string_view connection, absl::Time before, int limit,
    PrunePosition& position) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  OMS_RETURN_IF_ERROR(LoadCarts(number));
  OMS_ASSIGN_OR_RETURN(model::ShipmentSummary summary,
                       GetShipmentSummary(connection));
  position.done = true;  // until a page is full
  PrunePage page;
  std::vector<int64_t> ids;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kListOldOrders,
                {number, SqlTime(before), SqlTime(position.read_time),
                 position.order_id, int64_t{limit}},
                [&](const SqlRow& row) {
                  position.read_time = row.Time(0);
                  position.order_id = row.Int64(1);
                  ids.push_back(row.Int64(1));
                }));
  if (ids.size() == static_cast<size_t>(limit)) position.done = false;

  absl::flat_hash_set<int64_t> stay;
  OMS_RETURN_IF_ERROR(
      QueryKeys(kFindPending, number, ids, [&](const SqlRow& row) {
        stay.insert(row.Int64(0));
        return absl::OkStatus();
      }));
  OMS_ASSIGN_OR_RETURN(page.shipments, ShipmentsOfOrders(connection, ids));
  for (const StoredShipment& shipment : page.shipments) {
    OMS_ASSIGN_OR_RETURN(const CartRow* const cart,
                         FindOrAddCart(number, shipment.cart_id));
    const DeliveryState state = shipment.delivery.state;
    const bool unanswered = state == DeliveryState::kReady && cart->confirms;
    if (state == DeliveryState::kHeld || unanswered ||
        shipment.state_time >= before) {
      stay.insert(shipment.record.order_id);
    }
  }
  OMS_ASSIGN_OR_RETURN(page.orders, FindOrders(connection, ids));
  page.orders.erase(std::remove_if(page.orders.begin(), page.orders.end(),
                                   [&](const StoredOrder& order) {
                                     const bool open =
                                         order.known && !model::IsGone(order) &&
                                         !model::IsFinished(order.order);
                                     if (open)
                                       stay.insert(order.order.order_id);
                                     return stay.contains(order.order.order_id);
                                   }),
                    page.orders.end());
  page.shipments.erase(
      std::remove_if(page.shipments.begin(), page.shipments.end(),
                     [&](const StoredShipment& shipment) {
                       return stay.contains(shipment.record.order_id);
                     }),
      page.shipments.end());

  for (const StoredShipment& shipment : page.shipments) {
    const std::optional<absl::Time>& created = shipment.record.create_time;
    if (!created.has_value()) continue;
    summary.state.forgotten_through =
        std::max(summary.state.forgotten_through.value_or(*created), *created);
  }
  if (!page.shipments.empty()) {
    OMS_RETURN_IF_ERROR(PutShipmentState(connection, summary.state));
  }
  OMS_RETURN_IF_ERROR(DeleteOrders(number, page));
  OMS_ASSIGN_OR_RETURN(const int64_t events,
                       PruneEvents(number, before, limit, position));
  return page.gone + events;
}

absl::Status ShipmentWriter::DeleteOrders(int64_t connection, PrunePage& page) {
  SqlParamRows orders;
  SqlParamRows links;
  for (const StoredOrder& order : page.orders) {
    orders.push_back({connection, order.order.order_id});
    for (const int64_t related : order.order.related_order_ids) {
      links.push_back({connection, related, order.order.order_id});
    }
  }
  SqlParamRows shipments;
  std::vector<const CartRow*> carts;
  CountChanges changes;
  for (const StoredShipment& shipment : page.shipments) {
    shipments.push_back({connection, shipment.record.shipment_id});
    if (shipment.delivery.state == DeliveryState::kReady) {
      --changes.ready_shipments;
    }
    if (!shipment.last_event.has_value()) continue;
    OMS_ASSIGN_OR_RETURN(CartRow* const cart,
                         FindOrAddCart(connection, shipment.cart_id));
    cart->pruned_through =
        std::max(cart->pruned_through, shipment.last_event->sequence);
    if (std::find(carts.begin(), carts.end(), cart) == carts.end()) {
      carts.push_back(cart);
    }
  }
  OMS_RETURN_IF_ERROR(PutCarts(connection, carts));
  OMS_RETURN_IF_ERROR(AddCounts(connection, changes));
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kDeleteLink, links).status());
  OMS_ASSIGN_OR_RETURN(const int64_t gone_shipments,
                       sql_.ExecuteBatch(kDeleteShipment, shipments));
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kDeleteView, shipments).status());
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kDeleteDelivery, shipments).status());
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kDeleteReleased, orders).status());
  OMS_ASSIGN_OR_RETURN(const int64_t gone_orders,
                       sql_.ExecuteBatch(kDeleteOrder, orders));
  page.gone = gone_shipments + gone_orders;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ShipmentWriter::PruneEvents(int64_t connection,
                                                    absl::Time before,
                                                    int limit,
                                                    PrunePosition& position) {
  std::vector<OldEvent> events;
  OMS_RETURN_IF_ERROR(QueryEach(
      sql_, kListOldEvents, {connection, position.sequence, int64_t{limit}},
      [&](const SqlRow& row) {
        events.push_back({row.Int64(0), row.Time(1), row.Int64(2),
                          !row.IsNull(3), row.As<DeliveryState>(3),
                          row.Int64(4)});
      }));
  const bool page_is_full = events.size() == static_cast<size_t>(limit);
  SqlParamRows gone;
  std::vector<const CartRow*> carts;
  bool reached_young = false;
  for (const OldEvent& event : events) {
    // Events come in the order of their times, so nothing behind is older.
    if (event.event_time >= before) {
      reached_young = true;
      break;
    }
    position.sequence = event.sequence;
    CartRow* const cart = CartWithNumber(event.cart);
    const bool unanswered = event.state == DeliveryState::kReady &&
                            (cart == nullptr || cart->confirms);
    if (event.has_shipment &&
        (event.sequence == event.last_sequence || unanswered ||
         event.state == DeliveryState::kHeld)) {
      continue;
    }
    gone.push_back({connection, event.sequence});
    if (cart == nullptr) continue;
    cart->pruned_through = std::max(cart->pruned_through, event.sequence);
    if (std::find(carts.begin(), carts.end(), cart) == carts.end()) {
      carts.push_back(cart);
    }
  }
  if (page_is_full && !reached_young) position.done = false;
  OMS_RETURN_IF_ERROR(PutCarts(connection, carts));
  return sql_.ExecuteBatch(kDeleteEvent, gone);
}

}  // namespace oms_connector::storage
