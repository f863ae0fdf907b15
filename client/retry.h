#ifndef OMS_CONNECTOR_CLIENT_RETRY_H_
#define OMS_CONNECTOR_CLIENT_RETRY_H_

// Whether a call that failed is made again, and how long is waited before. Pure
// rules; the loop around them is in client/unary_caller.cc.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oms_connector/client/client_options.h"

namespace oms_connector::client {

// The RPC of either service that takes `request`; null where there is none.
// Each RPC has a request type of its own.
const google::protobuf::MethodDescriptor* MethodOf(
    const google::protobuf::Message& request);

// Whether `request` may be sent a second time when nobody knows whether the
// first one arrived: where the contract calls its RPC free of side effects or
// idempotent, or where it carries a request id, by which the server knows a
// repeat and answers it with the first result.
bool MayRepeat(const google::protobuf::Message& request);

// Gives `request` the id that `new_id` makes, where it has none and a repeat
// should be answered as the first one was. Only RPCs that are idempotent get
// one: for others, asking twice may be what the caller wants. A SyncInventory
// gets one only if it asks for a pull right now, as an id costs the server a
// write.
void AddRequestId(google::protobuf::Message& request,
                  absl::FunctionRef<std::string()> new_id);

// How long `request` asks the server to wait; zero where it does not.
absl::Duration ServerWait(const google::protobuf::Message& request);

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

// How long to wait after `failures` in a row where nobody says. `random` is in
// [0, 1).
absl::Duration BackoffDelay(const RetryOptions& options, int failures,
                            double random);

// How long to wait before the next try, or nullopt to give up and return the
// attempt's status. `attempts` is how many were made, `remaining` what is left
// of the caller's time.
//
// Only UNAVAILABLE is tried again: everything else is either final or may have
// been carried out. The server's pushback decides before its RetryInfo, and
// that is a minimum for the backoff. Where the wait would use up the caller's
// time there is no point in waiting: the caller learns the real reason now.
std::optional<absl::Duration> NextDelay(const RetryOptions& options,
                                        int attempts, const Attempt& last,
                                        absl::Duration remaining,
                                        double random);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_RETRY_H_
