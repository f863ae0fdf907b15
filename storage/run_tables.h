// Pulls: who holds the right to pull, how far the pull has come, how it ended,
// and how fresh each feed is.
//
// One row per (connection, feed) is the lease. Its `fence` grows each time the
// lease changes hands; every write of a pull passes the fence it was given, in
// the same transaction as what it writes, so a pull that has lost its lease can
// write nothing. A fence is in force from AcquireLease until ReleaseLease or
// until another run acquires the lease; time alone does not end it. It names
// its run as well: a connection that was deleted and created again counts from
// one again.
#ifndef OMS_CONNECTOR_STORAGE_RUN_TABLES_H_
#define OMS_CONNECTOR_STORAGE_RUN_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/inventory_rows.h"
#include "model/sync_run.h"
#include "storage/connection_numbers.h"
#include "storage/document.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// A checkpoint is the document of a pull's position, a type with a list of
// fields (model/fields.h) that are stored by their numbers.
template <typename Position>
std::string CheckpointOf(const Position& position) {
  return EncodeDocument(position);
}

// False where that is no such document, as the empty text.
template <typename Position>
bool ReadCheckpoint(absl::string_view checkpoint, Position* position) {
  return !checkpoint.empty() && DecodeDocument(checkpoint, position).ok();
}

class RunReader {
 public:
  RunReader(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  // NOT_FOUND when there is none.
  absl::StatusOr<model::SyncRun> GetRun(absl::string_view connection,
                                        absl::string_view run_id);
  // Of one feed, or of both where `feed` is unset; newest first by (start_time,
  // run_id); those before (`before_start`, `before_id`), from the newest when
  // before_start is InfiniteFuture.
  absl::StatusOr<std::vector<model::SyncRun>> ListRuns(
      absl::string_view connection, std::optional<model::Feed> feed,
      absl::Time before_start, absl::string_view before_id, int limit);
  // Everything of a feed at once; what a call asks first. `state`, where given,
  // becomes what InventoryReader::GetState tells, by the same statement; it is
  // of the feed of inventory only.
  absl::StatusOr<model::FeedStatus> GetFeedStatus(
      absl::string_view connection, model::Feed feed,
      model::InventoryState* state = nullptr);
  // The newest run of a feed; nullopt when it never ran.
  absl::StatusOr<std::optional<model::SyncRun>> LatestRun(
      absl::string_view connection, model::Feed feed);
  // A lease that nobody holds where the feed was never pulled; likewise the two
  // below are then empty.
  absl::StatusOr<model::PullLease> GetLease(absl::string_view connection,
                                            model::Feed feed);
  // Opaque text of the pulling room: where the next run goes on. Empty = from
  // the start.
  absl::StatusOr<std::string> GetCheckpoint(absl::string_view connection,
                                            model::Feed feed);
  absl::StatusOr<model::PullStatus> GetPullStatus(absl::string_view connection,
                                                  model::Feed feed);

 protected:
  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
};

class RunWriter : public RunReader {
 public:
  using RunReader::RunReader;

  // Takes the lease for `lease.run_id` if nobody holds it, or it expired at or
  // before `now`, or expires later than any lease that was given by now
  // (model::kLongestLease). `lease.fence` is ignored: the store sets the next
  // one. Returns the lease in force afterwards: ours exactly when run_id and
  // holder are those asked for.
  absl::StatusOr<model::PullLease> AcquireLease(absl::string_view connection,
                                                model::Feed feed,
                                                const model::PullLease& lease,
                                                absl::Time now);
  // Extends the lease; ABORTED when `fence` is not the one in force.
  absl::Status RenewLease(absl::string_view connection, model::Feed feed,
                          const model::PullFence& fence,
                          absl::Time expire_time);
  // Locks the lease row and checks it; ABORTED when `fence` is not in force.
  absl::Status CheckFence(absl::string_view connection, model::Feed feed,
                          const model::PullFence& fence);
  // Gives the lease back; ABORTED when `fence` is not the one in force.
  absl::Status ReleaseLease(absl::string_view connection, model::Feed feed,
                            const model::PullFence& fence);

  // Inserts the run or replaces what is stored of it.
  absl::Status PutRun(absl::string_view connection, const model::SyncRun& run);
  absl::Status PutCheckpoint(absl::string_view connection, model::Feed feed,
                             absl::string_view checkpoint);
  absl::Status PutPullStatus(absl::string_view connection, model::Feed feed,
                             const model::PullStatus& status);
  // Removes at most `limit` ended runs that started before `before`, never the
  // newest of a feed. Returns how many went.
  absl::StatusOr<int64_t> PruneRuns(absl::Time before, int limit);
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_RUN_TABLES_H_
