#include "domain/feeds/pull_schedule.h"

#include <algorithm>

#include "absl/status/status.h"

namespace oms_connector::feeds {

absl::Time NextPullTime(const std::optional<model::SyncRun>& latest,
                        const model::PullStatus& status,
                        const model::PullLease& lease,
                        absl::Duration interval) {
  if (!latest.has_value()) return absl::InfinitePast();
  const absl::Time end = latest->end_time.value_or(latest->start_time);
  switch (latest->state) {
    case model::SyncState::kRunning:
      return lease.expire_time;
    case model::SyncState::kPartial:
      return latest->resume_time.value_or(end + kRetryAfterFailure);
    case model::SyncState::kFailed:
      // Ended by a restart: nothing says that going on would fail.
      if (absl::IsAborted(latest->error)) return absl::InfinitePast();
      return end + std::min(interval, kRetryAfterFailure);
    case model::SyncState::kCancelled:
      // Somebody wanted it to stop; the interval counts from then.
      return end + interval;
    case model::SyncState::kSucceeded:
      break;
  }
  // Without a success on record (a new address, say) there is nothing to wait
  // for.
  if (!status.last_full_success_time.has_value() &&
      latest->feed == model::Feed::kInventory) {
    return absl::InfinitePast();
  }
  return status.last_success_time.value_or(end) + interval;
}

}  // namespace oms_connector::feeds
