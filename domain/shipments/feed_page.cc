#include "domain/shipments/feed_page.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "domain/shipments/shipment_decider.h"
#include "model/errors.h"
#include "model/limits.h"
#include "model/size_estimate.h"

namespace oms_connector::shipments {
namespace {

constexpr size_t kMaxConsumerName = 63;

bool IsLowerLetter(char c) { return c >= 'a' && c <= 'z'; }

bool IsNameCharacter(char c) {
  return IsLowerLetter(c) || (c >= '0' && c <= '9') || c == '-';
}

size_t CountFitting(const std::vector<model::ShipmentEvent>& events,
                    int max_results, size_t max_bytes) {
  model::PageBudget budget(max_bytes);
  size_t fitting = 0;
  while (fitting < events.size() &&
         fitting < static_cast<size_t>(max_results) &&
         budget.Take(model::EstimatedBytes(events[fitting]))) {
    ++fitting;
  }
  return fitting;
}

bool HasCart(const model::Connection& connection, const std::string& cart) {
  return std::any_of(
      connection.carts.begin(), connection.carts.end(),
      [&](const model::Cart& each) { return each.cart_id == cart; });
}

}  // namespace

absl::Status CheckConnection(storage::ReadTransaction& txn,
                             const std::string& connection) {
  const absl::Status found =
      txn.connections().GetConnection(connection).status();
  return absl::IsNotFound(found) ? model::ConnectionNotFound(connection)
                                 : found;
}

absl::StatusOr<std::shared_ptr<const PollFacts>> ReadFacts(
    storage::ReadTransaction& txn, const std::string& connection) {
  absl::StatusOr<model::Connection> stored =
      txn.connections().GetConnection(connection);
  if (absl::IsNotFound(stored.status())) {
    return model::ConnectionNotFound(connection);
  }
  OMS_RETURN_IF_ERROR(stored.status());
  auto facts = std::make_shared<PollFacts>();
  facts->connection = *std::move(stored);
  OMS_ASSIGN_OR_RETURN(facts->settings,
                       txn.connections().GetSettings(connection));
  OMS_ASSIGN_OR_RETURN(facts->feed, txn.runs().GetFeedStatus(
                                        connection, model::Feed::kShipments));
  if (facts->feed.latest_run.has_value()) {
    const model::SyncRun& latest = *facts->feed.latest_run;
    facts->pull_is_running = latest.state == model::SyncState::kRunning;
    // A quota's end is known and near; what is stored until then is an answer.
    if (latest.state == model::SyncState::kFailed ||
        latest.state == model::SyncState::kCancelled) {
      facts->run_error = latest.error;
    }
  }
  OMS_ASSIGN_OR_RETURN(facts->summary,
                       txn.shipments().GetShipmentSummary(connection));
  facts->carts_changed =
      facts->summary.state.carts_checked_under != facts->connection.etag;
  return facts;
}

absl::Status CheckCart(const PollFacts& facts, const std::string& cart) {
  if (cart.empty() || HasCart(facts.connection, cart)) return absl::OkStatus();
  return model::CartNotFound(facts.connection.id, cart);
}

bool IsConsumerName(absl::string_view text) {
  if (text.empty() || text.size() > kMaxConsumerName) return false;
  if (!IsLowerLetter(text.front())) return false;
  for (const char c : text) {
    if (!IsNameCharacter(c)) return false;
  }
  return true;
}

absl::Status CheckCartOf(const model::Consumer& consumer,
                         const std::string& cart) {
  if (consumer.cart_id == cart) return absl::OkStatus();
  return model::InvalidField(
      "cart",
      "the consumer reads another cart since its first poll; poll with that "
      "one, or use another consumer");
}

absl::Status MakeConsumer(storage::Store& store,
                          const base::CallContext& context,
                          const std::string& connection,
                          const std::string& consumer,
                          const std::string& cart) {
  return store.Write(context, [&](storage::WriteTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(const std::optional<model::Consumer> found,
                         txn.shipments().FindConsumer(connection, consumer));
    if (found.has_value()) return CheckCartOf(*found, cart);
    OMS_ASSIGN_OR_RETURN(
        const std::vector<model::Consumer> all,
        txn.shipments().ListConsumers(connection, "", model::kMaxConsumers));
    if (all.size() == static_cast<size_t>(model::kMaxConsumers)) {
      return model::InvalidField(
          "consumer",
          absl::StrCat("is new, and the connection has ", model::kMaxConsumers,
                       " consumers already, the most there may be; delete "
                       "those that nobody uses (DeleteConsumer)"));
    }
    return txn.shipments().PutConsumer(connection,
                                       {consumer, cart, 0, std::nullopt});
  });
}

absl::Status CheckPosition(storage::ReadTransaction& txn,
                           const model::ShipmentSummary& summary,
                           const std::string& connection,
                           const std::string& cart, int64_t position) {
  // Nothing is pruned beyond the end.
  if (position == 0 || position == summary.last_sequence) {
    return absl::OkStatus();
  }
  OMS_ASSIGN_OR_RETURN(const int64_t pruned_through,
                       txn.shipments().PrunedThrough(connection, cart));
  if (position < pruned_through || position > summary.last_sequence) {
    return model::CursorExpired(connection);
  }
  return absl::OkStatus();
}

absl::Status CheckPosition(storage::ReadTransaction& txn,
                           const std::string& connection,
                           const std::string& cart, int64_t position) {
  OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection));
  return CheckPosition(txn, summary, connection, cart, position);
}

absl::StatusOr<EventPage> ReadEvents(storage::ReadTransaction& txn,
                                     const PollFacts& facts,
                                     const std::string& cart, int64_t after,
                                     int max_results, size_t max_bytes) {
  EventPage page;
  // At the head there is nothing to look for; else one more than fits shows
  // whether something is left.
  if (after < facts.summary.last_sequence) {
    OMS_ASSIGN_OR_RETURN(page.events,
                         txn.shipments().ListEvents(facts.connection.id, cart,
                                                    after, max_results + 1));
  }
  const size_t found = page.events.size();
  page.events.resize(CountFitting(page.events, max_results, max_bytes));
  page.caught_up = page.events.size() == found;
  page.next_position = page.caught_up ? facts.summary.last_sequence
                                      : page.events.back().sequence;
  page.held_orders = facts.summary.held_orders;
  return page;
}

absl::Status DecideWithoutPull(storage::Store& store,
                               const base::CallContext& context,
                               const std::string& connection, absl::Time now,
                               absl::Duration shipment_interval,
                               EventSignal& signal) {
  DecisionRequest request;
  request.connection = connection;
  request.now = now;
  request.fresh_since = now - shipment_interval;
  DecisionBatch batch;
  do {
    OMS_RETURN_IF_ERROR(
        store.Write(context, [&](storage::WriteTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(batch, DecidePending(txn, request));
          return absl::OkStatus();
        }));
    if (batch.events > 0) signal.Notify(connection);
    request.after = batch.last_order;
  } while (batch.more);
  return absl::OkStatus();
}

}  // namespace oms_connector::shipments
