// The page for people at /statusz: how the server, its connections and its
// store are. One HTML document that needs nothing from elsewhere.
#ifndef OMS_CONNECTOR_SERVER_OPS_STATUS_PAGE_H_
#define OMS_CONNECTOR_SERVER_OPS_STATUS_PAGE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "order_manager/quota.h"
#include "server/ops/fleet_watch.h"
#include "server/ops/metered.h"
#include "server/ops/metrics.h"
#include "server/ops/run_reporter.h"
#include "server/ops/slow_statements.h"

namespace oms_connector::server {

struct StatusFigures {
  absl::Time now;
  absl::Time start_time;
  std::string address;
  std::string flags_in_force;
  std::string not_ready;  // why; empty when it is ready
  int64_t in_flight = 0;
  int64_t max_in_flight = 0;
  int64_t long_polls = 0;
  int64_t pulls = 0;  // of this server, that run or wait for a thread
  MeteredStore::Writes writes;
  ProcessFigures process;
  std::shared_ptr<const FleetLook> look;  // at most 15 seconds old
  std::vector<FailedRun> last_errors;     // newest first
  std::map<std::string, CallerFigures> callers;
  std::vector<order_manager::Quota::Standing> accounts;
  std::vector<SlowStatement> slow_statements;  // the worst first
};

// Everything that others wrote (names, errors) is escaped.
std::string StatusPage(const StatusFigures& figures);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_STATUS_PAGE_H_
