// How a run ends, from what its body returned. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_PULL_OUTCOME_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_PULL_OUTCOME_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/sync_run.h"

namespace oms_connector::feeds {

// Why a body was told to stop.
enum class StopReason { kNone, kCancelled, kServerStops, kLeaseLost };

// `status`, as the Order Manager's interface or the store returned it, in the
// words of model/errors.h. A status of that catalogue stays as it is.
absl::Status CallerError(const absl::Status& status,
                         absl::string_view connection);

// Sets state, end, error and resume time of `run`:
//   OK                                          SUCCEEDED
//   stopped by CancelRun                        CANCELLED, RUN_CANCELLED
//   stopped because the server stops            FAILED, SERVER_RESTARTED
//   RESOURCE_EXHAUSTED of the Order Manager     PARTIAL, with resume_time
//   anything else                               FAILED
// A body that had finished its work before it noticed the stop has SUCCEEDED.
void EndRun(const absl::Status& status, StopReason stop,
            absl::string_view connection, absl::Time now, model::SyncRun* run);

// What is known of the feed's freshness after `run` has ended, at `now`. The
// times of the run itself only grow, also where the clock was set back: what
// is counted from is the clock as it is now.
model::PullStatus PullStatusAfter(model::PullStatus before,
                                  const model::SyncRun& run, absl::Time now);

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_PULL_OUTCOME_H_
