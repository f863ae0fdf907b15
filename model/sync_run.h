// A pull: one reading of inventory or of shipments from the Order Manager.
#ifndef OMS_CONNECTOR_MODEL_SYNC_RUN_H_
#define OMS_CONNECTOR_MODEL_SYNC_RUN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "model/fields.h"

namespace oms_connector::model {

// The numbers of these enums are stored; never change them.
enum class Feed { kInventory = 1, kShipments = 2 };
enum class SyncKind { kIncremental = 1, kFull = 2 };
enum class SyncTrigger { kCall = 1, kSchedule = 2, kTakeover = 3 };
enum class SyncState {
  kRunning = 1,
  kSucceeded = 2,
  kPartial = 3,    // ended by quota; goes on at `resume_time`
  kFailed = 4,     // goes on from its checkpoint at the next pull
  kCancelled = 5,  // the next pull starts again
};

// For logs and metrics.
constexpr const char* NameOf(Feed feed) {
  return feed == Feed::kInventory ? "inventory" : "shipments";
}
constexpr const char* NameOf(SyncState state) {
  switch (state) {
    case SyncState::kRunning:
      return "RUNNING";
    case SyncState::kSucceeded:
      return "SUCCEEDED";
    case SyncState::kPartial:
      return "PARTIAL";
    case SyncState::kFailed:
      return "FAILED";
    case SyncState::kCancelled:
      return "CANCELLED";
  }
  return "UNKNOWN";
}

struct SyncCounts {
  int64_t requests = 0;  // every HTTP request sent, retries too
  int64_t pages = 0;
  int64_t rows = 0;
  int64_t levels_changed = 0;  // every level written, withheld ones included
  // Stock rows, or listings, that were read and found as they are stored.
  int64_t levels_unchanged = 0;
  // How many of the connection's own levels stand withheld at the pulled
  // locations when the run ends.
  int64_t levels_withheld = 0;
  int64_t products_changed = 0;
  int64_t rows_rejected = 0;
  int64_t skus_ambiguous = 0;
  int64_t rows_noted = 0;  // rows of which something was left out

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "requests", &SyncCounts::requests);
    visit(2, "pages", &SyncCounts::pages);
    visit(3, "rows", &SyncCounts::rows);
    visit(4, "levels_changed", &SyncCounts::levels_changed);
    visit(5, "levels_unchanged", &SyncCounts::levels_unchanged);
    visit(6, "levels_withheld", &SyncCounts::levels_withheld);
    visit(7, "products_changed", &SyncCounts::products_changed);
    visit(8, "rows_rejected", &SyncCounts::rows_rejected);
    visit(9, "skus_ambiguous", &SyncCounts::skus_ambiguous);
    visit(10, "rows_noted", &SyncCounts::rows_noted);
  }
};

// A row that could not be read and was passed over.
struct RejectedRow {
  std::string endpoint;    // "productstocks/total"
  int64_t page = 0;        // 1-based; 0 where the endpoint is not paged
  std::string identifier;  // what of it could be read: an id or SKU
  std::string reason;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "endpoint", &RejectedRow::endpoint);
    visit(2, "page", &RejectedRow::page);
    visit(3, "identifier", &RejectedRow::identifier);
    visit(4, "reason", &RejectedRow::reason);
  }
};

// A row, or a part of a pull, that went on though something of it was left out
// or had to be read leniently.
struct RowNote {
  std::string endpoint;
  int64_t page = 0;  // 1-based; 0 where the endpoint is not paged
  std::string identifier;
  std::string text;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "endpoint", &RowNote::endpoint);
    visit(2, "page", &RowNote::page);
    visit(3, "identifier", &RowNote::identifier);
    visit(4, "text", &RowNote::text);
  }
};

// A cart whose part of a pull could not be done; the others went on.
struct CartError {
  std::string cart_id;
  absl::Status status;  // from model/errors.h

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "cart_id", &CartError::cart_id);
    visit(2, "status", &CartError::status);
  }
};

// How many rejected rows, notes and ambiguous SKUs a run keeps.
inline constexpr int kMaxKeptRunDetails = 20;

struct SyncRun {
  std::string run_id;  // [a-z0-9-]{1,63}, unique in its connection
  Feed feed = Feed::kInventory;
  SyncState state = SyncState::kRunning;
  SyncKind kind = SyncKind::kIncremental;
  SyncTrigger trigger = SyncTrigger::kCall;
  absl::Time start_time;
  std::optional<absl::Time> end_time;
  SyncCounts counts;
  absl::Status error;  // OK unless PARTIAL, FAILED or CANCELLED
  std::optional<absl::Time> resume_time;
  std::vector<RejectedRow> rejected_rows;
  std::vector<std::string> ambiguous_skus;
  std::vector<CartError> cart_errors;
  bool delta_gap_suspected = false;
  std::vector<RowNote> notes;
  // How far the Order Manager's clock is ahead of ours; negative where it is
  // behind. Unset while it was not seen.
  std::optional<absl::Duration> clock_difference{};

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "run_id", &SyncRun::run_id);
    visit(2, "feed", &SyncRun::feed);
    visit(3, "state", &SyncRun::state);
    visit(4, "kind", &SyncRun::kind);
    visit(5, "trigger", &SyncRun::trigger);
    visit(6, "start_time", &SyncRun::start_time);
    visit(7, "end_time", &SyncRun::end_time);
    visit(8, "counts", &SyncRun::counts);
    visit(9, "error", &SyncRun::error);
    visit(10, "resume_time", &SyncRun::resume_time);
    visit(11, "rejected_rows", &SyncRun::rejected_rows);
    visit(12, "ambiguous_skus", &SyncRun::ambiguous_skus);
    visit(13, "cart_errors", &SyncRun::cart_errors);
    visit(14, "delta_gap_suspected", &SyncRun::delta_gap_suspected);
    visit(15, "notes", &SyncRun::notes);
    visit(16, "clock_difference", &SyncRun::clock_difference);
  }
};

// The clocks of two database servers of which one takes the other's place
// differ by so much at most, and a run begins a microsecond after the one
// before even where the clock stands.
inline constexpr absl::Duration kClockTolerance = absl::Minutes(2);

// A stored deadline further ahead than this was stored under a clock that was
// wrong too, and counts as passed: no lease runs longer, and no quota is waited
// for longer.
inline constexpr absl::Duration kLongestLease = absl::Minutes(10);
inline constexpr absl::Duration kLongestResume = absl::Hours(24);

// Whether a stored deadline is still to come.
inline bool IsToCome(absl::Time deadline, absl::Time now,
                     absl::Duration longest) {
  return deadline > now && deadline <= now + longest;
}

// Whether a stored moment that should have passed lies ahead: it was stored
// under a clock that was wrong, and counts as never.
inline bool LiesAhead(absl::Time past, absl::Time now) {
  return past > now + kClockTolerance;
}

// How fresh a feed is.
struct PullStatus {
  std::optional<absl::Time> last_success_time;
  std::optional<absl::Time> last_full_success_time;
  absl::Status last_error;                    // OK when the last pull succeeded
  std::optional<absl::Time> last_end_time{};  // of a pull, however it ended

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "last_success_time", &PullStatus::last_success_time);
    visit(2, "last_full_success_time", &PullStatus::last_full_success_time);
    visit(3, "last_error", &PullStatus::last_error);
    visit(4, "last_end_time", &PullStatus::last_end_time);
  }
};

// What of it can be believed at `now`.
inline PullStatus BelievedAt(PullStatus status, absl::Time now) {
  for (std::optional<absl::Time>* time :
       {&status.last_success_time, &status.last_full_success_time,
        &status.last_end_time}) {
    if (time->has_value() && LiesAhead(**time, now)) time->reset();
  }
  return status;
}

// The right to pull a feed of a connection (storage/run_tables.h).
struct PullLease {
  std::string run_id;  // the run that holds it; empty = nobody
  std::string holder;  // the server process
  int64_t fence = 0;
  absl::Time expire_time;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "run_id", &PullLease::run_id);
    visit(2, "holder", &PullLease::holder);
    visit(3, "fence", &PullLease::fence);
    visit(4, "expire_time", &PullLease::expire_time);
  }
};

// What every write of a pull shows to prove that it may still write: the run,
// and the number that its lease was given.
struct PullFence {
  std::string run_id;
  int64_t number = 0;
};

inline PullFence FenceOf(const PullLease& lease) {
  return {lease.run_id, lease.fence};
}

// All that is stored of one feed of a connection but its checkpoint.
struct FeedStatus {
  PullLease lease;
  PullStatus pull;
  std::optional<SyncRun> latest_run;  // unset: never pulled
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_SYNC_RUN_H_
