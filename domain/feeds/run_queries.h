// What a person asks about runs: one, a list of them, and to cancel one. Only
// runs of inventory have names that callers know.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_RUN_QUERIES_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_RUN_QUERIES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "domain/feeds/pull_runner.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::feeds {

// Where a list of runs goes on: before this one. The default is the newest.
struct RunPosition {
  absl::Time start_time = absl::InfiniteFuture();
  std::string run_id;
};

// CONNECTION_NOT_FOUND, SYNC_RUN_NOT_FOUND.
absl::StatusOr<model::SyncRun> GetSyncRun(storage::Store& store,
                                          const base::CallContext& context,
                                          absl::string_view connection,
                                          absl::string_view run_id);

// Of one feed, or of both where `feed` is unset; newest first, at most `limit`.
// CONNECTION_NOT_FOUND.
absl::StatusOr<std::vector<model::SyncRun>> ListSyncRuns(
    storage::Store& store, const base::CallContext& context,
    absl::string_view connection, std::optional<model::Feed> feed,
    const RunPosition& before, int limit);

// Ends a running pull, as PullRunner::CancelRun. CONNECTION_NOT_FOUND,
// SYNC_RUN_NOT_FOUND.
void CancelSyncRun(storage::Store& store, PullRunner& runner,
                   const base::CallContext& context,
                   absl::string_view connection, absl::string_view run_id,
                   RunDone done);

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_RUN_QUERIES_H_
