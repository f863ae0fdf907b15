// What a call for inventory does, decided from what is stored: whether a pull
// is due, of which kind, how long the call waits. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_SYNC_PLAN_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_SYNC_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "domain/inventory/inventory_view.h"
#include "model/inventory_rows.h"
#include "model/remembered_request.h"
#include "model/sync_run.h"

namespace oms_connector::inventory {

// How much of its deadline a call keeps for its answer.
inline constexpr absl::Duration kAnswerTime = absl::Seconds(1);
// How long a call without a deadline waits.
inline constexpr absl::Duration kDefaultWait = absl::Seconds(30);
inline constexpr int kDefaultResults = 1000;
inline constexpr int kMaxResults = 5000;

struct SyncRequest {
  std::string connection;
  std::string cart;  // empty = all locations, master SKUs
  // The cursor: a feed position, and the scope (feeds::CursorScope) of its
  // connection. 0 and empty = from the beginning.
  int64_t position = 0;
  std::optional<model::LocationPlace> inside;  // inventory_feed.h
  std::string scope;
  int32_t max_results = 0;                      // 0 = kDefaultResults
  std::optional<absl::Duration> max_staleness;  // unset = the interval
  std::optional<absl::Duration> max_wait;       // unset = until the deadline
  model::SyncKind kind = model::SyncKind::kIncremental;
  model::SyncTrigger trigger = model::SyncTrigger::kCall;
  // A repeat of the same request joins the same run.
  std::optional<model::RequestKey> request_key;
  std::string request_fingerprint;  // keyed hash of the serialised request
  bool must_not_block = false;      // feeds::FeedQuery::MustNotBlock
};

// What is stored, as far as it matters for the decision.
struct SyncFacts {
  InventoryContext context;
  model::InventoryState state;
  model::FeedStatus feed;
};

// INVALID_REQUEST, CART_NOT_FOUND, CURSOR_EXPIRED.
absl::Status CheckSyncRequest(const SyncRequest& request,
                              const SyncFacts& facts);

// Whether what is held is older than the caller accepts, or lacks something
// that the settings and carts need.
bool PullIsDue(const SyncRequest& request, const SyncFacts& facts,
               absl::Time now);

// Until when the call waits for a run.
absl::Time WaitUntil(const SyncRequest& request, absl::Time deadline,
                     absl::Time now);
// Until when the call may compute levels anew.
absl::Time ComputeUntil(absl::Time deadline, absl::Time now);

int PageSize(const SyncRequest& request);

// The error of the asked cart, where it cannot be served: its sales channel
// matches none or several of those that were read.
absl::Status CartStatus(const SyncRequest& request, const SyncFacts& facts);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_SYNC_PLAN_H_
