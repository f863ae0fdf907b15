#include "domain/shipments/shipment_decider.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/event_writer.h"
#include "domain/shipments/family_loader.h"
#include "domain/shipments/replica.h"
#include "model/fields.h"
#include "model/settings.h"

namespace oms_connector::shipments {
namespace {

// Pending orders decided in one transaction; with their families a few times
// as many rows, well below what makes other writers wait.
constexpr int kOrdersAtOnce = 1000;
// Rows looked at in one transaction while everything follows a change of
// settings or carts.
constexpr int kRowsPerPass = 1000;

constexpr int64_t kStart = std::numeric_limits<int64_t>::min();

std::string DecidedUnder(const model::Connection& connection,
                         const model::StoredSettings& settings) {
  return absl::StrCat(connection.etag, " ", settings.etag);
}

// The end of a hold, or a time so far ahead that it was noted while the clock
// was wrong.
bool HoldHasEnded(const model::Connection& connection,
                  const model::ShipmentState& state, absl::Time now) {
  if (!state.next_hold_end.has_value()) return false;
  absl::Duration longest = absl::ZeroDuration();
  for (const model::Cart& cart : connection.carts) {
    longest = std::max(longest, cart.max_hold.value_or(longest));
  }
  return *state.next_hold_end <= now || *state.next_hold_end > now + longest;
}

// Computes carts and keys of some more orders; true when none is left.
absl::StatusOr<bool> FollowCarts(storage::WriteTransaction& txn,
                                 const CartDirectory& directory,
                                 model::ShipmentState& state) {
  const std::string& etag = directory.connection().etag;
  if (state.keyed_under == etag) return true;
  if (state.keying_under != etag) {
    state.keying_under = etag;
    state.keyed_after = kStart;
  }
  OMS_ASSIGN_OR_RETURN(
      const bool done,
      RefileOrders(txn, directory, kRowsPerPass, &state.keyed_after));
  if (!done) return false;
  state.keyed_under = etag;
  state.keying_under.clear();
  state.keyed_after = 0;
  return true;
}

// Makes some more of what was never handed out pending.
absl::Status FollowUndelivered(storage::WriteTransaction& txn,
                               const std::string& connection,
                               model::ShipmentState& state) {
  using model::UndeliveredPass;
  if (state.undelivered_pass == UndeliveredPass::kNone) return absl::OkStatus();
  const bool held = state.undelivered_pass == UndeliveredPass::kHeld ||
                    state.undelivered_pass == UndeliveredPass::kHeldOnly;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::IdPair> found,
      txn.shipments().ListUndelivered(connection,
                                      held ? model::DeliveryState::kHeld
                                           : model::DeliveryState::kNotRequired,
                                      state.undelivered_after, kRowsPerPass));
  std::vector<int64_t> orders;
  for (const model::IdPair& pair : found) orders.push_back(pair.second);
  std::sort(orders.begin(), orders.end());
  orders.erase(std::unique(orders.begin(), orders.end()), orders.end());
  OMS_RETURN_IF_ERROR(txn.shipments().AddPending(connection, orders));
  if (found.size() == kRowsPerPass) {
    state.undelivered_after = found.back().first;
    return absl::OkStatus();
  }
  state.undelivered_after = kStart;
  state.undelivered_pass = state.undelivered_pass == UndeliveredPass::kHeld
                               ? UndeliveredPass::kNotRequired
                               : UndeliveredPass::kNone;
  return absl::OkStatus();
}

// Makes pending what has to be decided although no fact has changed, a part of
// it at a time. True once no part is left.
absl::StatusOr<bool> FollowSettings(storage::WriteTransaction& txn,
                                    const CartDirectory& directory,
                                    const model::StoredSettings& settings,
                                    absl::Time now,
                                    model::ShipmentState& state) {
  const model::Connection& connection = directory.connection();
  OMS_ASSIGN_OR_RETURN(const bool keyed, FollowCarts(txn, directory, state));
  if (!keyed) return false;
  const std::string under = DecidedUnder(connection, settings);
  if (state.decided_under != under) {
    state.decided_under = under;
    state.next_hold_end.reset();
    state.undelivered_pass = model::UndeliveredPass::kHeld;
    state.undelivered_after = kStart;
  } else if (HoldHasEnded(connection, state, now)) {
    state.next_hold_end.reset();
    if (state.undelivered_pass == model::UndeliveredPass::kNone) {
      state.undelivered_pass = model::UndeliveredPass::kHeldOnly;
      state.undelivered_after = kStart;
    }
  }
  OMS_RETURN_IF_ERROR(FollowUndelivered(txn, connection.id, state));
  return state.undelivered_pass == model::UndeliveredPass::kNone;
}

// The families of all loaded orders, each once, in the order of their members.
std::vector<const std::vector<int64_t>*> FamiliesOf(LoadedOrders& orders) {
  std::vector<const std::vector<int64_t>*> families;
  families.reserve(orders.size());
  for (const LoadedOrder& entry : orders) {
    families.push_back(entry.family.get());
  }
  std::sort(families.begin(), families.end(), [](const auto* a, const auto* b) {
    return *a != *b ? *a < *b : a < b;
  });
  families.erase(std::unique(families.begin(), families.end()), families.end());
  return families;
}

// What the families of a batch have in common.
struct Findings {
  std::vector<NewEvent> events;
  std::vector<int64_t> unknown;
  absl::flat_hash_set<int64_t> stale;
  absl::flat_hash_set<int64_t> blocking;
};

// Writes all rows that have changed. Families that have to be read again first
// stay pending.
absl::Status StoreDecided(storage::WriteTransaction& txn,
                          const DecisionRequest& request, int64_t last_order,
                          const Findings& findings, LoadedOrders& loaded) {
  std::vector<model::StoredOrder*> orders;
  std::vector<model::StoredShipment*> shipments;
  std::vector<int64_t> pending;
  std::vector<int64_t> decided;  // beside those up to last_order
  for (LoadedOrder& entry : loaded) {
    for (model::StoredShipment& shipment : entry.shipments) {
      shipment.decided = true;
      shipments.push_back(&shipment);
    }
    if (!entry.stored) continue;
    const int64_t id = entry.order.order.order_id;
    entry.order.blocking = findings.blocking.contains(id);
    orders.push_back(&entry.order);
    if (std::any_of(
            entry.family->begin(), entry.family->end(),
            [&](int64_t member) { return findings.stale.contains(member); })) {
      pending.push_back(id);
    } else if (id <= request.after || id > last_order) {
      decided.push_back(id);
    }
  }
  const std::string& connection = request.connection;
  OMS_RETURN_IF_ERROR(
      txn.shipments().PutShipmentDecisions(connection, shipments));
  OMS_RETURN_IF_ERROR(txn.shipments().PutOrderDecisions(connection, orders));
  OMS_RETURN_IF_ERROR(
      txn.shipments().ClearPending(connection, request.after, last_order));
  OMS_RETURN_IF_ERROR(txn.shipments().RemovePending(connection, decided));
  return txn.shipments().AddPending(connection, pending);
}

// Whether all these orders are of one family.
bool AreOneFamily(const std::vector<int64_t>& order_ids, LoadedOrders& loaded) {
  const auto& family = loaded.at(order_ids.front()).family;
  return std::all_of(order_ids.begin(), order_ids.end(), [&](int64_t id) {
    return loaded.at(id).family == family;
  });
}

// Loads fewer of the orders where their families together are too many, down to
// some of one family, which fewer of them would not make smaller; and leaves
// those in `order_ids`.
absl::StatusOr<LoadedOrders> LoadFew(storage::WriteTransaction& txn,
                                     const CartDirectory& directory,
                                     std::vector<int64_t>& order_ids) {
  for (;;) {
    OMS_ASSIGN_OR_RETURN(LoadedOrders loaded,
                         LoadFamilies(txn, directory, order_ids));
    if (loaded.size() <= kMaxLoadedOrders || AreOneFamily(order_ids, loaded)) {
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
                          model::ShipmentState& state, DecisionBatch& batch) {
  OMS_ASSIGN_OR_RETURN(LoadedOrders loaded, LoadFew(txn, directory, order_ids));
  Findings findings;
  for (const std::vector<int64_t>* const family : FamiliesOf(loaded)) {
    FamilyResult result =
        DecideFamily(*family, directory, settings,
                     {request.now, request.fresh_since}, loaded);
    std::move(result.events.begin(), result.events.end(),
              std::back_inserter(findings.events));
    findings.unknown.insert(findings.unknown.end(),
                            result.unknown_orders.begin(),
                            result.unknown_orders.end());
    findings.stale.insert(result.stale_orders.begin(),
                          result.stale_orders.end());
    findings.blocking.insert(result.blocking_orders.begin(),
                             result.blocking_orders.end());
    std::move(result.duplicates.begin(), result.duplicates.end(),
              std::back_inserter(batch.duplicates));
    if (result.hold_end.has_value()) {
      state.next_hold_end =
          std::min(state.next_hold_end.value_or(absl::InfiniteFuture()),
                   *result.hold_end);
    }
  }
  OMS_RETURN_IF_ERROR(
      AppendEvents(txn, request.connection, findings.events, request.now));
  OMS_RETURN_IF_ERROR(
      StoreDecided(txn, request, order_ids.back(), findings, loaded));
  batch.stale_orders.assign(findings.stale.begin(), findings.stale.end());
  std::sort(batch.stale_orders.begin(), batch.stale_orders.end());
  batch.events = static_cast<int64_t>(findings.events.size());
  OMS_ASSIGN_OR_RETURN(
      batch.unknown_orders,
      AddUnknownOrders(txn, directory, std::move(findings.unknown),
                       request.now));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DecisionBatch> DecidePending(storage::WriteTransaction& txn,
                                            const DecisionRequest& asked) {
  DecisionRequest request = asked;
  OMS_ASSIGN_OR_RETURN(const CartDirectory directory,
                       LoadCartDirectory(txn, request.connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(request.connection));
  OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(request.connection));
  model::ShipmentState state = summary.state;
  DecisionBatch batch;
  OMS_ASSIGN_OR_RETURN(
      const bool followed,
      FollowSettings(txn, directory, settings, request.now, state));
  // What became pending just now can lie before what was decided already.
  if (!model::SameFields(state, summary.state)) request.after = kStart;
  batch.last_order = request.after;
  if (followed) {
    OMS_ASSIGN_OR_RETURN(std::vector<int64_t> ids,
                         txn.shipments().ListPendingOrders(
                             request.connection, request.after, kOrdersAtOnce));
    if (!ids.empty()) {
      const size_t found = ids.size();
      OMS_RETURN_IF_ERROR(DecideOrders(txn, request, directory, settings.values,
                                       ids, state, batch));
      batch.last_order = ids.back();
      batch.more =
          ids.size() < found || found == static_cast<size_t>(kOrdersAtOnce);
    }
  } else {
    batch.more = true;
  }
  if (!model::SameFields(state, summary.state)) {
    OMS_RETURN_IF_ERROR(
        txn.shipments().PutShipmentState(request.connection, state));
  }
  return batch;
}

absl::StatusOr<bool> DecisionIsDue(storage::ReadTransaction& txn,
                                   absl::string_view connection,
                                   absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const model::Connection stored,
                       txn.connections().GetConnection(connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(connection));
  OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection));
  return DecisionIsDue(stored, settings, summary.state, now);
}

bool DecisionIsDue(const model::Connection& connection,
                   const model::StoredSettings& settings,
                   const model::ShipmentState& state, absl::Time now) {
  return state.keyed_under != connection.etag ||
         state.decided_under != DecidedUnder(connection, settings) ||
         state.undelivered_pass != model::UndeliveredPass::kNone ||
         HoldHasEnded(connection, state, now);
}

}  // namespace oms_connector::shipments
