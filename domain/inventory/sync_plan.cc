#include "domain/inventory/sync_plan.h"

#include <algorithm>
#include <vector>

#include "domain/feeds/feed_call.h"
#include "domain/inventory/pull_kind.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

const model::Cart* FindCart(const model::Connection& connection,
                            const std::string& cart) {
  for (const model::Cart& candidate : connection.carts) {
    if (candidate.cart_id == cart) return &candidate;
  }
  return nullptr;
}

bool IsNegative(const std::optional<absl::Duration>& duration) {
  return duration.has_value() && *duration < absl::ZeroDuration();
}

}  // namespace

absl::Status CheckSyncRequest(const SyncRequest& request,
                              const SyncFacts& facts) {
  std::vector<model::FieldViolation> violations;
  if (request.max_results < 0) {
    violations.push_back({"max_results", "must not be negative"});
  }
  if (IsNegative(request.max_staleness)) {
    violations.push_back({"max_staleness", "must not be negative"});
  }
  if (IsNegative(request.max_wait)) {
    violations.push_back({"max_wait", "must not be negative"});
  }
  if (request.position < 0) {
    violations.push_back({"cursor", "is not a cursor of this feed"});
  }
  if (!violations.empty()) return model::InvalidFields(violations);
  const model::Connection& connection = facts.context.connection;
  if (!request.cart.empty() && FindCart(connection, request.cart) == nullptr) {
    return model::CartNotFound(connection.id, request.cart);
  }
  const bool foreign =
      !request.scope.empty() &&
      request.scope != feeds::CursorScope(connection.id, connection.epoch);
  // A position that was never reached is from before a restore.
  if (foreign || request.position > facts.state.last_revision) {
    return model::CursorExpired(connection.id);
  }
  return absl::OkStatus();
}

bool PullIsDue(const SyncRequest& request, const SyncFacts& facts,
               absl::Time now) {
  const model::Connection& connection = facts.context.connection;
  const std::optional<absl::Time> last =
      request.kind == model::SyncKind::kFull
          ? facts.state.last_complete_full_time
          : facts.feed.pull.last_success_time;
  if (!last.has_value() || model::LiesAhead(*last, now)) return true;
  const absl::Duration accepted =
      request.max_staleness.value_or(connection.inventory_interval);
  // Zero is "pull now", whatever the clock says.
  return accepted == absl::ZeroDuration() || now - *last >= accepted ||
         HasMoved(facts.state, connection) ||
         NeedsUnreadSource(facts.context, facts.state, now - kSourceValidity);
}

absl::Time WaitUntil(const SyncRequest& request, absl::Time deadline,
                     absl::Time now) {
  const absl::Time latest = deadline - kAnswerTime;
  if (request.max_wait.has_value()) {
    return std::min(now + *request.max_wait, latest);
  }
  return deadline == absl::InfiniteFuture() ? now + kDefaultWait : latest;
}

absl::Time ComputeUntil(absl::Time deadline, absl::Time now) {
  return std::min(deadline - kAnswerTime, now + kDefaultWait);
}

int PageSize(const SyncRequest& request) {
  if (request.max_results == 0) return kDefaultResults;
  return std::min(static_cast<int>(request.max_results), kMaxResults);
}

absl::Status CartStatus(const SyncRequest& request, const SyncFacts& facts) {
  const InventoryContext& context = facts.context;
  const model::Cart* cart = FindCart(context.connection, request.cart);
  if (cart == nullptr || !model::NeedsChannel(*cart, context.settings) ||
      !facts.state.MarkOf(ChannelsSource()).has_value()) {
    return absl::OkStatus();
  }
  return ChannelOf(context, *cart).status();
}

}  // namespace oms_connector::inventory
