#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "storage/document.h"
#include "storage/shipment_tables.h"
#include "storage/sql/sql_query.h"

// What is kept once per connection: how far reading and deciding have come, the
// counts that answers show, names, and the carts that rows were filed under.
namespace oms_connector::storage {
namespace {

constexpr char kGetSummary[] = R"(
    SELECT state, held_orders, ready_shipments, last_sequence
    FROM shipment_states WHERE connection = $1)";
constexpr char kPutState[] = R"(
    INSERT INTO shipment_states
      (connection, state, held_orders, ready_shipments, last_sequence)
    VALUES ($1, $2, 0, 0, 0)
    ON CONFLICT (connection) DO UPDATE SET state = excluded.state)";
// An empty document is the default state.
constexpr char kAddCounts[] = R"(
    INSERT INTO shipment_states
      (connection, state, held_orders, ready_shipments, last_sequence)
    VALUES ($1, $2, $3, $4, 0)
    ON CONFLICT (connection) DO UPDATE SET
      held_orders = shipment_states.held_orders + excluded.held_orders,
      ready_shipments =
        shipment_states.ready_shipments + excluded.ready_shipments)";

constexpr char kGetNames[] =
    "SELECT names FROM reference_names WHERE connection = $1";
constexpr char kPutNames[] = R"(
    INSERT INTO reference_names (connection, names) VALUES ($1, $2)
    ON CONFLICT (connection) DO UPDATE SET names = excluded.names)";

constexpr char kListCarts[] = R"(
    SELECT number, cart, events, pruned_through, confirms
    FROM shipment_carts WHERE connection = $1 ORDER BY number)";
constexpr char kPutCart[] = R"(
    INSERT INTO shipment_carts
      (connection, number, cart, events, pruned_through, confirms)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (connection, number) DO UPDATE SET
      events = excluded.events, pruned_through = excluded.pruned_through,
      confirms = excluded.confirms)";

}  // namespace

absl::StatusOr<model::ShipmentSummary> ShipmentReader::GetShipmentSummary(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  model::ShipmentSummary summary;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kGetSummary, {number}, [&](const SqlRow& row) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            summary.state, DecodeDocument<model::ShipmentState>(row.Bytes(0)));
        summary.held_orders = row.Int64(1);
        summary.ready_shipments = row.Int64(2);
        summary.last_sequence = row.Int64(3);
        return absl::OkStatus();
      }));
  return summary;
}

absl::Status ShipmentWriter::PutShipmentState(
    absl::string_view connection, const model::ShipmentState& state) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  const std::string bytes = EncodeDocument(state);
  return sql_.Execute(kPutState, {number, Blob{bytes}}).status();
}

absl::Status ShipmentWriter::AddCounts(int64_t connection,
                                       const CountChanges& changes) {
  if (changes.held_orders == 0 && changes.ready_shipments == 0) {
    return absl::OkStatus();
  }
  return sql_
      .Execute(kAddCounts, {connection, Blob{}, changes.held_orders,
                            changes.ready_shipments})
      .status();
}

absl::StatusOr<model::ReferenceNames> ShipmentReader::GetReferenceNames(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  model::ReferenceNames names;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kGetNames, {number}, [&](const SqlRow& row) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            names, DecodeDocument<model::ReferenceNames>(row.Bytes(0)));
        return absl::OkStatus();
      }));
  return names;
}

absl::Status ShipmentWriter::PutReferenceNames(
    absl::string_view connection, const model::ReferenceNames& names) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  const std::string bytes = EncodeDocument(names);
  return sql_.Execute(kPutNames, {number, Blob{bytes}}).status();
}

absl::Status ShipmentReader::LoadCarts(int64_t connection) {
  if (carts_of_ == connection) return absl::OkStatus();
  carts_.clear();
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kListCarts, {connection}, [&](const SqlRow& row) {
        carts_.push_back({row.Int64(0), row.String(1), row.Int64(2),
                          row.Int64(3), row.Bool(4)});
      }));
  carts_of_ = connection;
  return absl::OkStatus();
}

absl::StatusOr<const ShipmentReader::CartRow*> ShipmentReader::FindCart(
    int64_t connection, absl::string_view cart) {
  OMS_RETURN_IF_ERROR(LoadCarts(connection));
  for (const CartRow& row : carts_) {
    if (row.cart == cart) return &row;
  }
  return nullptr;
}

absl::StatusOr<ShipmentReader::CartRow*> ShipmentWriter::FindOrAddCart(
    int64_t connection, absl::string_view cart) {
  OMS_RETURN_IF_ERROR(LoadCarts(connection));
  for (CartRow& row : carts_) {
    if (row.cart == cart) return &row;
  }
  CartRow row;
  row.number = carts_.empty() ? 1 : carts_.back().number + 1;
  row.cart = std::string(cart);
  OMS_RETURN_IF_ERROR(PutCarts(connection, {&row}));
  carts_.push_back(std::move(row));
  return &carts_.back();
}

ShipmentReader::CartRow* ShipmentReader::CartWithNumber(int64_t number) {
  for (CartRow& row : carts_) {
    if (row.number == number) return &row;
  }
  return nullptr;
}

absl::Status ShipmentWriter::PutCarts(int64_t connection,
                                      const std::vector<const CartRow*>& rows) {
  SqlParamRows params;
  for (const CartRow* row : rows) {
    params.push_back({connection, row->number, row->cart, row->events,
                      row->pruned_through, SqlBool(row->confirms)});
  }
  return sql_.ExecuteBatch(kPutCart, params).status();
}

absl::Status ShipmentWriter::NoteConfirmingCarts(
    absl::string_view connection, const std::vector<std::string>& carts) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  for (const std::string& cart : carts) {
    OMS_ASSIGN_OR_RETURN(CartRow* const row, FindOrAddCart(number, cart));
    if (row->confirms) continue;
    row->confirms = true;
    OMS_RETURN_IF_ERROR(PutCarts(number, {row}));
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::storage
