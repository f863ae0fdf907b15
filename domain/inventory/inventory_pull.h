// One pull of inventory: reads the Order Manager page by page and stores each
// page, with the levels that follow from it, in one transaction together with
// the position where a later run would go on.
//
//   runner.SetBody(model::Feed::kInventory, [&](pulls::PullSession& session) {
//     return PullInventory(options, session);
//   });
//
// Which kind of pull it is: FULL when asked for, when no full pull succeeded
// within a day, and when the account has moved to another base_url. Only a
// full pull that was not resumed concludes that something is gone
// (domain.md, Inventory, rule 1).
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_PULL_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_PULL_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "domain/inventory/inventory_view.h"
#include "domain/model/sync_run.h"
#include "domain/pulls/pull_session.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// A full pull is due when the last one that succeeded is older.
inline constexpr absl::Duration kFullPullInterval = absl::Hours(24);

struct InventoryPullOptions {
  // Not owned; outlive every pull.
  storage::Store* store = nullptr;
  order_manager::OrderManager* order_manager = nullptr;
  int64_t page_limit = 1000;  // rows a page
};

absl::Status PullInventory(const InventoryPullOptions& options,
                           pulls::PullSession& session);

// FULL when one is due, else `asked`.
model::SyncKind KindThatIsDue(model::SyncKind asked,
                              const model::PullStatus& status,
                              const storage::InventoryState& state,
                              const model::Connection& connection,
                              absl::Time now);

// Whether the account was read under another base_url before: nothing that is
// known of its sources holds any more.
bool HasMoved(const storage::InventoryState& state,
              const model::Connection& connection);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_PULL_H_
