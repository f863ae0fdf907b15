#include "storage/postgres/postgres_database.h"

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/schema/schema.h"
#include "storage/sql/busy_retry.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

// Another server may hold the row for a whole step.
constexpr int kMaxTurns = 30;
constexpr absl::Duration kTurnDelay = absl::Seconds(1);

// SQL_ASCII keeps bytes as they come, which is UTF-8.
constexpr char kIsFit[] = R"(
    SELECT CASE WHEN current_setting('server_encoding')
        IN ('UTF8', 'SQL_ASCII') THEN 1 ELSE 0 END,
      CASE WHEN 'B' < 'a' AND 'a-c' < 'ab' AND 'a c' < 'ab' THEN 1 ELSE 0 END)";
constexpr char kCountTables[] = R"(
    SELECT count(*), count(CASE WHEN table_name = 'oms_connector_store'
      THEN 1 END)
    FROM information_schema.tables WHERE table_schema = current_schema())";
constexpr char kMakeStoreTable[] = R"(
    CREATE TABLE IF NOT EXISTS oms_connector_store (
      id BIGINT NOT NULL PRIMARY KEY,
      schema_version BIGINT NOT NULL
    );
    INSERT INTO oms_connector_store (id, schema_version) VALUES (1, 0)
      ON CONFLICT (id) DO NOTHING)";
constexpr char kLockVersion[] =
    "SELECT schema_version FROM oms_connector_store WHERE id = 1 FOR UPDATE";
constexpr char kPutVersion[] =
    "UPDATE oms_connector_store SET schema_version = $1 WHERE id = 1";

absl::Status Refuse(absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("Cannot use the PostgreSQL database as a store: ", why));
}

absl::Status CheckFit(PostgresConnection& connection) {
  bool encoding = false;
  bool order = false;
  OMS_RETURN_IF_ERROR(QueryOne(connection, kIsFit, {}, [&](const SqlRow& row) {
    encoding = row.Bool(0);
    order = row.Bool(1);
  }));
  if (!encoding) return Refuse("its encoding is not UTF8.");
  if (order) return absl::OkStatus();
  return Refuse(
      "it orders text by a language's rules. Make it with CREATE DATABASE ... "
      "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'.");
}

// Makes the table that says whose database this is, unless it is there.
absl::Status Claim(PostgresConnection& connection) {
  int64_t tables = 0;
  int64_t ours = 0;
  OMS_RETURN_IF_ERROR(
      QueryOne(connection, kCountTables, {}, [&](const SqlRow& row) {
        tables = row.Int64(0);
        ours = row.Int64(1);
      }));
  if (ours > 0) return absl::OkStatus();
  if (tables > 0) return Refuse("it holds tables of another program.");
  return connection.ExecuteScript(kMakeStoreTable);
}

absl::StatusOr<int64_t> LockVersion(PostgresConnection& connection) {
  int64_t version = 0;
  OMS_RETURN_IF_ERROR(
      QueryOne(connection, kLockVersion, {},
               [&](const SqlRow& row) { version = row.Int64(0); }));
  return version;
}

absl::Status ApplyStep(const SchemaStep& step, PostgresConnection& connection) {
  OMS_RETURN_IF_ERROR(connection.ExecuteScript(std::string(step.sql)));
  return connection.Execute(kPutVersion, {int64_t{step.number}}).status();
}

// Whether a step was applied; false when there is none left.
absl::StatusOr<bool> ApplyNextStep(absl::Span<const SchemaStep> schema,
                                   PostgresConnection& connection) {
  OMS_RETURN_IF_ERROR(connection.Begin(/*write=*/true, base::CallContext()));
  OMS_ASSIGN_OR_RETURN(const int64_t version, LockVersion(connection));
  const int64_t known = static_cast<int64_t>(schema.size());
  if (version > known) {
    return Refuse(absl::StrCat("its schema has version ", version,
                               ", this program knows up to ", known,
                               ". Run the newer program."));
  }
  if (version == known) return false;
  const SchemaStep& step = schema[static_cast<size_t>(version)];
  OMS_RETURN_IF_ERROR(ApplyStep(step, connection));
  OMS_RETURN_IF_ERROR(connection.Commit());
  base::LogInfo("applied a schema step", {{"step", step.name}});
  return true;
}

absl::Status Migrate(absl::Span<const SchemaStep> schema,
                     base::Sleeper* sleeper, PostgresConnection& connection) {
  for (int turns = 0;;) {
    const absl::StatusOr<bool> applied = ApplyNextStep(schema, connection);
    connection.Rollback();
    if (applied.ok() && *applied) continue;
    if (!IsStoreBusy(applied.status()) || ++turns == kMaxTurns) {
      return applied.status();
    }
    OMS_RETURN_IF_ERROR(sleeper->Sleep(kTurnDelay, base::CallContext()));
  }
}

}  // namespace

absl::Status PreparePostgresDatabase(const PostgresConnection::Options& options,
                                     absl::Span<const SchemaStep> schema,
                                     base::Sleeper* sleeper) {
  auto connection = PostgresConnection::Open(options);
  if (absl::IsInvalidArgument(connection.status())) return connection.status();
  if (!connection.ok()) return Refuse(connection.status().message());
  absl::Status status = CheckFit(**connection);
  if (status.ok()) {
    status = Claim(**connection);
    // Of two that make the table at once, one fails, and then finds it.
    if (!status.ok() && !absl::IsFailedPrecondition(status)) {
      status = Claim(**connection);
    }
  }
  if (status.ok()) status = Migrate(schema, sleeper, **connection);
  if (status.ok() || absl::IsFailedPrecondition(status)) return status;
  return Refuse(status.message());
}

}  // namespace oms_connector::storage
