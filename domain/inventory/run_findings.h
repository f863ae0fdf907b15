// What a run found that keeps levels from being published, or that a person
// should know.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_RUN_FINDINGS_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_RUN_FINDINGS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "domain/inventory/inventory_view.h"
#include "model/inventory_rows.h"
#include "model/sync_run.h"
#include "storage/inventory_tables.h"

namespace oms_connector::inventory {

// What a person would look for when a level is missing: ambiguous SKUs,
// rejected rows (the first of each), carts that cannot be served.
void LogFindings(const std::string& connection, const model::SyncRun& run);

// Counts them on `run`, and keeps the first.
absl::Status FindAmbiguousSkus(storage::InventoryReader& reader,
                               const std::string& connection,
                               model::SyncRun* run);

// Forgets a suspected gap when every listing was told its number since.
absl::Status CloseGap(storage::InventoryReader& reader,
                      const InventoryContext& context,
                      model::InventoryState* state);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_RUN_FINDINGS_H_
