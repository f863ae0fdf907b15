#include "storage/shipment_tables.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/functional/function_ref.h"
#include "base/status_macros.h"
#include "storage/document.h"
#include "storage/sql/delivery_column.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

using model::DeliveryState;
using model::ShipmentView;
using model::StoredDelivery;
using model::StoredShipment;

// ReadShipment follows this order. Without a view nobody looks for a delivery.
#define SHIPMENT_COLUMNS                                                     \
  "s.record, s.tracking_key, v.view, d.delivery, d.state_time, s.order_id, " \
  "d.state, d.waits, s.shipment_id "
#define SELECT_SHIPMENT                                                     \
  "SELECT " SHIPMENT_COLUMNS                                                \
  "FROM shipments AS s "                                                    \
  "LEFT JOIN shipment_views AS v "                                          \
  "ON v.connection = s.connection AND v.shipment_id = s.shipment_id "       \
  "LEFT JOIN deliveries AS d "                                              \
  "ON d.connection = v.connection AND d.shipment_id = v.shipment_id WHERE " \
  "s.connection = $1 "
// Where the state says which there are. A cross join is read from the left.
#define SELECT_BY_DELIVERY                                             \
  "SELECT " SHIPMENT_COLUMNS                                           \
  "FROM deliveries AS d CROSS JOIN shipments AS s "                    \
  "CROSS JOIN shipment_views AS v WHERE d.connection = $1 AND "        \
  "s.connection = d.connection AND s.shipment_id = d.shipment_id AND " \
  "v.connection = d.connection AND v.shipment_id = d.shipment_id "

constexpr char kShipmentRange[] = SELECT_SHIPMENT
    "AND s.shipment_id BETWEEN $2 AND $3 ORDER BY s.shipment_id LIMIT $4";
constexpr char kFindShipment[] = SELECT_SHIPMENT "AND s.shipment_id = $2";
constexpr KeyPageStatements kShipments = {kShipmentRange, kFindShipment, 8};
constexpr char kOrdersRange[] = SELECT_SHIPMENT
    "AND s.order_id BETWEEN $2 AND $3 "
    "ORDER BY s.order_id, s.shipment_id LIMIT $4";
constexpr char kOfOrder[] =
    SELECT_SHIPMENT "AND s.order_id = $2 ORDER BY s.order_id, s.shipment_id";
constexpr KeyPageStatements kOfOrders = {kOrdersRange, kOfOrder, 5};

// Each can use an index of its own; that of states is without CONFIRMED, which
// is 3. $4 to $8 are states, $9 is a cart's number or 0.
#define SEARCH_END                       \
  "AND d.state IN ($4, $5, $6, $7, $8) " \
  "AND ($9 = 0 OR d.cart = $9) AND d.state_time <= $10 "
#define SEARCH_ORDER(table)                        \
  "AND " table ".shipment_id < $2 ORDER BY " table \
  ".shipment_id DESC LIMIT "                       \
  "$3"
constexpr char kSearch[] = SELECT_BY_DELIVERY SEARCH_END SEARCH_ORDER("d");
constexpr char kSearchState[] = SELECT_BY_DELIVERY
    "AND d.state = $11 AND d.state <> 3 " SEARCH_END SEARCH_ORDER("d");
constexpr char kSearchNumber[] = SELECT_SHIPMENT
    "AND s.order_number = $11 "
    "AND ($12 = '' OR s.tracking_key = $12) " SEARCH_END SEARCH_ORDER("s");
constexpr char kSearchTracking[] = SELECT_SHIPMENT
    "AND s.tracking_key = $11 AND s.tracking_key <> '' " SEARCH_END
        SEARCH_ORDER("s");
#undef SEARCH_ORDER
#undef SEARCH_END
#undef SELECT_BY_DELIVERY
#undef SELECT_SHIPMENT
#undef SHIPMENT_COLUMNS

// What a delivery waits for.
constexpr int64_t kNothing = 0;
constexpr int64_t kRelease = 1;
constexpr int64_t kAnswer = 2;

#define SELECT_DELIVERY                                                   \
  "SELECT shipment_id, cart, last_sequence, delivery, state_time, state " \
  "FROM deliveries WHERE connection = $1 "
constexpr char kDeliveryRange[] = SELECT_DELIVERY
    "AND shipment_id BETWEEN $2 AND $3 ORDER BY shipment_id LIMIT $4";
constexpr char kFindDelivery[] = SELECT_DELIVERY "AND shipment_id = $2";
#undef SELECT_DELIVERY
constexpr char kAnswerDelivery[] = R"(
    UPDATE deliveries
    SET state = $3, state_time = $4, waits = $5, delivery = $6
    WHERE connection = $1 AND shipment_id = $2)";
constexpr char kPutDelivery[] = R"(
    INSERT INTO deliveries
      (connection, shipment_id, cart, state, state_time, waits, last_sequence,
       delivery)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (connection, shipment_id) DO UPDATE SET
      cart = excluded.cart, state = excluded.state,
      state_time = excluded.state_time, waits = excluded.waits,
      last_sequence = excluded.last_sequence, delivery = excluded.delivery)";

constexpr char kPutShipment[] = R"(
    INSERT INTO shipments
      (connection, shipment_id, order_id, order_number, tracking_key, record)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (connection, shipment_id) DO UPDATE SET
      order_id = excluded.order_id, order_number = excluded.order_number,
      tracking_key = excluded.tracking_key, record = excluded.record)";
constexpr char kPutView[] = R"(
    INSERT INTO shipment_views (connection, shipment_id, view)
    VALUES ($1, $2, $3)
    ON CONFLICT (connection, shipment_id) DO UPDATE SET view = excluded.view)";

constexpr char kListHeld[] = R"(
    SELECT shipment_id FROM deliveries
    WHERE connection = $1 AND state = $2 AND state <> 3 AND waits <> 0
      AND shipment_id > $3
    ORDER BY shipment_id LIMIT $4)";
constexpr char kListUndelivered[] = R"(
    SELECT d.shipment_id, s.order_id
    FROM deliveries AS d CROSS JOIN shipments AS s
    WHERE d.connection = $1 AND d.state = $2 AND d.state <> 3
      AND d.last_sequence = 0
      AND d.shipment_id > $3
      AND s.connection = d.connection AND s.shipment_id = d.shipment_id
    ORDER BY d.shipment_id LIMIT $4)";
constexpr char kOldest[] = R"(
    SELECT state_time FROM deliveries
    WHERE connection = $1 AND waits = $2 AND waits <> 0
    ORDER BY state_time LIMIT 1)";

constexpr char kAddHeld[] = R"(
    INSERT INTO held_orders (connection, order_id, shipments)
    VALUES ($1, $2, $3)
    ON CONFLICT (connection, order_id) DO UPDATE SET
      shipments = held_orders.shipments + excluded.shipments
    RETURNING shipments)";
constexpr char kDeleteHeld[] =
    "DELETE FROM held_orders WHERE connection = $1 AND order_id = $2";

// An undecided one waits for nobody.
int64_t WaitsFor(const model::Delivery& delivery) {
  if (delivery.state == DeliveryState::kReady) return kAnswer;
  return delivery.state == DeliveryState::kHeld &&
                 delivery.hold_time.has_value()
             ? kRelease
             : kNothing;
}

int64_t SequenceOf(const StoredShipment& shipment) {
  return shipment.last_event.has_value() ? shipment.last_event->sequence : 0;
}

absl::StatusOr<StoredShipment> ReadShipment(const SqlRow& row) {
  StoredShipment shipment;
  OMS_RETURN_IF_ERROR(DecodeDocument(row.Bytes(0), &shipment.record));
  shipment.tracking_key = row.String(1);
  shipment.in_store.record_bytes = std::string(row.Bytes(0));
  shipment.in_store.numbered = !shipment.record.order_number.empty();
  shipment.in_store.order_id = row.Int64(5);
  shipment.decided = !row.IsNull(2) && !row.IsNull(3);
  if (!shipment.decided) return shipment;
  OMS_RETURN_IF_ERROR(
      DecodeDocument(row.Bytes(2), static_cast<ShipmentView*>(&shipment)));
  shipment.state_time = row.Time(4);
  OMS_RETURN_IF_ERROR(
      DecodeDelivery(row.Bytes(3), shipment.state_time, &shipment.delivery));
  shipment.in_store.decided = true;
  shipment.in_store.view_bytes = std::string(row.Bytes(2));
  shipment.in_store.delivery_bytes = std::string(row.Bytes(3));
  shipment.in_store.state_time = shipment.state_time;
  shipment.in_store.state = row.As<DeliveryState>(6);
  shipment.in_store.held = row.Int64(7) == kRelease;
  return shipment;
}

// Reads each row as one more of `list`.
template <typename T>
auto AppendTo(std::vector<T>& list, absl::StatusOr<T> (*read)(const SqlRow&)) {
  return [&list, read](const SqlRow& row) -> absl::Status {
    OMS_ASSIGN_OR_RETURN(T value, read(row));
    list.push_back(std::move(value));
    return absl::OkStatus();
  };
}

// Runs `query`, whose rows may be documents that cannot be read: the first such
// error is its result, and no row behind it is read.
absl::Status UntilUnreadable(
    SqlRowFunction read, absl::FunctionRef<absl::Status(SqlRowReader)> query) {
  absl::Status readable;
  OMS_RETURN_IF_ERROR(query([&](const SqlRow& row) {
    if (readable.ok()) readable = read(row);
  }));
  return readable;
}

// Five states to search for: those asked for, or all.
std::array<SqlParam, 5> StateParams(const std::vector<DeliveryState>& states) {
  std::array<SqlParam, 5> params;
  for (size_t i = 0; i < params.size(); ++i) {
    const auto state = static_cast<DeliveryState>(i + 1);
    const bool wanted =
        states.empty() ||
        std::find(states.begin(), states.end(), state) != states.end();
    params[i] = wanted ? SqlEnum(state) : int64_t{0};  // no state is 0
  }
  return params;
}

}  // namespace

absl::Status ShipmentReader::QueryKeys(absl::string_view statement,
                                       int64_t connection,
                                       std::vector<int64_t> keys,
                                       SqlRowFunction read) {
  return UntilUnreadable(read, [&](SqlRowReader each) {
    return storage::QueryKeys(sql_, statement, {connection}, std::move(keys),
                              each);
  });
}

absl::Status ShipmentReader::QueryKeyPage(const KeyPageStatements& statements,
                                          int64_t connection,
                                          std::vector<int64_t> keys,
                                          SqlRowFunction read) {
  return UntilUnreadable(read, [&](SqlRowReader each) {
    return storage::QueryKeyPage(sql_, statements, {connection},
                                 Ascending(std::move(keys)), each);
  });
}

// ---- Shipments --------------------------------------------------------------

absl::StatusOr<std::vector<StoredShipment>> ShipmentReader::QueryShipments(
    absl::string_view statement, absl::Span<const SqlParam> params) {
  std::vector<StoredShipment> shipments;
  OMS_RETURN_IF_ERROR(
      sql_.Query(statement, params, [&](const SqlRow& row) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(StoredShipment shipment, ReadShipment(row));
        shipments.push_back(std::move(shipment));
        return absl::OkStatus();
      }));
  return shipments;
}

absl::StatusOr<std::vector<StoredShipment>> ShipmentReader::FindShipments(
    absl::string_view connection, const std::vector<int64_t>& shipment_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<StoredShipment> shipments;
  shipments.reserve(shipment_ids.size());
  OMS_RETURN_IF_ERROR(QueryKeyPage(kShipments, number, shipment_ids,
                                   AppendTo(shipments, ReadShipment)));
  return shipments;
}

absl::StatusOr<std::vector<StoredShipment>> ShipmentReader::ShipmentsOfOrders(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<StoredShipment> shipments;
  shipments.reserve(order_ids.size());
  OMS_RETURN_IF_ERROR(QueryKeyPage(kOfOrders, number, order_ids,
                                   AppendTo(shipments, ReadShipment)));
  return shipments;
}

absl::StatusOr<std::vector<StoredDelivery>> ShipmentReader::FindDeliveries(
    absl::string_view connection, const std::vector<int64_t>& shipment_ids) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_RETURN_IF_ERROR(LoadCarts(number));
  std::vector<StoredDelivery> found;
  found.reserve(shipment_ids.size());
  OMS_RETURN_IF_ERROR(
      QueryKeyPage({kDeliveryRange, kFindDelivery}, number, shipment_ids,
                   [&](const SqlRow& row) -> absl::Status {
                     StoredDelivery& stored = found.emplace_back();
                     stored.shipment_id = row.Int64(0);
                     const CartRow* const cart = CartWithNumber(row.Int64(1));
                     if (cart != nullptr) stored.cart_id = cart->cart;
                     stored.last_sequence = row.Int64(2);
                     stored.state_time = row.Time(4);
                     stored.in_store.state = row.As<DeliveryState>(5);
                     return DecodeDelivery(row.Bytes(3), stored.state_time,
                                           &stored.delivery);
                   }));
  return found;
}

absl::StatusOr<std::vector<int64_t>> ShipmentReader::ListHeldShipments(
    absl::string_view connection, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return QueryIds(
      sql_, kListHeld,
      {number, SqlEnum(DeliveryState::kHeld), after, int64_t{limit}});
}

absl::StatusOr<std::vector<model::IdPair>> ShipmentReader::ListUndelivered(
    absl::string_view connection, DeliveryState state, int64_t after,
    int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::IdPair> found;
  OMS_RETURN_IF_ERROR(QueryEach(sql_, kListUndelivered,
                                {number, SqlEnum(state), after, int64_t{limit}},
                                [&](const SqlRow& row) {
                                  found.push_back({row.Int64(0), row.Int64(1)});
                                }));
  return found;
}

absl::StatusOr<std::vector<StoredShipment>> ShipmentReader::ListShipments(
    absl::string_view connection, const model::ShipmentSearch& search,
    int64_t before, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<SqlParam> params = {number, before, int64_t{limit}};
  for (const SqlParam& state : StateParams(search.states)) {
    params.push_back(state);
  }
  int64_t cart_number = 0;
  if (!search.cart_id.empty()) {
    OMS_ASSIGN_OR_RETURN(const CartRow* const cart,
                         FindCart(number, search.cart_id));
    if (cart == nullptr) return std::vector<StoredShipment>();
    cart_number = cart->number;
  }
  params.push_back(cart_number);
  params.push_back(
      SqlTime(search.in_state_since.value_or(absl::InfiniteFuture())));
  if (!search.order_number.empty()) {
    params.push_back(search.order_number);
    params.push_back(search.tracking_key);
    return QueryShipments(kSearchNumber, params);
  }
  if (!search.tracking_key.empty()) {
    params.push_back(search.tracking_key);
    return QueryShipments(kSearchTracking, params);
  }
  // Nearly all are confirmed: those need no index, and have none.
  if (search.states.size() == 1 &&
      search.states.front() != DeliveryState::kConfirmed) {
    params.push_back(SqlEnum(search.states.front()));
    return QueryShipments(kSearchState, params);
  }
  return QueryShipments(kSearch, params);
}

absl::StatusOr<model::DeliveryHealth> ShipmentReader::GetDeliveryHealth(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                       GetShipmentSummary(connection));
  model::DeliveryHealth health;
  health.held_orders = summary.held_orders;
  health.unconfirmed_shipments = summary.ready_shipments;
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kOldest, {number, kRelease},
                [&](const SqlRow& row) { health.oldest_hold = row.Time(0); }));
  OMS_RETURN_IF_ERROR(QueryEach(
      sql_, kOldest, {number, kAnswer},
      [&](const SqlRow& row) { health.oldest_unconfirmed = row.Time(0); }));
  return health;
}

absl::Status ShipmentWriter::PutShipments(
    absl::string_view connection, absl::Span<StoredShipment* const> shipments) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  OMS_RETURN_IF_ERROR(PutRecords(number, shipments));
  return PutDecided(number, shipments);
}

absl::Status ShipmentWriter::PutShipmentDecisions(
    absl::string_view connection, absl::Span<StoredShipment* const> shipments) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  std::vector<StoredShipment*> numbered;
  for (StoredShipment* const shipment : shipments) {
    if (!shipment->in_store.numbered) numbered.push_back(shipment);
  }
  OMS_RETURN_IF_ERROR(PutRecords(number, numbered));
  return PutDecided(number, shipments);
}

absl::Status ShipmentWriter::PutRecords(
    int64_t connection, absl::Span<StoredShipment* const> shipments) {
  SqlParamRows rows;
  for (StoredShipment* const shipment : shipments) {
    const model::ShipmentRecord& record = shipment->record;
    StoredShipment::InStore& in_store = shipment->in_store;
    std::string bytes = EncodeDocument(record);
    if (bytes == in_store.record_bytes) continue;
    in_store.record_bytes = std::move(bytes);
    in_store.numbered = !record.order_number.empty();
    rows.push_back({connection, record.shipment_id, record.order_id,
                    record.order_number, shipment->tracking_key,
                    Blob{in_store.record_bytes}});
  }
  return sql_.ExecuteBatch(kPutShipment, rows).status();
}

absl::Status ShipmentWriter::PutDecided(
    int64_t connection, absl::Span<StoredShipment* const> shipments) {
  SqlParamRows views, deliveries;
  std::vector<model::IdPair> held_changes;
  CountChanges changes;
  for (StoredShipment* const shipment : shipments) {
    const int64_t id = shipment->record.shipment_id;
    StoredShipment::InStore& in_store = shipment->in_store;
    if (!shipment->decided) continue;
    const bool is_new = !in_store.decided;
    in_store.decided = true;
    std::string view =
        EncodeDocument(static_cast<const ShipmentView&>(*shipment));
    const bool same_view = !is_new && view == in_store.view_bytes;
    if (!same_view) {
      in_store.view_bytes = std::move(view);
      views.push_back({connection, id, Blob{in_store.view_bytes}});
    }
    const int64_t waits = WaitsFor(shipment->delivery);
    const bool held = waits == kRelease;
    if (in_store.held) held_changes.push_back({in_store.order_id, -1});
    if (held) held_changes.push_back({shipment->record.order_id, 1});
    in_store.order_id = shipment->record.order_id;
    in_store.held = held;
    std::string delivery =
        EncodeDelivery(shipment->delivery, shipment->state_time);
    if (same_view && delivery == in_store.delivery_bytes &&
        absl::ToUnixMicros(shipment->state_time) ==
            absl::ToUnixMicros(in_store.state_time)) {
      continue;
    }
    const DeliveryState state = shipment->delivery.state;
    const bool was_ready = !is_new && in_store.state == DeliveryState::kReady;
    changes.ready_shipments +=
        (state == DeliveryState::kReady ? 1 : 0) - (was_ready ? 1 : 0);
    OMS_ASSIGN_OR_RETURN(const CartRow* const cart,
                         FindOrAddCart(connection, shipment->cart_id));
    in_store.delivery_bytes = std::move(delivery);
    in_store.state_time = shipment->state_time;
    in_store.state = state;
    deliveries.push_back({connection, id, cart->number, SqlEnum(state),
                          SqlTime(shipment->state_time), waits,
                          SequenceOf(*shipment),
                          Blob{in_store.delivery_bytes}});
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kPutView, views).status());
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kPutDelivery, deliveries).status());
  OMS_ASSIGN_OR_RETURN(changes.held_orders,
                       CountHeld(connection, std::move(held_changes)));
  return AddCounts(connection, changes);
}

absl::StatusOr<int64_t> ShipmentWriter::CountHeld(
    int64_t connection, std::vector<model::IdPair> changes) {
  std::sort(changes.begin(), changes.end(),
            [](const model::IdPair& a, const model::IdPair& b) {
              return a.first < b.first;
            });
  int64_t more_orders = 0;
  for (size_t i = 0; i < changes.size();) {
    const int64_t order = changes[i].first;
    int64_t difference = 0;
    for (; i < changes.size() && changes[i].first == order; ++i) {
      difference += changes[i].second;
    }
    if (difference == 0) continue;
    int64_t now_held = 0;
    OMS_RETURN_IF_ERROR(
        QueryOne(sql_, kAddHeld, {connection, order, difference},
                 [&](const SqlRow& row) { now_held = row.Int64(0); }));
    if (now_held == difference) ++more_orders;
    if (now_held != 0) continue;
    --more_orders;
    OMS_RETURN_IF_ERROR(
        sql_.Execute(kDeleteHeld, {connection, order}).status());
  }
  return more_orders;
}

absl::Status ShipmentWriter::PutDeliveries(
    absl::string_view connection,
    absl::Span<StoredDelivery* const> deliveries) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  std::vector<std::string> documents;
  documents.reserve(deliveries.size());  // the rows hold views into it
  SqlParamRows rows;
  CountChanges changes;
  for (StoredDelivery* const stored : deliveries) {
    const DeliveryState state = stored->delivery.state;
    documents.push_back(EncodeDelivery(stored->delivery, stored->state_time));
    rows.push_back({number, stored->shipment_id, SqlEnum(state),
                    SqlTime(stored->state_time), WaitsFor(stored->delivery),
                    Blob{documents.back()}});
    changes.ready_shipments +=
        (state == DeliveryState::kReady ? 1 : 0) -
        (stored->in_store.state == DeliveryState::kReady ? 1 : 0);
    stored->in_store.state = state;
  }
  OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kAnswerDelivery, rows).status());
  return AddCounts(number, changes);
}

}  // namespace oms_connector::storage
