#ifndef OMS_CONNECTOR_OMSCTL_RUN_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_RUN_TEXT_H_

// Pulls of inventory in words. Pure functions.

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "oms_connector/v1/sync_runs.pb.h"

namespace oms_connector::omsctl {

// An error inside of an answer, in one line: "UNAVAILABLE
// ORDER_MANAGER_UNAVAILABLE: …".
std::string ErrorLine(const google::rpc::Status& error);

// What a call has to say of the run it started or joined, a few lines at most:
// how it ended, what it counted, and everything that went wrong in it. Empty
// for a run that is not there.
std::string RunSummary(const v1::SyncRun& run);

// All there is to say, with rejected rows and ambiguous SKUs.
std::string RunText(const v1::SyncRun& run);

// One line each.
std::string RunsText(const std::vector<v1::SyncRun>& runs);

// "fresh as of 2026-08-17 10:00:00Z (2 min ago)", "never pulled yet", and the
// last error where there is one.
std::string FreshnessText(const v1::PullStatus& pull, absl::Time now);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_RUN_TEXT_H_
