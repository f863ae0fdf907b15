// When a feed of a connection is to be pulled next without anybody asking.
// Pure.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_PULL_SCHEDULE_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_PULL_SCHEDULE_H_

#include <optional>

#include "absl/time/time.h"
#include "model/sync_run.h"

namespace oms_connector::feeds {

// A pull that failed is tried again after this, or after the interval where
// that is shorter: soon enough to notice that the Order Manager is back, rarely
// enough not to hammer one that is down.
inline constexpr absl::Duration kRetryAfterFailure = absl::Minutes(1);

// `latest` is the newest run of the feed, unset when it never ran; `interval`
// the connection's own. InfinitePast = at once, also where what is stored lies
// further ahead than it can: it was stored under a clock that was wrong. A run
// that goes on is to be taken over at the end of its lease: its server moves
// that on while it lives.
absl::Time NextPullTime(const std::optional<model::SyncRun>& latest,
                        const model::PullStatus& status,
                        const model::PullLease& lease, absl::Duration interval,
                        absl::Time now);

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_PULL_SCHEDULE_H_
