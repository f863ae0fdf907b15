#include "client/scripted_connector.h"

#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "oms_connector/client/rpc_status.h"

namespace oms_connector::client {
namespace {

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

// "GetSettings" of "/oms_connector.v1.ConnectorService/GetSettings", and of
// "GetSettingsRequest".
std::string Rpc(absl::string_view name, absl::string_view suffix) {
  name = name.substr(name.rfind('/') + 1);
  absl::ConsumeSuffix(&name, suffix);
  return std::string(name);
}

}  // namespace

class ScriptedConnector::Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(ScriptedConnector& connector, std::string method)
      : connector_(connector), method_(std::move(method)) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status(grpc::StatusCode::INTERNAL, "no request"));
      return;
    }
    const absl::StatusOr<std::string> answer =
        connector_.Take(method_, TextOf(request_));
    if (!answer.ok()) {
      Finish(ToGrpcStatus(answer.status()));
      return;
    }
    const grpc::Slice slice(*answer);
    response_ = grpc::ByteBuffer(&slice, 1);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }

  void OnDone() override { delete this; }

 private:
  ScriptedConnector& connector_;
  const std::string method_;
  grpc::ByteBuffer request_, response_;
};

class ScriptedConnector::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(ScriptedConnector& connector) : connector_(connector) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    const auto& metadata = context->client_metadata();
    const auto found = metadata.find("authorization");
    {
      absl::MutexLock lock(&connector_.mutex_);
      connector_.authorization_ =
          found == metadata.end()
              ? ""
              : std::string(found->second.data(), found->second.size());
    }
    return new Reactor(connector_, Rpc(context->method(), ""));
  }

 private:
  ScriptedConnector& connector_;
};

ScriptedConnector::ScriptedConnector()
    : service_(std::make_unique<Service>(*this)) {
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(service_.get());
  server_ = builder.BuildAndStart();
}

ScriptedConnector::~ScriptedConnector() { server_->Shutdown(); }

std::shared_ptr<grpc::Channel> ScriptedConnector::channel() {
  return server_->InProcessChannel(grpc::ChannelArguments());
}

std::string ScriptedConnector::authorization() const {
  absl::MutexLock lock(&mutex_);
  return authorization_;
}

void ScriptedConnector::Add(const google::protobuf::Descriptor& response,
                            const absl::StatusOr<std::string>& answer,
                            int times) {
  absl::MutexLock lock(&mutex_);
  auto& answers = scripts_[Rpc(response.name(), "Response")].answers;
  answers.insert(answers.end(), times, answer);
}

int ScriptedConnector::CountOf(
    const google::protobuf::Descriptor& request) const {
  absl::MutexLock lock(&mutex_);
  const auto found = scripts_.find(Rpc(request.name(), "Request"));
  return found == scripts_.end()
             ? 0
             : static_cast<int>(found->second.requests.size());
}

std::string ScriptedConnector::BytesOf(
    const google::protobuf::Descriptor& request, int n) const {
  absl::MutexLock lock(&mutex_);
  return scripts_.at(Rpc(request.name(), "Request")).requests.at(n);
}

absl::StatusOr<std::string> ScriptedConnector::Take(absl::string_view method,
                                                    std::string request) {
  absl::MutexLock lock(&mutex_);
  Script& script = scripts_[std::string(method)];
  script.requests.push_back(std::move(request));
  if (script.answers.empty()) {
    return absl::OutOfRangeError(absl::StrCat("no answer left for ", method));
  }
  absl::StatusOr<std::string> answer = std::move(script.answers.front());
  script.answers.pop_front();
  return answer;
}

}  // namespace oms_connector::client
