#ifndef OMS_CONNECTOR_CLIENT_RETRY_POLICY_H_
#define OMS_CONNECTOR_CLIENT_RETRY_POLICY_H_

// When a call that failed is tried again, and how long is waited before. Pure
// rules; the loop around them is in client/retrying_caller.h.

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/backoff.h"

namespace oms_connector::client {

struct RetryPolicy {
  // Tries altogether, the first one included; 1 = no retries.
  int max_attempts = 5;

  // How long to wait where the server does not say.
  base::Backoff backoff{absl::Milliseconds(250), absl::Seconds(8)};
};

// What one try of a call came to.
struct Attempt {
  absl::Status status;

  // What the trailer `grpc-retry-pushback-ms` asked for; InfiniteDuration() =
  // "do not try again"; nullopt = there was none.
  std::optional<absl::Duration> pushback;
};

// Reads the trailer's value as gRPC defines it: milliseconds, and anything that
// is no number of them, negative ones included, means "do not try again".
absl::Duration ParsePushback(absl::string_view value);

// How long to wait before the next try, or nullopt to give up and return the
// attempt's status. `attempts` is how many were made, `remaining` what is left
// of the caller's time, `random` in [0, 1).
//
// Only UNAVAILABLE is tried again: everything else is either final or may have
// been carried out. The server's pushback decides before its RetryInfo, and
// that is a minimum for the backoff. Where the wait would use up the caller's
// time there is no point in waiting: the caller learns the real reason now.
std::optional<absl::Duration> NextDelay(const RetryPolicy& policy, int attempts,
                                        const Attempt& last,
                                        absl::Duration remaining,
                                        double random);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_RETRY_POLICY_H_
