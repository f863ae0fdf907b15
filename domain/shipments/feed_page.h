// The parts of a poll that touch the store.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_FEED_PAGE_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_FEED_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "domain/shipments/event_signal.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/shipment.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::shipments {

// CONNECTION_NOT_FOUND when it is not there.
absl::Status CheckConnection(storage::ReadTransaction& txn,
                             const std::string& connection);

// What every poll asks first.
struct PollFacts {
  model::Connection connection;
  model::StoredSettings settings;
  model::FeedStatus feed;
  model::ShipmentSummary summary;
  bool pull_is_running = false;
  // Carts may have changed since a run looked whether they can be served.
  bool carts_changed = false;
  // How the newest run ended; OK while it runs, or when it went well.
  absl::Status run_error;
};

// CONNECTION_NOT_FOUND when it is not there.
absl::StatusOr<std::shared_ptr<const PollFacts>> ReadFacts(
    storage::ReadTransaction& txn, const std::string& connection);

// CART_NOT_FOUND unless `cart` is empty, or a cart of the connection.
absl::Status CheckCart(const PollFacts& facts, const std::string& cart);

// Whether `text` may name a consumer: [a-z][a-z0-9-]{0,62}.
bool IsConsumerName(absl::string_view text);

// INVALID_REQUEST when the consumer is bound to another cart.
absl::Status CheckCartOf(const model::Consumer& consumer,
                         const std::string& cart);

// Keeps a consumer that is new, at the beginning of the feed and bound to
// `cart`. Errors as CheckCartOf where another call was faster.
absl::Status MakeConsumer(storage::Store& store,
                          const base::CallContext& context,
                          const std::string& connection,
                          const std::string& consumer, const std::string& cart);

// CURSOR_EXPIRED for a position other than 0 before what was pruned of the cart
// (of any, where `cart` is empty), or beyond the last event: from before a
// restore.
absl::Status CheckPosition(storage::ReadTransaction& txn,
                           const model::ShipmentSummary& summary,
                           const std::string& connection,
                           const std::string& cart, int64_t position);
absl::Status CheckPosition(storage::ReadTransaction& txn,
                           const std::string& connection,
                           const std::string& cart, int64_t position);

struct EventPage {
  std::vector<model::ShipmentEvent> events;
  // Where a reader of this page goes on. With nothing newer of its cart that is
  // the end of the feed, so that a quiet cart's position does not fall behind
  // what is pruned.
  int64_t next_position = 0;
  bool caught_up = false;  // nothing newer is stored
  int64_t held_orders = 0;
};
// At most `max_results` (> 0) events and about `max_bytes`, as size_estimate.h
// counts, but at least one.
absl::StatusOr<EventPage> ReadEvents(storage::ReadTransaction& txn,
                                     const PollFacts& facts,
                                     const std::string& cart, int64_t after,
                                     int max_results, size_t max_bytes);

// Makes the decisions that are due, without a pull: what a change of settings
// or carts asks for, and what was held for too long. Wakes those who wait for
// events.
absl::Status DecideWithoutPull(storage::Store& store,
                               const base::CallContext& context,
                               const std::string& connection, absl::Time now,
                               absl::Duration shipment_interval,
                               EventSignal& signal);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_FEED_PAGE_H_
