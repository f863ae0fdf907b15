// Which stored rows claim given SKU keys in a view, and which keys a changed
// row can touch.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CLAIMS_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CLAIMS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_calculator.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// By (SKU key, location id); locations are of the view's kind. Warehouses that
// the view does not see may be among them, channels may not.
using ClaimMap = std::map<std::pair<std::string, int64_t>, std::vector<Claim>>;

absl::StatusOr<ClaimMap> FindClaims(storage::InventoryReader& reader,
                                    const std::string& connection,
                                    const View& view,
                                    const std::vector<std::string>& keys);

// What of the mirror has changed.
struct ChangedRows {
  std::set<int64_t> product_ids;      // of stock, listings or products
  std::set<std::string> master_keys;  // before and after the change
  std::set<std::string> listing_keys;
};

// Every SKU key whose level can depend on the rows, in any of the views.
absl::StatusOr<std::vector<std::string>> TouchedKeys(
    storage::InventoryReader& reader, const std::string& connection,
    const std::vector<View>& views, const ChangedRows& rows);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_CLAIMS_H_
