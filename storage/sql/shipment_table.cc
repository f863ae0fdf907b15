#include "storage/sql/shipment_table.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "storage/sql/find_in_list.h"
#include "storage/sql/packed_list.h"
#include "storage/sql/shipment_columns.h"

namespace oms_connector::storage {
namespace {

constexpr char kGetState[] =
    "SELECT orders_read_through, shipments_read_through, decided_under, "
    "keyed_under, next_hold_end, pruned_through FROM shipment_states "
    "WHERE connection = $1";
constexpr char kPutState[] =
    "INSERT INTO shipment_states (connection, orders_read_through, "
    "shipments_read_through, decided_under, keyed_under, next_hold_end, "
    "pruned_through) VALUES ($1, $2, $3, $4, $5, $6, $7) "
    "ON CONFLICT (connection) DO UPDATE SET "
    "orders_read_through = excluded.orders_read_through, "
    "shipments_read_through = excluded.shipments_read_through, "
    "decided_under = excluded.decided_under, "
    "keyed_under = excluded.keyed_under, "
    "next_hold_end = excluded.next_hold_end, "
    "pruned_through = excluded.pruned_through";

// Column 0 on; ReadShipment and ParamsOf follow this order.
#define SHIPMENT_COLUMNS                                                    \
  "shipment_id, order_id, order_number, voided, tracking_number, "          \
  "shipping_carrier, shipping_provider_id, shipping_service_id, "           \
  "warehouse_id, external, ship_time, create_time, cart, "                  \
  "family_order_ids, carrier_code, carrier_name, carrier_source, "          \
  "carrier_rule, carrier_confidence, carrier_candidates, carrier_service, " \
  "items, warehouse_name, state, hold_reason, hold_time, blocking_orders, " \
  "outcome_reason, outcome_time, state_time, last_sequence, last_kind, "    \
  "sent_tracking_number, sent_carrier_code, seen_shipping_carrier, "        \
  "seen_tracking_number, seen_custom_field, seen_custom_text, tracking_key"

constexpr char kFind[] = "SELECT " SHIPMENT_COLUMNS
                         " FROM shipments WHERE connection = $1 "
                         "AND shipment_id IN (" OMS_KEYS_FROM_2 ")";
constexpr char kOfOrder[] =
    "SELECT " SHIPMENT_COLUMNS
    " FROM shipments WHERE connection = $1 "
    "AND order_id IN (" OMS_KEYS_FROM_2 ") ORDER BY shipment_id";

// The four ways to search; each can use an index of its own. $4 to $8 are
// states, $9 is a cart or empty.
#define SEARCH_END                                                \
  " AND state IN ($4, $5, $6, $7, $8) AND ($9 = '' OR cart = $9)" \
  " AND state_time <= $10 ORDER BY shipment_id DESC LIMIT $3"
constexpr char kSearch[] =
    "SELECT " SHIPMENT_COLUMNS
    " FROM shipments WHERE connection = $1 AND shipment_id < $2" SEARCH_END;
constexpr char kSearchState[] =
    "SELECT " SHIPMENT_COLUMNS
    " FROM shipments WHERE connection = $1 AND shipment_id < $2 "
    "AND state = $11" SEARCH_END;
constexpr char kSearchNumber[] =
    "SELECT " SHIPMENT_COLUMNS
    " FROM shipments WHERE connection = $1 AND shipment_id < $2 "
    "AND order_number = $11 AND ($12 = '' OR tracking_key = $12)" SEARCH_END;
constexpr char kSearchTracking[] =
    "SELECT " SHIPMENT_COLUMNS
    " FROM shipments WHERE connection = $1 AND shipment_id < $2 "
    "AND tracking_key = $11 AND tracking_key <> ''" SEARCH_END;
#undef SEARCH_END

constexpr char kPut[] =
    "INSERT INTO shipments (connection, " SHIPMENT_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, "
    "$29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) "
    "ON CONFLICT (connection, shipment_id) DO UPDATE SET "
    "order_id = excluded.order_id, order_number = excluded.order_number, "
    "voided = excluded.voided, tracking_number = excluded.tracking_number, "
    "shipping_carrier = excluded.shipping_carrier, "
    "shipping_provider_id = excluded.shipping_provider_id, "
    "shipping_service_id = excluded.shipping_service_id, "
    "warehouse_id = excluded.warehouse_id, external = excluded.external, "
    "ship_time = excluded.ship_time, create_time = excluded.create_time, "
    "cart = excluded.cart, family_order_ids = excluded.family_order_ids, "
    "carrier_code = excluded.carrier_code, "
    "carrier_name = excluded.carrier_name, "
    "carrier_source = excluded.carrier_source, "
    "carrier_rule = excluded.carrier_rule, "
    "carrier_confidence = excluded.carrier_confidence, "
    "carrier_candidates = excluded.carrier_candidates, "
    "carrier_service = excluded.carrier_service, items = excluded.items, "
    "warehouse_name = excluded.warehouse_name, state = excluded.state, "
    "hold_reason = excluded.hold_reason, hold_time = excluded.hold_time, "
    "blocking_orders = excluded.blocking_orders, "
    "outcome_reason = excluded.outcome_reason, "
    "outcome_time = excluded.outcome_time, "
    "state_time = excluded.state_time, "
    "last_sequence = excluded.last_sequence, "
    "last_kind = excluded.last_kind, "
    "sent_tracking_number = excluded.sent_tracking_number, "
    "sent_carrier_code = excluded.sent_carrier_code, "
    "seen_shipping_carrier = excluded.seen_shipping_carrier, "
    "seen_tracking_number = excluded.seen_tracking_number, "
    "seen_custom_field = excluded.seen_custom_field, "
    "seen_custom_text = excluded.seen_custom_text, "
    "tracking_key = excluded.tracking_key";
#undef SHIPMENT_COLUMNS

constexpr char kListHeld[] =
    "SELECT shipment_id FROM shipments WHERE connection = $1 AND state = 1 "
    "AND hold_time IS NOT NULL AND shipment_id > $2 "
    "ORDER BY shipment_id LIMIT $3";
// A HELD shipment without a hold time waits for its first decision.
// The HELD ones are found by an index first: left to itself SQLite reads every
// shipment of the connection for them, at each poll.
#define HELD                                                           \
  "shipment_id IN (SELECT shipment_id FROM shipments WHERE connection" \
  " = $1 AND state = 1)"
constexpr char kHealth[] =
    "SELECT (SELECT COUNT(DISTINCT order_id) FROM shipments "
    "WHERE connection = $1 AND " HELD
    " AND hold_time IS NOT NULL), "
    "(SELECT COUNT(*) FROM shipments WHERE connection = $1 AND state = 2), "
    "(SELECT MIN(hold_time) FROM shipments "
    "WHERE connection = $1 AND " HELD
    "), "
    "(SELECT MIN(state_time) FROM shipments "
    "WHERE connection = $1 AND state = 2)";
#undef HELD
// NOT_REQUIRED and never handed out.
constexpr char kFindOld[] =
    "SELECT connection, shipment_id FROM shipments "
    "WHERE state = 5 AND last_sequence = 0 AND state_time < $1 LIMIT $2";
constexpr char kDelete[] =
    "DELETE FROM shipments WHERE connection = $1 AND shipment_id = $2";

void ReadRecord(const SqlRow& row, model::ShipmentRecord& record) {
  record.shipment_id = row.Int64(0);
  record.order_id = row.Int64(1);
  record.order_number = row.String(2);
  record.voided = row.Bool(3);
  record.tracking_number = row.String(4);
  record.shipping_carrier = row.String(5);
  record.shipping_provider_id = row.Int64(6);
  record.shipping_service_id = row.Int64(7);
  record.warehouse_id = row.Int64(8);
  record.external = row.Bool(9);
  record.ship_time = row.OptionalTime(10);
  record.create_time = row.OptionalTime(11);
}

StoredShipment ReadShipment(const SqlRow& row) {
  StoredShipment stored;
  ReadRecord(row, stored.record);
  stored.cart_id = row.String(12);
  stored.family_order_ids = UnpackInts(row.Text(13));
  stored.carrier = ReadCarrier(row, 14);
  stored.items = UnpackShipmentItems(row.Text(21));
  stored.warehouse_name = row.String(22);
  stored.delivery = ReadDelivery(row, 23);
  stored.state_time = row.Time(29);
  if (row.Int64(30) != 0) {
    LastEvent last;
    last.sequence = row.Int64(30);
    last.kind = static_cast<model::EventKind>(row.Int64(31));
    last.tracking_number = row.String(32);
    last.carrier_code = row.String(33);
    last.inputs = {row.String(34), row.String(35), row.String(36),
                   row.String(37)};
    stored.last_event = std::move(last);
  }
  stored.tracking_key = row.String(38);
  return stored;
}

// The packed columns of a shipment; they live while its statement runs.
struct PackedShipment {
  explicit PackedShipment(const StoredShipment& shipment)
      : family(PackInts(shipment.family_order_ids)),
        candidates(PackTexts(shipment.carrier.candidates)),
        items(PackShipmentItems(shipment.items)),
        blocking(PackBlockingOrders(shipment.delivery.blocking_orders)) {}

  std::string family, candidates, items, blocking;
};

// An enum as its stored number.
template <typename Enum>
SqlParam Number(Enum value) {
  return static_cast<int64_t>(value);
}

void AppendLastEvent(const StoredShipment& stored,
                     std::vector<SqlParam>& params) {
  static const LastEvent* const kNone = new LastEvent();
  const LastEvent& last =
      stored.last_event.has_value() ? *stored.last_event : *kNone;
  const CarrierInputs& seen = last.inputs;
  params.insert(params.end(),
                {last.sequence, Number(last.kind), last.tracking_number,
                 last.carrier_code, seen.shipping_carrier, seen.tracking_number,
                 seen.custom_field, seen.custom_text});
}

std::vector<SqlParam> ParamsOf(absl::string_view connection,
                               const StoredShipment& stored,
                               const PackedShipment& packed) {
  const model::ShipmentRecord& record = stored.record;
  const model::Carrier& carrier = stored.carrier;
  const model::Delivery& delivery = stored.delivery;
  std::vector<SqlParam> params = {connection,
                                  record.shipment_id,
                                  record.order_id,
                                  record.order_number,
                                  SqlBool(record.voided),
                                  record.tracking_number,
                                  record.shipping_carrier,
                                  record.shipping_provider_id,
                                  record.shipping_service_id,
                                  record.warehouse_id,
                                  SqlBool(record.external),
                                  SqlOptionalTime(record.ship_time),
                                  SqlOptionalTime(record.create_time),
                                  stored.cart_id,
                                  packed.family,
                                  carrier.code,
                                  carrier.display_name,
                                  Number(carrier.source),
                                  carrier.rule,
                                  Number(carrier.confidence),
                                  packed.candidates,
                                  carrier.service,
                                  packed.items,
                                  stored.warehouse_name,
                                  Number(delivery.state),
                                  Number(delivery.hold_reason),
                                  SqlOptionalTime(delivery.hold_time),
                                  packed.blocking,
                                  delivery.outcome_reason,
                                  SqlOptionalTime(delivery.outcome_time),
                                  SqlTime(stored.state_time)};
  AppendLastEvent(stored, params);
  params.push_back(stored.tracking_key);
  return params;
}

// Five states to search for: those asked for, or all.
std::array<SqlParam, 5> StateParams(
    const std::vector<model::DeliveryState>& states) {
  std::array<SqlParam, 5> params;
  for (size_t i = 0; i < params.size(); ++i) {
    const int64_t state = static_cast<int64_t>(i) + 1;
    bool wanted = states.empty();
    for (const model::DeliveryState asked : states) {
      wanted = wanted || static_cast<int64_t>(asked) == state;
    }
    params[i] = wanted ? state : int64_t{0};  // no state has the number 0
  }
  return params;
}

}  // namespace

absl::StatusOr<ShipmentState> ShipmentTable::GetState(
    absl::string_view connection) {
  ShipmentState state;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kGetState, {connection}, [&](const SqlRow& row) {
        state.orders_read_through = row.OptionalTime(0);
        state.shipments_read_through = row.OptionalTime(1);
        state.decided_under = row.String(2);
        state.keyed_under = row.String(3);
        state.next_hold_end = row.OptionalTime(4);
        state.pruned_through = row.Int64(5);
        return absl::OkStatus();
      }));
  return state;
}

absl::Status ShipmentTable::PutState(absl::string_view connection,
                                     const ShipmentState& state) {
  return sql_
      .Execute(kPutState,
               {connection, SqlOptionalTime(state.orders_read_through),
                SqlOptionalTime(state.shipments_read_through),
                state.decided_under, state.keyed_under,
                SqlOptionalTime(state.next_hold_end), state.pruned_through})
      .status();
}

absl::StatusOr<std::vector<StoredShipment>> ShipmentTable::Select(
    absl::string_view statement, absl::Span<const SqlParam> params) {
  std::vector<StoredShipment> shipments;
  OMS_RETURN_IF_ERROR(sql_.Query(statement, params, [&](const SqlRow& row) {
    shipments.push_back(ReadShipment(row));
    return absl::OkStatus();
  }));
  return shipments;
}

absl::StatusOr<std::vector<StoredShipment>> ShipmentTable::FindShipments(
    absl::string_view connection, const std::vector<int64_t>& shipment_ids) {
  std::map<int64_t, StoredShipment> found;
  OMS_RETURN_IF_ERROR(FindInList(
      sql_, kFind, {connection}, shipment_ids, [&](const SqlRow& row) {
        StoredShipment shipment = ReadShipment(row);
        const int64_t id = shipment.record.shipment_id;
        found.emplace(id, std::move(shipment));
      }));
  std::vector<StoredShipment> shipments;
  for (const int64_t id : shipment_ids) {
    const auto shipment = found.find(id);
    if (shipment != found.end()) shipments.push_back(shipment->second);
  }
  return shipments;
}

absl::StatusOr<std::vector<StoredShipment>> ShipmentTable::ShipmentsOfOrders(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  std::map<int64_t, std::vector<StoredShipment>> by_order;
  OMS_RETURN_IF_ERROR(FindInList(
      sql_, kOfOrder, {connection}, order_ids, [&](const SqlRow& row) {
        StoredShipment shipment = ReadShipment(row);
        const int64_t order = shipment.record.order_id;
        by_order[order].push_back(std::move(shipment));
      }));
  std::vector<StoredShipment> shipments;
  for (const int64_t id : order_ids) {
    const auto found = by_order.find(id);
    if (found == by_order.end()) continue;
    std::move(found->second.begin(), found->second.end(),
              std::back_inserter(shipments));
    by_order.erase(found);
  }
  return shipments;
}

absl::StatusOr<std::vector<int64_t>> ShipmentTable::ListHeldShipments(
    absl::string_view connection, int64_t after, int limit) {
  std::vector<int64_t> ids;
  OMS_RETURN_IF_ERROR(sql_.Query(kListHeld, {connection, after, int64_t{limit}},
                                 [&](const SqlRow& row) {
                                   ids.push_back(row.Int64(0));
                                   return absl::OkStatus();
                                 }));
  return ids;
}

absl::StatusOr<std::vector<StoredShipment>> ShipmentTable::ListShipments(
    absl::string_view connection, const ShipmentSearch& search, int64_t before,
    int limit) {
  std::vector<SqlParam> params = {connection, before, int64_t{limit}};
  for (const SqlParam& state : StateParams(search.states)) {
    params.push_back(state);
  }
  params.push_back(search.cart_id);
  params.push_back(
      SqlTime(search.in_state_since.value_or(absl::InfiniteFuture())));
  if (!search.order_number.empty()) {
    params.push_back(search.order_number);
    params.push_back(search.tracking_key);
    return Select(kSearchNumber, params);
  }
  if (!search.tracking_key.empty()) {
    params.push_back(search.tracking_key);
    return Select(kSearchTracking, params);
  }
  if (search.states.size() == 1) {
    params.push_back(Number(search.states.front()));
    return Select(kSearchState, params);
  }
  return Select(kSearch, params);
}

absl::StatusOr<DeliveryHealth> ShipmentTable::GetDeliveryHealth(
    absl::string_view connection) {
  DeliveryHealth health;
  OMS_RETURN_IF_ERROR(sql_.Query(kHealth, {connection}, [&](const SqlRow& row) {
    health.held_orders = row.Int64(0);
    health.unconfirmed_shipments = row.Int64(1);
    health.oldest_hold = row.OptionalTime(2);
    health.oldest_unconfirmed = row.OptionalTime(3);
    return absl::OkStatus();
  }));
  return health;
}

absl::Status ShipmentTable::PutShipments(
    absl::string_view connection,
    const std::vector<StoredShipment>& shipments) {
  std::vector<PackedShipment> packed;
  packed.reserve(shipments.size());  // the rows hold views into it
  std::vector<std::vector<SqlParam>> rows;
  for (const StoredShipment& stored : shipments) {
    packed.emplace_back(stored);
    rows.push_back(ParamsOf(connection, stored, packed.back()));
  }
  return sql_.ExecuteBatch(kPut, rows).status();
}

absl::StatusOr<int64_t> ShipmentTable::PruneShipments(absl::Time before,
                                                      int limit) {
  std::vector<std::pair<std::string, int64_t>> old;
  OMS_RETURN_IF_ERROR(sql_.Query(
      kFindOld, {SqlTime(before), int64_t{limit}}, [&](const SqlRow& row) {
        old.emplace_back(row.String(0), row.Int64(1));
        return absl::OkStatus();
      }));
  std::vector<std::vector<SqlParam>> rows;
  for (const auto& [connection, id] : old) rows.push_back({connection, id});
  return sql_.ExecuteBatch(kDelete, rows);
}

}  // namespace oms_connector::storage
