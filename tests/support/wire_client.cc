#include "tests/support/wire_client.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace oms_connector::testing_support {

std::string ErrorText(const grpc::Status& status) {
  if (status.ok()) return "OK";
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  int infos = 0;
  std::string reason, others;
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::ErrorInfo info;
    if (any.UnpackTo(&info)) {
      if (info.domain() == "oms-connector") ++infos;
      reason = info.reason();
    } else {
      const absl::string_view url = any.type_url();
      absl::StrAppend(&others, " +", url.substr(url.rfind('.') + 1));
    }
  }
  if (infos != 1) {
    reason =
        absl::StrCat("(", infos, " ErrorInfos: ", status.error_message(), ")");
  }
  return absl::StrCat(absl::StatusCodeToString(
                          static_cast<absl::StatusCode>(status.error_code())),
                      " ", reason, others);
}

void FillFromText(absl::string_view text, google::protobuf::Message* message) {
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(std::string(text), message))
      << text;
}

WireClient::WireClient(const std::string& address, std::string token)
    : WireClient(
          [&] {
            grpc::ChannelArguments arguments;
            arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
            return grpc::CreateCustomChannel(
                address, grpc::InsecureChannelCredentials(), arguments);
          }(),
          std::move(token)) {}

WireClient::WireClient(const std::shared_ptr<grpc::Channel>& channel,
                       std::string token)
    : token_(std::move(token)),
      connector_(v1::ConnectorService::NewStub(channel)),
      connections_(v1::ConnectionService::NewStub(channel)) {}

void WireClient::SetUp(absl::Duration deadline,
                       grpc::ClientContext* context) const {
  context->set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  if (!token_.empty()) {
    context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
  }
}

}  // namespace oms_connector::testing_support
