// The use case behind SyncInventory: make what is held fresh enough, then give
// what changed after the caller's position (api.md, SyncInventory).
//
//   syncer.Sync(context, request, [](absl::StatusOr<SyncPage> page) {...});
//
// Thread-safe. No thread waits while a call waits for a run, or for levels to
// be computed under changed settings.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_SYNCER_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_SYNCER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "domain/feeds/feed_call.h"
#include "domain/feeds/pull_runner.h"
#include "domain/inventory/level_refresher.h"
#include "domain/inventory/sync_plan.h"
#include "model/inventory.h"
#include "model/size_estimate.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::inventory {

struct SyncPage {
  std::optional<model::SyncRun> run;  // the one joined, else the latest
  std::vector<model::InventoryLevel> levels;
  std::vector<model::Product> products;
  int64_t next_position = 0;
  std::optional<model::LocationPlace> next_inside;  // inventory_feed.h
  std::string epoch;  // of the connection, for the cursor
  bool caught_up = false;
  model::PullStatus pull;
};

using SyncDone = absl::AnyInvocable<void(absl::StatusOr<SyncPage>)>;

struct InventorySyncerOptions {
  // Not owned; outlive every call. The executor is shut down before the syncer
  // is destroyed.
  storage::Store* store = nullptr;
  feeds::PullRunner* runner = nullptr;
  base::Clock* clock = nullptr;
  base::Executor* executor = nullptr;  // for what touches the store
  size_t max_page_bytes = model::kMaxPageBytes;
};

class InventorySyncer {
 public:
  explicit InventorySyncer(const InventorySyncerOptions& options);
  ~InventorySyncer();

  // Calls `done` exactly once: on this thread, which may block on the store, or
  // on the executor where there is something to wait for.
  //
  // Errors: INVALID_REQUEST, CONNECTION_NOT_FOUND, CART_NOT_FOUND,
  // CURSOR_EXPIRED, REQUEST_ID_REUSED, OVERLOADED, the store's; the asked
  // cart's own error; the error of a FAILED run while none has succeeded. Once
  // one has, an Order Manager that cannot be read is told in the page only.
  void Sync(const base::CallContext& context, const SyncRequest& request,
            SyncDone done);

 private:
  class Query;
  // What looks have read, for those that follow.
  struct Kept;

  const InventorySyncerOptions options_;
  const std::unique_ptr<Kept> kept_;
  LevelRefresher refresher_;
  feeds::FeedCalls calls_;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_SYNCER_H_
