// A pull: one reading of inventory or of shipments from the Order Manager.
#ifndef OMS_CONNECTOR_MODEL_SYNC_RUN_H_
#define OMS_CONNECTOR_MODEL_SYNC_RUN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

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
  int64_t levels_unchanged = 0;
  int64_t levels_withheld = 0;  // of the computed levels
  int64_t products_changed = 0;
  int64_t rows_rejected = 0;
  int64_t skus_ambiguous = 0;
};

// A row that could not be read and was passed over.
struct RejectedRow {
  std::string endpoint;    // "productstocks/total"
  int64_t page = 0;        // 1-based; 0 where the endpoint is not paged
  std::string identifier;  // what of it could be read: an id or SKU
  std::string reason;
};

// A cart whose part of a pull could not be done; the others went on.
struct CartError {
  std::string cart_id;
  absl::Status status;  // from model/errors.h
};

// How many rejected rows and ambiguous SKUs a run keeps (api.md, SyncRun).
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
};

// How fresh a feed is.
struct PullStatus {
  std::optional<absl::Time> last_success_time;
  std::optional<absl::Time> last_full_success_time;
  absl::Status last_error;  // OK when the last pull succeeded
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_SYNC_RUN_H_
