#include "domain/feeds/feed_call.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "domain/feeds/active_pull.h"
#include "model/errors.h"

namespace oms_connector::feeds {
namespace {

constexpr size_t kScopeBytes = 8;
// Connections whose feeds' ends are remembered; it is a hint, and goes whole
// when there are more.
constexpr size_t kMaxHeads = 100'000;
// How soon a caller that found a queue full may ask again.
constexpr absl::Duration kOverloadDelay = absl::Seconds(1);
// How long it may take to read a page that nobody has asked for yet.
constexpr absl::Duration kAheadTime = absl::Seconds(5);

}  // namespace

std::string CursorScope(absl::string_view connection, absl::string_view epoch) {
  return base::Sha256(absl::StrCat(connection, "\n", epoch))
      .substr(0, kScopeBytes);
}

// Those who wait for news; outlives FeedCalls in calls that still end.
class FeedCalls::WaitList {
 public:
  explicit WaitList(const FeedCallsOptions& options) : options_(options) {}

  const FeedCallsOptions& options() const { return options_; }

  // False when there are too many, or all was shut down.
  bool Add(const std::shared_ptr<EndWaiter>& waiter) {
    absl::MutexLock lock(&mutex_);
    if (shut_down_ ||
        waiters_.size() >= static_cast<size_t>(options_.max_waiting)) {
      return false;
    }
    waiters_.insert(waiter);
    return true;
  }

  void Remove(const std::shared_ptr<EndWaiter>& waiter) {
    absl::MutexLock lock(&mutex_);
    waiters_.erase(waiter);
  }

  bool shut_down() const {
    absl::MutexLock lock(&mutex_);
    return shut_down_;
  }

  // Where the feed of a connection was found to end lately.
  std::optional<int64_t> HeadOf(const std::string& connection) const {
    absl::MutexLock lock(&heads_mutex_);
    const auto found = heads_.find(connection);
    if (found == heads_.end()) return std::nullopt;
    return found->second;
  }
  void SetHead(const std::string& connection, int64_t head) {
    absl::MutexLock lock(&heads_mutex_);
    if (heads_.size() >= kMaxHeads) heads_.clear();
    heads_[connection] = head;
  }

  // False where the page is being read ahead already.
  bool BeginAhead(const std::string& page) {
    absl::MutexLock lock(&ahead_mutex_);
    return ahead_.try_emplace(page).second;
  }
  // `then` is called once the page that is read ahead now is there. False, and
  // it will not be, where nobody reads it.
  bool AwaitAhead(const FeedQuery& query, std::function<void()> then) {
    absl::MutexLock lock(&ahead_mutex_);
    if (ahead_.empty()) return false;
    const auto found = ahead_.find(query.PageKey());
    if (found == ahead_.end()) return false;
    found->second.push_back(std::move(then));
    return true;
  }
  void EndAhead(const std::string& page) {
    std::vector<std::function<void()>> waiting;
    {
      absl::MutexLock lock(&ahead_mutex_);
      const auto found = ahead_.find(page);
      waiting = std::move(found->second);
      ahead_.erase(found);
    }
    for (const auto& then : waiting) then();
  }

  int size() const {
    absl::MutexLock lock(&mutex_);
    return static_cast<int>(waiters_.size());
  }

  void Shutdown() {
    std::set<std::shared_ptr<EndWaiter>> waiters;
    {
      absl::MutexLock lock(&mutex_);
      shut_down_ = true;
      waiters = waiters_;
    }
    for (const auto& waiter : waiters) waiter->Fire();
  }

 private:
  const FeedCallsOptions options_;
  mutable absl::Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<std::shared_ptr<EndWaiter>> waiters_ ABSL_GUARDED_BY(mutex_);
  mutable absl::Mutex heads_mutex_;
  absl::flat_hash_map<std::string, int64_t> heads_
      ABSL_GUARDED_BY(heads_mutex_);
  // The pages that are read ahead now, and what waits for each.
  absl::Mutex ahead_mutex_;
  absl::flat_hash_map<std::string, std::vector<std::function<void()>>> ahead_
      ABSL_GUARDED_BY(ahead_mutex_);
};

// One call on its way. Its steps run one after the other; in between it is kept
// alive by whatever is to wake it.
class FeedCalls::Call : public std::enable_shared_from_this<Call> {
 public:
  Call(std::shared_ptr<WaitList> list, base::CallContext context,
       std::unique_ptr<FeedQuery> query)
      : list_(std::move(list)),
        options_(list_->options()),
        context_(std::move(context)),
        query_(std::move(query)),
        // Waits are counted on the steady clock: setting the machine's time
        // neither ends nor prolongs them.
        wait_until_(options_.clock->SteadyNow() +
                    query_->WaitFor(options_.clock->SteadyNow(),
                                    context_.deadline())) {}

  void Start() {
    if (list_->AwaitAhead(*query_, [self = shared_from_this()] {
          self->Submit(&Call::Look);
        })) {
      return;
    }
    if (!query_->MustNotBlock()) return Look();
    const std::optional<int64_t> head = list_->HeadOf(query_->connection());
    const bool brief = head.has_value() && query_->IsBrief(*head);
    if (brief && options_.executor->TryRunHere([this] { LookHere(); })) return;
    Submit(&Call::Look);
  }

 private:
  using Step = void (Call::*)();

  void Look() {
    const absl::Status status = Read();
    if (!status.ok()) return query_->Finish(status);
    GoOn();
  }

  // What is more than an answer may block, and is left to the executor.
  void LookHere() {
    const absl::Status status = Read();
    if (!status.ok()) return query_->Finish(status);
    if (look_.next != FeedLook::Next::kAnswer) return Submit(&Call::GoOn);
    GoOn();
  }

  void GoOn() {
    const absl::Status status = Go();
    if (!status.ok()) query_->Finish(status);
  }

  void Submit(Step step) {
    const bool queued = options_.executor->TrySubmit(
        context_.party(),
        [self = shared_from_this(), step] { ((*self).*step)(); });
    if (!queued) query_->Finish(model::Overloaded(kOverloadDelay));
  }

  absl::Duration WaitLeft() const {
    return std::max(wait_until_ - options_.clock->SteadyNow(),
                    absl::ZeroDuration());
  }

  absl::Status Read() {
    progress_.may_wait =
        WaitLeft() > absl::ZeroDuration() && !list_->shut_down();
    OMS_RETURN_IF_ERROR(context_.Check(options_.clock->SteadyNow()));
    OMS_RETURN_IF_ERROR(
        options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(progress_.now, txn.Now());
          OMS_ASSIGN_OR_RETURN(look_, query_->Look(txn, progress_));
          return absl::OkStatus();
        }));
    progress_.first = false;
    if (!look_.run_id.empty()) progress_.run_id = look_.run_id;
    return absl::OkStatus();
  }

  absl::Status Go() {
    switch (look_.next) {
      case FeedLook::Next::kPull:
        return Pull();
      case FeedLook::Next::kJoin:
        progress_.pulled = true;
        OMS_RETURN_IF_ERROR(Begin());
        AwaitRun(/*running=*/true);
        return absl::OkStatus();
      case FeedLook::Next::kPrepare:
        OMS_RETURN_IF_ERROR(Begin());
        progress_.prepared = true;
        query_->Prepare(context_,
                        [self = shared_from_this()](const absl::Status& end) {
                          self->prepared_ = end;
                          self->Submit(&Call::AfterPrepare);
                        });
        return absl::OkStatus();
      case FeedLook::Next::kWait:
        OMS_RETURN_IF_ERROR(Begin());
        return Wait(std::min(look_.wait, WaitLeft()));
      case FeedLook::Next::kAnswer:
        break;
    }
    OMS_RETURN_IF_ERROR(Begin());
    const std::optional<int64_t> end = query_->End();
    if (end.has_value()) list_->SetHead(query_->connection(), *end);
    const std::string next = query_->NextPageKey();
    const bool ahead = !next.empty() && !list_->shut_down() &&
                       options_.executor->queued() == 0 &&
                       list_->BeginAhead(next);
    query_->Finish(absl::OkStatus());
    if (ahead) ReadAhead(next);
    return absl::OkStatus();
  }

  // The caller has its answer; what fails here is only read when it is asked
  // for.
  void ReadAhead(const std::string& page) {
    const base::CallContext context(options_.clock->SteadyNow() + kAheadTime,
                                    {}, context_.party());
    options_.store
        ->Read(context,
               [this](storage::ReadTransaction& txn) {
                 return query_->ReadAhead(txn);
               })
        .IgnoreError();
    list_->EndAhead(page);
  }

  // It is known now which run answers, if any.
  absl::Status Begin() {
    if (std::exchange(begun_, true)) return absl::OkStatus();
    return query_->Begun(context_, progress_.run_id);
  }

  absl::Status Pull() {
    progress_.pulled = true;
    PullRequest request = query_->PullFor();
    request.patient_until = wait_until_;
    const absl::StatusOr<model::SyncRun> run =
        options_.runner->JoinOrStart(context_, request);
    if (!run.ok() && !query_->AnswersWithoutPull()) return run.status();
    if (run.ok()) progress_.run_id = run->run_id;
    OMS_RETURN_IF_ERROR(Begin());
    AwaitRun(run.ok() && run->state == model::SyncState::kRunning);
    return absl::OkStatus();
  }

  void AwaitRun(bool running) {
    const absl::Duration left = WaitLeft();
    if (!running || left <= absl::ZeroDuration()) return Look();
    options_.runner->WhenEnded(
        query_->connection(), query_->feed(), progress_.run_id, left, context_,
        [self = shared_from_this()] { self->Submit(&Call::Look); });
  }

  void AfterPrepare() {
    if (!prepared_.ok()) return query_->Finish(prepared_);
    Look();  // settings may have changed once more
  }

  // Until there is news, `wait` is over, or nobody may wait any more.
  absl::Status Wait(absl::Duration wait) {
    auto waiter = std::make_shared<EndWaiter>(
        [self = shared_from_this()] { self->Submit(&Call::Wake); });
    if (!list_->Add(waiter)) {
      if (!list_->shut_down()) return model::Overloaded(kOverloadDelay);
      Look();
      return absl::OkStatus();
    }
    {
      // Keeps Wake, which another thread may run at once, until all is set.
      absl::MutexLock lock(&mutex_);
      waiter_ = waiter;
      query_->Watch([waiter] { waiter->Fire(); });
    }
    waiter->Arm(*options_.timers, wait, context_.cancellation());
    return absl::OkStatus();
  }

  void Wake() {
    {
      absl::MutexLock lock(&mutex_);
      list_->Remove(waiter_);
      waiter_.reset();
      query_->Unwatch();
    }
    progress_.pulled = false;
    progress_.prepared = false;
    Look();
  }

  const std::shared_ptr<WaitList> list_;
  const FeedCallsOptions& options_;
  const base::CallContext context_;
  const std::unique_ptr<FeedQuery> query_;
  const absl::Time wait_until_;  // on the steady clock
  // Set by one step, read by later ones.
  FeedProgress progress_;
  FeedLook look_;
  bool begun_ = false;
  absl::Status prepared_;

  absl::Mutex mutex_;
  std::shared_ptr<EndWaiter> waiter_ ABSL_GUARDED_BY(mutex_);
};

FeedCalls::FeedCalls(const FeedCallsOptions& options)
    : list_(std::make_shared<WaitList>(options)) {}

FeedCalls::~FeedCalls() { Shutdown(); }

void FeedCalls::Start(const base::CallContext& context,
                      std::unique_ptr<FeedQuery> query) {
  std::make_shared<Call>(list_, context, std::move(query))->Start();
}

int FeedCalls::waiting() const { return list_->size(); }

void FeedCalls::Shutdown() { list_->Shutdown(); }

}  // namespace oms_connector::feeds
