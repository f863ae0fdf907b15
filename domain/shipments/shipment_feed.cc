#include "domain/shipments/shipment_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/snapshot_cache.h"
#include "base/status_macros.h"
#include "domain/feeds/pull_schedule.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/family_loader.h"
#include "domain/shipments/feed_page.h"
#include "domain/shipments/shipment_decider.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

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

feeds::FeedCallsOptions CallsOptions(const ShipmentFeedOptions& options) {
  feeds::FeedCallsOptions calls;
  calls.store = options.store;
  calls.runner = options.runner;
  calls.clock = options.clock;
  calls.executor = options.executor;
  calls.timers = options.timers;
  calls.max_waiting = options.max_long_polls;
  return calls;
}

}  // namespace

struct ShipmentFeed::Kept {
  base::SnapshotCache<std::shared_ptr<const PollFacts>> facts{
      feeds::kKeptFacts};
  base::SnapshotCache<EventPage> pages{feeds::kPagesAhead};
};

class ShipmentFeed::Query final : public feeds::FeedQuery {
 public:
  Query(const ShipmentFeedOptions& options, Kept& kept, PollRequest request,
        PollDone done)
      : options_(options),
        kept_(kept),
        request_(std::move(request)),
        done_(std::move(done)) {}

  const std::string& connection() const override { return request_.connection; }
  model::Feed feed() const override { return model::Feed::kShipments; }

  absl::Duration WaitFor(absl::Time now, absl::Time deadline) const override {
    const absl::Duration latest = deadline - kAnswerMargin - now;
    absl::Duration wait = std::min(kDefaultWait, latest);
    if (request_.max_wait.has_value()) {
      wait = std::min({*request_.max_wait, kMaxLongPoll, latest});
    } else if (deadline != absl::InfiniteFuture()) {
      wait = latest;
    }
    return std::max(wait, absl::ZeroDuration());
  }

  absl::StatusOr<feeds::FeedLook> Look(
      storage::ReadTransaction& txn,
      const feeds::FeedProgress& progress) override {
    // Before anything is read: what comes later wakes the call.
    seen_ = options_.signal->Count(request_.connection);
    now_ = progress.now;
    OMS_RETURN_IF_ERROR(FindFacts(txn));
    OMS_RETURN_IF_ERROR(shipments::CheckCart(*facts_, request_.cart));
    decision_is_due_ = DecisionIsDue(facts_->connection, facts_->settings,
                                     facts_->summary.state, now_);
    OMS_RETURN_IF_ERROR(CheckScope());
    OMS_RETURN_IF_ERROR(FindPosition(txn));
    OMS_RETURN_IF_ERROR(CheckPosition(txn, facts_->summary, request_.connection,
                                      request_.cart, position_));
    feeds::FeedLook look;
    if (!progress.pulled && PullIsDue(progress)) {
      look.next = feeds::FeedLook::Next::kPull;
      return look;
    }
    const model::PullStatus& pull = facts_->feed.pull;
    if (!pull.last_success_time.has_value()) {
      OMS_RETURN_IF_ERROR(facts_->run_error);
    }
    // The first pull decides for itself; half of it is nothing to decide on.
    if (decision_is_due_ && !progress.prepared && !facts_->pull_is_running &&
        pull.last_success_time.has_value()) {
      look.next = feeds::FeedLook::Next::kPrepare;
      return look;
    }
    OMS_RETURN_IF_ERROR(ReadPage(txn));
    if (page_.events.empty()) OMS_RETURN_IF_ERROR(CheckCart());
    const bool waits = request_.max_wait.value_or(absl::ZeroDuration()) >
                           absl::ZeroDuration() &&
                       page_.events.empty() && progress.may_wait;
    if (waits) {
      look.next = feeds::FeedLook::Next::kWait;
      look.wait = facts_->connection.shipment_interval;
    }
    return look;
  }

  bool MustNotBlock() const override { return request_.must_not_block; }
  bool IsBrief(int64_t head) const override {
    return request_.cursor == head && request_.consumer.empty();
  }
  std::optional<int64_t> End() const override {
    if (!page_.caught_up) return std::nullopt;
    return page_.next_cursor;
  }

  std::string PageKey() const override {
    return request_.cursor.has_value() ? KeyOfPage(*request_.cursor) : "";
  }
  std::string NextPageKey() const override {
    return more_ ? KeyOfPage(next_) : "";
  }
  absl::Status ReadAhead(storage::ReadTransaction& txn) override {
    OMS_RETURN_IF_ERROR(FindFacts(txn));
    OMS_RETURN_IF_ERROR(CheckPosition(txn, facts_->summary, request_.connection,
                                      request_.cart, next_));
    OMS_ASSIGN_OR_RETURN(EventPage page, EventsFrom(txn, next_));
    kept_.pages.Keep(snapshot_, KeyOfPage(next_), std::move(page));
    return absl::OkStatus();
  }

  feeds::PullRequest PullFor() override {
    feeds::PullRequest pull;
    pull.connection = request_.connection;
    pull.feed = model::Feed::kShipments;
    return pull;
  }

  bool AnswersWithoutPull() const override {
    return facts_->feed.pull.last_success_time.has_value();
  }

  // A consumer is kept from its first poll on.
  absl::Status Begun(const base::CallContext& context,
                     const std::string& run_id) override {
    (void)run_id;
    if (request_.consumer.empty() || consumer_.has_value()) {
      return absl::OkStatus();
    }
    return MakeConsumer(*options_.store, context, request_.connection,
                        request_.consumer, request_.cart);
  }

  void Prepare(const base::CallContext& context,
               absl::AnyInvocable<void(absl::Status)> done) override {
    done(DecideWithoutPull(*options_.store, context, request_.connection, now_,
                           facts_->connection.shipment_interval,
                           *options_.signal));
  }

  void Watch(std::function<void()> wake) override {
    signal_id_ =
        options_.signal->Wait(request_.connection, seen_, std::move(wake));
  }
  void Unwatch() override { options_.signal->Cancel(signal_id_); }

  void Finish(const absl::Status& status) override {
    PollDone done = std::move(done_);
    if (status.ok()) {
      done(std::move(page_));
    } else {
      done(status);
    }
  }

 private:
  // Reads them unless what is stored is as a look has found it before.
  absl::Status FindFacts(storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(snapshot_, txn.Snapshot());
    OMS_ASSIGN_OR_RETURN(
        facts_, kept_.facts.FindOrRead(snapshot_, request_.connection, [&] {
          return ReadFacts(txn, request_.connection);
        }));
    return absl::OkStatus();
  }

  std::string KeyOfPage(int64_t position) const {
    return absl::StrCat(request_.connection, "\n", request_.cart, "\n",
                        position, "\n", PageSize(request_));
  }
  // The page that was read ahead, or read now.
  absl::StatusOr<EventPage> EventsFrom(storage::ReadTransaction& txn,
                                       int64_t position) {
    std::optional<EventPage> ahead =
        kept_.pages.Take(snapshot_, KeyOfPage(position));
    if (ahead.has_value()) return *std::move(ahead);
    return ReadEvents(txn, *facts_, request_.cart, position, PageSize(request_),
                      options_.max_page_bytes);
  }

  absl::Status CheckScope() const {
    if (request_.scope.empty() ||
        request_.scope ==
            feeds::CursorScope(request_.connection, facts_->connection.epoch)) {
      return absl::OkStatus();
    }
    return model::CursorExpired(request_.connection);
  }

  absl::Status FindPosition(storage::ReadTransaction& txn) {
    position_ = request_.cursor.value_or(0);
    if (request_.consumer.empty()) return absl::OkStatus();
    OMS_ASSIGN_OR_RETURN(
        consumer_,
        txn.shipments().FindConsumer(request_.connection, request_.consumer));
    if (!consumer_.has_value()) return absl::OkStatus();
    position_ = consumer_->position;
    return CheckCartOf(*consumer_, request_.cart);
  }

  // While a call waits for events it pulls each interval, whatever it asked
  // for at first.
  bool PullIsDue(const feeds::FeedProgress& progress) const {
    if (decision_is_due_ && facts_->pull_is_running) return true;
    // News may wake the call at any time; a pull that failed is not tried again
    // for that.
    if (!progress.first) {
      return progress.may_wait &&
             feeds::NextPullTime(facts_->feed.latest_run, facts_->feed.pull,
                                 facts_->feed.lease,
                                 facts_->connection.shipment_interval,
                                 progress.now) <= progress.now;
    }
    const std::optional<absl::Time>& last = facts_->feed.pull.last_success_time;
    if (!last.has_value() || model::LiesAhead(*last, progress.now)) return true;
    const absl::Duration age = progress.now - *last;
    const absl::Duration limit =
        request_.max_staleness.value_or(facts_->connection.shipment_interval);
    return limit == absl::ZeroDuration() || age > limit;
  }

  // Nothing more will come for a cart without its sales channel.
  absl::Status CheckCart() const {
    for (const model::CartError& error : page_.cart_errors) {
      if (error.cart_id == request_.cart) return error.status;
    }
    return absl::OkStatus();
  }

  // What the last run found; looked at anew where carts were mended, or moved
  // to a channel that is not there, since.
  absl::Status FindCartErrors(storage::ReadTransaction& txn) {
    if (!facts_->carts_changed) {
      if (page_.run.has_value()) page_.cart_errors = page_.run->cart_errors;
      return absl::OkStatus();
    }
    OMS_ASSIGN_OR_RETURN(const CartDirectory directory,
                         LoadCartDirectory(txn, request_.connection));
    page_.cart_errors = directory.CartErrors();
    return absl::OkStatus();
  }

  absl::Status ReadPage(storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(EventPage events, EventsFrom(txn, position_));
    page_ = {};
    page_.events = std::move(events.events);
    page_.next_cursor = events.next_position;
    next_ = events.next_position;
    more_ = !events.caught_up;
    page_.pull = model::BelievedAt(facts_->feed.pull, now_);
    page_.epoch = facts_->connection.epoch;
    page_.run = facts_->feed.latest_run;
    page_.held_orders = events.held_orders;
    page_.caught_up = events.caught_up && !decision_is_due_ &&
                      facts_->feed.pull.last_success_time.has_value();
    return FindCartErrors(txn);
  }

  const ShipmentFeedOptions options_;
  Kept& kept_;
  const PollRequest request_;
  PollDone done_;
  // What looks have found.
  absl::Time now_;
  // As the last look has found them; null before the first.
  std::shared_ptr<const PollFacts> facts_;
  std::string snapshot_;
  bool decision_is_due_ = false;
  int64_t seen_ = 0;
  int64_t position_ = 0;
  std::optional<model::Consumer> consumer_;
  PollPage page_;
  // Where the page that follows begins, and whether there is one.
  int64_t next_ = 0;
  bool more_ = false;
  EventSignal::Id signal_id_ = 0;
};

ShipmentFeed::ShipmentFeed(const ShipmentFeedOptions& options)
    : options_(options),
      kept_(std::make_unique<Kept>()),
      calls_(CallsOptions(options)) {}

ShipmentFeed::~ShipmentFeed() = default;

void ShipmentFeed::Poll(const base::CallContext& context,
                        const PollRequest& request, PollDone done) {
  const absl::Status valid = CheckRequest(request);
  if (!valid.ok()) return std::move(done)(valid);
  calls_.Start(context, std::make_unique<Query>(options_, *kept_, request,
                                                std::move(done)));
}

int ShipmentFeed::long_polls() const { return calls_.waiting(); }

void ShipmentFeed::Shutdown() { calls_.Shutdown(); }

}  // namespace oms_connector::shipments
