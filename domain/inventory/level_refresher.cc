#include "domain/inventory/level_refresher.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "domain/feeds/active_pull.h"
#include "domain/inventory/level_writer.h"
#include "domain/inventory/view_recompute.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

// How soon callers may ask again whose recompute found the executor full.
constexpr absl::Duration kOverloadDelay = absl::Seconds(1);
// A step is some 10 ms of work; a store that takes longer is in trouble.
constexpr absl::Duration kStepLimit = absl::Seconds(30);

}  // namespace

struct LevelRefresher::Job {
  explicit Job(std::string id) : connection(std::move(id)) {}

  void SetStatus(const absl::Status& outcome) {
    absl::MutexLock lock(&mutex);
    status = outcome;
  }
  absl::Status GetStatus() {
    absl::MutexLock lock(&mutex);
    return status;
  }

  const std::string connection;
  feeds::ActivePull waiters{""};
  absl::Mutex mutex;
  absl::Status status ABSL_GUARDED_BY(mutex);  // OK until the end
};

absl::StatusOr<bool> LevelRefresher::IsDue(storage::ReadTransaction& txn,
                                           const std::string& connection,
                                           absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const InventoryContext context,
                       ReadContext(txn, connection));
  OMS_ASSIGN_OR_RETURN(const model::InventoryState state,
                       txn.inventory().GetState(connection));
  OMS_ASSIGN_OR_RETURN(const std::string deferring,
                       DeferringRun(txn, connection, state, now));
  return deferring.empty() && state.computed_generation != 0 &&
         RecomputeIsPending(context, state);
}

std::shared_ptr<LevelRefresher::Job> LevelRefresher::JobOf(
    const std::string& connection, bool* is_new) {
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<Job>& job = jobs_[connection];
  *is_new = job == nullptr;
  if (*is_new) job = std::make_shared<Job>(connection);
  return job;
}

void LevelRefresher::Refresh(const base::CallContext& context,
                             const std::string& connection, absl::Duration wait,
                             absl::AnyInvocable<void(absl::Status)> done) {
  bool is_new = false;
  const std::shared_ptr<Job> job = JobOf(connection, &is_new);
  const auto waiter = std::make_shared<feeds::EndWaiter>(
      [job, done = std::move(done)]() mutable { done(job->GetStatus()); });
  waiter->Arm(timers_, std::min(wait, context.Remaining(clock_->SteadyNow())),
              context.cancellation());
  job->waiters.AddWaiter(waiter);
  if (is_new) Submit(job);
}

void LevelRefresher::Submit(std::shared_ptr<Job> job) {
  const bool queued = executor_->TrySubmit([this, job] { Step(job); });
  if (!queued) End(job, model::Overloaded(kOverloadDelay));
}

void LevelRefresher::Step(std::shared_ptr<Job> job) {
  bool done = false;
  const absl::Status status = store_->Write(
      base::CallContext(clock_->SteadyNow() + kStepLimit, {}),
      [&](storage::WriteTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        OMS_ASSIGN_OR_RETURN(const bool due, IsDue(txn, job->connection, now));
        done = !due;
        if (done) return absl::OkStatus();
        model::SyncCounts counts;  // of no run
        OMS_ASSIGN_OR_RETURN(done,
                             RecomputeStep(txn, job->connection, now, &counts));
        return absl::OkStatus();
      });
  if (status.ok() && !done) {
    Submit(std::move(job));
  } else {
    End(std::move(job), status);
  }
}

void LevelRefresher::End(std::shared_ptr<Job> job, const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    jobs_.erase(job->connection);
  }
  job->SetStatus(status);
  job->waiters.End();
}

}  // namespace oms_connector::inventory
