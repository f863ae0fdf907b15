#include "storage/sql/event_table.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "storage/sql/packed_list.h"
#include "storage/sql/shipment_columns.h"

namespace oms_connector::storage {
namespace {

// The event as it was, and the delivery as it is now. ReadEvent follows this
// order.
#define SELECT_EVENTS                                                       \
  "SELECT e.sequence, e.shipment_id, e.cart, e.kind, e.event_time, "        \
  "e.release_group, e.release_group_size, e.order_id, e.order_number, "     \
  "e.family_order_ids, e.tracking_number, e.carrier_code, e.carrier_name, " \
  "e.carrier_source, e.carrier_rule, e.carrier_confidence, "                \
  "e.carrier_candidates, e.carrier_service, e.items, e.ship_time, "         \
  "e.create_time, e.warehouse_id, e.warehouse_name, e.external, s.state, "  \
  "s.hold_reason, s.hold_time, s.blocking_orders, s.outcome_reason, "       \
  "s.outcome_time FROM shipment_events e JOIN shipments s "                 \
  "ON s.connection = e.connection AND s.shipment_id = e.shipment_id "

constexpr char kListEvents[] = SELECT_EVENTS
    "WHERE e.connection = $1 AND e.sequence > $2 "
    "ORDER BY e.sequence LIMIT $3";
constexpr char kListCartEvents[] = SELECT_EVENTS
    "WHERE e.connection = $1 AND e.sequence > $2 AND e.cart = $4 "
    "ORDER BY e.sequence LIMIT $3";
constexpr char kFindEvent[] =
    SELECT_EVENTS "WHERE e.connection = $1 AND e.sequence = $2";
#undef SELECT_EVENTS

constexpr char kShipmentsWithEvents[] =
    "SELECT DISTINCT shipment_id FROM shipment_events WHERE connection = $1 "
    "AND sequence > $2 AND sequence <= $3 ORDER BY shipment_id";
constexpr char kLastSequence[] =
    "SELECT MAX(sequence) FROM shipment_events WHERE connection = $1";
constexpr char kEventTimeAt[] =
    "SELECT event_time FROM shipment_events WHERE connection = $1 "
    "AND sequence <= $2 ORDER BY sequence DESC LIMIT 1";
constexpr char kCountAfter[] =
    "SELECT COUNT(*) FROM shipment_events WHERE connection = $1 "
    "AND sequence > $2";
constexpr char kCountCartAfter[] =
    "SELECT COUNT(*) FROM shipment_events WHERE connection = $1 "
    "AND sequence > $2 AND cart = $3";
constexpr char kAppend[] =
    "INSERT INTO shipment_events (connection, sequence, shipment_id, cart, "
    "kind, event_time, release_group, release_group_size, order_id, "
    "order_number, family_order_ids, tracking_number, carrier_code, "
    "carrier_name, carrier_source, carrier_rule, carrier_confidence, "
    "carrier_candidates, carrier_service, items, ship_time, create_time, "
    "warehouse_id, warehouse_name, external) VALUES ($1, $2, $3, $4, $5, $6, "
    "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
    "$22, $23, $24, $25)";

// Not a shipment's latest, and the shipment neither HELD nor READY.
constexpr char kFindOld[] =
    "SELECT e.connection, e.sequence FROM shipment_events e "
    "JOIN shipments s ON s.connection = e.connection "
    "AND s.shipment_id = e.shipment_id WHERE e.event_time < $1 "
    "AND e.sequence <> s.last_sequence AND s.state NOT IN (1, 2) "
    "ORDER BY e.event_time LIMIT $2";
constexpr char kDeleteEvent[] =
    "DELETE FROM shipment_events WHERE connection = $1 AND sequence = $2";
constexpr char kSetPrunedThrough[] =
    "UPDATE shipment_states SET pruned_through = $2 "
    "WHERE connection = $1 AND pruned_through < $2";

constexpr char kFindConsumer[] =
    "SELECT consumer, cart, position, position_time FROM shipment_consumers "
    "WHERE connection = $1 AND consumer = $2";
constexpr char kListConsumers[] =
    "SELECT consumer, cart, position, position_time FROM shipment_consumers "
    "WHERE connection = $1 ORDER BY consumer";
constexpr char kPutConsumer[] =
    "INSERT INTO shipment_consumers (connection, consumer, cart, position, "
    "position_time) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (connection, consumer) DO UPDATE SET cart = excluded.cart, "
    "position = excluded.position, position_time = excluded.position_time";
constexpr char kDeleteConsumer[] =
    "DELETE FROM shipment_consumers WHERE connection = $1 AND consumer = $2";

model::ShipmentEvent ReadEvent(const SqlRow& row) {
  model::ShipmentEvent event;
  event.sequence = row.Int64(0);
  event.kind = static_cast<model::EventKind>(row.Int64(3));
  event.event_time = row.Time(4);
  event.release_group = row.Int64(5);
  event.release_group_size = static_cast<int32_t>(row.Int64(6));
  model::Shipment& shipment = event.shipment;
  shipment.shipment_id = row.Int64(1);
  shipment.cart_id = row.String(2);
  shipment.order_id = row.Int64(7);
  shipment.order_number = row.String(8);
  shipment.family_order_ids = UnpackInts(row.Text(9));
  shipment.tracking_number = row.String(10);
  shipment.carrier = ReadCarrier(row, 11);
  shipment.items = UnpackShipmentItems(row.Text(18));
  shipment.ship_time = row.OptionalTime(19);
  shipment.create_time = row.OptionalTime(20);
  shipment.warehouse_id = row.Int64(21);
  shipment.warehouse_name = row.String(22);
  shipment.external = row.Bool(23);
  shipment.delivery = ReadDelivery(row, 24);
  return event;
}

// The packed columns of an event; they live while its statement runs.
struct PackedEvent {
  explicit PackedEvent(const model::Shipment& shipment)
      : family(PackInts(shipment.family_order_ids)),
        candidates(PackTexts(shipment.carrier.candidates)),
        items(PackShipmentItems(shipment.items)) {}

  std::string family, candidates, items;
};

std::vector<SqlParam> ParamsOf(absl::string_view connection,
                               const model::ShipmentEvent& event,
                               const PackedEvent& packed) {
  const model::Shipment& shipment = event.shipment;
  const model::Carrier& carrier = shipment.carrier;
  return {connection,
          event.sequence,
          shipment.shipment_id,
          shipment.cart_id,
          static_cast<int64_t>(event.kind),
          SqlTime(event.event_time),
          event.release_group,
          int64_t{event.release_group_size},
          shipment.order_id,
          shipment.order_number,
          packed.family,
          shipment.tracking_number,
          carrier.code,
          carrier.display_name,
          static_cast<int64_t>(carrier.source),
          carrier.rule,
          static_cast<int64_t>(carrier.confidence),
          packed.candidates,
          carrier.service,
          packed.items,
          SqlOptionalTime(shipment.ship_time),
          SqlOptionalTime(shipment.create_time),
          shipment.warehouse_id,
          shipment.warehouse_name,
          SqlBool(shipment.external)};
}

model::Consumer ReadConsumer(const SqlRow& row) {
  return {row.String(0), row.String(1), row.Int64(2), row.OptionalTime(3)};
}

}  // namespace

absl::StatusOr<std::vector<model::ShipmentEvent>> EventTable::ListEvents(
    absl::string_view connection, absl::string_view cart, int64_t after,
    int limit) {
  std::vector<SqlParam> params = {connection, after, int64_t{limit}};
  if (!cart.empty()) params.push_back(cart);
  std::vector<model::ShipmentEvent> events;
  OMS_RETURN_IF_ERROR(sql_.Query(cart.empty() ? kListEvents : kListCartEvents,
                                 params, [&](const SqlRow& row) {
                                   events.push_back(ReadEvent(row));
                                   return absl::OkStatus();
                                 }));
  return events;
}

absl::StatusOr<std::vector<model::ShipmentEvent>> EventTable::FindEvents(
    absl::string_view connection, const std::vector<int64_t>& sequences) {
  std::vector<model::ShipmentEvent> events;
  for (const int64_t sequence : sequences) {
    OMS_RETURN_IF_ERROR(
        sql_.Query(kFindEvent, {connection, sequence}, [&](const SqlRow& row) {
          events.push_back(ReadEvent(row));
          return absl::OkStatus();
        }));
  }
  return events;
}

absl::StatusOr<std::vector<int64_t>> EventTable::ShipmentsWithEvents(
    absl::string_view connection, int64_t after, int64_t up_to) {
  std::vector<int64_t> ids;
  OMS_RETURN_IF_ERROR(sql_.Query(
      kShipmentsWithEvents, {connection, after, up_to}, [&](const SqlRow& row) {
        ids.push_back(row.Int64(0));
        return absl::OkStatus();
      }));
  return ids;
}

absl::StatusOr<int64_t> EventTable::LastSequence(absl::string_view connection) {
  int64_t last = 0;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kLastSequence, {connection}, [&](const SqlRow& row) {
        last = row.Int64(0);
        return absl::OkStatus();
      }));
  return last;
}

absl::StatusOr<std::optional<absl::Time>> EventTable::EventTimeAt(
    absl::string_view connection, int64_t sequence) {
  std::optional<absl::Time> time;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kEventTimeAt, {connection, sequence}, [&](const SqlRow& row) {
        time = row.Time(0);
        return absl::OkStatus();
      }));
  return time;
}

absl::StatusOr<int64_t> EventTable::CountEventsAfter(
    absl::string_view connection, absl::string_view cart, int64_t position) {
  std::vector<SqlParam> params = {connection, position};
  if (!cart.empty()) params.push_back(cart);
  int64_t count = 0;
  OMS_RETURN_IF_ERROR(sql_.Query(cart.empty() ? kCountAfter : kCountCartAfter,
                                 params, [&](const SqlRow& row) {
                                   count = row.Int64(0);
                                   return absl::OkStatus();
                                 }));
  return count;
}

absl::Status EventTable::AppendEvents(
    absl::string_view connection,
    const std::vector<model::ShipmentEvent>& events) {
  std::vector<PackedEvent> packed;
  packed.reserve(events.size());  // the rows hold views into it
  std::vector<std::vector<SqlParam>> rows;
  for (const model::ShipmentEvent& event : events) {
    packed.emplace_back(event.shipment);
    rows.push_back(ParamsOf(connection, event, packed.back()));
  }
  return sql_.ExecuteBatch(kAppend, rows).status();
}

absl::StatusOr<int64_t> EventTable::PruneEvents(absl::Time before, int limit) {
  std::vector<std::pair<std::string, int64_t>> old;
  OMS_RETURN_IF_ERROR(sql_.Query(
      kFindOld, {SqlTime(before), int64_t{limit}}, [&](const SqlRow& row) {
        old.emplace_back(row.String(0), row.Int64(1));
        return absl::OkStatus();
      }));
  std::vector<std::vector<SqlParam>> rows;
  for (const auto& [connection, sequence] : old) {
    rows.push_back({connection, sequence});
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kSetPrunedThrough, rows).status());
  return sql_.ExecuteBatch(kDeleteEvent, rows);
}

absl::StatusOr<std::optional<model::Consumer>> EventTable::FindConsumer(
    absl::string_view connection, absl::string_view name) {
  std::optional<model::Consumer> consumer;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kFindConsumer, {connection, name}, [&](const SqlRow& row) {
        consumer = ReadConsumer(row);
        return absl::OkStatus();
      }));
  return consumer;
}

absl::StatusOr<std::vector<model::Consumer>> EventTable::ListConsumers(
    absl::string_view connection) {
  std::vector<model::Consumer> consumers;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kListConsumers, {connection}, [&](const SqlRow& row) {
        consumers.push_back(ReadConsumer(row));
        return absl::OkStatus();
      }));
  return consumers;
}

absl::Status EventTable::PutConsumer(absl::string_view connection,
                                     const model::Consumer& consumer) {
  return sql_
      .Execute(kPutConsumer,
               {connection, consumer.name, consumer.cart_id, consumer.position,
                SqlOptionalTime(consumer.position_time)})
      .status();
}

absl::StatusOr<bool> EventTable::DeleteConsumer(absl::string_view connection,
                                                absl::string_view name) {
  OMS_ASSIGN_OR_RETURN(const int64_t changed,
                       sql_.Execute(kDeleteConsumer, {connection, name}));
  return changed > 0;
}

}  // namespace oms_connector::storage
