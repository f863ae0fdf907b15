#include "storage/sql/inventory_tables.h"

#include <utility>

#include "base/status_macros.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define STATE_COLUMNS                                            \
  "computed_generation, target_generation, position_step, "      \
  "position_key, locations_changed, deferred_by_run, base_url, " \
  "full_pass, last_complete_full_time, acknowledge_in_flight, "  \
  "gap_time, last_revision"

constexpr char kGetState[] =
    "SELECT " STATE_COLUMNS " FROM inventory_state WHERE connection = $1";

constexpr char kMakeState[] =
    "INSERT INTO inventory_state (connection) VALUES ($1) "
    "ON CONFLICT (connection) DO NOTHING";

// An update that changes nothing takes the row's lock on every database.
constexpr char kLockState[] =
    "UPDATE inventory_state SET full_pass = full_pass WHERE connection = $1 "
    "RETURNING " STATE_COLUMNS;

constexpr char kPutState[] =
    "INSERT INTO inventory_state (connection, " STATE_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
    "ON CONFLICT (connection) DO UPDATE SET "
    "computed_generation = excluded.computed_generation, "
    "target_generation = excluded.target_generation, "
    "position_step = excluded.position_step, "
    "position_key = excluded.position_key, "
    "locations_changed = excluded.locations_changed, "
    "deferred_by_run = excluded.deferred_by_run, "
    "base_url = excluded.base_url, full_pass = excluded.full_pass, "
    "last_complete_full_time = excluded.last_complete_full_time, "
    "acknowledge_in_flight = excluded.acknowledge_in_flight, "
    "gap_time = excluded.gap_time, last_revision = excluded.last_revision";

#undef STATE_COLUMNS

constexpr char kListSources[] =
    "SELECT source, mark_time FROM inventory_sources WHERE connection = $1";
constexpr char kPutSource[] =
    "INSERT INTO inventory_sources (connection, source, mark_time) "
    "VALUES ($1, $2, $3) ON CONFLICT (connection, source) "
    "DO UPDATE SET mark_time = excluded.mark_time";
constexpr char kDeleteSources[] =
    "DELETE FROM inventory_sources WHERE connection = $1";

constexpr char kListChannels[] =
    "SELECT sales_channel_id, name, type, active, listed FROM sales_channels "
    "WHERE connection = $1 ORDER BY sales_channel_id";
constexpr char kPutChannel[] =
    "INSERT INTO sales_channels (connection, sales_channel_id, name, type, "
    "active, listed) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (connection, sales_channel_id) DO UPDATE SET "
    "name = excluded.name, type = excluded.type, active = excluded.active, "
    "listed = excluded.listed";

constexpr char kListWarehouses[] =
    "SELECT warehouse_id, name, type, active, listed FROM warehouses "
    "WHERE connection = $1 ORDER BY warehouse_id";
constexpr char kPutWarehouse[] =
    "INSERT INTO warehouses (connection, warehouse_id, name, type, active, "
    "listed) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (connection, warehouse_id) DO UPDATE SET "
    "name = excluded.name, type = excluded.type, active = excluded.active, "
    "listed = excluded.listed";

InventoryState StateAt(const SqlRow& row) {
  InventoryState state;
  state.computed_generation = row.Int64(0);
  state.target_generation = row.Int64(1);
  state.position_step = row.String(2);
  state.position_key = row.String(3);
  state.locations_changed = row.Bool(4);
  state.deferred_by_run = row.String(5);
  state.base_url = row.String(6);
  state.full_pass = row.Int64(7);
  state.last_complete_full_time = row.OptionalTime(8);
  state.acknowledge_in_flight = row.OptionalTime(9);
  state.gap_time = row.OptionalTime(10);
  state.last_revision = row.Int64(11);
  return state;
}

}  // namespace

absl::StatusOr<InventoryState> SqlInventoryTables::GetState(
    absl::string_view connection) {
  InventoryState state;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kGetState, {connection},
                [&](const SqlRow& row) { state = StateAt(row); }));
  return state;
}

absl::StatusOr<InventoryState> SqlInventoryTables::LockState(
    absl::string_view connection) {
  OMS_RETURN_IF_ERROR(connection_.Execute(kMakeState, {connection}).status());
  InventoryState state;
  OMS_RETURN_IF_ERROR(
      QueryOne(connection_, kLockState, {connection},
               [&](const SqlRow& row) { state = StateAt(row); }));
  return state;
}

absl::Status SqlInventoryTables::PutState(absl::string_view connection,
                                          const InventoryState& state) {
  return connection_
      .Execute(kPutState,
               {connection, state.computed_generation, state.target_generation,
                absl::string_view(state.position_step),
                absl::string_view(state.position_key),
                SqlBool(state.locations_changed),
                absl::string_view(state.deferred_by_run),
                absl::string_view(state.base_url), state.full_pass,
                SqlOptionalTime(state.last_complete_full_time),
                SqlOptionalTime(state.acknowledge_in_flight),
                SqlOptionalTime(state.gap_time), state.last_revision})
      .status();
}

absl::StatusOr<std::map<std::string, absl::Time>>
SqlInventoryTables::ListSourceMarks(absl::string_view connection) {
  std::map<std::string, absl::Time> marks;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListSources, {connection},
      [&](const SqlRow& row) { marks[row.String(0)] = row.Time(1); }));
  return marks;
}

absl::Status SqlInventoryTables::PutSourceMark(absl::string_view connection,
                                               absl::string_view source,
                                               absl::Time time) {
  return connection_.Execute(kPutSource, {connection, source, SqlTime(time)})
      .status();
}

absl::Status SqlInventoryTables::DeleteSourceMarks(
    absl::string_view connection) {
  return connection_.Execute(kDeleteSources, {connection}).status();
}

absl::StatusOr<std::vector<StoredSalesChannel>>
SqlInventoryTables::ListSalesChannels(absl::string_view connection) {
  std::vector<StoredSalesChannel> channels;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListChannels, {connection}, [&](const SqlRow& row) {
        channels.push_back(
            {{row.Int64(0), row.String(1), row.String(2), row.Bool(3)},
             row.Bool(4)});
      }));
  return channels;
}

absl::StatusOr<std::vector<StoredWarehouse>> SqlInventoryTables::ListWarehouses(
    absl::string_view connection) {
  std::vector<StoredWarehouse> warehouses;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListWarehouses, {connection}, [&](const SqlRow& row) {
        warehouses.push_back(
            {{row.Int64(0), row.String(1), row.Bool(3), row.String(2)},
             row.Bool(4)});
      }));
  return warehouses;
}

absl::Status SqlInventoryTables::PutSalesChannels(
    absl::string_view connection,
    const std::vector<StoredSalesChannel>& channels) {
  std::vector<std::vector<SqlParam>> rows;
  for (const auto& [channel, listed] : channels) {
    rows.push_back({connection, channel.id, absl::string_view(channel.name),
                    absl::string_view(channel.type), SqlBool(channel.active),
                    SqlBool(listed)});
  }
  return connection_.ExecuteBatch(kPutChannel, rows).status();
}

absl::Status SqlInventoryTables::PutWarehouses(
    absl::string_view connection,
    const std::vector<StoredWarehouse>& warehouses) {
  std::vector<std::vector<SqlParam>> rows;
  for (const auto& [warehouse, listed] : warehouses) {
    rows.push_back({connection, warehouse.id, absl::string_view(warehouse.name),
                    absl::string_view(warehouse.type),
                    SqlBool(warehouse.active), SqlBool(listed)});
  }
  return connection_.ExecuteBatch(kPutWarehouse, rows).status();
}

}  // namespace oms_connector::storage
