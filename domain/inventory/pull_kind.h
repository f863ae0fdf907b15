// Which kind of pull of inventory is due. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_KIND_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_KIND_H_

#include "absl/time/time.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// A full pull is due when the last one that succeeded, resumed or not, is older
// (domain.md, Inventory, rule 0).
inline constexpr absl::Duration kFullPullInterval = absl::Hours(24);

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

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_KIND_H_
