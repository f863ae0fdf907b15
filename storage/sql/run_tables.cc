#include "storage/sql/run_tables.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "model/sync_run.h"
#include "storage/sql/packed_list.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// ---- Runs ------------------------------------------------------------------

// In the order in which RunAt reads them and RunParams gives them.
#define RUN_COLUMNS                                                       \
  "run_id, feed, state, kind, trigger, start_time, end_time, requests, "  \
  "pages, row_count, levels_changed, levels_unchanged, levels_withheld, " \
  "products_changed, rows_rejected, skus_ambiguous, error, resume_time, " \
  "rejected_rows, ambiguous_skus, cart_errors, delta_gap_suspected"

constexpr char kGetRun[] = "SELECT " RUN_COLUMNS R"(
    FROM sync_runs WHERE connection = $1 AND feed = $2 AND run_id = $3)";

constexpr char kListRuns[] = "SELECT " RUN_COLUMNS R"(
    FROM sync_runs WHERE connection = $1 AND feed = $2
      AND (start_time, run_id) < ($3, $4)
    ORDER BY start_time DESC, run_id DESC LIMIT $5)";

constexpr char kPutRun[] = "INSERT INTO sync_runs (connection, " RUN_COLUMNS R"(
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
      $16, $17, $18, $19, $20, $21, $22, $23)
    ON CONFLICT (connection, run_id) DO UPDATE SET
      feed = excluded.feed, state = excluded.state, kind = excluded.kind,
      trigger = excluded.trigger, start_time = excluded.start_time,
      end_time = excluded.end_time, requests = excluded.requests,
      pages = excluded.pages, row_count = excluded.row_count,
      levels_changed = excluded.levels_changed,
      levels_unchanged = excluded.levels_unchanged,
      levels_withheld = excluded.levels_withheld,
      products_changed = excluded.products_changed,
      rows_rejected = excluded.rows_rejected,
      skus_ambiguous = excluded.skus_ambiguous, error = excluded.error,
      resume_time = excluded.resume_time,
      rejected_rows = excluded.rejected_rows,
      ambiguous_skus = excluded.ambiguous_skus,
      cart_errors = excluded.cart_errors,
      delta_gap_suspected = excluded.delta_gap_suspected)";

#undef RUN_COLUMNS

constexpr char kPruneRuns[] = R"(
    DELETE FROM sync_runs WHERE (connection, run_id) IN (
      SELECT connection, run_id FROM sync_runs AS old
      WHERE start_time < $1 AND state <> $2 AND EXISTS (
        SELECT 1 FROM sync_runs AS newer
        WHERE newer.connection = old.connection AND newer.feed = old.feed
          AND (newer.start_time, newer.run_id) > (old.start_time, old.run_id))
      ORDER BY start_time LIMIT $3))";

std::string PackRejected(const std::vector<model::RejectedRow>& rejected) {
  std::vector<std::vector<std::string>> rows;
  for (const model::RejectedRow& row : rejected) {
    rows.push_back(
        {row.endpoint, absl::StrCat(row.page), row.identifier, row.reason});
  }
  return PackRows(rows);
}

std::vector<model::RejectedRow> UnpackRejected(absl::string_view packed) {
  std::vector<model::RejectedRow> rejected;
  for (const std::vector<std::string>& row : UnpackRows(packed, 4)) {
    int64_t page = 0;
    if (!absl::SimpleAtoi(row[1], &page)) page = 0;
    rejected.push_back({row[0], page, row[2], row[3]});
  }
  return rejected;
}

std::string PackCartErrors(const std::vector<model::CartError>& errors) {
  std::vector<std::vector<std::string>> rows;
  for (const model::CartError& error : errors) {
    rows.push_back({error.cart_id, model::SerializeStatus(error.status)});
  }
  return PackRows(rows);
}

std::vector<model::CartError> UnpackCartErrors(absl::string_view packed) {
  std::vector<model::CartError> errors;
  for (const std::vector<std::string>& row : UnpackRows(packed, 2)) {
    errors.push_back({row[0], model::ParseStatus(row[1])});
  }
  return errors;
}

void ReadCounts(const SqlRow& row, int first, model::SyncCounts* counts) {
  counts->requests = row.Int64(first);
  counts->pages = row.Int64(first + 1);
  counts->rows = row.Int64(first + 2);
  counts->levels_changed = row.Int64(first + 3);
  counts->levels_unchanged = row.Int64(first + 4);
  counts->levels_withheld = row.Int64(first + 5);
  counts->products_changed = row.Int64(first + 6);
  counts->rows_rejected = row.Int64(first + 7);
  counts->skus_ambiguous = row.Int64(first + 8);
}

model::SyncRun RunAt(const SqlRow& row) {
  model::SyncRun run;
  run.run_id = row.String(0);
  run.feed = row.As<model::Feed>(1);
  run.state = row.As<model::SyncState>(2);
  run.kind = row.As<model::SyncKind>(3);
  run.trigger = row.As<model::SyncTrigger>(4);
  run.start_time = row.Time(5);
  run.end_time = row.OptionalTime(6);
  ReadCounts(row, 7, &run.counts);
  run.error = model::ParseStatus(row.Text(16));
  run.resume_time = row.OptionalTime(17);
  run.rejected_rows = UnpackRejected(row.Text(18));
  run.ambiguous_skus = UnpackTexts(row.Text(19));
  run.cart_errors = UnpackCartErrors(row.Text(20));
  run.delta_gap_suspected = row.Bool(21);
  return run;
}

// ---- Pulls -----------------------------------------------------------------

constexpr char kGetPull[] = R"(
    SELECT run_id, holder, fence, lease_expire_time, checkpoint,
      last_success_time, last_full_success_time, last_error
    FROM pulls WHERE connection = $1 AND feed = $2)";

constexpr char kAcquireLease[] = R"(
    INSERT INTO pulls (connection, feed, run_id, holder, fence,
      lease_expire_time)
    VALUES ($1, $2, $3, $4, 1, $5)
    ON CONFLICT (connection, feed) DO UPDATE SET
      run_id = excluded.run_id, holder = excluded.holder,
      fence = pulls.fence + 1, lease_expire_time = excluded.lease_expire_time
    WHERE pulls.run_id = '' OR pulls.lease_expire_time <= $6)";

constexpr char kRenewLease[] = R"(
    UPDATE pulls SET lease_expire_time = $4
    WHERE connection = $1 AND feed = $2 AND fence = $3 AND run_id <> '')";

// Changes nothing, but locks the row on every database.
constexpr char kCheckFence[] = R"(
    UPDATE pulls SET fence = fence
    WHERE connection = $1 AND feed = $2 AND fence = $3 AND run_id <> '')";

constexpr char kReleaseLease[] = R"(
    UPDATE pulls SET run_id = '', holder = '', lease_expire_time = 0
    WHERE connection = $1 AND feed = $2 AND fence = $3 AND run_id <> '')";

constexpr char kPutCheckpoint[] = R"(
    INSERT INTO pulls (connection, feed, checkpoint) VALUES ($1, $2, $3)
    ON CONFLICT (connection, feed) DO UPDATE SET
      checkpoint = excluded.checkpoint)";

constexpr char kPutPullStatus[] = R"(
    INSERT INTO pulls (connection, feed, last_success_time,
      last_full_success_time, last_error)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (connection, feed) DO UPDATE SET
      last_success_time = excluded.last_success_time,
      last_full_success_time = excluded.last_full_success_time,
      last_error = excluded.last_error)";

// A statement about the lease in force that found another one.
absl::Status AbortedIfNone(const absl::StatusOr<int64_t>& changed) {
  if (!changed.ok()) return changed.status();
  if (*changed > 0) return absl::OkStatus();
  return absl::AbortedError("The right to pull has passed to another run.");
}

}  // namespace

absl::StatusOr<model::SyncRun> SqlRunTables::GetRun(
    absl::string_view connection, model::Feed feed, absl::string_view run_id) {
  model::SyncRun run;
  OMS_RETURN_IF_ERROR(QueryOne(connection_, kGetRun,
                               {connection, SqlEnum(feed), run_id},
                               [&](const SqlRow& row) { run = RunAt(row); }));
  return run;
}

absl::StatusOr<std::vector<model::SyncRun>> SqlRunTables::ListRuns(
    absl::string_view connection, model::Feed feed, absl::Time before_start,
    absl::string_view before_id, int limit) {
  std::vector<model::SyncRun> runs;
  OMS_RETURN_IF_ERROR(QueryEach(
      connection_, kListRuns,
      {connection, SqlEnum(feed), SqlTime(before_start), before_id, limit},
      [&](const SqlRow& row) { runs.push_back(RunAt(row)); }));
  return runs;
}

absl::StatusOr<std::optional<model::SyncRun>> SqlRunTables::LatestRun(
    absl::string_view connection, model::Feed feed) {
  OMS_ASSIGN_OR_RETURN(
      std::vector<model::SyncRun> runs,
      ListRuns(connection, feed, absl::InfiniteFuture(), "", 1));
  if (runs.empty()) return std::nullopt;
  return std::move(runs.front());
}

absl::StatusOr<PullLease> SqlRunTables::GetLease(absl::string_view connection,
                                                 model::Feed feed) {
  PullLease lease;
  OMS_RETURN_IF_ERROR(QueryEach(connection_, kGetPull,
                                {connection, SqlEnum(feed)},
                                [&](const SqlRow& row) {
                                  lease.run_id = row.String(0);
                                  lease.holder = row.String(1);
                                  lease.fence = row.Int64(2);
                                  lease.expire_time = row.Time(3);
                                }));
  return lease;
}

absl::StatusOr<std::string> SqlRunTables::GetCheckpoint(
    absl::string_view connection, model::Feed feed) {
  std::string checkpoint;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kGetPull, {connection, SqlEnum(feed)},
                [&](const SqlRow& row) { checkpoint = row.String(4); }));
  return checkpoint;
}

absl::StatusOr<model::PullStatus> SqlRunTables::GetPullStatus(
    absl::string_view connection, model::Feed feed) {
  model::PullStatus status;
  OMS_RETURN_IF_ERROR(
      QueryEach(connection_, kGetPull, {connection, SqlEnum(feed)},
                [&](const SqlRow& row) {
                  status.last_success_time = row.OptionalTime(5);
                  status.last_full_success_time = row.OptionalTime(6);
                  status.last_error = model::ParseStatus(row.Text(7));
                }));
  return status;
}

absl::StatusOr<PullLease> SqlRunTables::AcquireLease(
    absl::string_view connection, model::Feed feed, const PullLease& lease,
    absl::Time now) {
  OMS_RETURN_IF_ERROR(
      connection_
          .Execute(kAcquireLease,
                   {connection, SqlEnum(feed), lease.run_id, lease.holder,
                    SqlTime(lease.expire_time), SqlTime(now)})
          .status());
  return GetLease(connection, feed);
}

absl::Status SqlRunTables::RenewLease(absl::string_view connection,
                                      model::Feed feed, int64_t fence,
                                      absl::Time expire_time) {
  return AbortedIfNone(connection_.Execute(
      kRenewLease, {connection, SqlEnum(feed), fence, SqlTime(expire_time)}));
}

absl::Status SqlRunTables::CheckFence(absl::string_view connection,
                                      model::Feed feed, int64_t fence) {
  return AbortedIfNone(
      connection_.Execute(kCheckFence, {connection, SqlEnum(feed), fence}));
}

absl::Status SqlRunTables::ReleaseLease(absl::string_view connection,
                                        model::Feed feed, int64_t fence) {
  return AbortedIfNone(
      connection_.Execute(kReleaseLease, {connection, SqlEnum(feed), fence}));
}

absl::Status SqlRunTables::PutRun(absl::string_view connection,
                                  const model::SyncRun& run) {
  const std::string error = model::SerializeStatus(run.error);
  const std::string rejected_rows = PackRejected(run.rejected_rows);
  const std::string ambiguous_skus = PackTexts(run.ambiguous_skus);
  const std::string cart_errors = PackCartErrors(run.cart_errors);
  const model::SyncCounts& counts = run.counts;
  return connection_
      .Execute(kPutRun, {connection,
                         run.run_id,
                         SqlEnum(run.feed),
                         SqlEnum(run.state),
                         SqlEnum(run.kind),
                         SqlEnum(run.trigger),
                         SqlTime(run.start_time),
                         SqlOptionalTime(run.end_time),
                         counts.requests,
                         counts.pages,
                         counts.rows,
                         counts.levels_changed,
                         counts.levels_unchanged,
                         counts.levels_withheld,
                         counts.products_changed,
                         counts.rows_rejected,
                         counts.skus_ambiguous,
                         error,
                         SqlOptionalTime(run.resume_time),
                         rejected_rows,
                         ambiguous_skus,
                         cart_errors,
                         SqlBool(run.delta_gap_suspected)})
      .status();
}

absl::Status SqlRunTables::PutCheckpoint(absl::string_view connection,
                                         model::Feed feed,
                                         absl::string_view checkpoint) {
  return connection_
      .Execute(kPutCheckpoint, {connection, SqlEnum(feed), checkpoint})
      .status();
}

absl::Status SqlRunTables::PutPullStatus(absl::string_view connection,
                                         model::Feed feed,
                                         const model::PullStatus& status) {
  const std::string last_error = model::SerializeStatus(status.last_error);
  return connection_
      .Execute(
          kPutPullStatus,
          {connection, SqlEnum(feed), SqlOptionalTime(status.last_success_time),
           SqlOptionalTime(status.last_full_success_time), last_error})
      .status();
}

absl::StatusOr<int64_t> SqlRunTables::PruneRuns(absl::Time before, int limit) {
  return connection_.Execute(
      kPruneRuns,
      {SqlTime(before), SqlEnum(model::SyncState::kRunning), limit});
}

}  // namespace oms_connector::storage
