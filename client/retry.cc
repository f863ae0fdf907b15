#include "client/retry.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "oms_connector/client/rpc_status.h"

namespace oms_connector::client {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::MethodDescriptor;
using ::google::protobuf::MethodOptions;

constexpr const char* kServices[] = {"oms_connector.v1.ConnectorService",
                                     "oms_connector.v1.ConnectionService"};

const FieldDescriptor* FieldOf(const Message& message, const char* name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

// The value of a field of type Duration; nullopt where the message has no such
// field or it is not set.
std::optional<absl::Duration> DurationIn(const Message& message,
                                         const char* name) {
  const FieldDescriptor* field = FieldOf(message, name);
  if (field == nullptr || !message.GetReflection()->HasField(message, field)) {
    return std::nullopt;
  }
  const auto& duration = static_cast<const google::protobuf::Duration&>(
      message.GetReflection()->GetMessage(message, field));
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

bool HasRequestId(const Message& request) {
  const FieldDescriptor* field = FieldOf(request, "request_id");
  return field != nullptr && request.GetReflection()->HasField(request, field);
}

}  // namespace

const MethodDescriptor* MethodOf(const Message& request) {
  const google::protobuf::Descriptor* type = request.GetDescriptor();
  for (const char* name : kServices) {
    const auto* service = type->file()->pool()->FindServiceByName(name);
    if (service == nullptr) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->input_type() == type) return service->method(i);
    }
  }
  return nullptr;
}

bool MayRepeat(const Message& request) {
  const MethodDescriptor* method = MethodOf(request);
  if (method == nullptr) return false;
  return method->options().idempotency_level() !=
             MethodOptions::IDEMPOTENCY_UNKNOWN ||
         HasRequestId(request);
}

void AddRequestId(Message& request, absl::FunctionRef<std::string()> new_id) {
  const MethodDescriptor* method = MethodOf(request);
  const FieldDescriptor* field = FieldOf(request, "request_id");
  if (method == nullptr || field == nullptr || HasRequestId(request) ||
      method->options().idempotency_level() != MethodOptions::IDEMPOTENT) {
    return;
  }
  if (FieldOf(request, "max_staleness") != nullptr &&
      DurationIn(request, "max_staleness") != absl::ZeroDuration()) {
    return;
  }
  request.GetReflection()->SetString(&request, field, new_id());
}

absl::Duration ServerWait(const Message& request) {
  return DurationIn(request, "max_wait").value_or(absl::ZeroDuration());
}

absl::Duration ParsePushback(absl::string_view value) {
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(value, &milliseconds) || milliseconds < 0) {
    return absl::InfiniteDuration();
  }
  return absl::Milliseconds(milliseconds);
}

absl::Duration BackoffDelay(const RetryOptions& options, int failures,
                            double random) {
  return base::Backoff{options.first_delay, options.longest_delay}.Delay(
      failures, random);
}

std::optional<absl::Duration> NextDelay(const RetryOptions& options,
                                        int attempts, const Attempt& last,
                                        absl::Duration remaining,
                                        double random) {
  if (!absl::IsUnavailable(last.status)) return std::nullopt;
  if (attempts >= options.max_attempts) return std::nullopt;
  // What the connector itself says has a reason; what gRPC says of it has none.
  if (!options.when_unreachable && ReasonOf(last.status).empty()) {
    return std::nullopt;
  }
  const absl::Duration delay =
      last.pushback.has_value()
          ? *last.pushback
          : std::max(BackoffDelay(options, attempts, random),
                     RetryDelayOf(last.status).value_or(absl::ZeroDuration()));
  if (delay >= remaining) return std::nullopt;
  return delay;
}

}  // namespace oms_connector::client
