#include "storage/sql/group_commit_writer.h"

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/status_macros.h"
#include "base/steady_notification.h"
#include "model/errors.h"
#include "storage/sql/busy_retry.h"
#include "storage/sql/sql_transaction.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

constexpr absl::Duration kOverloadedRetryDelay = absl::Seconds(1);
// Rivals for the lock hold it for milliseconds. Who has held it for longer than
// this is another program, and those behind in the queue wait, too.
constexpr absl::Duration kRivalsHoldFor = absl::Seconds(1);

constexpr char kSavepoint[] = "SAVEPOINT one_of_group";
constexpr char kRelease[] = "RELEASE SAVEPOINT one_of_group";
constexpr char kRollbackTo[] = "ROLLBACK TO SAVEPOINT one_of_group";

}  // namespace

// Lives on its caller's stack until `done`.
struct GroupCommitWriter::Request {
  const base::CallContext& context;
  WriteFunction function;
  absl::Status status;
  base::SteadyNotification done;
};

GroupCommitWriter::GroupCommitWriter(std::unique_ptr<SqlConnection> connection,
                                     const Options& options)
    : options_(options),
      retry_(options.sleeper, options.ids),
      connection_(std::move(connection)),
      thread_([this] { RunRequests(); }) {
  pthread_setname_np(thread_.native_handle(), "store-write");
}

GroupCommitWriter::~GroupCommitWriter() {
  {
    absl::MutexLock lock(&mutex_);
    shut_down_ = true;
  }
  thread_.join();
}

absl::Status GroupCommitWriter::Write(const base::CallContext& context,
                                      WriteFunction function) {
  const absl::Time now = options_.clock->SteadyNow();
  OMS_RETURN_IF_ERROR(context.Check(now));
  Request request{context, function, absl::OkStatus(), {}};
  {
    absl::MutexLock lock(&mutex_);
    if (queue_.size() >= options_.queue_capacity) {
      return model::Overloaded(kOverloadedRetryDelay);
    }
    queue_.push_back(&request);
  }
  const base::CancellationRegistration registration =
      context.cancellation().OnCancel([this, &request] {
        if (!Withdraw(request)) return;
        request.status = request.context.Check(absl::InfinitePast());
        request.done.Notify();
      });
  if (!request.done.WaitFor(context.Remaining(now))) {
    if (Withdraw(request)) return context.Check(context.deadline());
    request.done.Wait();
  }
  return request.status;
}

size_t GroupCommitWriter::queued() const {
  absl::MutexLock lock(&mutex_);
  return queue_.size();
}

// True if `request` still waited; it will now never run.
bool GroupCommitWriter::Withdraw(Request& request) {
  absl::MutexLock lock(&mutex_);
  const auto found = std::find(queue_.begin(), queue_.end(), &request);
  if (found == queue_.end()) return false;
  queue_.erase(found);
  return true;
}

bool GroupCommitWriter::HasRequestsOrEnds() const {
  return shut_down_ || !queue_.empty();
}

void GroupCommitWriter::RunRequests() {
  while (Request* request = NextRequest()) RunGroup(request);
}

// Waits for a request; null at the end.
GroupCommitWriter::Request* GroupCommitWriter::NextRequest() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &GroupCommitWriter::HasRequestsOrEnds));
  if (queue_.empty()) return nullptr;
  Request* request = queue_.front();
  queue_.pop_front();
  return request;
}

// Null when the group is complete.
GroupCommitWriter::Request* GroupCommitWriter::NextForGroup(
    size_t group_size, absl::Time group_start) {
  if (group_size >= options_.max_group_size) return nullptr;
  if (options_.clock->SteadyNow() - group_start >= options_.max_group_time) {
    return nullptr;
  }
  absl::MutexLock lock(&mutex_);
  if (queue_.empty()) return nullptr;
  Request* request = queue_.front();
  queue_.pop_front();
  return request;
}

void GroupCommitWriter::RunGroup(Request* first) {
  const absl::Time start = options_.clock->SteadyNow();
  const absl::Status begun =
      connection_->Begin(/*write=*/true, base::CallContext());
  if (!begun.ok() && options_.clock->SteadyNow() - start > kRivalsHoldFor) {
    first->status = begun;
    first->done.Notify();
    return;
  }
  std::vector<Request*> group = {first};
  const bool committed = begun.ok() && TryGroup(group);
  if (!committed) connection_->Rollback();
  for (Request* request : group) {
    // What a function has seen of a lost group never was, so even its own
    // failure counts no more.
    if (!committed || IsStoreBusy(request->status)) RunAlone(*request);
    request->done.Notify();
  }
}

// Runs the first of `group` and what comes while the group is open, all of
// which it adds to it. False when the group is lost.
bool GroupCommitWriter::TryGroup(std::vector<Request*>& group) {
  const absl::Time start = options_.clock->SteadyNow();
  if (!Run(*group.front())) return false;
  if (!group.front()->status.ok()) {
    connection_->Rollback();
    return true;
  }
  while (Request* const request = NextForGroup(group.size(), start)) {
    group.push_back(request);
    if (!RunInSavepoint(*request)) return false;
  }
  return connection_->Commit().ok();
}

// Sets the request's status. False when the transaction has gone.
bool GroupCommitWriter::Run(Request& request) {
  connection_->Bind(request.context);
  WriteTransaction transaction(*connection_);
  request.status = request.function(transaction);
  connection_->Bind(base::CallContext());
  return connection_->InTransaction();
}

// The same, and undoes what a failed one has changed. False when the group is
// lost.
bool GroupCommitWriter::RunInSavepoint(Request& request) {
  if (!connection_->Execute(kSavepoint, {}).ok() || !Run(request)) return false;
  if (!request.status.ok() && !connection_->Execute(kRollbackTo, {}).ok()) {
    return false;
  }
  return connection_->Execute(kRelease, {}).ok();
}

void GroupCommitWriter::RunAlone(Request& request) {
  request.status = retry_.Run(request.context, [&] {
    return RunWriteTransaction(*connection_, request.context, request.function);
  });
}

}  // namespace oms_connector::storage
