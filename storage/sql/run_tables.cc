#include "storage/run_tables.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/inventory_rows.h"
#include "model/sync_run.h"
#include "storage/document.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// ---- Runs ------------------------------------------------------------------

constexpr char kGetRun[] =
    "SELECT document FROM sync_runs WHERE connection = $1 AND run_id = $2";

constexpr char kListRunsOfFeed[] = R"(
    SELECT document FROM sync_runs
    WHERE connection = $1 AND feed = $2 AND (start_time, run_id) < ($3, $4)
    ORDER BY start_time DESC, run_id DESC LIMIT $5)";

constexpr char kListRunsOfBoth[] = R"(
    SELECT document FROM sync_runs
    WHERE connection = $1 AND (start_time, run_id) < ($2, $3)
    ORDER BY start_time DESC, run_id DESC LIMIT $4)";

constexpr char kPutRun[] = R"(
    INSERT INTO sync_runs (connection, run_id, feed, start_time, ended,
      document)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (connection, run_id) DO UPDATE SET
      feed = excluded.feed, start_time = excluded.start_time,
      ended = excluded.ended, document = excluded.document)";

// Found first and deleted by key: given both at once, SQLite uses only the
// connection of keys that have texts, and reads all runs of the tenant.
constexpr char kListOldRuns[] = R"(
    SELECT connection, run_id FROM sync_runs AS old
    WHERE start_time < $1 AND ended = 1 AND EXISTS (
      SELECT 1 FROM sync_runs AS newer
      WHERE newer.connection = old.connection AND newer.feed = old.feed
        AND (newer.start_time, newer.run_id) > (old.start_time, old.run_id))
    ORDER BY start_time LIMIT $2)";
constexpr char kDeleteRun[] =
    "DELETE FROM sync_runs WHERE connection = $1 AND run_id = $2";

// ---- Pulls -----------------------------------------------------------------

// One row, whatever of it there is. 1 = the feed of inventory, which alone has
// that state.
constexpr char kGetFeedStatus[] = R"(
    SELECT p.run_id, p.holder, p.fence, p.lease_expire_time, p.status,
      r.document, i.document
    FROM (SELECT 1 AS one) AS always
      LEFT JOIN pulls AS p ON p.connection = $1 AND p.feed = $2
      LEFT JOIN sync_runs AS r ON r.connection = $1 AND r.run_id = (
        SELECT run_id FROM sync_runs WHERE connection = $1 AND feed = $2
        ORDER BY start_time DESC, run_id DESC LIMIT 1)
      LEFT JOIN inventory_state AS i ON i.connection = $1 AND $2 = 1)";

constexpr char kGetPull[] = R"(
    SELECT run_id, holder, fence, lease_expire_time, status, checkpoint
    FROM pulls WHERE connection = $1 AND feed = $2)";

constexpr char kAcquireLease[] = R"(
    INSERT INTO pulls (connection, feed, run_id, holder, fence,
      lease_expire_time)
    VALUES ($1, $2, $3, $4, 1, $5)
    ON CONFLICT (connection, feed) DO UPDATE SET
      run_id = excluded.run_id, holder = excluded.holder,
      fence = pulls.fence + 1, lease_expire_time = excluded.lease_expire_time
    WHERE pulls.run_id = '' OR pulls.lease_expire_time <= $6
      OR pulls.lease_expire_time > $7)";

constexpr char kRenewLease[] = R"(
    UPDATE pulls SET lease_expire_time = $5
    WHERE connection = $1 AND feed = $2 AND run_id = $3 AND fence = $4)";

// Changes nothing, but locks the row on every database.
constexpr char kCheckFence[] = R"(
    UPDATE pulls SET fence = fence
    WHERE connection = $1 AND feed = $2 AND run_id = $3 AND fence = $4)";

constexpr char kReleaseLease[] = R"(
    UPDATE pulls SET run_id = '', holder = '', lease_expire_time = 0
    WHERE connection = $1 AND feed = $2 AND run_id = $3 AND fence = $4)";

constexpr char kPutCheckpoint[] = R"(
    INSERT INTO pulls (connection, feed, checkpoint) VALUES ($1, $2, $3)
    ON CONFLICT (connection, feed) DO UPDATE SET
      checkpoint = excluded.checkpoint)";

constexpr char kPutPullStatus[] = R"(
    INSERT INTO pulls (connection, feed, status) VALUES ($1, $2, $3)
    ON CONFLICT (connection, feed) DO UPDATE SET status = excluded.status)";

model::PullLease LeaseAt(const SqlRow& row) {
  model::PullLease lease;
  lease.run_id = row.String(0);
  lease.holder = row.String(1);
  lease.fence = row.Int64(2);
  lease.expire_time = row.Time(3);
  return lease;
}

// A statement about the lease in force that found another one.
absl::Status AbortedIfNone(const absl::StatusOr<int64_t>& changed) {
  if (!changed.ok()) return changed.status();
  if (*changed > 0) return absl::OkStatus();
  return absl::AbortedError("The right to pull has passed to another run.");
}

}  // namespace

absl::StatusOr<model::SyncRun> RunReader::GetRun(absl::string_view connection,
                                                 absl::string_view run_id) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::string document;
  OMS_RETURN_IF_ERROR(QueryOne(
      sql_, kGetRun, {number, run_id},
      [&](const SqlRow& row) { document = std::string(row.Bytes(0)); }));
  return DecodeDocument<model::SyncRun>(document);
}

absl::StatusOr<std::vector<model::SyncRun>> RunReader::ListRuns(
    absl::string_view connection, std::optional<model::Feed> feed,
    absl::Time before_start, absl::string_view before_id, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::SyncRun> runs;
  const auto read = [&](const SqlRow& row) -> absl::Status {
    OMS_ASSIGN_OR_RETURN(model::SyncRun run,
                         DecodeDocument<model::SyncRun>(row.Bytes(0)));
    runs.push_back(std::move(run));
    return absl::OkStatus();
  };
  const SqlParam start = SqlTime(before_start);
  OMS_RETURN_IF_ERROR(
      feed.has_value()
          ? sql_.Query(kListRunsOfFeed,
                       {number, SqlEnum(*feed), start, before_id, limit}, read)
          : sql_.Query(kListRunsOfBoth, {number, start, before_id, limit},
                       read));
  return runs;
}

absl::StatusOr<model::FeedStatus> RunReader::GetFeedStatus(
    absl::string_view connection, model::Feed feed,
    model::InventoryState* state) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  model::FeedStatus status;
  OMS_RETURN_IF_ERROR(sql_.Query(
      kGetFeedStatus, {number, SqlEnum(feed)},
      [&](const SqlRow& row) -> absl::Status {
        status.lease = LeaseAt(row);
        OMS_ASSIGN_OR_RETURN(status.pull,
                             DecodeDocument<model::PullStatus>(row.Bytes(4)));
        if (!row.IsNull(5)) {
          OMS_ASSIGN_OR_RETURN(status.latest_run,
                               DecodeDocument<model::SyncRun>(row.Bytes(5)));
        }
        if (state == nullptr) return absl::OkStatus();
        OMS_ASSIGN_OR_RETURN(
            *state, DecodeDocument<model::InventoryState>(row.Bytes(6)));
        return absl::OkStatus();
      }));
  return status;
}

absl::StatusOr<std::optional<model::SyncRun>> RunReader::LatestRun(
    absl::string_view connection, model::Feed feed) {
  OMS_ASSIGN_OR_RETURN(
      std::vector<model::SyncRun> runs,
      ListRuns(connection, feed, absl::InfiniteFuture(), "", 1));
  if (runs.empty()) return std::nullopt;
  return std::move(runs.front());
}

absl::StatusOr<model::PullLease> RunReader::GetLease(
    absl::string_view connection, model::Feed feed) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  model::PullLease lease;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kGetPull, {number, SqlEnum(feed)},
                [&](const SqlRow& row) { lease = LeaseAt(row); }));
  return lease;
}

absl::StatusOr<std::string> RunReader::GetCheckpoint(
    absl::string_view connection, model::Feed feed) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::string checkpoint;
  OMS_RETURN_IF_ERROR(QueryEach(
      sql_, kGetPull, {number, SqlEnum(feed)},
      [&](const SqlRow& row) { checkpoint = std::string(row.Bytes(5)); }));
  return checkpoint;
}

absl::StatusOr<model::PullStatus> RunReader::GetPullStatus(
    absl::string_view connection, model::Feed feed) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::string document;
  OMS_RETURN_IF_ERROR(QueryEach(
      sql_, kGetPull, {number, SqlEnum(feed)},
      [&](const SqlRow& row) { document = std::string(row.Bytes(4)); }));
  return DecodeDocument<model::PullStatus>(document);
}

absl::StatusOr<model::PullLease> RunWriter::AcquireLease(
    absl::string_view connection, model::Feed feed,
    const model::PullLease& lease, absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_RETURN_IF_ERROR(
      sql_.Execute(kAcquireLease,
                   {number, SqlEnum(feed), lease.run_id, lease.holder,
                    SqlTime(lease.expire_time), SqlTime(now),
                    SqlTime(now + model::kLongestLease)})
          .status());
  return GetLease(connection, feed);
}

absl::Status RunWriter::RenewLease(absl::string_view connection,
                                   model::Feed feed,
                                   const model::PullFence& fence,
                                   absl::Time expire_time) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return AbortedIfNone(
      sql_.Execute(kRenewLease, {number, SqlEnum(feed), fence.run_id,
                                 fence.number, SqlTime(expire_time)}));
}

absl::Status RunWriter::CheckFence(absl::string_view connection,
                                   model::Feed feed,
                                   const model::PullFence& fence) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return AbortedIfNone(sql_.Execute(
      kCheckFence, {number, SqlEnum(feed), fence.run_id, fence.number}));
}

absl::Status RunWriter::ReleaseLease(absl::string_view connection,
                                     model::Feed feed,
                                     const model::PullFence& fence) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return AbortedIfNone(sql_.Execute(
      kReleaseLease, {number, SqlEnum(feed), fence.run_id, fence.number}));
}

absl::Status RunWriter::PutRun(absl::string_view connection,
                               const model::SyncRun& run) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  const std::string document = EncodeDocument(run);
  const bool ended = run.state != model::SyncState::kRunning;
  return sql_
      .Execute(kPutRun,
               {number, run.run_id, SqlEnum(run.feed), SqlTime(run.start_time),
                SqlBool(ended), Blob{document}})
      .status();
}

absl::Status RunWriter::PutCheckpoint(absl::string_view connection,
                                      model::Feed feed,
                                      absl::string_view checkpoint) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return sql_.Execute(kPutCheckpoint, {number, SqlEnum(feed), Blob{checkpoint}})
      .status();
}

absl::Status RunWriter::PutPullStatus(absl::string_view connection,
                                      model::Feed feed,
                                      const model::PullStatus& status) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  const std::string document = EncodeDocument(status);
  return sql_.Execute(kPutPullStatus, {number, SqlEnum(feed), Blob{document}})
      .status();
}

absl::StatusOr<int64_t> RunWriter::PruneRuns(absl::Time before, int limit) {
  std::vector<std::pair<int64_t, std::string>> old;
  OMS_RETURN_IF_ERROR(QueryEach(sql_, kListOldRuns, {SqlTime(before), limit},
                                [&](const SqlRow& row) {
                                  old.emplace_back(row.Int64(0), row.String(1));
                                }));
  SqlParamRows rows;
  rows.reserve(old.size());
  for (const auto& [connection, run_id] : old) {
    rows.push_back({connection, run_id});
  }
  return sql_.ExecuteBatch(kDeleteRun, rows);
}

}  // namespace oms_connector::storage
