#ifndef OMS_CONNECTOR_CLIENT_RPC_STATUS_H_
#define OMS_CONNECTOR_CLIENT_RPC_STATUS_H_

// Errors of the wire as absl::Status, with what the server said beside the
// message: the reason, the fields that are wrong, when to try again.
//
//   auto settings = client.GetSettings(request);
//   if (ReasonOf(settings.status()) == "CONNECTION_NOT_FOUND") ...
//
// Pure functions. Details that cannot be decoded count as absent; the code and
// the message always come through.

#include <grpcpp/support/status.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"

namespace oms_connector::client {

// Same code and message; every detail becomes a payload under its type URL.
absl::Status ToAbslStatus(const grpc::Status& status);

// The same for a status inside of an answer (`run.error`, `pull.last_error`).
absl::Status ToAbslStatus(const google::rpc::Status& status);

// The way back, for tests that play a connector: payloads become details.
grpc::Status ToGrpcStatus(const absl::Status& status);

// An error as a connector says it, for such tests.
absl::Status ErrorWithReason(absl::StatusCode code, absl::string_view message,
                             absl::string_view reason);

// The reason from the catalogue of errors ("ETAG_MISMATCH"); empty where the
// error did not come from the connector, for example when it is unreachable.
std::string ReasonOf(const absl::Status& status);

// The ids that belong to the reason: {"connection", "acme"}.
std::map<std::string, std::string> ReasonMetadataOf(const absl::Status& status);

// How long to wait before another try may help; nullopt if nobody said.
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

// The resource that the error is about, by its name; empty if nobody said.
std::string ResourceNameOf(const absl::Status& status);

struct FieldViolation {
  std::string field;        // path in the request: "settings.etag"
  std::string description;  // what is wrong and what is expected
};

// Which fields of the request are wrong, for INVALID_ARGUMENT.
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_RPC_STATUS_H_
