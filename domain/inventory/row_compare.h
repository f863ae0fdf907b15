// Whether a row that was read says anything new. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_ROW_COMPARE_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_ROW_COMPARE_H_

#include <vector>

#include "storage/store.h"

namespace oms_connector::inventory {

bool SamePresence(const storage::Presence& a, const storage::Presence& b);
bool SameQuantities(const storage::StoredStock& a,
                    const storage::StoredStock& b);
// All that is stored of the row.
bool SameRow(const storage::StoredStock& a, const storage::StoredStock& b);
bool SameRow(const storage::StoredListing& a, const storage::StoredListing& b);
// What a caller sees of a product, its revision aside.
bool SameDetails(const storage::StoredProduct& a,
                 const storage::StoredProduct& b);
bool SameChannels(const std::vector<storage::StoredSalesChannel>& a,
                  const std::vector<storage::StoredSalesChannel>& b);
bool SameWarehouses(const std::vector<storage::StoredWarehouse>& a,
                    const std::vector<storage::StoredWarehouse>& b);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_ROW_COMPARE_H_
