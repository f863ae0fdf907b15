#include "domain/feeds/pull_outcome.h"

#include <algorithm>

#include "model/errors.h"
#include "order_manager/order_manager.h"

namespace oms_connector::feeds {
namespace {

// How soon it makes sense to ask again when the Order Manager cannot be read.
constexpr absl::Duration kRetryDelay = absl::Seconds(30);

}  // namespace

absl::Status CallerError(const absl::Status& status,
                         absl::string_view connection) {
  if (status.ok() || model::DetailsOf(status).has_value()) return status;
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      return model::OrderManagerCredentialsRejected(connection);
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kResourceExhausted:
      return model::OrderManagerUnavailable(status.message(), kRetryDelay);
    default:
      return model::Internal(status.message());
  }
}

void EndRun(const absl::Status& status, StopReason stop,
            absl::string_view connection, absl::Time now, model::SyncRun* run) {
  run->end_time = std::max(now, run->start_time);
  run->resume_time.reset();
  if (status.ok()) {
    run->state = model::SyncState::kSucceeded;
    run->error = absl::OkStatus();
    return;
  }
  run->state = model::SyncState::kFailed;
  if (stop == StopReason::kCancelled) {
    run->state = model::SyncState::kCancelled;
    run->error = model::RunCancelled(run->run_id);
  } else if (stop == StopReason::kServerStops) {
    run->error = model::ServerRestarted(run->run_id);
  } else if (status.code() == absl::StatusCode::kResourceExhausted &&
             !model::DetailsOf(status).has_value()) {
    const absl::Duration wait = order_manager::RetryAfterOf(status);
    run->state = model::SyncState::kPartial;
    run->resume_time = now + wait;
    run->error = model::OrderManagerQuota(now + wait, wait);
  } else {
    run->error = CallerError(status, connection);
  }
}

model::PullStatus PullStatusAfter(model::PullStatus before,
                                  const model::SyncRun& run, absl::Time now) {
  before.last_error = run.error;
  before.last_end_time = now;
  if (run.state != model::SyncState::kSucceeded) return before;
  before.last_success_time = now;
  if (run.kind == model::SyncKind::kFull) before.last_full_success_time = now;
  return before;
}

}  // namespace oms_connector::feeds
