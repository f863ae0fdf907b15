// One pull of inventory: reads the Order Manager page by page and stores each
// page, with the levels that follow from it, in one transaction together with
// the position where a later run would go on.
//
//   runner.SetBody(model::Feed::kInventory, [&](feeds::PullSession& session) {
//     return PullInventory(options, session);
//   });
//
// Which kind of pull it is: FULL when asked for, when no full pull succeeded
// within a day, and when the account has moved to another base_url. Only a
// full pull that was not resumed concludes that something is gone
// (domain.md, Inventory, rule 1).
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_PULL_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_PULL_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "domain/feeds/pull_session.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::inventory {

struct InventoryPullOptions {
  // Not owned; outlive every pull.
  storage::Store* store = nullptr;
  order_manager::OrderManager* order_manager = nullptr;
  int64_t page_limit = 1000;  // rows a page
  // Products and rows of stock that have changed wait for so many of them: 20
  // ms of the writer.
  size_t rows_of_a_commit = 4000;
};

absl::Status PullInventory(const InventoryPullOptions& options,
                           feeds::PullSession& session);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_PULL_H_
