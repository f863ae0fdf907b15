#include "storage/connection_tables.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "model/connection.h"
#include "model/settings.h"
#include "storage/document.h"
#include "storage/sql/deleted_connections.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// ---- Connections -----------------------------------------------------------

// In the order in which RowAt reads them.
#define CONNECTION_ROW                                           \
  "SELECT c.connection, c.number, c.epoch, c.sealed_under, "     \
  "c.view_generation, c.document, c.settings, k.last_revision, " \
  "k.last_sequence FROM connections AS c JOIN counters AS k ON " \
  "k.connection = c.number "

constexpr char kGetConnection[] = CONNECTION_ROW "WHERE c.connection = $1";

constexpr char kListConnections[] =
    CONNECTION_ROW "WHERE c.connection > $1 ORDER BY c.connection LIMIT $2";

constexpr char kListEarlierOfAccount[] =
    CONNECTION_ROW "WHERE c.account = $2 AND c.number < $1 ORDER BY c.number";

#undef CONNECTION_ROW

constexpr char kInsertConnection[] = R"(
    INSERT INTO connections (connection, number, epoch, sealed_under, account,
      view_generation, document, settings)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8))";

constexpr char kInsertCounters[] = R"(
    INSERT INTO counters (connection, last_revision, last_sequence, last_change)
    VALUES ($1, 0, 0, 0))";

constexpr char kUpdateConnection[] = R"(
    UPDATE connections SET sealed_under = $2, account = $3,
      view_generation = $4, document = $5
    WHERE connection = $1)";

constexpr char kDeleteConnection[] =
    "DELETE FROM connections WHERE connection = $1";

// What two connections of one account have in common.
std::string AccountOf(const model::Connection& connection) {
  const model::OrderManagerAccount& account = connection.order_manager;
  return absl::StrCat(account.base_url, " ", account.token_fingerprint);
}

// ---- Counters --------------------------------------------------------------

constexpr char kTakeRevisions[] = R"(
    UPDATE counters SET last_revision = last_revision + $2
    WHERE connection = $1 RETURNING last_revision)";

constexpr char kTakeSequences[] = R"(
    UPDATE counters SET last_sequence = last_sequence + $2
    WHERE connection = $1 RETURNING last_sequence)";

constexpr char kTakeChanges[] = R"(
    UPDATE counters SET last_change = last_change + $2
    WHERE connection = $1 RETURNING last_change)";

// ---- Settings and their history --------------------------------------------

constexpr char kUpdateSettings[] = R"(
    UPDATE connections SET settings = $2, view_generation = view_generation + $3
    WHERE connection = $1)";

constexpr char kListChanges[] = R"(
    SELECT document FROM settings_changes
    WHERE connection = $1 AND change_id < $2
    ORDER BY change_id DESC LIMIT $3)";

constexpr char kInsertChange[] = R"(
    INSERT INTO settings_changes (connection, change_id, change_time, document)
    VALUES ($1, $2, $3, $4))";

constexpr char kPruneChanges[] = R"(
    DELETE FROM settings_changes WHERE (connection, change_id) IN (
      SELECT connection, change_id FROM settings_changes
      WHERE change_time < $1 ORDER BY change_time LIMIT $2))";

// ---- Remembered requests ---------------------------------------------------

constexpr char kFindRequest[] = R"(
    SELECT fingerprint, answer, expire_time FROM remembered_requests
    WHERE connection = $1 AND principal = $2 AND rpc = $3 AND request_id = $4
      AND expire_time > $5 AND expire_time <= $6)";

constexpr char kRememberRequest[] = R"(
    INSERT INTO remembered_requests (connection, principal, rpc, request_id,
      fingerprint, answer, expire_time)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (connection, principal, rpc, request_id) DO UPDATE SET
      fingerprint = excluded.fingerprint, answer = excluded.answer,
      expire_time = excluded.expire_time)";

// Found first and deleted by key: given both at once, SQLite uses only the
// connection of keys that have texts, and reads all requests of the tenant.
constexpr char kListExpiredRequests[] = R"(
    SELECT connection, principal, rpc, request_id FROM remembered_requests
    WHERE expire_time <= $1 ORDER BY expire_time LIMIT $2)";
constexpr char kForgetRequest[] = R"(
    DELETE FROM remembered_requests
    WHERE connection = $1 AND principal = $2 AND rpc = $3 AND request_id = $4
      AND expire_time <= $5)";

absl::Status NoSuchConnection() {
  return absl::NotFoundError("There is no such connection.");
}

}  // namespace

ConnectionReader::Row ConnectionReader::RowAt(const SqlRow& row) {
  Row read;
  read.id = row.String(0);
  read.epoch = row.String(2);
  read.sealed_under = row.String(3);
  read.view_generation = row.Int64(4);
  read.document = std::string(row.Bytes(5));
  read.settings = std::string(row.Bytes(6));
  read.heads.last_revision = row.Int64(7);
  read.heads.last_sequence = row.Int64(8);
  return read;
}

// What has a column of its own is changed there alone.
absl::StatusOr<model::Connection> ConnectionReader::ConnectionOf(
    const Row& row) {
  OMS_ASSIGN_OR_RETURN(model::Connection connection,
                       DecodeDocument<model::Connection>(row.document));
  connection.epoch = row.epoch;
  connection.order_manager.sealed_under = row.sealed_under;
  connection.view_generation = row.view_generation;
  return connection;
}

absl::StatusOr<const ConnectionReader::Row*> ConnectionReader::ReadRow(
    absl::string_view id) {
  if (row_.has_value() && row_->id == id) return &*row_;
  row_.reset();
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kGetConnection, {id}, [&](const SqlRow& row) {
        row_ = RowAt(row);
        numbers_.Learn(id, row.Int64(1));
      }));
  if (!row_.has_value()) return NoSuchConnection();
  return &*row_;
}

absl::StatusOr<model::Connection> ConnectionReader::GetConnection(
    absl::string_view id) {
  OMS_ASSIGN_OR_RETURN(const Row* row, ReadRow(id));
  return ConnectionOf(*row);
}

absl::StatusOr<std::vector<model::Connection>> ConnectionReader::List(
    absl::string_view sql, absl::Span<const SqlParam> params) {
  std::vector<model::Connection> found;
  OMS_RETURN_IF_ERROR(
      sql_.Query(sql, params, [&](const SqlRow& row) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(model::Connection connection,
                             ConnectionOf(RowAt(row)));
        found.push_back(std::move(connection));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::vector<model::Connection>>
ConnectionReader::ListConnections(absl::string_view after, int limit) {
  return List(kListConnections, {after, limit});
}

absl::StatusOr<std::vector<model::Connection>>
ConnectionReader::ListEarlierOfAccount(const model::Connection& connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection.id));
  const std::string account = AccountOf(connection);
  return List(kListEarlierOfAccount, {number, account});
}

absl::StatusOr<model::StoredSettings> ConnectionReader::GetSettings(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const Row* row, ReadRow(connection));
  return DecodeDocument<model::StoredSettings>(row->settings);
}

absl::StatusOr<model::ConnectionHeads> ConnectionReader::GetHeads(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const Row* row, ReadRow(connection));
  return row->heads;
}

absl::StatusOr<std::vector<model::SettingsChange>>
ConnectionReader::ListSettingsChanges(absl::string_view connection,
                                      int64_t before, int limit) {
  if (before == 0) before = std::numeric_limits<int64_t>::max();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::SettingsChange> changes;
  OMS_RETURN_IF_ERROR(
      sql_.Query(kListChanges, {number, before, limit},
                 [&](const SqlRow& row) -> absl::Status {
                   OMS_ASSIGN_OR_RETURN(
                       model::SettingsChange change,
                       DecodeDocument<model::SettingsChange>(row.Bytes(0)));
                   changes.push_back(std::move(change));
                   return absl::OkStatus();
                 }));
  return changes;
}

absl::StatusOr<std::optional<model::RememberedRequest>>
ConnectionReader::FindRequest(const model::RequestKey& key, absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(key.connection));
  std::optional<model::RememberedRequest> found;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kFindRequest,
                {number, key.principal, key.rpc, key.request_id, SqlTime(now),
                 SqlTime(now + model::kRequestIdLifetime)},
                [&](const SqlRow& row) {
                  found.emplace();
                  found->fingerprint = std::string(row.Bytes(0));
                  found->answer = std::string(row.Bytes(1));
                  found->expire_time = row.Time(2);
                }));
  return found;
}

absl::Status ConnectionWriter::InsertConnection(
    const model::Connection& connection,
    const model::StoredSettings& settings) {
  row_.reset();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Take());
  const std::string account = AccountOf(connection);
  const std::string document = EncodeDocument(connection);
  const std::string settings_document = EncodeDocument(settings);
  OMS_RETURN_IF_ERROR(
      sql_.Execute(kInsertConnection, {connection.id, number, connection.epoch,
                                       connection.order_manager.sealed_under,
                                       account, connection.view_generation,
                                       Blob{document}, Blob{settings_document}})
          .status());
  return sql_.Execute(kInsertCounters, {number}).status();
}

absl::Status ConnectionWriter::UpdateConnection(
    const model::Connection& connection) {
  OMS_ASSIGN_OR_RETURN(const model::Connection before,
                       GetConnection(connection.id));
  row_.reset();
  model::Connection after = connection;
  after.create_time = before.create_time;
  const std::string account = AccountOf(after);
  const std::string document = EncodeDocument(after);
  return ExecuteOne(sql_, kUpdateConnection,
                    {after.id, after.order_manager.sealed_under, account,
                     after.view_generation, Blob{document}});
}

absl::Status ConnectionWriter::DeleteConnection(absl::string_view id) {
  row_.reset();
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(id));
  OMS_RETURN_IF_ERROR(ExecuteOne(sql_, kDeleteConnection, {id}));
  return numbers_.Delete(number);
}

absl::Status ConnectionWriter::UpdateSettings(
    absl::string_view connection, const model::StoredSettings& settings,
    bool new_view) {
  row_.reset();
  const std::string document = EncodeDocument(settings);
  return ExecuteOne(sql_, kUpdateSettings,
                    {connection, Blob{document}, SqlBool(new_view)});
}

absl::Status ConnectionWriter::AppendSettingsChange(
    absl::string_view connection, const model::SettingsChange& change) {
  model::SettingsChange numbered = change;
  OMS_ASSIGN_OR_RETURN(numbered.change_id, Take(kTakeChanges, connection, 1));
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  const std::string document = EncodeDocument(numbered);
  return sql_
      .Execute(kInsertChange, {number, numbered.change_id,
                               SqlTime(numbered.change_time), Blob{document}})
      .status();
}

absl::Status ConnectionWriter::RememberRequest(
    const model::RequestKey& key, const model::RememberedRequest& request) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(key.connection));
  return sql_
      .Execute(kRememberRequest,
               {number, key.principal, key.rpc, key.request_id,
                Blob{request.fingerprint}, Blob{request.answer},
                SqlTime(request.expire_time)})
      .status();
}

absl::StatusOr<int64_t> ConnectionWriter::ForgetRequests(absl::Time now,
                                                         int limit) {
  struct Key {
    int64_t connection = 0;
    std::string principal, rpc, request_id;
  };
  std::vector<Key> expired;
  OMS_RETURN_IF_ERROR(QueryEach(sql_, kListExpiredRequests,
                                {SqlTime(now), limit}, [&](const SqlRow& row) {
                                  expired.push_back(
                                      {row.Int64(0), row.String(1),
                                       row.String(2), row.String(3)});
                                }));
  SqlParamRows rows;
  rows.reserve(expired.size());
  for (const Key& key : expired) {
    rows.push_back(
        {key.connection, key.principal, key.rpc, key.request_id, SqlTime(now)});
  }
  return sql_.ExecuteBatch(kForgetRequest, rows);
}

absl::StatusOr<int64_t> ConnectionWriter::PruneConnections(
    absl::Time now, absl::Time changes_before, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t requests, ForgetRequests(now, limit));
  OMS_ASSIGN_OR_RETURN(
      const int64_t changes,
      sql_.Execute(kPruneChanges, {SqlTime(changes_before), limit}));
  return requests + changes;
}

absl::StatusOr<bool> ConnectionReader::HasDeletedRows() {
  OMS_ASSIGN_OR_RETURN(const int64_t number, NextDeletedConnection(sql_));
  return number != 0;
}

absl::StatusOr<int64_t> ConnectionWriter::PruneDeleted(int limit) {
  return RemoveDeletedRows(sql_, limit);
}

absl::StatusOr<int64_t> ConnectionWriter::Take(absl::string_view sql,
                                               absl::string_view id,
                                               int64_t count) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(id));
  int64_t last = 0;
  OMS_RETURN_IF_ERROR(
      QueryOne(sql_, sql, {number, count},
               [&](const SqlRow& row) { last = row.Int64(0); }));
  return last;
}

absl::StatusOr<int64_t> ConnectionWriter::TakeRevisions(
    absl::string_view connection, int64_t count) {
  OMS_ASSIGN_OR_RETURN(const int64_t last,
                       Take(kTakeRevisions, connection, count));
  if (row_.has_value() && row_->id == connection)
    row_->heads.last_revision = last;
  return last - count + 1;
}

absl::StatusOr<int64_t> ConnectionWriter::TakeSequences(
    absl::string_view connection, int64_t count) {
  OMS_ASSIGN_OR_RETURN(const int64_t last,
                       Take(kTakeSequences, connection, count));
  if (row_.has_value() && row_->id == connection)
    row_->heads.last_sequence = last;
  return last - count + 1;
}

}  // namespace oms_connector::storage
