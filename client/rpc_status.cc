#include "oms_connector/client/rpc_status.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"

namespace oms_connector::client {
namespace {

constexpr char kDomain[] = "oms-connector";
constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";

// The detail of this type, if there is one that can be read.
template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(
      absl::StrCat(kTypeUrlPrefix, Detail::descriptor()->full_name()));
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) {
    return std::nullopt;
  }
  return detail;
}

std::optional<google::rpc::ErrorInfo> OurErrorInfo(const absl::Status& status) {
  std::optional<google::rpc::ErrorInfo> info =
      DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value() || info->domain() != kDomain) return std::nullopt;
  return info;
}

}  // namespace

absl::Status ToAbslStatus(const google::rpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.code()),
                      status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

absl::Status ToAbslStatus(const grpc::Status& status) {
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details())) rich.Clear();
  // What HTTP/2 carried is what the call came to, whatever the details say.
  rich.set_code(status.error_code());
  rich.set_message(status.error_message());
  return ToAbslStatus(rich);
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  google::rpc::Status rich;
  rich.set_code(static_cast<int>(status.code()));
  rich.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    google::protobuf::Any& detail = *rich.add_details();
    detail.set_type_url(std::string(type));
    detail.set_value(std::string(payload));
  });
  return {static_cast<grpc::StatusCode>(status.code()), rich.message(),
          rich.details().empty() ? "" : rich.SerializeAsString()};
}

absl::Status ErrorWithReason(absl::StatusCode code, absl::string_view message,
                             absl::string_view reason) {
  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(std::string(reason));
  absl::Status status(code, message);
  status.SetPayload(
      absl::StrCat(kTypeUrlPrefix, info.GetDescriptor()->full_name()),
      absl::Cord(info.SerializeAsString()));
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = OurErrorInfo(status);
  return info.has_value() ? info->reason() : "";
}

std::map<std::string, std::string> ReasonMetadataOf(
    const absl::Status& status) {
  const auto info = OurErrorInfo(status);
  if (!info.has_value()) return {};
  return {info->metadata().begin(), info->metadata().end()};
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::RetryInfo>(status);
  if (!info.has_value()) return std::nullopt;
  return absl::Seconds(info->retry_delay().seconds()) +
         absl::Nanoseconds(info->retry_delay().nanos());
}

std::string ResourceNameOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ResourceInfo>(status);
  return info.has_value() ? info->resource_name() : "";
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return violations;
  for (const auto& violation : bad_request->field_violations()) {
    violations.push_back({violation.field(), violation.description()});
  }
  return violations;
}

}  // namespace oms_connector::client
