// One page of the inventory feed: the levels of a view, and products, whose
// revision is newer than a position. Reads only, within one transaction, so a
// page never skips anything.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_FEED_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_FEED_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/inventory/inventory_view.h"
#include "model/inventory.h"
#include "storage/store.h"

namespace oms_connector::inventory {

struct FeedPage {
  std::vector<model::InventoryLevel> levels;
  std::vector<model::Product> products;
  int64_t next_position = 0;
  bool exhausted = false;  // nothing newer is stored
};

// Levels and products together are at most `limit` (> 0), and about `max_bytes`
// as size_estimate.h counts, but at least one; the oldest revisions first.
// Products only while their data is downloaded.
absl::StatusOr<FeedPage> ReadFeedPage(storage::InventoryReader& reader,
                                      const InventoryContext& context,
                                      const std::string& view, int64_t position,
                                      int limit, size_t max_bytes);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_FEED_H_
