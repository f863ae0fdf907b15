// The methods of the tables of shipments that keep events and consumers.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "storage/document.h"
#include "storage/shipment_tables.h"
#include "storage/sql/delivery_column.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

using model::ShipmentEvent;

// The event as it was, and the delivery as it is now.
#define SELECT_EVENTS                                                 \
  "SELECT e.event, d.delivery, d.state_time FROM shipment_events e "  \
  "JOIN deliveries d "                                                \
  "ON d.connection = e.connection AND d.shipment_id = e.shipment_id " \
  "WHERE e.connection = $1 "
constexpr char kListEvents[] =
    SELECT_EVENTS "AND e.sequence > $2 ORDER BY e.sequence LIMIT $3";
constexpr char kListCartEvents[] = SELECT_EVENTS
    "AND e.cart = $4 AND e.sequence > $2 ORDER BY e.sequence LIMIT $3";
constexpr char kFindEvent[] = SELECT_EVENTS "AND e.sequence = $2";
#undef SELECT_EVENTS

constexpr char kListEventShipments[] = R"(
    SELECT sequence, shipment_id FROM shipment_events
    WHERE connection = $1 AND sequence > $2 AND sequence <= $3
    ORDER BY sequence LIMIT $4)";
constexpr char kEventTimeAt[] = R"(
    SELECT event_time FROM shipment_events
    WHERE connection = $1 AND sequence <= $2 ORDER BY sequence DESC LIMIT 1)";
constexpr char kNextOrdinal[] = R"(
    SELECT ordinal FROM shipment_events
    WHERE connection = $1 AND cart = $2 AND sequence > $3
    ORDER BY sequence LIMIT 1)";
constexpr char kAppend[] = R"(
    INSERT INTO shipment_events
      (connection, sequence, cart, ordinal, shipment_id, event_time, event)
    VALUES ($1, $2, $3, $4, $5, $6, $7))";
constexpr char kPutLastSequence[] = R"(
    INSERT INTO shipment_states
      (connection, state, held_orders, ready_shipments, last_sequence)
    VALUES ($1, $2, 0, 0, $3)
    ON CONFLICT (connection) DO UPDATE SET
      last_sequence = excluded.last_sequence)";

constexpr char kFindConsumer[] = R"(
    SELECT consumer, cart, position, position_time FROM shipment_consumers
    WHERE connection = $1 AND consumer = $2)";
constexpr char kListConsumers[] = R"(
    SELECT consumer, cart, position, position_time FROM shipment_consumers
    WHERE connection = $1 AND consumer > $2 ORDER BY consumer LIMIT $3)";
constexpr char kPutConsumer[] = R"(
    INSERT INTO shipment_consumers
      (connection, consumer, cart, position, position_time)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (connection, consumer) DO UPDATE SET
      cart = excluded.cart, position = excluded.position,
      position_time = excluded.position_time)";
constexpr char kDeleteConsumer[] =
    "DELETE FROM shipment_consumers WHERE connection = $1 AND consumer = $2";

// An event is large and made where it stays.
absl::Status AddEvent(const SqlRow& row, std::vector<ShipmentEvent>* events) {
  ShipmentEvent& event = events->emplace_back();
  OMS_RETURN_IF_ERROR(DecodeDocument(row.Bytes(0), &event));
  event.shipment.state_time = row.Time(2);
  return DecodeDelivery(row.Bytes(1), row.Time(2), &event.shipment.delivery);
}

model::Consumer ReadConsumer(const SqlRow& row) {
  return {row.String(0), row.String(1), row.Int64(2), row.OptionalTime(3)};
}

}  // namespace

absl::StatusOr<std::vector<ShipmentEvent>> ShipmentReader::QueryEvents(
    absl::string_view statement, absl::Span<const SqlParam> params, int limit) {
  std::vector<ShipmentEvent> events;
  OMS_RETURN_IF_ERROR(sql_.Query(statement, params, [&](const SqlRow& row) {
    if (events.empty()) events.reserve(limit);
    return AddEvent(row, &events);
  }));
  return events;
}

absl::StatusOr<std::vector<ShipmentEvent>> ShipmentReader::ListEvents(
    absl::string_view connection, absl::string_view cart, int64_t after,
    int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  if (cart.empty()) {
    return QueryEvents(kListEvents, {number, after, int64_t{limit}}, limit);
  }
  OMS_ASSIGN_OR_RETURN(const CartRow* const row, FindCart(number, cart));
  if (row == nullptr) return std::vector<ShipmentEvent>();
  return QueryEvents(kListCartEvents,
                     {number, after, int64_t{limit}, row->number}, limit);
}

absl::StatusOr<std::vector<ShipmentEvent>> ShipmentReader::FindEvents(
    absl::string_view connection, const std::vector<int64_t>& sequences) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<ShipmentEvent> events;
  OMS_RETURN_IF_ERROR(
      QueryKeys(kFindEvent, number, sequences,
                [&](const SqlRow& row) { return AddEvent(row, &events); }));
  return events;
}

absl::StatusOr<std::vector<model::IdPair>> ShipmentReader::ListEventShipments(
    absl::string_view connection, int64_t after, int64_t up_to, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::IdPair> found;
  OMS_RETURN_IF_ERROR(QueryEach(sql_, kListEventShipments,
                                {number, after, up_to, int64_t{limit}},
                                [&](const SqlRow& row) {
                                  found.push_back({row.Int64(0), row.Int64(1)});
                                }));
  return found;
}

absl::StatusOr<int64_t> ShipmentReader::PrunedThrough(
    absl::string_view connection, absl::string_view cart) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_RETURN_IF_ERROR(LoadCarts(number));
  int64_t through = 0;
  for (const CartRow& row : carts_) {
    if (!cart.empty() && row.cart != cart) continue;
    through = std::max(through, row.pruned_through);
  }
  return through;
}

absl::StatusOr<std::optional<absl::Time>> ShipmentReader::EventTimeAt(
    absl::string_view connection, int64_t sequence) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::optional<absl::Time> time;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kEventTimeAt, {number, sequence},
                [&](const SqlRow& row) { time = row.Time(0); }));
  return time;
}

absl::StatusOr<int64_t> ShipmentReader::CountEventsAfter(
    absl::string_view connection, absl::string_view cart, int64_t position) {
  if (cart.empty()) {
    // Each sequence is one event.
    OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                         GetShipmentSummary(connection));
    return std::max<int64_t>(0, summary.last_sequence - position);
  }
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_ASSIGN_OR_RETURN(const CartRow* const found, FindCart(number, cart));
  int64_t count = 0;
  if (found == nullptr) return count;
  OMS_RETURN_IF_ERROR(QueryEach(
      sql_, kNextOrdinal, {number, found->number, position},
      [&](const SqlRow& row) { count = found->events - row.Int64(0) + 1; }));
  return count;
}

absl::Status ShipmentWriter::AppendEvents(
    absl::string_view connection, const std::vector<ShipmentEvent>& events) {
  if (events.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  std::vector<std::string> documents;
  documents.reserve(events.size());  // the rows hold views into it
  SqlParamRows rows;
  std::vector<int64_t> told_carts;
  for (const ShipmentEvent& event : events) {
    OMS_ASSIGN_OR_RETURN(CartRow* const cart,
                         FindOrAddCart(number, event.shipment.cart_id));
    ++cart->events;
    told_carts.push_back(cart->number);
    documents.push_back(EncodeDocument(event));
    rows.push_back({number, event.sequence, cart->number, cart->events,
                    event.shipment.shipment_id, SqlTime(event.event_time),
                    Blob{documents.back()}});
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kAppend, rows).status());
  std::sort(told_carts.begin(), told_carts.end());
  told_carts.erase(std::unique(told_carts.begin(), told_carts.end()),
                   told_carts.end());
  std::vector<const CartRow*> changed;
  for (const int64_t cart : told_carts) {
    changed.push_back(CartWithNumber(cart));
  }
  OMS_RETURN_IF_ERROR(PutCarts(number, changed));
  return sql_
      .Execute(kPutLastSequence, {number, Blob{}, events.back().sequence})
      .status();
}

absl::StatusOr<std::optional<model::Consumer>> ShipmentReader::FindConsumer(
    absl::string_view connection, absl::string_view name) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::optional<model::Consumer> consumer;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kFindConsumer, {number, name},
                [&](const SqlRow& row) { consumer = ReadConsumer(row); }));
  return consumer;
}

absl::StatusOr<std::vector<model::Consumer>> ShipmentReader::ListConsumers(
    absl::string_view connection, absl::string_view after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::Consumer> consumers;
  OMS_RETURN_IF_ERROR(QueryEach(
      sql_, kListConsumers, {number, after, int64_t{limit}},
      [&](const SqlRow& row) { consumers.push_back(ReadConsumer(row)); }));
  return consumers;
}

absl::Status ShipmentWriter::PutConsumer(absl::string_view connection,
                                         const model::Consumer& consumer) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  return sql_
      .Execute(kPutConsumer,
               {number, consumer.name, consumer.cart_id, consumer.position,
                SqlOptionalTime(consumer.position_time)})
      .status();
}

absl::StatusOr<bool> ShipmentWriter::DeleteConsumer(
    absl::string_view connection, absl::string_view name) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_ASSIGN_OR_RETURN(const int64_t changed,
                       sql_.Execute(kDeleteConsumer, {number, name}));
  return changed > 0;
}

}  // namespace oms_connector::storage
