#include "storage/sql/connection_tables.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/connection.h"
#include "model/settings.h"
#include "storage/sql/packed_list.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// ---- Connections -----------------------------------------------------------

// In the order in which ConnectionAt reads them.
#define CONNECTION_COLUMNS                                          \
  "connection, display_name, base_url, path_prefix, sealed_token, " \
  "token_fingerprint, inventory_interval, shipment_interval, "      \
  "earliest_shipment_time, view_generation, etag, update_time, "    \
  "sealed_under, epoch, create_time"

constexpr char kGetConnection[] =
    "SELECT " CONNECTION_COLUMNS " FROM connections WHERE connection = $1";

constexpr char kListConnections[] =
    "SELECT " CONNECTION_COLUMNS
    " FROM connections WHERE connection > $1 ORDER BY connection LIMIT $2";

constexpr char kInsertConnection[] =
    "INSERT INTO connections (" CONNECTION_COLUMNS
    ", number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
    "$13, $14, $15, $16)";

#undef CONNECTION_COLUMNS

constexpr char kUpdateConnection[] = R"(
    UPDATE connections SET display_name = $2, base_url = $3, path_prefix = $4,
      sealed_token = $5, token_fingerprint = $6, inventory_interval = $7,
      shipment_interval = $8, earliest_shipment_time = $9,
      view_generation = $10, etag = $11, update_time = $12, sealed_under = $13
    WHERE connection = $1)";

constexpr char kDeleteConnection[] =
    "DELETE FROM connections WHERE connection = $1";

// The parameters of kUpdateConnection, with which kInsertConnection's begin.
std::vector<SqlParam> ConnectionParams(const model::Connection& connection) {
  const model::OrderManagerAccount& account = connection.order_manager;
  return {connection.id,
          connection.display_name,
          account.base_url,
          account.path_prefix,
          Blob{account.sealed_token},
          account.token_fingerprint,
          SqlDuration(connection.inventory_interval),
          SqlDuration(connection.shipment_interval),
          SqlTime(connection.earliest_shipment_time),
          connection.view_generation,
          connection.etag,
          SqlTime(connection.update_time),
          account.sealed_under};
}

model::Connection ConnectionAt(const SqlRow& row) {
  model::Connection connection;
  connection.id = row.String(0);
  connection.display_name = row.String(1);
  connection.order_manager.base_url = row.String(2);
  connection.order_manager.path_prefix = row.String(3);
  connection.order_manager.sealed_token = std::string(row.Bytes(4));
  connection.order_manager.token_fingerprint = row.String(5);
  connection.inventory_interval = row.Duration(6);
  connection.shipment_interval = row.Duration(7);
  connection.earliest_shipment_time = row.Time(8);
  connection.view_generation = row.Int64(9);
  connection.etag = row.String(10);
  connection.update_time = row.Time(11);
  connection.order_manager.sealed_under = row.String(12);
  connection.epoch = row.String(13);
  connection.create_time = row.Time(14);
  return connection;
}

// ---- Carts -----------------------------------------------------------------

constexpr char kListCarts[] = R"(
    SELECT connection, cart, display_name, sales_channel, sku_source,
      warehouse_ids, carrier_custom_field, carrier_candidates, family_rule,
      order_number_pattern, family_custom_field, max_hold
    FROM carts WHERE connection >= $1 AND connection <= $2
    ORDER BY connection, position)";

constexpr char kInsertCart[] = R"(
    INSERT INTO carts (connection, position, cart, display_name, sales_channel,
      sku_source, warehouse_ids, carrier_custom_field, carrier_candidates,
      family_rule, order_number_pattern, family_custom_field, max_hold)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))";

constexpr char kDeleteCarts[] = "DELETE FROM carts WHERE connection = $1";

model::Cart CartAt(const SqlRow& row) {
  model::Cart cart;
  cart.cart_id = row.String(1);
  cart.display_name = row.String(2);
  cart.sales_channel = row.String(3);
  cart.sku_source = row.As<model::SkuSource>(4);
  cart.warehouse_ids = UnpackInts(row.Text(5));
  cart.carrier_custom_field = row.String(6);
  cart.carrier_candidates = UnpackTexts(row.Text(7));
  cart.family_rule.kind = row.As<model::FamilyRuleKind>(8);
  cart.family_rule.order_number_pattern = row.String(9);
  cart.family_rule.custom_field = row.String(10);
  cart.max_hold = row.OptionalDuration(11);
  return cart;
}

// ---- Counters --------------------------------------------------------------

constexpr char kInsertCounters[] = R"(
    INSERT INTO counters (connection, last_revision, last_sequence, last_change)
    VALUES ($1, 0, 0, 0))";

constexpr char kTakeRevisions[] = R"(
    UPDATE counters SET last_revision = last_revision + $2
    WHERE connection = $1 RETURNING last_revision)";

constexpr char kTakeSequences[] = R"(
    UPDATE counters SET last_sequence = last_sequence + $2
    WHERE connection = $1 RETURNING last_sequence)";

constexpr char kTakeChanges[] = R"(
    UPDATE counters SET last_change = last_change + $2
    WHERE connection = $1 RETURNING last_change)";

// The first of the `count` numbers taken.
absl::StatusOr<int64_t> Take(SqlConnection& connection, absl::string_view sql,
                             absl::string_view id, int64_t count) {
  int64_t last = 0;
  OMS_RETURN_IF_ERROR(
      QueryOne(connection, sql, {id, count},
               [&](const SqlRow& row) { last = row.Int64(0); }));
  return last - count + 1;
}

// ---- Settings --------------------------------------------------------------

constexpr char kGetSettings[] = R"(
    SELECT inventory_sync_mode, subtract_locked_quantity,
      ignore_inactive_products, download_products_data, split_order_handling,
      parse_carrier_fallback, etag, update_time
    FROM settings WHERE connection = $1)";

constexpr char kInsertSettings[] = R"(
    INSERT INTO settings (connection, etag, update_time, inventory_sync_mode,
      subtract_locked_quantity, ignore_inactive_products,
      download_products_data, split_order_handling, parse_carrier_fallback)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))";

constexpr char kUpdateSettings[] = R"(
    UPDATE settings SET etag = $2, update_time = $3, inventory_sync_mode = $4,
      subtract_locked_quantity = $5, ignore_inactive_products = $6,
      download_products_data = $7, split_order_handling = $8,
      parse_carrier_fallback = $9
    WHERE connection = $1)";

void AppendValues(const model::Settings& values,
                  std::vector<SqlParam>& params) {
  params.push_back(SqlEnum(values.inventory_sync_mode));
  params.push_back(SqlBool(values.subtract_locked_quantity));
  params.push_back(SqlBool(values.ignore_inactive_products));
  params.push_back(SqlBool(values.download_products_data));
  params.push_back(SqlEnum(values.split_order_handling));
  params.push_back(SqlBool(values.parse_carrier_fallback));
}

// The six values, beginning at column `first`.
model::Settings ValuesAt(const SqlRow& row, int first) {
  model::Settings values;
  values.inventory_sync_mode = row.As<model::InventorySyncMode>(first);
  values.subtract_locked_quantity = row.Bool(first + 1);
  values.ignore_inactive_products = row.Bool(first + 2);
  values.download_products_data = row.Bool(first + 3);
  values.split_order_handling = row.As<model::SplitOrderHandling>(first + 4);
  values.parse_carrier_fallback = row.Bool(first + 5);
  return values;
}

// The parameters of kInsertSettings and kUpdateSettings.
std::vector<SqlParam> SettingsParams(absl::string_view connection,
                                     const model::StoredSettings& settings) {
  std::vector<SqlParam> params = {connection, settings.etag,
                                  SqlTime(settings.update_time)};
  AppendValues(settings.values, params);
  return params;
}

// ---- History of settings ---------------------------------------------------

constexpr char kListChanges[] = R"(
    SELECT change_id, change_time, principal, request_id,
      old_inventory_sync_mode, old_subtract_locked_quantity,
      old_ignore_inactive_products, old_download_products_data,
      old_split_order_handling, old_parse_carrier_fallback,
      new_inventory_sync_mode, new_subtract_locked_quantity,
      new_ignore_inactive_products, new_download_products_data,
      new_split_order_handling, new_parse_carrier_fallback
    FROM settings_changes WHERE connection = $1 AND change_id < $2
    ORDER BY change_id DESC LIMIT $3)";

constexpr char kInsertChange[] = R"(
    INSERT INTO settings_changes (connection, change_id, change_time, principal,
      request_id, old_inventory_sync_mode, old_subtract_locked_quantity,
      old_ignore_inactive_products, old_download_products_data,
      old_split_order_handling, old_parse_carrier_fallback,
      new_inventory_sync_mode, new_subtract_locked_quantity,
      new_ignore_inactive_products, new_download_products_data,
      new_split_order_handling, new_parse_carrier_fallback)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
      $16, $17))";

constexpr char kPruneChanges[] = R"(
    DELETE FROM settings_changes WHERE (connection, change_id) IN (
      SELECT connection, change_id FROM settings_changes
      WHERE change_time < $1 ORDER BY change_time LIMIT $2))";

// ---- Remembered requests ---------------------------------------------------

constexpr char kFindRequest[] = R"(
    SELECT fingerprint, answer, expire_time FROM remembered_requests
    WHERE connection = $1 AND principal = $2 AND rpc = $3 AND request_id = $4
      AND expire_time > $5)";

constexpr char kRememberRequest[] = R"(
    INSERT INTO remembered_requests (connection, principal, rpc, request_id,
      fingerprint, answer, expire_time)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (connection, principal, rpc, request_id) DO UPDATE SET
      fingerprint = excluded.fingerprint, answer = excluded.answer,
      expire_time = excluded.expire_time)";

constexpr char kPruneRequests[] = R"(
    DELETE FROM remembered_requests
    WHERE (connection, principal, rpc, request_id) IN (
      SELECT connection, principal, rpc, request_id FROM remembered_requests
      WHERE expire_time <= $1 ORDER BY expire_time LIMIT $2))";

}  // namespace

absl::StatusOr<model::Connection> SqlConnectionTables::GetConnection(
    absl::string_view id) {
  std::vector<model::Connection> found;
  OMS_RETURN_IF_ERROR(
      QueryOne(connection_, kGetConnection, {id},
               [&](const SqlRow& row) { found.push_back(ConnectionAt(row)); }));
  OMS_RETURN_IF_ERROR(ReadCarts(found));
  return std::move(found.front());
}

absl::StatusOr<std::vector<model::Connection>>
SqlConnectionTables::ListConnections(absl::string_view after, int limit) {
  std::vector<model::Connection> found;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListConnections, {after, limit},
      [&](const SqlRow& row) { found.push_back(ConnectionAt(row)); }));
  OMS_RETURN_IF_ERROR(ReadCarts(found));
  return found;
}

absl::Status SqlConnectionTables::ReadCarts(
    std::vector<model::Connection>& connections) {
  if (connections.empty()) return absl::OkStatus();
  auto owner = connections.begin();
  return QueryEach(connection_, kListCarts,
                   {connections.front().id, connections.back().id},
                   [&](const SqlRow& row) {
                     while (owner->id != row.Text(0)) ++owner;
                     owner->carts.push_back(CartAt(row));
                   });
}

absl::StatusOr<model::StoredSettings> SqlConnectionTables::GetSettings(
    absl::string_view connection) {
  model::StoredSettings settings;
  OMS_RETURN_IF_ERROR(
      QueryOne(connection_, kGetSettings, {connection}, [&](const SqlRow& row) {
        settings.values = ValuesAt(row, 0);
        settings.etag = row.String(6);
        settings.update_time = row.Time(7);
      }));
  return settings;
}

absl::StatusOr<std::vector<model::SettingsChange>>
SqlConnectionTables::ListSettingsChanges(absl::string_view connection,
                                         int64_t before, int limit) {
  if (before == 0) before = std::numeric_limits<int64_t>::max();
  std::vector<model::SettingsChange> changes;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kListChanges, {connection, before, limit},
                [&](const SqlRow& row) {
                  model::SettingsChange& change = changes.emplace_back();
                  change.change_id = row.Int64(0);
                  change.change_time = row.Time(1);
                  change.principal = row.String(2);
                  change.request_id = row.String(3);
                  change.old_settings = ValuesAt(row, 4);
                  change.new_settings = ValuesAt(row, 10);
                }));
  return changes;
}

absl::StatusOr<std::optional<RememberedRequest>>
SqlConnectionTables::FindRequest(const RequestKey& key, absl::Time now) {
  std::optional<RememberedRequest> found;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kFindRequest,
      {key.connection, key.principal, key.rpc, key.request_id, SqlTime(now)},
      [&](const SqlRow& row) {
        found.emplace();
        found->fingerprint = std::string(row.Bytes(0));
        found->answer = std::string(row.Bytes(1));
        found->expire_time = row.Time(2);
      }));
  return found;
}

absl::Status SqlConnectionTables::InsertConnection(
    const model::Connection& connection,
    const model::StoredSettings& settings) {
  std::vector<SqlParam> params = ConnectionParams(connection);
  params.push_back(connection.epoch);
  params.push_back(SqlTime(connection.create_time));
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Take());
  params.push_back(number);
  numbers_.Forget();
  OMS_RETURN_IF_ERROR(connection_.Execute(kInsertConnection, params).status());
  OMS_RETURN_IF_ERROR(InsertCarts(connection));
  OMS_RETURN_IF_ERROR(
      connection_.Execute(kInsertCounters, {connection.id}).status());
  return connection_
      .Execute(kInsertSettings, SettingsParams(connection.id, settings))
      .status();
}

absl::Status SqlConnectionTables::InsertCarts(
    const model::Connection& connection) {
  int64_t position = 0;
  for (const model::Cart& cart : connection.carts) {
    const std::string warehouse_ids = PackInts(cart.warehouse_ids);
    const std::string candidates = PackTexts(cart.carrier_candidates);
    OMS_RETURN_IF_ERROR(
        connection_
            .Execute(kInsertCart, {connection.id, position++, cart.cart_id,
                                   cart.display_name, cart.sales_channel,
                                   SqlEnum(cart.sku_source), warehouse_ids,
                                   cart.carrier_custom_field, candidates,
                                   SqlEnum(cart.family_rule.kind),
                                   cart.family_rule.order_number_pattern,
                                   cart.family_rule.custom_field,
                                   SqlOptionalDuration(cart.max_hold)})
            .status());
  }
  return absl::OkStatus();
}

absl::Status SqlConnectionTables::UpdateConnection(
    const model::Connection& connection) {
  OMS_RETURN_IF_ERROR(
      ExecuteOne(connection_, kUpdateConnection, ConnectionParams(connection)));
  OMS_RETURN_IF_ERROR(
      connection_.Execute(kDeleteCarts, {connection.id}).status());
  return InsertCarts(connection);
}

absl::Status SqlConnectionTables::DeleteConnection(absl::string_view id) {
  numbers_.Forget();
  return ExecuteOne(connection_, kDeleteConnection, {id});
}

absl::Status SqlConnectionTables::UpdateSettings(
    absl::string_view connection, const model::StoredSettings& settings) {
  return ExecuteOne(connection_, kUpdateSettings,
                    SettingsParams(connection, settings));
}

absl::Status SqlConnectionTables::AppendSettingsChange(
    absl::string_view connection, const model::SettingsChange& change) {
  OMS_ASSIGN_OR_RETURN(const int64_t change_id,
                       Take(connection_, kTakeChanges, connection, 1));
  std::vector<SqlParam> params = {connection, change_id,
                                  SqlTime(change.change_time), change.principal,
                                  change.request_id};
  AppendValues(change.old_settings, params);
  AppendValues(change.new_settings, params);
  return connection_.Execute(kInsertChange, params).status();
}

absl::Status SqlConnectionTables::RememberRequest(
    const RequestKey& key, const RememberedRequest& request) {
  return connection_
      .Execute(kRememberRequest,
               {key.connection, key.principal, key.rpc, key.request_id,
                Blob{request.fingerprint}, Blob{request.answer},
                SqlTime(request.expire_time)})
      .status();
}

absl::StatusOr<int64_t> SqlConnectionTables::PruneConnections(
    absl::Time now, absl::Time changes_before, int limit) {
  OMS_ASSIGN_OR_RETURN(
      const int64_t requests,
      connection_.Execute(kPruneRequests, {SqlTime(now), limit}));
  OMS_ASSIGN_OR_RETURN(
      const int64_t changes,
      connection_.Execute(kPruneChanges, {SqlTime(changes_before), limit}));
  return requests + changes;
}

absl::StatusOr<int64_t> SqlConnectionTables::TakeRevisions(
    absl::string_view connection, int64_t count) {
  return Take(connection_, kTakeRevisions, connection, count);
}

absl::StatusOr<int64_t> SqlConnectionTables::TakeSequences(
    absl::string_view connection, int64_t count) {
  return Take(connection_, kTakeSequences, connection, count);
}

}  // namespace oms_connector::storage
