// The faults that are in force, and the requests they hold.
//
//   FaultPlan& faults = fake.faults();
//   const int64_t hold = faults.Add(MakeFault(FaultKind::kHold, "products",
//   1)); …start a pull… ASSERT_TRUE(faults.WaitUntilHeld(hold,
//   absl::Seconds(10))); …the pull is in the middle of that page…
//   faults.Release(hold);
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_FAULT_PLAN_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_FAULT_PLAN_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/support/fault.h"
#include "tests/support/row_filter.h"

namespace oms_connector::testing_support {

// What Strike says of a request: the fault, and its name for Wait.
struct StruckFault {
  int64_t id = 0;
  Fault fault;
};

// Thread-safe.
class FaultPlan {
 public:
  // Puts a fault in force, behind those that are. Returns its id.
  int64_t Add(Fault fault) ABSL_LOCKS_EXCLUDED(mutex_);

  // Takes it out of force and lets the requests go that it holds. Its hits
  // stay readable. False where it was not in force.
  bool Release(int64_t id) ABSL_LOCKS_EXCLUDED(mutex_);
  void ReleaseAll() ABSL_LOCKS_EXCLUDED(mutex_);

  // How many requests the fault has struck.
  int64_t hits(int64_t id) const ABSL_LOCKS_EXCLUDED(mutex_);

  // Blocks until the fault holds a request; false when `timeout` comes first.
  bool WaitUntilHeld(int64_t id, absl::Duration timeout) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // The faults in force with their counts, as a JSON array.
  std::string ToJson() const ABSL_LOCKS_EXCLUDED(mutex_);

  // For the server. The faults that strike this request, oldest first; counts
  // them as hits.
  std::vector<StruckFault> Strike(absl::string_view endpoint,
                                  const QueryParameters& parameters)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // For the server. Sits out a delay or a hold; any other fault does not wait.
  void Wait(const StruckFault& struck) ABSL_LOCKS_EXCLUDED(mutex_);

  // For the server. Ends all waits, now and from now on.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    Fault fault;
    std::mt19937_64 random;
    int64_t matches = 0;
    int64_t hits = 0;
    int64_t held = 0;  // Requests waiting right now.
    bool in_force = true;
  };

  static bool StrikesNow(Entry& entry);
  bool IsInForce(int64_t id) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<int64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_FAULT_PLAN_H_
