#include "domain/shipments/feed_page.h"

#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/shipment_decider.h"
#include "model/errors.h"
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

}  // namespace

absl::Status CheckConnection(storage::ReadTransaction& txn,
                             const std::string& connection) {
  const absl::Status found =
      txn.connections().GetConnection(connection).status();
  return absl::IsNotFound(found) ? model::ConnectionNotFound(connection)
                                 : found;
}

absl::StatusOr<FeedStanding> ReadStanding(storage::ReadTransaction& txn,
                                          const std::string& connection,
                                          const std::string& cart,
                                          absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const CartDirectory directory,
                       CartDirectory::Load(txn, connection));
  if (!cart.empty() && directory.FindCart(cart) == nullptr) {
    return model::CartNotFound(connection, cart);
  }
  FeedStanding standing;
  standing.shipment_interval = directory.connection().shipment_interval;
  OMS_ASSIGN_OR_RETURN(standing.pull, txn.runs().GetPullStatus(
                                          connection, model::Feed::kShipments));
  OMS_ASSIGN_OR_RETURN(
      const std::optional<model::SyncRun> latest,
      txn.runs().LatestRun(connection, model::Feed::kShipments));
  if (latest.has_value()) {
    standing.pull_is_running = latest->state == model::SyncState::kRunning;
    // A quota's end is known and near; what is stored until then is an answer.
    if (latest->state == model::SyncState::kFailed ||
        latest->state == model::SyncState::kCancelled) {
      standing.run_error = latest->error;
    }
  }
  OMS_ASSIGN_OR_RETURN(standing.decision_is_due,
                       DecisionIsDue(txn, connection, now));
  return standing;
}

bool IsConsumerName(absl::string_view text) {
  if (text.empty() || text.size() > kMaxConsumerName) return false;
  if (!IsLowerLetter(text.front())) return false;
  for (const char c : text) {
    if (!IsNameCharacter(c)) return false;
  }
  return true;
}

absl::StatusOr<int64_t> PositionOf(storage::Store& store,
                                   const base::CallContext& context,
                                   const std::string& connection,
                                   const std::string& consumer,
                                   const std::string& cart) {
  std::optional<model::Consumer> found;
  OMS_RETURN_IF_ERROR(store.Read(context, [&](storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(found,
                         txn.shipments().FindConsumer(connection, consumer));
    return absl::OkStatus();
  }));
  if (!found.has_value()) {
    OMS_RETURN_IF_ERROR(
        store.Write(context, [&](storage::WriteTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(
              found, txn.shipments().FindConsumer(connection, consumer));
          if (found.has_value()) return absl::OkStatus();
          found = model::Consumer{consumer, cart, 0, std::nullopt};
          return txn.shipments().PutConsumer(connection, *found);
        }));
  }
  if (found->cart_id != cart) {
    return model::InvalidField(
        "cart",
        "the consumer reads another cart since its first poll; poll with that "
        "one, or use another consumer");
  }
  return found->position;
}

absl::Status CheckPosition(storage::ReadTransaction& txn,
                           const std::string& connection,
                           const std::string& cart, int64_t position) {
  if (position == 0) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const storage::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection));
  OMS_ASSIGN_OR_RETURN(const int64_t pruned_through,
                       txn.shipments().PrunedThrough(connection, cart));
  if (position < pruned_through || position > summary.last_sequence) {
    return model::CursorExpired(connection);
  }
  return absl::OkStatus();
}

absl::StatusOr<EventPage> ReadEvents(storage::ReadTransaction& txn,
                                     const std::string& connection,
                                     const std::string& cart, int64_t after,
                                     int max_results, size_t max_bytes) {
  EventPage page;
  OMS_RETURN_IF_ERROR(CheckPosition(txn, connection, cart, after));
  OMS_ASSIGN_OR_RETURN(const storage::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection));
  // One more than fits shows whether something is left.
  OMS_ASSIGN_OR_RETURN(
      page.events,
      txn.shipments().ListEvents(connection, cart, after, max_results + 1));
  const size_t found = page.events.size();
  page.events.resize(CountFitting(page.events, max_results, max_bytes));
  page.caught_up = page.events.size() == found;
  page.next_position =
      page.caught_up ? summary.last_sequence : page.events.back().sequence;
  page.held_orders = summary.held_orders;
  OMS_ASSIGN_OR_RETURN(
      page.pull, txn.runs().GetPullStatus(connection, model::Feed::kShipments));
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
