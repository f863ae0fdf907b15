#include "domain/shipments/shipment_feed.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/status_macros.h"
#include "domain/feeds/active_pull.h"
#include "domain/shipments/feed_page.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

constexpr absl::Duration kOverloadDelay = absl::Seconds(1);

bool IsNegative(const std::optional<absl::Duration>& duration) {
  return duration.has_value() && *duration < absl::ZeroDuration();
}

absl::Status CheckRequest(const PollRequest& request) {
  if (request.cursor.has_value() && !request.consumer.empty()) {
    return model::InvalidField("consumer",
                               "give either a cursor or a consumer");
  }
  if (!request.consumer.empty() && !IsConsumerName(request.consumer)) {
    return model::InvalidField(
        "consumer",
        "must be 1 to 63 of a-z, 0-9 and '-', beginning with a letter");
  }
  if (request.max_results < 0) {
    return model::InvalidField("max_results", "must not be negative");
  }
  if (IsNegative(request.max_staleness)) {
    return model::InvalidField("max_staleness", "must not be negative");
  }
  if (IsNegative(request.max_wait)) {
    return model::InvalidField("max_wait", "must not be negative");
  }
  return absl::OkStatus();
}

int PageSize(const PollRequest& request) {
  if (request.max_results == 0) return kDefaultEvents;
  return std::min(request.max_results, kMaxEvents);
}

absl::Time WaitUntil(const PollRequest& request,
                     const base::CallContext& context, absl::Time now) {
  const absl::Time latest = context.deadline() - kAnswerMargin;
  absl::Time until = std::min(now + kDefaultWait, latest);
  if (!request.max_wait.has_value()) {
    if (context.deadline() != absl::InfiniteFuture()) until = latest;
  } else {
    until = std::min(now + std::min(*request.max_wait, kMaxLongPoll), latest);
  }
  return std::max(until, now);
}

}  // namespace

// What outlives the feed in calls that are still waiting.
class ShipmentFeed::Shared {
 public:
  explicit Shared(const ShipmentFeedOptions& options) : options_(options) {}

  const ShipmentFeedOptions& options() const { return options_; }

  // False when there are too many, or the feed is shut down.
  bool AddWaiter(const std::shared_ptr<feeds::EndWaiter>& waiter) {
    absl::MutexLock lock(&mutex_);
    if (shut_down_ ||
        waiters_.size() >= static_cast<size_t>(options_.max_long_polls)) {
      return false;
    }
    waiters_.insert(waiter);
    return true;
  }

  void RemoveWaiter(const std::shared_ptr<feeds::EndWaiter>& waiter) {
    absl::MutexLock lock(&mutex_);
    waiters_.erase(waiter);
  }

  bool shut_down() const {
    absl::MutexLock lock(&mutex_);
    return shut_down_;
  }

  int waiters() const {
    absl::MutexLock lock(&mutex_);
    return static_cast<int>(waiters_.size());
  }

  void Shutdown() {
    std::set<std::shared_ptr<feeds::EndWaiter>> waiters;
    {
      absl::MutexLock lock(&mutex_);
      shut_down_ = true;
      waiters = waiters_;
    }
    for (const auto& waiter : waiters) waiter->Fire();
  }

 private:
  const ShipmentFeedOptions options_;
  mutable absl::Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<std::shared_ptr<feeds::EndWaiter>> waiters_ ABSL_GUARDED_BY(mutex_);
};

// One poll on its way. Its steps run one after the other on the executor; in
// between it is kept alive by whatever is to wake it.
class ShipmentFeed::Call : public std::enable_shared_from_this<Call> {
 public:
  Call(std::shared_ptr<Shared> shared, base::CallContext context,
       PollRequest request, PollDone done)
      : shared_(std::move(shared)),
        options_(shared_->options()),
        context_(std::move(context)),
        request_(std::move(request)),
        done_(std::move(done)) {}

  void Start() {
    const absl::Status valid = CheckRequest(request_);
    if (!valid.ok()) return Finish(valid);
    wait_until_ = WaitUntil(request_, context_, options_.clock->Now());
    GoOn(&Call::Begin);
  }

 private:
  using Step = void (Call::*)();

  void GoOn(Step step) {
    const bool queued = options_.executor->TrySubmit(
        [self = shared_from_this(), step] { ((*self).*step)(); });
    if (!queued) Finish(model::Overloaded(kOverloadDelay));
  }

  void Finish(absl::StatusOr<PollPage> page) {
    std::move(done_)(std::move(page));
  }

  bool IsLongPoll() const {
    return request_.max_wait.has_value() &&
           *request_.max_wait > absl::ZeroDuration();
  }

  // Pulls if that is due, and waits for its end.
  void Begin() {
    const absl::Status status = TryBegin();
    if (!status.ok()) Finish(status);
  }

  absl::Status TryBegin() {
    const absl::Time now = options_.clock->Now();
    OMS_RETURN_IF_ERROR(context_.Check(now));
    OMS_ASSIGN_OR_RETURN(const FeedStanding standing, Standing(now));
    OMS_RETURN_IF_ERROR(FindPosition());
    const bool pull = IsStale(standing, now) ||
                      (standing.decision_is_due && standing.pull_is_running);
    begun_ = true;
    next_pull_ = now + standing.shipment_interval;
    if (!pull) {
      Answer();
      return absl::OkStatus();
    }
    feeds::PullRequest request;
    request.connection = request_.connection;
    request.feed = model::Feed::kShipments;
    request.patient_until = wait_until_;
    const absl::StatusOr<model::SyncRun> run =
        options_.runner->JoinOrStart(context_, request);
    if (!run.ok() && !standing.pull.last_success_time.has_value()) {
      return run.status();
    }
    if (run.ok() && run->state == model::SyncState::kRunning &&
        now < wait_until_) {
      options_.runner->WhenEnded(
          request_.connection, model::Feed::kShipments, run->run_id,
          wait_until_, context_,
          [self = shared_from_this()] { self->GoOn(&Call::Answer); });
    } else {
      Answer();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<FeedStanding> Standing(absl::Time now) {
    FeedStanding standing;
    OMS_RETURN_IF_ERROR(
        options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(standing, ReadStanding(txn, request_.connection,
                                                      request_.cart, now));
          return absl::OkStatus();
        }));
    return standing;
  }

  absl::Status FindPosition() {
    position_ = request_.cursor.value_or(0);
    if (!request_.consumer.empty()) {
      OMS_ASSIGN_OR_RETURN(
          position_, PositionOf(*options_.store, context_, request_.connection,
                                request_.consumer, request_.cart));
    }
    return options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
      return CheckPosition(txn, request_.connection, request_.cart, position_);
    });
  }

  // While a call waits for events it pulls each interval, whatever it asked
  // for at first.
  bool IsStale(const FeedStanding& standing, absl::Time now) const {
    if (!standing.pull.last_success_time.has_value()) return true;
    const absl::Duration age = now - *standing.pull.last_success_time;
    if (begun_) return age >= standing.shipment_interval;
    const absl::Duration limit =
        request_.max_staleness.value_or(standing.shipment_interval);
    return limit == absl::ZeroDuration() || age > limit;
  }

  void Answer() {
    LeaveWaiters();
    const absl::Status status = TryAnswer();
    if (!status.ok()) Finish(status);
  }

  absl::Status TryAnswer() {
    const absl::Time now = options_.clock->Now();
    OMS_RETURN_IF_ERROR(context_.Check(now));
    OMS_ASSIGN_OR_RETURN(const FeedStanding standing, Standing(now));
    if (!standing.pull.last_success_time.has_value()) {
      OMS_RETURN_IF_ERROR(standing.run_error);
    }
    bool decided = !standing.decision_is_due;
    // The first pull decides for itself; half of it is nothing to decide on.
    if (!decided && !standing.pull_is_running &&
        standing.pull.last_success_time.has_value()) {
      OMS_RETURN_IF_ERROR(
          DecideWithoutPull(*options_.store, context_, request_.connection, now,
                            standing.shipment_interval, *options_.signal));
      decided = true;
    }
    const int64_t seen = options_.signal->Count(request_.connection);
    OMS_ASSIGN_OR_RETURN(PollPage page, ReadPage(decided));
    const bool waits = IsLongPoll() && page.events.empty() &&
                       now < wait_until_ && !shared_->shut_down();
    if (waits) return Wait(seen, now);
    Finish(std::move(page));
    return absl::OkStatus();
  }

  absl::StatusOr<PollPage> ReadPage(bool decided) {
    EventPage events;
    OMS_RETURN_IF_ERROR(
        options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(
              events,
              ReadEvents(txn, request_.connection, request_.cart, position_,
                         PageSize(request_), options_.max_page_bytes));
          return absl::OkStatus();
        }));
    PollPage page;
    page.events = std::move(events.events);
    page.next_cursor = events.next_position;
    page.caught_up = events.caught_up && decided &&
                     events.pull.last_success_time.has_value();
    page.held_orders = events.held_orders;
    page.pull = std::move(events.pull);
    return page;
  }

  // Until events come, the next pull is due, or time is up.
  absl::Status Wait(int64_t seen, absl::Time now) {
    const bool pull_first = next_pull_ < wait_until_;
    const absl::Time until = pull_first ? next_pull_ : wait_until_;
    auto waiter = std::make_shared<feeds::EndWaiter>(
        [self = shared_from_this()] { self->GoOn(&Call::Wake); });
    {
      absl::MutexLock lock(&mutex_);
      waiter_ = waiter;
    }
    if (!shared_->AddWaiter(waiter)) {
      {
        absl::MutexLock lock(&mutex_);
        waiter_.reset();
      }
      if (!shared_->shut_down()) return model::Overloaded(kOverloadDelay);
      Answer();
      return absl::OkStatus();
    }
    const EventSignal::Id id = options_.signal->Wait(
        request_.connection, seen, [waiter] { waiter->Fire(); });
    {
      absl::MutexLock lock(&mutex_);
      if (waiter_ == waiter) {
        signal_id_ = id;
      } else {
        options_.signal->Cancel(id);  // woken already
      }
    }
    waiter->Arm(*options_.timers, until - now, context_.cancellation());
    return absl::OkStatus();
  }

  void Wake() {
    LeaveWaiters();
    const absl::Time now = options_.clock->Now();
    const bool pull = now >= next_pull_ && now < wait_until_;
    if (pull && !shared_->shut_down()) {
      Begin();
    } else {
      Answer();
    }
  }

  void LeaveWaiters() {
    absl::MutexLock lock(&mutex_);
    if (waiter_ == nullptr) return;
    shared_->RemoveWaiter(waiter_);
    options_.signal->Cancel(signal_id_);
    waiter_.reset();
  }

  const std::shared_ptr<Shared> shared_;
  const ShipmentFeedOptions& options_;
  const base::CallContext context_;
  const PollRequest request_;
  PollDone done_;
  // Set once at the start of a step, read by later ones.
  absl::Time wait_until_;
  absl::Time next_pull_ = absl::InfiniteFuture();
  bool begun_ = false;
  int64_t position_ = 0;

  absl::Mutex mutex_;
  std::shared_ptr<feeds::EndWaiter> waiter_ ABSL_GUARDED_BY(mutex_);
  EventSignal::Id signal_id_ ABSL_GUARDED_BY(mutex_) = 0;
};

ShipmentFeed::ShipmentFeed(const ShipmentFeedOptions& options)
    : shared_(std::make_shared<Shared>(options)) {}

ShipmentFeed::~ShipmentFeed() { Shutdown(); }

void ShipmentFeed::Poll(const base::CallContext& context,
                        const PollRequest& request, PollDone done) {
  std::make_shared<Call>(shared_, context, request, std::move(done))->Start();
}

int ShipmentFeed::long_polls() const { return shared_->waiters(); }

void ShipmentFeed::Shutdown() { shared_->Shutdown(); }

}  // namespace oms_connector::shipments
