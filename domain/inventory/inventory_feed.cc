#include "domain/inventory/inventory_feed.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "model/size_estimate.h"

namespace oms_connector::inventory {

absl::StatusOr<FeedPage> ReadFeedPage(storage::InventoryReader& reader,
                                      const InventoryContext& context,
                                      const std::string& view, int64_t position,
                                      int limit, size_t max_bytes) {
  const std::string& id = context.connection.id;
  // One more than fits shows whether something is left.
  OMS_ASSIGN_OR_RETURN(std::vector<model::InventoryLevel> levels,
                       reader.ListLevels(id, view, position, limit + 1));
  std::vector<model::Product> products;
  if (context.settings.download_products_data) {
    OMS_ASSIGN_OR_RETURN(products,
                         reader.ListChangedProducts(id, position, limit + 1));
  }
  FeedPage page;
  page.next_position = position;
  size_t level = 0;
  size_t product = 0;
  model::PageBudget budget(max_bytes);
  for (int i = 0; i < limit; ++i) {
    const bool has_level = level < levels.size();
    const bool has_product = product < products.size();
    if (!has_level && !has_product) break;
    if (has_level &&
        (!has_product || levels[level].revision < products[product].revision)) {
      if (!budget.Take(model::EstimatedBytes(levels[level]))) break;
      page.next_position = levels[level].revision;
      page.levels.push_back(std::move(levels[level++]));
    } else {
      if (!budget.Take(model::EstimatedBytes(products[product]))) break;
      page.next_position = products[product].revision;
      page.products.push_back(std::move(products[product++]));
    }
  }
  page.exhausted = level == levels.size() && product == products.size();
  for (model::InventoryLevel& shown : page.levels) {
    shown.derivation.locked_subtracted =
        shown.location.kind == model::LocationKind::kWarehouse &&
        context.settings.subtract_locked_quantity;
  }
  return page;
}

}  // namespace oms_connector::inventory
