#include "domain/feeds/run_queries.h"

#include <utility>

#include "base/status_macros.h"
#include "model/errors.h"

namespace oms_connector::feeds {
namespace {

absl::Status CheckConnection(storage::ReadTransaction& txn,
                             absl::string_view connection) {
  const absl::Status status =
      txn.connections().GetConnection(connection).status();
  return absl::IsNotFound(status) ? model::ConnectionNotFound(connection)
                                  : status;
}

}  // namespace

absl::StatusOr<model::SyncRun> GetSyncRun(storage::Store& store,
                                          const base::CallContext& context,
                                          absl::string_view connection,
                                          absl::string_view run_id) {
  model::SyncRun result;
  OMS_RETURN_IF_ERROR(store.Read(context, [&](storage::ReadTransaction& txn) {
    OMS_RETURN_IF_ERROR(CheckConnection(txn, connection));
    absl::StatusOr<model::SyncRun> run = txn.runs().GetRun(connection, run_id);
    if (absl::IsNotFound(run.status())) {
      return model::SyncRunNotFound(connection, run_id);
    }
    OMS_RETURN_IF_ERROR(run.status());
    result = *std::move(run);
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<std::vector<model::SyncRun>> ListSyncRuns(
    storage::Store& store, const base::CallContext& context,
    absl::string_view connection, std::optional<model::Feed> feed,
    const RunPosition& before, int limit) {
  std::vector<model::SyncRun> runs;
  OMS_RETURN_IF_ERROR(store.Read(context, [&](storage::ReadTransaction& txn) {
    OMS_RETURN_IF_ERROR(CheckConnection(txn, connection));
    OMS_ASSIGN_OR_RETURN(
        runs, txn.runs().ListRuns(connection, feed, before.start_time,
                                  before.run_id, limit));
    return absl::OkStatus();
  }));
  return runs;
}

void CancelSyncRun(storage::Store& store, PullRunner& runner,
                   const base::CallContext& context,
                   absl::string_view connection, absl::string_view run_id,
                   RunDone done) {
  const absl::Status found =
      GetSyncRun(store, context, connection, run_id).status();
  if (!found.ok()) return done(found);
  runner.CancelRun(context, connection, run_id, std::move(done));
}

}  // namespace oms_connector::feeds
