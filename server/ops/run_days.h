// What the pulls of each connection did in the last day, for the picture of it
// on /statusz: read from the runs in the store, so that a restart forgets
// nothing and other servers' runs count.
//
//   RunDays days;
//   OMS_RETURN_IF_ERROR(days.Update(store, context, connection, now));
//   const DayOfRuns day = days.DayOf(connection, now);
#ifndef OMS_CONNECTOR_SERVER_OPS_RUN_DAYS_H_
#define OMS_CONNECTOR_SERVER_OPS_RUN_DAYS_H_

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::server {

// What the pulls of a connection did in a part of the last day.
struct RunTally {
  int64_t runs = 0;
  int64_t failed = 0;
  int64_t changed = 0;  // levels and products
};

// A day of a connection, the oldest part first.
inline constexpr absl::Duration kTallyLength = absl::Minutes(30);
using DayOfRuns = std::array<RunTally, 48>;

// Thread-compatible.
class RunDays {
 public:
  // Of a connection, at most so many runs are read at once: more than a day has
  // at the default intervals. Of more, the oldest are left out.
  static constexpr int kMostRuns = 500;

  // Adds the runs that ended since the last time; all of the last day at the
  // first.
  absl::Status Update(storage::Store& store, const base::CallContext& context,
                      const model::Connection& connection, absl::Time now);
  // The day until `now`; all zero for a connection that was not pulled.
  DayOfRuns DayOf(const model::Connection& connection, absl::Time now) const;
  // Forgets connections other than these.
  void KeepOnly(const std::vector<model::Connection>& connections);

 private:
  struct Day {
    std::map<int64_t, RunTally> parts;  // by their numbers since the epoch
    // Runs that began before are counted; of the later ones, these are.
    absl::Time counted_until = absl::InfinitePast();
    std::set<std::pair<absl::Time, std::string>> counted;
  };

  static void Count(const std::vector<model::SyncRun>& newest_first, Day* day);

  std::map<std::string, Day> days_;  // by the connections' epochs
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_RUN_DAYS_H_
