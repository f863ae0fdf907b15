#include "domain/feeds/pull_runner.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "domain/feeds/pull_outcome.h"
#include "model/errors.h"

namespace oms_connector::feeds {
namespace {

// The patience for 429 when no caller waits (api.md, Quota).
constexpr absl::Duration kLeastPatience = absl::Seconds(5);
// How soon a caller refused because all pull threads are busy may ask again.
constexpr absl::Duration kOverloadDelay = absl::Seconds(1);
// Waits of its own kind: the store is given this long to keep a lease or to
// take a run's end, which must be written even when the run was cancelled.
constexpr absl::Duration kBookkeepingLimit = absl::Seconds(10);
constexpr int kFinishTries = 3;
// Whoever cancels is answered so long before the call's deadline.
constexpr absl::Duration kAnswerMargin = absl::Seconds(1);

// An Order Manager that fails sooner holds nobody up.
constexpr absl::Duration kHang = absl::Seconds(5);

// Whose turn a pull takes: the same Order Manager, asked with the same token.
std::string AccountOf(const model::Connection& connection) {
  return absl::StrCat(connection.order_manager.base_url, " ",
                      connection.order_manager.token_fingerprint);
}

}  // namespace

PullRunner::PullRunner(PullRunnerOptions options)
    : options_(std::move(options)),
      elsewhere_(""),
      watcher_("pull-watch", 1, options_.watch_queue) {}

PullRunner::~PullRunner() { Shutdown(); }

void PullRunner::SetBody(model::Feed feed, PullBody body) {
  absl::MutexLock lock(&mutex_);
  bodies_[feed] = std::move(body);
}

std::shared_ptr<ActivePull> PullRunner::FindActive(const Key& key) const {
  absl::MutexLock lock(&mutex_);
  const auto found = active_.find(key);
  return found == active_.end() ? nullptr : found->second;
}

bool PullRunner::HasJustEnded(const Key& key, absl::string_view run_id) const {
  absl::MutexLock lock(&mutex_);
  const auto found = last_ended_.find(key);
  return found != last_ended_.end() && found->second == run_id;
}

int PullRunner::active() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(active_.size());
}

absl::StatusOr<model::SyncRun> PullRunner::ReadRun(
    const base::CallContext& context, const Key& key,
    absl::string_view run_id) {
  model::SyncRun run;
  OMS_RETURN_IF_ERROR(
      options_.store->Read(context, [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(run, txn.runs().GetRun(key.first, run_id));
        return absl::OkStatus();
      }));
  return run;
}

absl::StatusOr<model::SyncRun> PullRunner::JoinOrStart(
    const base::CallContext& context, const PullRequest& request) {
  const Key key(request.connection, request.feed);
  if (const auto active = FindActive(key)) {
    active->AddPatience(request.patient_until);
    return ReadRun(context, key, active->run_id());
  }
  OMS_ASSIGN_OR_RETURN(Start start,
                       StartInStore(context, request, options_.ids->NewUuid()));
  if (!start.started) return start.run;
  OMS_RETURN_IF_ERROR(Launch(request, start));
  return start.run;
}

absl::StatusOr<PullRunner::Start> PullRunner::StartInStore(
    const base::CallContext& context, const PullRequest& request,
    const std::string& run_id) {
  Start start;
  OMS_RETURN_IF_ERROR(
      options_.store->Write(context, [&](storage::WriteTransaction& txn) {
        start = {};
        absl::StatusOr<model::Connection> connection =
            txn.connections().GetConnection(request.connection);
        if (absl::IsNotFound(connection.status())) {
          return model::ConnectionNotFound(request.connection);
        }
        OMS_RETURN_IF_ERROR(connection.status());
        start.connection = *std::move(connection);
        NewRun wanted{
            request.connection,      request.feed,     request.kind,
            request.trigger,         run_id,           options_.holder,
            options_.lease_duration, request.after_run};
        OMS_ASSIGN_OR_RETURN(LeasedRun leased, TakeRun(txn, wanted));
        start.now = leased.now;
        start.steady_now = options_.clock->SteadyNow();
        start.run = leased.run;
        start.started = leased.taken;
        start.fence = leased.fence;
        start.checkpoint = leased.checkpoint;
        start.resumed = leased.resumed;
        start.after_failure = leased.after_failure;
        return absl::OkStatus();
      }));
  return start;
}

bool PullRunner::IsDoubtful(const std::string& account,
                            bool after_failure) const {
  return options_.failing_executor != nullptr &&
         (after_failure || hanging_.count(account) > 0);
}

bool PullRunner::HasRoom(const model::Connection& connection,
                         bool after_failure, int most, int most_doubtful,
                         int most_of_account) const {
  const std::string account = AccountOf(connection);
  absl::MutexLock lock(&mutex_);
  const bool doubtful = IsDoubtful(account, after_failure);
  int of_kind = 0, of_account = 0;
  for (const auto& [key, pull] : active_) {
    of_kind += pull->doubtful() == doubtful ? 1 : 0;
    of_account += pull->account() == account ? 1 : 0;
  }
  return of_kind < (doubtful ? most_doubtful : most) &&
         of_account < most_of_account;
}

void PullRunner::NoteHang(const std::string& account,
                          const absl::Status& status, absl::Duration took) {
  absl::MutexLock lock(&mutex_);
  if (status.ok() || absl::IsResourceExhausted(status)) {
    hanging_.erase(account);
  } else if (absl::IsUnavailable(status) && took >= kHang) {
    hanging_.insert(account);
  }
}

bool PullRunner::StepAside(const Key& key,
                           const std::shared_ptr<ActivePull>& active,
                           const Start& start) {
  if (active->doubtful()) return false;
  absl::MutexLock lock(&mutex_);
  return IsDoubtful(active->account(), false) &&
         options_.failing_executor->TrySubmit(
             active->account(),
             [this, key, active, start] { RunBody(key, active, start); });
}

absl::Status PullRunner::Launch(const PullRequest& request,
                                const Start& start) {
  const Key key(request.connection, request.feed);
  const std::string account = AccountOf(start.connection);
  std::shared_ptr<ActivePull> active;
  bool queued = false;
  {
    absl::MutexLock lock(&mutex_);
    const bool doubtful = IsDoubtful(account, start.after_failure);
    active = std::make_shared<ActivePull>(start.run.run_id, account, doubtful);
    active->AddPatience(request.patient_until);
    if (!shut_down_) {
      active_[key] = active;
      base::Executor& executor =
          doubtful ? *options_.failing_executor : *options_.executor;
      queued = executor.TrySubmit(account, [this, key, active, start] {
        if (!StepAside(key, active, start)) RunBody(key, active, start);
      });
      if (!queued) active_.erase(key);
    }
  }
  if (queued) {
    KeepLease(key, active, start.fence);
    return absl::OkStatus();
  }
  const absl::Status refused = model::Overloaded(kOverloadDelay);
  model::SyncRun run = start.run;
  OMS_RETURN_IF_ERROR(Finish(key, start, {refused}, &run));
  active->End();
  return refused;
}

absl::Status PullRunner::CallBody(const Key& key,
                                  std::shared_ptr<ActivePull> active,
                                  const Start& start, model::SyncRun* run,
                                  RejectedCounts* rejected) {
  PullBody body;
  {
    absl::MutexLock lock(&mutex_);
    body = bodies_[key.second];
  }
  PullSession::Parts parts;
  OMS_ASSIGN_OR_RETURN(parts.token, options_.open_token(start.connection));
  parts.store = options_.store;
  parts.clock = options_.clock;
  parts.now = start.now;
  parts.steady_now = start.steady_now;
  parts.connection = start.connection;
  parts.run = start.run;
  parts.fence = start.fence;
  parts.resumed = start.resumed;
  parts.pages_ahead = options_.pages_ahead;
  parts.page_wait = options_.page_wait;
  parts.checkpoint = start.checkpoint;
  parts.context = base::CallContext(absl::InfiniteFuture(), active->token());
  parts.late_context =
      base::CallContext(absl::InfiniteFuture(), active->late_token());
  parts.quota_patience = [active, clock = options_.clock] {
    // A request that goes on after a stop waits for nobody.
    if (active->stop_reason() != StopReason::kNone) return absl::ZeroDuration();
    return std::max(kLeastPatience,
                    active->patient_until() - clock->SteadyNow());
  };
  PullSession session(std::move(parts));
  absl::Status status = body(session);
  status.Update(session.EndCommit());
  *run = session.RunAsItStands();
  *rejected = session.rejected();
  return status;
}

void PullRunner::RunBody(const Key& key, std::shared_ptr<ActivePull> active,
                         const Start& start) {
  model::SyncRun run = start.run;
  BodyEnd end;
  const absl::Time begun = options_.clock->SteadyNow();
  RejectedCounts rejected;
  end.status = CallBody(key, active, start, &run, &rejected);
  NoteHang(active->account(), end.status, options_.clock->SteadyNow() - begun);
  end.stop = active->stop_reason();
  if (end.stop == StopReason::kLeaseLost) {
    base::LogWarning("a pull was given up: another server holds its lease",
                     {{"connection", key.first}, {"run", run.run_id}});
  } else {
    const absl::Status stored = Finish(key, start, end, &run);
    if (options_.on_ended) options_.on_ended(key.first, run, rejected, stored);
  }
  {
    absl::MutexLock lock(&mutex_);
    const auto found = active_.find(key);
    if (found != active_.end() && found->second == active) {
      active_.erase(found);
      last_ended_[key] = active->run_id();
    }
    stopping_.erase(active);
  }
  active->End();
}

absl::Status PullRunner::Finish(const Key& key, const Start& start,
                                const BodyEnd& end, model::SyncRun* run) {
  // As far as we know; the store has the last word.
  EndRun(end.status, end.stop, key.first, options_.clock->Now(), run);
  absl::Status status;
  for (int i = 0; i < kFinishTries; ++i) {
    const base::CallContext context(
        options_.clock->SteadyNow() + kBookkeepingLimit,
        base::CancellationToken());
    status =
        options_.store->Write(context, [&](storage::WriteTransaction& txn) {
          return EndLeasedRun(txn, key.first, end, start.fence, run);
        });
    if (status.ok() || absl::IsAborted(status)) break;
  }
  return status;
}

void PullRunner::Stop(const std::shared_ptr<ActivePull>& pull,
                      StopReason reason) {
  pull->Stop(reason);
  timers_.Schedule(options_.told_once_limit,
                   [weak = std::weak_ptr<ActivePull>(pull)] {
                     if (const auto late = weak.lock()) late->Cut();
                   });
}

void PullRunner::KeepLease(const Key& key, std::weak_ptr<ActivePull> active,
                           const model::PullFence& fence) {
  const auto renew = [this, key, active, fence] {
    const std::shared_ptr<ActivePull> pull = active.lock();
    if (pull == nullptr || FindActive(key) != pull) return;
    const absl::Status status = options_.store->Write(
        base::CallContext(options_.clock->SteadyNow() + kBookkeepingLimit,
                          pull->token()),
        [&](storage::WriteTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
          return txn.runs().RenewLease(key.first, key.second, fence,
                                       now + options_.lease_duration);
        });
    // Between the check above and here the run may have ended by itself.
    if (absl::IsAborted(status) && FindActive(key) == pull) {
      pull->Stop(StopReason::kLeaseLost);
      pull->Cut();  // nothing can be stored any more
    }
    KeepLease(key, active, fence);
  };
  // Where the queue is full, the lease is still good for another try.
  timers_.Schedule(options_.lease_duration / 3, [=] {
    if (watcher_.TrySubmit(renew)) return;
    base::LogWarning("a lease could not be renewed in time");
    if (!active.expired()) KeepLease(key, active, fence);
  });
}

void PullRunner::WhenEnded(absl::string_view connection, model::Feed feed,
                           absl::string_view run_id, absl::Duration timeout,
                           const base::CallContext& context,
                           absl::AnyInvocable<void()> done) {
  const Key key(std::string(connection), feed);
  auto waiter = std::make_shared<EndWaiter>(std::move(done));
  waiter->Arm(timers_,
              std::min(timeout, context.Remaining(options_.clock->SteadyNow())),
              context.cancellation());
  const std::shared_ptr<ActivePull> active = FindActive(key);
  if (active != nullptr && active->run_id() == run_id) {
    active->AddWaiter(std::move(waiter));
  } else if (HasJustEnded(key, run_id)) {
    waiter->Fire();
  } else {
    elsewhere_.AddWaiter(waiter);
    WatchForeign(key, std::string(run_id), std::move(waiter));
  }
}

void PullRunner::WatchForeign(const Key& key, const std::string& run_id,
                              std::shared_ptr<EndWaiter> waiter) {
  const bool queued = watcher_.TrySubmit([this, key, run_id, waiter] {
    if (waiter->fired()) return;
    const absl::StatusOr<model::SyncRun> run = ReadRun(
        base::CallContext(options_.clock->SteadyNow() + kBookkeepingLimit, {}),
        key, run_id);
    if (absl::IsNotFound(run.status()) ||
        (run.ok() && run->state != model::SyncState::kRunning)) {
      waiter->Fire();
      return;
    }
    timers_.Schedule(options_.watch_interval, [this, key, run_id, waiter] {
      WatchForeign(key, run_id, waiter);
    });
  });
  if (!queued) waiter->Fire();
}

absl::StatusOr<model::SyncRun> PullRunner::RunToEnd(
    const base::CallContext& context, const PullRequest& request) {
  OMS_ASSIGN_OR_RETURN(model::SyncRun run, JoinOrStart(context, request));
  absl::Notification ended;
  WhenEnded(request.connection, request.feed, run.run_id,
            absl::InfiniteDuration(), context, [&] { ended.Notify(); });
  ended.WaitForNotification();
  return ReadRun(base::CallContext(), {request.connection, request.feed},
                 run.run_id);
}

void PullRunner::CancelRun(const base::CallContext& context,
                           absl::string_view connection,
                           absl::string_view run_id, RunDone done) {
  const std::string id(run_id);
  for (const model::Feed feed :
       {model::Feed::kInventory, model::Feed::kShipments}) {
    const Key key(std::string(connection), feed);
    const std::shared_ptr<ActivePull> active = FindActive(key);
    if (active == nullptr || active->run_id() != id) continue;
    Stop(active, StopReason::kCancelled);
    const absl::Duration patience =
        context.Remaining(options_.clock->SteadyNow()) - kAnswerMargin;
    return WhenEnded(connection, feed, id, patience, context,
                     [this, key, id, done = std::move(done)]() mutable {
                       TellLater(key, id, std::move(done));
                     });
  }
  done(CancelForeign(context, connection, run_id));
}

void PullRunner::TellLater(const Key& key, const std::string& run_id,
                           RunDone done) {
  // Shared with the task, which a full queue drops.
  const auto shared = std::make_shared<RunDone>(std::move(done));
  const bool queued = watcher_.TrySubmit([this, key, run_id, shared] {
    const absl::Time end = options_.clock->SteadyNow() + kBookkeepingLimit;
    (*shared)(ReadRun(base::CallContext(end, {}), key, run_id));
  });
  if (!queued) (*shared)(model::Overloaded(kOverloadDelay));
}

absl::StatusOr<model::SyncRun> PullRunner::CancelForeign(
    const base::CallContext& context, absl::string_view connection,
    absl::string_view run_id) {
  const BodyEnd end = {absl::CancelledError(), StopReason::kCancelled};
  model::SyncRun run;
  const absl::Status status =
      options_.store->Write(context, [&](storage::WriteTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(run, txn.runs().GetRun(connection, run_id));
        if (run.state != model::SyncState::kRunning) return absl::OkStatus();
        OMS_RETURN_IF_ERROR(
            TakeOverAndEnd(txn, connection, end, options_.holder, run));
        OMS_ASSIGN_OR_RETURN(run, txn.runs().GetRun(connection, run_id));
        return absl::OkStatus();
      });
  if (absl::IsNotFound(status)) {
    return model::SyncRunNotFound(connection, run_id);
  }
  OMS_RETURN_IF_ERROR(status);
  return run;
}

void PullRunner::StopConnection(absl::string_view connection) {
  std::vector<std::shared_ptr<ActivePull>> pulls;
  {
    absl::MutexLock lock(&mutex_);
    for (const model::Feed feed :
         {model::Feed::kInventory, model::Feed::kShipments}) {
      const Key key(std::string(connection), feed);
      last_ended_.erase(key);
      const auto found = active_.find(key);
      if (found == active_.end()) continue;
      pulls.push_back(found->second);
      stopping_.insert(std::move(found->second));
      active_.erase(found);
    }
  }
  for (const auto& pull : pulls) {
    pull->Stop(StopReason::kCancelled);
    pull->Cut();  // the store refuses all that it could still write
  }
}

absl::Status PullRunner::Recover(const base::CallContext& context) {
  constexpr int kConnectionsAtOnce = 100;
  std::string after;
  for (;;) {
    std::vector<model::Connection> connections;
    OMS_RETURN_IF_ERROR(
        options_.store->Read(context, [&](storage::ReadTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(connections, txn.connections().ListConnections(
                                                after, kConnectionsAtOnce));
          return absl::OkStatus();
        }));
    if (connections.empty()) return absl::OkStatus();
    after = connections.back().id;
    for (const model::Connection& connection : connections) {
      OMS_RETURN_IF_ERROR(
          options_.store->Write(context, [&](storage::WriteTransaction& txn) {
            return EndDeadRuns(txn, connection.id, options_.holder,
                               options_.sole_server);
          }));
    }
  }
}

void PullRunner::Shutdown() {
  std::vector<std::shared_ptr<ActivePull>> pulls;
  {
    absl::MutexLock lock(&mutex_);
    shut_down_ = true;
    for (const auto& [key, active] : active_) pulls.push_back(active);
    pulls.insert(pulls.end(), stopping_.begin(), stopping_.end());
  }
  for (const auto& pull : pulls) Stop(pull, StopReason::kServerStops);
  for (const auto& pull : pulls) pull->WaitForEnd(absl::InfiniteDuration());
  elsewhere_.End();
  timers_.Shutdown();
  watcher_.Shutdown();
}

}  // namespace oms_connector::feeds
