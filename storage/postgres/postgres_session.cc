#include "storage/postgres/postgres_session.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/backoff.h"
#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/postgres/postgres_status.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

constexpr base::Backoff kReconnectBackoff = {absl::Milliseconds(50),
                                             absl::Seconds(1)};

// A number that no other connection of this process has had, for the names of
// its snapshots.
int64_t NextConnectionNumber() {
  static std::atomic<int64_t> last{0};
  return ++last;
}

constexpr char kLockConnection[] =
    "SELECT k.connection FROM counters AS k "
    "JOIN connections AS c ON c.number = k.connection "
    "WHERE c.connection = $1 FOR UPDATE OF k";
constexpr char kLockStore[] =
    "SELECT id FROM oms_connector_store WHERE id = 1 FOR UPDATE";

// A moment of the server's clock, as we store times.
#define MICROS(moment) \
  "CAST(extract(epoch FROM " moment ") * 1000000 AS BIGINT)"

// Transactions that see the same have the same snapshot: which transactions had
// ended when it was taken.
constexpr char kBeginning[] = "SELECT " MICROS(
    "clock_timestamp()") ", CAST(pg_current_snapshot() AS TEXT)";

// Markers go by the server's clock: ours may be days ahead of the others'.
constexpr char kPutMarker[] =
    "INSERT INTO commit_markers (marker, committed, commit_time) "
    "VALUES ($1, 1, " MICROS("clock_timestamp()") ")";
// Waits for the lost transaction where that has put its own.
constexpr char kPutRefusal[] =
    "INSERT INTO commit_markers (marker, committed, commit_time) "
    "VALUES ($1, 0, " MICROS("clock_timestamp()") ") "
    "ON CONFLICT (marker) DO NOTHING";
constexpr char kGetMarker[] =
    "SELECT committed FROM commit_markers WHERE marker = $1";
constexpr char kPruneMarkers[] =
    "DELETE FROM commit_markers WHERE marker IN ("
    "SELECT marker FROM commit_markers WHERE commit_time < " MICROS(
        "now()") " - $1 ORDER BY commit_time LIMIT 1000 FOR UPDATE SKIP "
                 "LOCKED)";
#undef MICROS

constexpr absl::Duration kMarkerLifetime = absl::Hours(1);
constexpr int64_t kCommitsBetweenPrunes = 500;

}  // namespace

// ---- Transactions ----------------------------------------------------------

absl::Status PostgresSession::Begin(bool write,
                                    const base::CallContext& context) {
  OMS_RETURN_IF_ERROR(Connect(options_.connect_patience, context));
  write_ = write;
  locked_.clear();
  store_locked_ = false;
  OMS_RETURN_IF_ERROR(connection_->Begin(write, context));
  begin_ = options_.clock->SteadyNow();
  beginning_.reset();
  return connection_->Defer(kBeginning, {}, [this](const SqlRow& row) {
    beginning_.emplace(Beginning{row.Time(0), row.String(1)});
  });
}

absl::Status PostgresSession::LearnBeginning() {
  if (!InTransaction()) return model::Internal("no transaction");
  if (beginning_.has_value()) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(connection_->SendDeferred());
  // Nothing else was sent, so it was told a moment ago. Counted from before it
  // was asked, the time would be ahead of the server's by the way there, and
  // what was noted by it would be of the future to whoever comes next.
  begin_ = options_.clock->SteadyNow();
  return beginning_.has_value() ? absl::OkStatus()
                                : model::Internal("no time of the server");
}

absl::StatusOr<absl::Time> PostgresSession::Now() {
  if (options_.shared_clock != nullptr) return options_.shared_clock->Now();
  OMS_RETURN_IF_ERROR(LearnBeginning());
  return beginning_->time + (options_.clock->SteadyNow() - begin_);
}

absl::StatusOr<std::string> PostgresSession::Snapshot() {
  if (write_) return std::string();
  OMS_RETURN_IF_ERROR(LearnBeginning());
  return absl::StrCat(connection_number_, ".", beginning_->snapshot);
}

void PostgresSession::Bind(const base::CallContext& context) {
  if (connection_ != nullptr) connection_->Bind(context);
}

absl::Status PostgresSession::Commit() {
  if (!write_) return connection_->Commit();
  const std::string marker = options_.ids->NewUuid();
  OMS_RETURN_IF_ERROR(LeaveMarker(marker));
  const absl::Status status = connection_->Commit();
  if (status.ok() || !connection_->broken()) return status;
  return LearnOutcome(marker);
}

void PostgresSession::Rollback() {
  if (connection_ != nullptr) connection_->Rollback();
}

bool PostgresSession::InTransaction() const {
  return connection_ != nullptr && connection_->InTransaction();
}

// ---- Statements ------------------------------------------------------------

absl::StatusOr<int64_t> PostgresSession::Execute(
    absl::string_view sql, absl::Span<const SqlParam> params) {
  OMS_RETURN_IF_ERROR(LockConnectionOf(params));
  return connection_->Execute(sql, params);
}

absl::StatusOr<int64_t> PostgresSession::ExecuteBatch(
    absl::string_view sql, const SqlParamRows& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    OMS_RETURN_IF_ERROR(LockConnectionOf(rows[i]));
  }
  return connection_->ExecuteBatch(sql, rows);
}

absl::Status PostgresSession::Query(absl::string_view sql,
                                    absl::Span<const SqlParam> params,
                                    SqlRowFunction row) {
  OMS_RETURN_IF_ERROR(LockConnectionOf(params));
  return connection_->Query(sql, params, row);
}

absl::Status PostgresSession::QueryBatch(absl::string_view sql,
                                         const SqlParamRows& rows,
                                         SqlBatchRowFunction row) {
  if (rows.empty()) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(LockConnectionOf(rows[0]));
  return connection_->QueryBatch(sql, rows, row);
}

// ---- Connecting ------------------------------------------------------------

absl::Status PostgresSession::Connect(absl::Duration patience,
                                      const base::CallContext& context) {
  if (connection_ != nullptr && !connection_->broken()) return absl::OkStatus();
  connection_ = nullptr;
  const absl::Time give_up = options_.clock->SteadyNow() + patience;
  for (int attempt = 1;; ++attempt) {
    OMS_RETURN_IF_ERROR(context.Check(options_.clock->SteadyNow()));
    auto connection = PostgresConnection::Open(options_.connection);
    if (connection.ok()) {
      connection_ = *std::move(connection);
      connection_number_ = NextConnectionNumber();
      return absl::OkStatus();
    }
    base::LogWarning("the store cannot be reached",
                     {{"attempt", attempt}, {"error", connection.status()}});
    if (options_.clock->SteadyNow() >= give_up) {
      return model::StoreBusy(kPostgresBusyRetryDelay);
    }
    OMS_RETURN_IF_ERROR(Pause(attempt, context));
  }
}

absl::Status PostgresSession::Pause(int attempt,
                                    const base::CallContext& context) {
  const double random = base::ToUnitInterval(options_.ids->NewUint64());
  return options_.sleeper->Sleep(kReconnectBackoff.Delay(attempt, random),
                                 context);
}

// ---- The order of writers --------------------------------------------------

absl::Status PostgresSession::LockConnectionOf(
    absl::Span<const SqlParam> params) {
  if (connection_ == nullptr) return model::Internal("no transaction");
  if (!write_ || params.empty()) return absl::OkStatus();
  const auto* connection = std::get_if<absl::string_view>(&params.front());
  if (connection == nullptr || connection->empty() ||
      locked_.contains(*connection)) {
    return absl::OkStatus();
  }
  OMS_RETURN_IF_ERROR(LockConnection(*connection));
  locked_.emplace(*connection);
  return absl::OkStatus();
}

absl::Status PostgresSession::LockConnection(absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const bool exists,
                       LockRow(kLockConnection, {connection}));
  if (exists || store_locked_) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(LockRow(kLockStore, {}).status());
  store_locked_ = true;
  // Whoever held the store's row may have made the connection.
  return LockRow(kLockConnection, {connection}).status();
}

absl::StatusOr<bool> PostgresSession::LockRow(
    absl::string_view sql, absl::Span<const SqlParam> params) {
  return QueryIfAny(*connection_, sql, params, [](const SqlRow&) {});
}

// ---- Commits ---------------------------------------------------------------

absl::Status PostgresSession::LeaveMarker(absl::string_view marker) {
  if (++commits_ % kCommitsBetweenPrunes == 0) {
    OMS_RETURN_IF_ERROR(
        connection_->Defer(kPruneMarkers, {SqlDuration(kMarkerLifetime)}));
  }
  return connection_->Defer(kPutMarker, {marker});
}

absl::Status PostgresSession::LearnOutcome(absl::string_view marker) {
  const absl::Time give_up =
      options_.clock->SteadyNow() + options_.outcome_patience;
  for (int attempt = 1; options_.clock->SteadyNow() < give_up; ++attempt) {
    if (attempt > 1) OMS_RETURN_IF_ERROR(Pause(attempt, base::CallContext()));
    const absl::Duration left = give_up - options_.clock->SteadyNow();
    if (!Connect(left, base::CallContext()).ok()) break;
    const absl::StatusOr<bool> committed = WasCommitted(marker);
    connection_->Rollback();
    if (!committed.ok()) continue;
    base::LogWarning("learnt the outcome of a commit after its answer was lost",
                     {{"committed", *committed}});
    return *committed ? absl::OkStatus()
                      : model::StoreBusy(kPostgresBusyRetryDelay);
  }
  return model::Internal("the outcome of a commit could not be learnt");
}

absl::StatusOr<bool> PostgresSession::WasCommitted(absl::string_view marker) {
  OMS_RETURN_IF_ERROR(connection_->Begin(/*write=*/true, base::CallContext()));
  OMS_RETURN_IF_ERROR(connection_->Execute(kPutRefusal, {marker}).status());
  bool committed = false;
  OMS_RETURN_IF_ERROR(
      QueryOne(*connection_, kGetMarker, {marker},
               [&](const SqlRow& row) { committed = row.Bool(0); }));
  OMS_RETURN_IF_ERROR(connection_->Commit());
  return committed;
}

}  // namespace oms_connector::storage
