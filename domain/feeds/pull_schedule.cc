#include "domain/feeds/pull_schedule.h"

#include <algorithm>

#include "absl/status/status.h"

namespace oms_connector::feeds {

absl::Time NextPullTime(const std::optional<model::SyncRun>& latest,
                        const model::PullStatus& status,
                        const model::PullLease& lease, absl::Duration interval,
                        absl::Time now) {
  if (!latest.has_value()) return absl::InfinitePast();
  // The times of runs only grow, also where the clock was set back.
  const absl::Time end = status.last_end_time.value_or(
      latest->end_time.value_or(latest->start_time));
  if (model::LiesAhead(end, now)) return absl::InfinitePast();
  switch (latest->state) {
    case model::SyncState::kRunning:
      return model::IsToCome(lease.expire_time, now, model::kLongestLease)
                 ? lease.expire_time
                 : absl::InfinitePast();
    case model::SyncState::kPartial:
      if (!latest->resume_time.has_value()) return end + kRetryAfterFailure;
      return *latest->resume_time > now + model::kLongestResume
                 ? absl::InfinitePast()
                 : *latest->resume_time;
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
  const absl::Time last = status.last_success_time.value_or(end);
  return model::LiesAhead(last, now) ? absl::InfinitePast() : last + interval;
}

}  // namespace oms_connector::feeds
