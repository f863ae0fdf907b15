#ifndef OMS_CONNECTOR_BASE_BACKOFF_H_
#define OMS_CONNECTOR_BASE_BACKOFF_H_

#include <cstdint>

#include "absl/time/time.h"

namespace oms_connector::base {

// How long to wait between tries of the same thing.
struct Backoff {
  absl::Duration base;  // ceiling of the first delay, doubled for each further
  absl::Duration cap;   // no delay is longer

  // The delay before retry `attempt` (1 = after the first failure; smaller
  // counts as 1): a random part of min(cap, base * 2^(attempt - 1)), between
  // half of it and all of it. `random` is in [0, 1); callers that retry in step
  // are pulled apart by it, and half is kept so that a retry never comes at
  // once.
  //
  //   sleeper.Sleep(backoff.Delay(attempt, ToUnitInterval(ids.NewUint64())),
  //                 context);
  absl::Duration Delay(int attempt, double random) const;
};

// Maps uniform bits to a uniform number in [0, 1).
double ToUnitInterval(uint64_t bits);

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_BACKOFF_H_
