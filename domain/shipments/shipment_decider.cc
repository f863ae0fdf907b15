#include "domain/shipments/shipment_decider.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/event_writer.h"
#include "domain/shipments/family_decision.h"
#include "domain/shipments/family_loader.h"
#include "domain/shipments/order_mirror.h"
#include "model/settings.h"

namespace oms_connector::shipments {
namespace {

// Pending orders decided in one transaction; with their families a few times
// as many rows, well below what makes other writers wait.
constexpr int kOrdersAtOnce = 100;

std::string DecidedUnder(const model::Connection& connection,
                         const model::StoredSettings& settings) {
  return absl::StrCat(connection.etag, " ", settings.etag);
}

bool HoldHasEnded(const storage::ShipmentState& state, absl::Time now) {
  return state.next_hold_end.has_value() && *state.next_hold_end <= now;
}

// Makes pending what has to be decided although no fact has changed.
absl::Status FollowSettings(storage::WriteTransaction& txn,
                            const CartDirectory& directory,
                            const model::StoredSettings& settings,
                            absl::Time now, storage::ShipmentState& state) {
  const model::Connection& connection = directory.connection();
  if (state.keyed_under != connection.etag) {
    OMS_RETURN_IF_ERROR(RefileOrders(txn, directory));
    state.keyed_under = connection.etag;
  }
  const std::string under = DecidedUnder(connection, settings);
  if (state.decided_under == under && !HoldHasEnded(state, now)) {
    return absl::OkStatus();
  }
  state.decided_under = under;
  state.next_hold_end.reset();
  return txn.shipments().SetUndeliveredPending(connection.id);
}

// The families of all loaded orders, each once.
std::set<std::vector<int64_t>> FamiliesOf(const LoadedOrders& orders) {
  std::set<std::vector<int64_t>> families;
  for (const auto& [id, entry] : orders) families.insert(entry.family);
  return families;
}

// All rows that were decided, with `pending` cleared but for those that have to
// be read again first.
absl::Status StoreDecided(storage::WriteTransaction& txn,
                          const std::string& connection,
                          const std::set<int64_t>& stale,
                          LoadedOrders& loaded) {
  std::vector<storage::StoredOrder> orders;
  std::vector<storage::StoredShipment> shipments;
  for (auto& [id, entry] : loaded) {
    for (const storage::StoredShipment& shipment : entry.shipments) {
      shipments.push_back(shipment);
    }
    if (!entry.stored) continue;
    entry.order.pending =
        std::any_of(entry.family.begin(), entry.family.end(),
                    [&](int64_t member) { return stale.count(member) > 0; });
    orders.push_back(entry.order);
  }
  OMS_RETURN_IF_ERROR(txn.shipments().PutShipments(connection, shipments));
  return txn.shipments().PutOrders(connection, orders);
}

// Loads fewer of the orders, at least one, where their families together are
// too many, and leaves those in `order_ids`.
absl::StatusOr<LoadedOrders> LoadFew(storage::WriteTransaction& txn,
                                     const CartDirectory& directory,
                                     std::vector<int64_t>& order_ids) {
  for (;;) {
    OMS_ASSIGN_OR_RETURN(LoadedOrders loaded,
                         LoadFamilies(txn, directory, order_ids));
    if (loaded.size() <= kMaxLoadedOrders || order_ids.size() == 1) {
      return loaded;
    }
    order_ids.resize(order_ids.size() / 2);
  }
}

absl::Status DecideOrders(storage::WriteTransaction& txn,
                          const DecisionRequest& request,
                          const CartDirectory& directory,
                          const model::Settings& settings,
                          std::vector<int64_t>& order_ids,
                          storage::ShipmentState& state, DecisionBatch& batch) {
  OMS_ASSIGN_OR_RETURN(LoadedOrders loaded, LoadFew(txn, directory, order_ids));
  std::vector<NewEvent> events;
  std::vector<int64_t> unknown;
  std::set<int64_t> stale;
  for (const std::vector<int64_t>& family : FamiliesOf(loaded)) {
    FamilyResult result =
        DecideFamily(family, directory, settings,
                     {request.now, request.fresh_since}, loaded);
    std::move(result.events.begin(), result.events.end(),
              std::back_inserter(events));
    unknown.insert(unknown.end(), result.unknown_orders.begin(),
                   result.unknown_orders.end());
    stale.insert(result.stale_orders.begin(), result.stale_orders.end());
    if (result.hold_end.has_value()) {
      state.next_hold_end =
          std::min(state.next_hold_end.value_or(absl::InfiniteFuture()),
                   *result.hold_end);
    }
  }
  OMS_RETURN_IF_ERROR(
      WriteEvents(txn, request.connection, events, request.now));
  OMS_RETURN_IF_ERROR(StoreDecided(txn, request.connection, stale, loaded));
  OMS_ASSIGN_OR_RETURN(batch.unknown_orders,
                       AddUnknownOrders(txn, directory, unknown, request.now));
  batch.stale_orders.assign(stale.begin(), stale.end());
  batch.events = static_cast<int64_t>(events.size());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DecisionBatch> DecidePending(storage::WriteTransaction& txn,
                                            const DecisionRequest& request) {
  OMS_ASSIGN_OR_RETURN(const CartDirectory directory,
                       CartDirectory::Load(txn, request.connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(request.connection));
  OMS_ASSIGN_OR_RETURN(storage::ShipmentState state,
                       txn.shipments().GetShipmentState(request.connection));
  OMS_RETURN_IF_ERROR(
      FollowSettings(txn, directory, settings, request.now, state));
  OMS_ASSIGN_OR_RETURN(std::vector<int64_t> ids,
                       txn.shipments().ListPendingOrders(
                           request.connection, request.after, kOrdersAtOnce));
  DecisionBatch batch;
  if (!ids.empty()) {
    const size_t found = ids.size();
    OMS_RETURN_IF_ERROR(DecideOrders(txn, request, directory, settings.values,
                                     ids, state, batch));
    batch.last_order = ids.back();
    batch.more =
        ids.size() < found || found == static_cast<size_t>(kOrdersAtOnce);
  }
  OMS_RETURN_IF_ERROR(
      txn.shipments().PutShipmentState(request.connection, state));
  return batch;
}

absl::StatusOr<bool> DecisionIsDue(storage::ReadTransaction& txn,
                                   absl::string_view connection,
                                   absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const model::Connection stored,
                       txn.connections().GetConnection(connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(connection));
  OMS_ASSIGN_OR_RETURN(const storage::ShipmentState state,
                       txn.shipments().GetShipmentState(connection));
  return state.keyed_under != stored.etag ||
         state.decided_under != DecidedUnder(stored, settings) ||
         HoldHasEnded(state, now);
}

}  // namespace oms_connector::shipments
