#include "model/errors.h"

#include <cstdint>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace oms_connector::model {
namespace {

constexpr absl::string_view kPayloadUrl = "oms-connector/error-details";
// A message that lists names stays readable with this many of them.
constexpr size_t kMaxListedNames = 20;

// The payload is lines of `key<TAB>value[<TAB>value]`, each part C-escaped, so
// that tabs and newlines within a part cannot be taken for separators.
void AppendLine(std::string* out, absl::string_view key, absl::string_view a,
                absl::string_view b = "") {
  absl::StrAppend(out, key, "\t", absl::CEscape(a), "\t", absl::CEscape(b),
                  "\n");
}

std::string Encode(const ErrorDetails& details) {
  std::string out;
  AppendLine(&out, "reason", details.reason);
  for (const auto& [key, value] : details.metadata) {
    AppendLine(&out, "metadata", key, value);
  }
  for (const FieldViolation& violation : details.violations) {
    AppendLine(&out, "violation", violation.field, violation.description);
  }
  if (details.retry_delay.has_value()) {
    AppendLine(&out, "retry_ms",
               absl::StrCat(absl::ToInt64Milliseconds(*details.retry_delay)));
  }
  if (!details.resource_type.empty()) {
    AppendLine(&out, "resource", details.resource_type, details.resource_name);
  }
  return out;
}

void ApplyLine(absl::string_view key, std::string a, std::string b,
               ErrorDetails* details) {
  if (key == "reason") {
    details->reason = std::move(a);
  } else if (key == "metadata") {
    details->metadata.emplace(std::move(a), std::move(b));
  } else if (key == "violation") {
    details->violations.push_back({std::move(a), std::move(b)});
  } else if (key == "retry_ms") {
    int64_t milliseconds = 0;
    if (absl::SimpleAtoi(a, &milliseconds)) {
      details->retry_delay = absl::Milliseconds(milliseconds);
    }
  } else if (key == "resource") {
    details->resource_type = std::move(a);
    details->resource_name = std::move(b);
  }
}

std::optional<ErrorDetails> Decode(absl::string_view text) {
  ErrorDetails details;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, '\t');
    std::string a;
    std::string b;
    if (parts.size() != 3 || !absl::CUnescape(parts[1], &a) ||
        !absl::CUnescape(parts[2], &b)) {
      return std::nullopt;
    }
    ApplyLine(parts[0], std::move(a), std::move(b), &details);
  }
  if (details.reason.empty()) return std::nullopt;
  return details;
}

absl::Status Make(absl::StatusCode code, absl::string_view message,
                  const ErrorDetails& details) {
  return WithDetails(absl::Status(code, message), details);
}

// `kind` is the part of the resource's name before its id, such as
// "shipments", or "" for the connection itself; `what` says it to people.
absl::Status NotFound(absl::string_view type, absl::string_view kind,
                      absl::string_view reason, absl::string_view connection,
                      absl::string_view key, absl::string_view id,
                      absl::string_view what) {
  ErrorDetails details;
  details.reason = std::string(reason);
  details.metadata = {{"connection", std::string(connection)}};
  details.metadata.emplace(key, id);
  details.resource_type = absl::StrCat("oms_connector.v1.", type);
  details.resource_name = absl::StrCat("connections/", connection);
  if (!kind.empty()) {
    absl::StrAppend(&details.resource_name, "/", kind, "/", id);
  }
  return Make(absl::StatusCode::kNotFound,
              absl::StrCat("There is no ",
                           what.empty() ? details.resource_name : what, "."),
              details);
}

std::string ListNames(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kMaxListedNames);
  std::string list = absl::StrJoin(names.begin(), names.begin() + shown, ", ");
  if (shown < names.size()) {
    absl::StrAppend(&list, " and ", names.size() - shown, " more");
  }
  return list.empty() ? "none" : list;
}

absl::Status Retryable(absl::StatusCode code, absl::string_view reason,
                       absl::string_view message, absl::Duration delay) {
  ErrorDetails details;
  details.reason = std::string(reason);
  details.retry_delay = delay;
  return Make(code, message, details);
}

}  // namespace

std::optional<ErrorDetails> DetailsOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  return Decode(std::string(*payload));
}

std::string ReasonOf(const absl::Status& status) {
  std::optional<ErrorDetails> details = DetailsOf(status);
  return details.has_value() ? std::move(details->reason) : "";
}

absl::Status WithDetails(absl::Status status, const ErrorDetails& details) {
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(details)));
  return status;
}

std::string SerializeStatus(const absl::Status& status) {
  if (status.ok()) return "";
  std::string text;
  AppendLine(&text, "status", absl::StrCat(status.raw_code()),
             status.message());
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (payload.has_value()) absl::StrAppend(&text, std::string(*payload));
  return text;
}

absl::Status ParseStatus(absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  const std::pair<absl::string_view, absl::string_view> split =
      absl::StrSplit(text, absl::MaxSplits('\n', 1));
  const std::vector<absl::string_view> head = absl::StrSplit(split.first, '\t');
  int code = 0;
  std::string message;
  if (head.size() != 3 || head[0] != "status" ||
      !absl::SimpleAtoi(head[1], &code) ||
      !absl::CUnescape(head[2], &message)) {
    return Internal("a stored status cannot be read");
  }
  absl::Status status(static_cast<absl::StatusCode>(code), message);
  const std::optional<ErrorDetails> details = Decode(split.second);
  return details.has_value() ? WithDetails(std::move(status), *details)
                             : status;
}

absl::Status InvalidField(absl::string_view field,
                          absl::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

absl::Status InvalidFields(std::vector<FieldViolation> violations) {
  const std::string message = absl::StrJoin(
      violations, "; ", [](std::string* out, const FieldViolation& violation) {
        absl::StrAppend(out, violation.field, ": ", violation.description);
      });
  ErrorDetails details;
  details.reason = "INVALID_REQUEST";
  details.violations = std::move(violations);
  return Make(absl::StatusCode::kInvalidArgument, message, details);
}

absl::Status RequestIdReused(absl::string_view request_id) {
  ErrorDetails details;
  details.reason = "REQUEST_ID_REUSED";
  details.metadata = {{"request_id", std::string(request_id)}};
  details.violations = {
      {"request_id", "was used with another request; draw a new UUID"}};
  return Make(absl::StatusCode::kInvalidArgument,
              "request_id: was used with another request; draw a new UUID",
              details);
}

absl::Status CursorExpired(absl::string_view connection) {
  ErrorDetails details;
  details.reason = "CURSOR_EXPIRED";
  details.metadata = {{"connection", std::string(connection)}};
  return Make(absl::StatusCode::kOutOfRange,
              "The cursor is no longer valid for this connection; start again "
              "from the empty cursor.",
              details);
}

absl::Status ConnectionNotFound(absl::string_view connection) {
  return NotFound("Connection", "", "CONNECTION_NOT_FOUND", connection,
                  "connection", connection, "");
}

absl::Status CartNotFound(absl::string_view connection,
                          absl::string_view cart) {
  return NotFound("Cart", "carts", "CART_NOT_FOUND", connection, "cart", cart,
                  absl::StrCat("cart ", cart, " of connections/", connection));
}

absl::Status ShipmentNotFound(absl::string_view connection,
                              absl::string_view shipment) {
  return NotFound("Shipment", "shipments", "SHIPMENT_NOT_FOUND", connection,
                  "shipment", shipment, "");
}

absl::Status OrderNotFound(absl::string_view connection, int64_t order_id) {
  return NotFound(
      "Order", "orders", "ORDER_NOT_FOUND", connection, "order",
      absl::StrCat(order_id),
      absl::StrCat("shipment of an order with the id ", order_id,
                   " in connections/", connection,
                   ". order_id is the Order Manager's id of the order, not "
                   "its number; ListShipments tells both"));
}

absl::Status SyncRunNotFound(absl::string_view connection,
                             absl::string_view run) {
  return NotFound("SyncRun", "syncRuns", "SYNC_RUN_NOT_FOUND", connection,
                  "run", run, "");
}

absl::Status ConsumerNotFound(absl::string_view connection,
                              absl::string_view consumer) {
  return NotFound(
      "Consumer", "consumers", "CONSUMER_NOT_FOUND", connection, "consumer",
      consumer,
      absl::StrCat("consumer ", consumer, " of connections/", connection));
}

absl::Status SalesChannelNotFound(absl::string_view cart,
                                  absl::string_view wanted,
                                  const std::vector<std::string>& existing) {
  ErrorDetails details;
  details.reason = "SALES_CHANNEL_NOT_FOUND";
  details.metadata = {{"cart", std::string(cart)},
                      {"sales_channel", std::string(wanted)}};
  const std::string what =
      wanted.empty() ? "it names no sales channel. The Order Manager has: "
                     : absl::StrCat("the Order Manager has no sales channel \"",
                                    wanted, "\". It has: ");
  return Make(absl::StatusCode::kFailedPrecondition,
              absl::StrCat("Cart ", cart, ": ", what, ListNames(existing), "."),
              details);
}

absl::Status SalesChannelAmbiguous(absl::string_view cart,
                                   absl::string_view wanted,
                                   const std::vector<std::string>& matching) {
  ErrorDetails details;
  details.reason = "SALES_CHANNEL_AMBIGUOUS";
  details.metadata = {{"cart", std::string(cart)},
                      {"sales_channel", std::string(wanted)}};
  return Make(absl::StatusCode::kFailedPrecondition,
              absl::StrCat("Cart ", cart, ": \"", wanted,
                           "\" matches several sales channels: ",
                           ListNames(matching), ". Name one by its id."),
              details);
}

absl::Status AccountInUse(absl::string_view cart, absl::string_view channel,
                          absl::string_view other) {
  ErrorDetails details;
  details.reason = "ACCOUNT_IN_USE";
  details.metadata = {{"cart", std::string(cart)},
                      {"sales_channel", std::string(channel)}};
  if (!other.empty()) details.metadata["connection"] = std::string(other);
  const std::string reader =
      other.empty()
          ? "another connection of the same account"
          : absl::StrCat("connection ", other, ", of the same account,");
  return Make(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("Cart ", cart, ": ", reader, " reads sales channel \"",
                   channel,
                   "\" already, and the Order Manager tells each number once. "
                   "Remove the cart from one of them, or go per warehouse."),
      details);
}

absl::Status OrderManagerCredentialsRejected(absl::string_view connection) {
  ErrorDetails details;
  details.reason = "ORDER_MANAGER_CREDENTIALS_REJECTED";
  details.metadata = {{"connection", std::string(connection)}};
  return Make(absl::StatusCode::kFailedPrecondition,
              "The Order Manager refuses this connection's access token. Give "
              "it a new one with UpdateConnection.",
              details);
}

absl::Status AccessTokenUnreadable(absl::string_view connection) {
  ErrorDetails details;
  details.reason = "ACCESS_TOKEN_UNREADABLE";
  details.metadata = {{"connection", std::string(connection)}};
  return Make(absl::StatusCode::kFailedPrecondition,
              "The stored access token does not open with the server's key. "
              "Give it again with UpdateConnection, or put the key file back "
              "that it was sealed with. Stored levels and parcels stay served.",
              details);
}

absl::Status ShipmentNotReleasable(absl::string_view shipment,
                                   absl::string_view why) {
  ErrorDetails details;
  details.reason = "SHIPMENT_NOT_RELEASABLE";
  details.metadata = {{"shipment", std::string(shipment)}};
  return Make(absl::StatusCode::kFailedPrecondition,
              absl::StrCat("Shipment ", shipment, " cannot be released: ", why),
              details);
}

absl::Status ShipmentNotHandedOut(absl::string_view shipment) {
  ErrorDetails details;
  details.reason = "SHIPMENT_NOT_HANDED_OUT";
  details.metadata = {{"shipment", std::string(shipment)}};
  return Make(absl::StatusCode::kFailedPrecondition,
              absl::StrCat("Shipment ", shipment,
                           " was never handed out, so no cart can have heard "
                           "of it."),
              details);
}

absl::Status ConnectionExists(absl::string_view connection) {
  ErrorDetails details;
  details.reason = "CONNECTION_EXISTS";
  details.metadata = {{"connection", std::string(connection)}};
  details.resource_type = "oms_connector.v1.Connection";
  details.resource_name = absl::StrCat("connections/", connection);
  return Make(absl::StatusCode::kAlreadyExists,
              absl::StrCat("connections/", connection,
                           " exists already; choose another id."),
              details);
}

absl::Status EtagMismatch(absl::string_view resource) {
  ErrorDetails details;
  details.reason = "ETAG_MISMATCH";
  details.metadata = {{"resource", std::string(resource)}};
  return Make(absl::StatusCode::kAborted,
              absl::StrCat(resource,
                           " has changed since it was read. Read it "
                           "again and repeat the change with its new etag."),
              details);
}

absl::Status ServerRestarted(absl::string_view run) {
  ErrorDetails details;
  details.reason = "SERVER_RESTARTED";
  details.metadata = {{"run", std::string(run)}};
  return Make(absl::StatusCode::kAborted,
              "The server stopped during this run; the next one goes on from "
              "where it was.",
              details);
}

absl::Status RunCancelled(absl::string_view run) {
  ErrorDetails details;
  details.reason = "RUN_CANCELLED";
  details.metadata = {{"run", std::string(run)}};
  return Make(absl::StatusCode::kCancelled,
              "The run was cancelled; the next one starts again.", details);
}

absl::Status Unauthenticated(absl::string_view why) {
  ErrorDetails details;
  details.reason = "UNAUTHENTICATED";
  return Make(absl::StatusCode::kUnauthenticated, why, details);
}

absl::Status PermissionDenied(absl::string_view principal,
                              absl::string_view role,
                              absl::string_view role_needed,
                              absl::string_view connection) {
  ErrorDetails details;
  details.reason = "PERMISSION_DENIED";
  details.metadata = {{"principal", std::string(principal)},
                      {"role", std::string(role)},
                      {"role_needed", std::string(role_needed)}};
  return Make(
      absl::StatusCode::kPermissionDenied,
      absl::StrCat("Principal ", principal, " has ",
                   role.empty() ? "no role" : absl::StrCat("the role ", role),
                   " on connections/", connection, "; this needs ", role_needed,
                   ". Roles are granted by id, whether or not there is such a "
                   "connection."),
      details);
}

absl::Status UnknownMethod(absl::string_view path) {
  ErrorDetails details;
  details.reason = "UNKNOWN_METHOD";
  return Make(absl::StatusCode::kUnimplemented,
              absl::StrCat("There is no method ", path,
                           ". The services are oms_connector.v1."
                           "ConnectorService and oms_connector.v1."
                           "ConnectionService; reflection lists their "
                           "methods."),
              details);
}

absl::Status OrderManagerUnavailable(absl::string_view why,
                                     absl::Duration retry_delay) {
  return Retryable(absl::StatusCode::kUnavailable, "ORDER_MANAGER_UNAVAILABLE",
                   absl::StrCat("The Order Manager cannot be read: ", why),
                   retry_delay);
}

absl::Status OrderManagerQuota(absl::Time resume_time,
                               absl::Duration retry_delay) {
  return Retryable(absl::StatusCode::kUnavailable, "ORDER_MANAGER_UNAVAILABLE",
                   absl::StrCat("The Order Manager's quota is used up; the "
                                "pull goes on after ",
                                absl::FormatTime(absl::RFC3339_sec, resume_time,
                                                 absl::UTCTimeZone()),
                                "."),
                   retry_delay);
}

absl::Status Overloaded(absl::Duration retry_delay) {
  return Retryable(absl::StatusCode::kUnavailable, "OVERLOADED",
                   "The server has as many calls as it can take; try again.",
                   retry_delay);
}

absl::Status QuotaExceeded(absl::Duration retry_delay) {
  return Retryable(absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED",
                   "This caller is over its share of the server; slow down.",
                   retry_delay);
}

absl::Status StoreFull() {
  ErrorDetails details;
  details.reason = "STORE_FULL";
  return Make(absl::StatusCode::kResourceExhausted,
              "The store has no room left; nothing was changed. Free disk "
              "space and repeat the call.",
              details);
}

absl::Status StoreBusy(absl::Duration retry_delay) {
  return Retryable(absl::StatusCode::kUnavailable, "STORE_BUSY",
                   "The store is locked or out of reach; nothing was changed. "
                   "Try again.",
                   retry_delay);
}

absl::Status Internal(absl::string_view what) {
  ErrorDetails details;
  details.reason = "INTERNAL";
  return Make(absl::StatusCode::kInternal, what, details);
}

}  // namespace oms_connector::model
