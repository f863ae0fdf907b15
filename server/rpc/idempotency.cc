#include "server/rpc/idempotency.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/convert/resource_names.h"

namespace oms_connector::server {
namespace {

constexpr char kRequestIdField[] = "request_id";
constexpr absl::string_view kPurpose = "request";

// The same bytes for equal messages, whichever process writes them.
std::string Serialize(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

storage::IdempotencyKey IdempotencyKeyOf(
    const Call& call, const base::SecretBox& secrets,
    const google::protobuf::Message& request, absl::string_view request_id,
    RequestReader& read) {
  read.Check(CheckRequestId(request_id));
  if (request_id.empty()) return {};
  return {
      model::RequestKey{call.principal().name, std::string(call.rpc()),
                        call.connection(), absl::AsciiStrToLower(request_id)},
      RequestFingerprint(secrets, request)};
}

std::string RequestFingerprint(const base::SecretBox& secrets,
                               const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> rest(request.New());
  rest->CopyFrom(request);
  const auto* field = rest->GetDescriptor()->FindFieldByName(kRequestIdField);
  if (field != nullptr) rest->GetReflection()->ClearField(rest.get(), field);
  return secrets.Fingerprint(kPurpose, Serialize(*rest));
}

}  // namespace oms_connector::server
