#include "server/convert/to_grpc_status.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/log.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/rpc/error_details.pb.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

constexpr absl::string_view kDomain = "oms-connector";
constexpr absl::string_view kInternalReason = "INTERNAL";
constexpr absl::string_view kInternalIdKey = "id";
constexpr size_t kInternalIdLength = 16;

// One id, name or description among the details.
constexpr size_t kMaxDetailTextBytes = 256;
// All details together. As base64 they take a third more, and a message that
// is all non-ASCII three times its size: 4 KiB and 3 KiB of the 8 KiB.
constexpr size_t kMaxStatusBytes = 3072;

std::string DetailText(absl::string_view text) {
  return CutUtf8(text, kMaxDetailTextBytes);
}

// Bytes of the UTF-8 character at the start of `text`; 0 if there is none.
// Table 3-7 of the Unicode standard.
size_t CharacterBytes(absl::string_view text) {
  const auto byte = [&](size_t i) -> int {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : -1;
  };
  const auto in = [&](size_t i, int low, int high) {
    return byte(i) >= low && byte(i) <= high;
  };
  const int first = byte(0);
  if (first < 0x80) return 1;
  if (in(0, 0xC2, 0xDF)) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (in(0, 0xE0, 0xEF)) {
    const int low = first == 0xE0 ? 0xA0 : 0x80;
    const int high = first == 0xED ? 0x9F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (in(0, 0xF0, 0xF4)) {
    const int low = first == 0xF0 ? 0x90 : 0x80;
    const int high = first == 0xF4 ? 0x8F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

absl::Status InternalWithId(const std::string& id) {
  model::ErrorDetails details;
  details.reason = std::string(kInternalReason);
  details.metadata = {{std::string(kInternalIdKey), id}};
  return model::WithDetails(
      absl::InternalError(absl::StrCat(
          "Something went wrong inside the server. Its log says more under the "
          "id ",
          id, ".")),
      details);
}

bool IsInternal(const std::optional<model::ErrorDetails>& details) {
  return !details.has_value() || (details->reason == kInternalReason &&
                                  details->metadata.count("id") == 0);
}

// `status` with details. `new_id` is called for an INTERNAL error only.
template <typename NewId>
absl::Status Detailed(const absl::Status& status, absl::string_view rpc,
                      NewId new_id) {
  const std::optional<model::ErrorDetails> details = model::DetailsOf(status);
  if (!IsInternal(details)) return status;
  model::ErrorDetails own;
  if (absl::IsCancelled(status)) {
    own.reason = "CANCELLED";
    return model::WithDetails(status, own);
  }
  if (absl::IsDeadlineExceeded(status)) {
    own.reason = "DEADLINE_EXCEEDED";
    return model::WithDetails(status, own);
  }
  const std::string id = new_id();
  base::LogError("internal error",
                 {{"id", id}, {"rpc", rpc}, {"status", status}});
  return InternalWithId(id);
}

// Packs the same message into the same bytes each time, which a map in it would
// otherwise prevent: a repeated call is answered with the first answer.
void PackAlike(const google::protobuf::Message& message,
               google::protobuf::Any* any) {
  any->PackFrom(message);  // for its type
  any->clear_value();
  google::protobuf::io::StringOutputStream bytes(any->mutable_value());
  google::protobuf::io::CodedOutputStream coded(&bytes);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
}

void AddErrorInfo(const model::ErrorDetails& details,
                  google::rpc::Status* out) {
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(std::string(kDomain));
  for (const auto& [key, value] : details.metadata) {
    (*info.mutable_metadata())[key] = DetailText(value);
  }
  PackAlike(info, out->add_details());
}

void AddRetryInfo(absl::Duration delay, google::rpc::Status* out) {
  google::rpc::RetryInfo info;
  absl::Duration rest = delay;
  info.mutable_retry_delay()->set_seconds(
      absl::IDivDuration(delay, absl::Seconds(1), &rest));
  info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  out->add_details()->PackFrom(info);
}

void AddResourceInfo(const model::ErrorDetails& details,
                     google::rpc::Status* out) {
  google::rpc::ResourceInfo info;
  info.set_resource_type(details.resource_type);
  info.set_resource_name(DetailText(details.resource_name));
  out->add_details()->PackFrom(info);
}

// As many violations as fit, the first one always.
void AddBadRequest(const std::vector<model::FieldViolation>& violations,
                   google::rpc::Status* out) {
  google::rpc::BadRequest request;
  const size_t used = out->ByteSizeLong();
  for (const model::FieldViolation& violation : violations) {
    auto* added = request.add_field_violations();
    added->set_field(DetailText(violation.field));
    added->set_description(DetailText(violation.description));
    if (request.field_violations_size() > 1 &&
        used + request.ByteSizeLong() > kMaxStatusBytes) {
      request.mutable_field_violations()->RemoveLast();
      break;
    }
  }
  out->add_details()->PackFrom(request);
}

google::rpc::Status FromDetailed(const absl::Status& status) {
  const model::ErrorDetails details = *model::DetailsOf(status);
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(CutUtf8(status.message(), kMaxStatusMessageBytes));
  AddErrorInfo(details, &out);
  if (details.retry_delay.has_value()) AddRetryInfo(*details.retry_delay, &out);
  if (!details.resource_type.empty()) AddResourceInfo(details, &out);
  if (!details.violations.empty()) AddBadRequest(details.violations, &out);
  return out;
}

}  // namespace

std::string CutUtf8(absl::string_view text, size_t max_bytes) {
  std::string cut;
  while (!text.empty()) {
    const size_t bytes = CharacterBytes(text);
    const absl::string_view character =
        bytes == 0 ? absl::string_view("?") : text.substr(0, bytes);
    if (cut.size() + character.size() > max_bytes) break;
    cut.append(character.data(), character.size());
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return cut;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  return FromDetailed(Detailed(status, "", [&status] {
    return base::Sha256Hex(status.ToString()).substr(0, kInternalIdLength);
  }));
}

grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view rpc,
                          base::IdGenerator& ids) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status out =
      FromDetailed(Detailed(status, rpc, [&ids] { return ids.NewUuid(); }));
  return grpc::Status(static_cast<grpc::StatusCode>(out.code()), out.message(),
                      out.SerializeAsString());
}

std::optional<int64_t> RetryPushbackMilliseconds(const absl::Status& status) {
  const std::optional<model::ErrorDetails> details = model::DetailsOf(status);
  if (!details.has_value() || !details->retry_delay.has_value()) {
    return std::nullopt;
  }
  if (details->reason != "OVERLOADED" && details->reason != "QUOTA_EXCEEDED") {
    return std::nullopt;
  }
  return absl::ToInt64Milliseconds(*details->retry_delay);
}

}  // namespace oms_connector::server
