// Tells people how pulls ended: one line of the log each, metrics, and the last
// errors for /statusz.
//
//   RunReporter reporter(&metrics, &clock);
//   pulls.on_ended = [&](const auto& connection, const auto& run,
//                        const auto& rejected, const auto& stored) {
//     reporter.RunEnded(connection, run, rejected, stored);
//   };
#ifndef OMS_CONNECTOR_SERVER_OPS_RUN_REPORTER_H_
#define OMS_CONNECTOR_SERVER_OPS_RUN_REPORTER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "domain/feeds/pull_session.h"
#include "model/sync_run.h"
#include "server/ops/metrics.h"

namespace oms_connector::server {

// A pull that failed.
struct FailedRun {
  absl::Time time;
  std::string connection;
  model::Feed feed = model::Feed::kInventory;
  std::string run_id;
  std::string error;
};

// Thread-safe.
class RunReporter {
 public:
  // Of a connection's feed that fails again and again, one line in so long; it
  // counts the others.
  static constexpr absl::Duration kRepeat = absl::Minutes(1);
  static constexpr size_t kKeptErrors = 20;

  // Owns nothing that it is given.
  RunReporter(Metrics* metrics, base::Clock* clock)
      : metrics_(metrics), clock_(clock) {}

  // `stored` tells whether the run's end could be kept. A failure is an error;
  // a success after failures says so by their count.
  void RunEnded(const std::string& connection, const model::SyncRun& run,
                const feeds::RejectedCounts& rejected,
                const absl::Status& stored);

  // Newest first.
  std::vector<FailedRun> last_errors() const;

 private:
  struct Failures {
    absl::Time logged = absl::InfinitePast();
    int64_t silent = 0;  // since then
  };

  void Count(const model::SyncRun& run, const feeds::RejectedCounts& rejected);
  // Whether this end gets a line, and how many before it got none.
  std::pair<bool, int64_t> TakeTurn(const std::string& connection,
                                    const model::SyncRun& run, absl::Time now);

  Metrics* const metrics_;
  base::Clock* const clock_;
  mutable absl::Mutex mutex_;
  std::map<std::pair<std::string, model::Feed>, Failures> failures_
      ABSL_GUARDED_BY(mutex_);
  std::deque<FailedRun> last_errors_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_RUN_REPORTER_H_
