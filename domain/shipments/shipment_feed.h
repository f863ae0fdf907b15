// The feed of shipment events: makes what is stored fresh enough, then hands
// out what came after a position.
//
//   ShipmentFeed feed(options);
//   feed.Poll(context, request, [](absl::StatusOr<PollPage> page) {...});
//   ...
//   feed.Shutdown();  // answers all that wait
//
// Polling consumes nothing. A call that waits, for a pull or for events, costs
// no thread.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_FEED_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_FEED_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/timer_queue.h"
#include "domain/feeds/feed_call.h"
#include "domain/feeds/pull_runner.h"
#include "domain/shipments/event_signal.h"
#include "model/shipment.h"
#include "model/size_estimate.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// A page holds so many events unless asked otherwise, and never more than the
// limit (api.md).
inline constexpr int kDefaultEvents = 1000;
inline constexpr int kMaxEvents = 5000;
inline constexpr absl::Duration kMaxLongPoll = absl::Seconds(30);
// How long a call without a deadline waits for a pull, and how long before its
// deadline one with a deadline is answered.
inline constexpr absl::Duration kDefaultWait = absl::Seconds(30);
inline constexpr absl::Duration kAnswerMargin = absl::Seconds(1);

struct PollRequest {
  std::string connection;
  std::string cart;  // empty = all
  // A sequence, 0 = the beginning; or a consumer's name, whose position counts.
  // Not both.
  std::optional<int64_t> cursor;
  std::string scope;  // of the cursor (feeds::CursorScope); empty = any
  std::string consumer;
  int max_results = 0;  // 0 = kDefaultEvents
  // Unset = the connection's shipment interval; zero = pull now.
  std::optional<absl::Duration> max_staleness;
  // Unset = wait for the pull; zero = do not wait; more = wait for a first
  // event too, at most kMaxLongPoll.
  std::optional<absl::Duration> max_wait;
  bool must_not_block = false;  // feeds::FeedQuery::MustNotBlock
};

struct PollPage {
  std::vector<model::ShipmentEvent> events;
  int64_t next_cursor = 0;
  bool caught_up = false;
  int64_t held_orders = 0;
  model::PullStatus pull;
  std::optional<model::SyncRun> run;  // the latest
  // Carts that cannot be served, as they are now.
  std::vector<model::CartError> cart_errors;
  std::string epoch;  // of the connection, for the cursor
};

using PollDone = absl::AnyInvocable<void(absl::StatusOr<PollPage>)>;

struct ShipmentFeedOptions {
  // Not owned; outlive the feed, and take tasks until it is shut down.
  storage::Store* store = nullptr;
  feeds::PullRunner* runner = nullptr;
  base::Clock* clock = nullptr;
  base::Executor* executor = nullptr;  // for what touches the store
  base::TimerQueue* timers = nullptr;
  EventSignal* signal = nullptr;
  // Calls that wait for events at once. Each holds a few hundred bytes here and
  // a stream of its caller's connection.
  int max_long_polls = 10'000;
  size_t max_page_bytes = model::kMaxPageBytes;
};

// Thread-safe.
class ShipmentFeed {
 public:
  explicit ShipmentFeed(const ShipmentFeedOptions& options);
  ~ShipmentFeed();
  ShipmentFeed(const ShipmentFeed&) = delete;
  ShipmentFeed& operator=(const ShipmentFeed&) = delete;

  // Calls `done` exactly once: on this thread, which may block on the store, or
  // on the executor where there is something to wait for.
  //
  // Errors: INVALID_REQUEST for cursor and consumer together, a bad name, a
  // negative size, or a consumer bound to another cart; CONNECTION_NOT_FOUND,
  // CART_NOT_FOUND; CURSOR_EXPIRED for a position before what was pruned, or
  // beyond what there is; OVERLOADED when too many wait; the last pull's error
  // while none has succeeded. Once one has, an Order Manager that cannot be
  // reached is told in `pull` only.
  void Poll(const base::CallContext& context, const PollRequest& request,
            PollDone done);

  // Calls that wait for events at this moment.
  int long_polls() const;

  // Answers all that wait with what is stored, and from now on nobody waits.
  void Shutdown();

 private:
  class Query;
  // What looks have read, for those that follow.
  struct Kept;

  const ShipmentFeedOptions options_;
  const std::unique_ptr<Kept> kept_;
  feeds::FeedCalls calls_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_SHIPMENT_FEED_H_
