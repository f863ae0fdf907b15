// The catalogue of errors that a caller can meet, one function each. Every
// status made here carries `ErrorDetails` as a payload, which server/convert
// turns into exactly one google.rpc.ErrorInfo (and BadRequest, RetryInfo,
// ResourceInfo where they fit). Codes and reasons are api.md's table "Errors".
//
// Example:
//   if (page_size < 0) return model::InvalidField("page_size", "must not be
//   negative");
//   ...
//   std::optional<ErrorDetails> details = model::DetailsOf(status);
#ifndef OMS_CONNECTOR_MODEL_ERRORS_H_
#define OMS_CONNECTOR_MODEL_ERRORS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::model {

struct FieldViolation {
  std::string field;        // path in the request: "settings.etag"
  std::string description;  // what is wrong and what is expected
};

struct ErrorDetails {
  std::string reason;                           // "CONNECTION_NOT_FOUND"
  std::map<std::string, std::string> metadata;  // ids, never secrets
  std::vector<FieldViolation> violations;       // INVALID_ARGUMENT
  std::optional<absl::Duration> retry_delay;    // when trying again may help
  std::string resource_type, resource_name;     // NOT_FOUND, ALREADY_EXISTS
};

// The details that a status of this catalogue carries; nullopt for any other.
std::optional<ErrorDetails> DetailsOf(const absl::Status& status);
// Their reason; empty for a status without them.
std::string ReasonOf(const absl::Status& status);
// `status` with `details` in place of those that it carried.
absl::Status WithDetails(absl::Status status, const ErrorDetails& details);

// Text that keeps code, message and details for storage, and back. Text that
// is not of this form comes back as an INTERNAL status.
std::string SerializeStatus(const absl::Status& status);
absl::Status ParseStatus(absl::string_view text);

// INVALID_ARGUMENT.
absl::Status InvalidField(absl::string_view field,
                          absl::string_view description);
absl::Status InvalidFields(std::vector<FieldViolation> violations);
absl::Status RequestIdReused(absl::string_view request_id);

// OUT_OF_RANGE.
absl::Status CursorExpired(absl::string_view connection);

// NOT_FOUND.
absl::Status ConnectionNotFound(absl::string_view connection);
absl::Status CartNotFound(absl::string_view connection, absl::string_view cart);
absl::Status ShipmentNotFound(absl::string_view connection,
                              absl::string_view shipment);
// No shipment of this order is known, or the order is not.
absl::Status OrderNotFound(absl::string_view connection, int64_t order_id);
absl::Status SyncRunNotFound(absl::string_view connection,
                             absl::string_view run);
absl::Status ConsumerNotFound(absl::string_view connection,
                              absl::string_view consumer);

// FAILED_PRECONDITION. `existing` names the channels that there are.
absl::Status SalesChannelNotFound(absl::string_view cart,
                                  absl::string_view wanted,
                                  const std::vector<std::string>& existing);
absl::Status SalesChannelAmbiguous(absl::string_view cart,
                                   absl::string_view wanted,
                                   const std::vector<std::string>& matching);
// Another connection of the same account acknowledges the numbers of the cart's
// channel. `other` is named where it is not empty: only to callers who may see
// it.
absl::Status AccountInUse(absl::string_view cart, absl::string_view channel,
                          absl::string_view other);
absl::Status OrderManagerCredentialsRejected(absl::string_view connection);
// The key file is not the one that the token was sealed with.
absl::Status AccessTokenUnreadable(absl::string_view connection);
absl::Status ShipmentNotReleasable(absl::string_view shipment,
                                   absl::string_view why);
absl::Status ShipmentNotHandedOut(absl::string_view shipment);

// ALREADY_EXISTS, ABORTED.
absl::Status ConnectionExists(absl::string_view connection);
absl::Status EtagMismatch(absl::string_view resource);
absl::Status ServerRestarted(absl::string_view run);

// CANCELLED, DEADLINE_EXCEEDED.
absl::Status RunCancelled(absl::string_view run);

// UNAUTHENTICATED. `why` is a sentence or two; never a credential.
absl::Status Unauthenticated(absl::string_view why);
// PERMISSION_DENIED. `role` is what `principal` has on the connection, empty
// for none; the words are the same whether or not there is such a connection.
absl::Status PermissionDenied(absl::string_view principal,
                              absl::string_view role,
                              absl::string_view role_needed,
                              absl::string_view connection);

// UNIMPLEMENTED. `path` as the caller sent it: "/package.Service/Method".
absl::Status UnknownMethod(absl::string_view path);

// UNAVAILABLE, RESOURCE_EXHAUSTED.
absl::Status OrderManagerUnavailable(absl::string_view why,
                                     absl::Duration retry_delay);
// A pull had to end because the Order Manager's quota is used up.
absl::Status OrderManagerQuota(absl::Time resume_time,
                               absl::Duration retry_delay);
absl::Status Overloaded(absl::Duration retry_delay);
absl::Status QuotaExceeded(absl::Duration retry_delay);
absl::Status StoreFull();
absl::Status StoreBusy(absl::Duration retry_delay);

// INTERNAL: a broken promise of our own code. `what` is for the log; the
// caller gets an id that the log line carries too.
absl::Status Internal(absl::string_view what);

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_ERRORS_H_
