// Says in the log what a run found that keeps levels from being published.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_RUN_FINDINGS_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_RUN_FINDINGS_H_

#include <string>

#include "model/sync_run.h"

namespace oms_connector::inventory {

// What a person would look for when a level is missing: ambiguous SKUs,
// rejected rows (the first of each), carts that cannot be served.
void LogFindings(const std::string& connection, const model::SyncRun& run);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_RUN_FINDINGS_H_
