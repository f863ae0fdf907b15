#ifndef OMS_CONNECTOR_OMSCTL_INVENTORY_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_INVENTORY_TEXT_H_

// Stock levels in words: how much, where, and why. Pure functions.
//
// Pulls of inventory in words. Pure functions.

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/inventory.pb.h"
#include "oms_connector/v1/products.pb.h"
#include "oms_connector/v1/sync_runs.pb.h"

namespace oms_connector::omsctl {

// How the number came about: "on hand 12 − locked 5 = 7", "on hand −3:
// published as 0", "the Order Manager's number"; for withheld levels the
// reason, "INACTIVE_PRODUCT: the product is inactive".
std::string WhyText(const v1::InventoryLevel& level);

// The name of the warehouse or sales channel; its id where it has no name.
std::string LocationText(const v1::InventoryLevel& level);

// One line each, in the feed's order.
std::string LevelsText(const std::vector<v1::InventoryLevel>& levels,
                       size_t width = 0);
std::string ProductsText(const std::vector<v1::Product>& products,
                         size_t width = 0);

// Every level of `sku` in words, with a table of what claims it.
std::string ExplanationText(absl::string_view sku,
                            const v1::ExplainLevelResponse& explained,
                            absl::Time now, size_t width = 0);

// What a change of settings would do: the counts in a sentence, then each level
// that would change.
std::string PreviewText(const v1::PreviewSettingsResponse& preview,
                        size_t width = 0);

// An error inside of an answer, in one line: "UNAVAILABLE
// ORDER_MANAGER_UNAVAILABLE: …".
std::string ErrorLine(const google::rpc::Status& error);

// What a call has to say of the run it started or joined, a few lines at most:
// how it ended, what it counted, and everything that went wrong in it. Empty
// for a run that is not there.
std::string RunSummary(const v1::SyncRun& run);

// All there is to say, with rejected rows and ambiguous SKUs.
std::string RunText(const v1::SyncRun& run, size_t width = 0);

// One line each.
std::string RunsText(const std::vector<v1::SyncRun>& runs, size_t width = 0);

// "fresh as of 2026-08-17 10:00:00Z (2 min ago)", "never pulled yet", and the
// last error where there is one.
std::string FreshnessText(const v1::PullStatus& pull, absl::Time now);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_INVENTORY_TEXT_H_
