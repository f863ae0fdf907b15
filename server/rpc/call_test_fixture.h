// A server whose one service answers as a test says, and callers of it.
#ifndef OMS_CONNECTOR_SERVER_RPC_CALL_TEST_FIXTURE_H_
#define OMS_CONNECTOR_SERVER_RPC_CALL_TEST_FIXTURE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "base/digest.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"
#include "server/convert/resource_names.h"
#include "server/rpc/arena_messages.h"
#include "server/rpc/call.h"

namespace oms_connector::server {

inline constexpr char kSettings[] = "connections/acme/settings";

// GetSettings answers at once, PollShipments when it likes to.
class TestService : public v1::ConnectorService::CallbackService {
 public:
  explicit TestService(RpcDispatcher* dispatcher) : dispatcher_(dispatcher) {
    UseArenas(this, &TestService::SetMessageAllocatorFor_GetSettings);
    UseArenas(this, &TestService::SetMessageAllocatorFor_PollShipments);
  }

  grpc::ServerUnaryReactor* GetSettings(
      grpc::CallbackServerContext* context,
      const v1::GetSettingsRequest* request,
      v1::GetSettingsResponse* response) override {
    return dispatcher_->Answer(
        context, {"GetSettings", Role::kViewer, executor}, response,
        {request->name() == "none"
             ? std::string(kNoConnection)
             : ParseSettingsName("name", request->name())},
        [this, response](const Call& call) {
          google::protobuf::Arena* const memory = response->GetArena();
          memory->OwnCustomDestructor(&released, CountOne);
          response->mutable_settings()->set_name(call.connection());
          response->mutable_settings()->set_etag(
              etag.empty() ? call.principal().name : etag);
          return get(call);
        });
  }

  grpc::ServerUnaryReactor* PollShipments(
      grpc::CallbackServerContext* context,
      const v1::PollShipmentsRequest* request,
      v1::PollShipmentsResponse* response) override {
    CallRules rules{"PollShipments", Role::kOperator};
    if (request->has_max_wait()) rules.kind = Admission::Kind::kLongPoll;
    return dispatcher_->AnswerLater(
        context, rules, response,
        {ParseConnectionName("connection", request->connection())},
        [this, response](std::shared_ptr<const Call> call, Reply reply) {
          response->set_next_cursor("polled");
          poll(std::move(call), std::move(reply));
        });
  }

  static void CountOne(void* counter) {
    ++*static_cast<std::atomic<int>*>(counter);
  }

  ExecutorKind executor = ExecutorKind::kStore;  // of GetSettings
  std::atomic<int> released{0};  // responses of it whose memory is given back
  std::string etag;              // empty = the caller's name
  std::function<absl::Status(const Call&)> get = [](const Call&) {
    return absl::OkStatus();
  };
  std::function<void(std::shared_ptr<const Call>, Reply)> poll =
      [](std::shared_ptr<const Call>, Reply reply) { reply(absl::OkStatus()); };

 private:
  RpcDispatcher* const dispatcher_;
};

struct Limits {
  int threads = 2;
  size_t queue = 100;
  int max_in_flight = 100;
  int64_t max_held_bytes_per_principal = 64 << 20;
};

// A whole server on a port of its own, and a client of it.
class TestServer {
 public:
  explicit TestServer(Limits limits = {},
                      std::vector<Principal> principals = {})
      : admission_(AdmissionOptions(limits)),
        executor_("test", limits.threads, limits.queue),
        dispatcher_({&authenticator_, &admission_, &executor_, &executor_,
                     &executor_, &executor_, &metrics, &clock, &ids_}),
        service(&dispatcher_) {
    if (!principals.empty()) authenticator_.Replace(std::move(principals));
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
    stub = v1::ConnectorService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port_),
                            grpc::InsecureChannelCredentials()));
  }
  ~TestServer() {
    server_->Shutdown();
    executor_.Shutdown();
  }

  std::shared_ptr<grpc::Channel> NewChannel(
      const grpc::ChannelArguments& arguments) const {
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_),
                                     grpc::InsecureChannelCredentials(),
                                     arguments);
  }
  const Admission& admission() const { return admission_; }
  // Calls that have been answered, read or not.
  int answered() const {
    const std::string text = metrics.Text();
    const std::string line = "rpc=\"GetSettings\"} ";
    int count = 0;
    for (const absl::string_view one : absl::StrSplit(text, '\n')) {
      const std::vector<std::string> parts = absl::StrSplit(one, line);
      int value = 0;
      if (parts.size() == 2 && absl::StartsWith(one, "oms_connector_calls_t") &&
          absl::SimpleAtoi(parts[1], &value)) {
        count += value;
      }
    }
    return count;
  }
  void AwaitAnswered(int count) const {
    while (answered() < count) std::this_thread::yield();
  }
  void AwaitNothingHeld() const {
    while (admission_.held_bytes() > 0) std::this_thread::yield();
  }

  grpc::Status Get(const std::string& name = kSettings,
                   const std::string& token = "") {
    grpc::ClientContext context;
    if (!token.empty()) {
      context.AddMetadata("authorization", "Bearer " + token);
    }
    return Get(&context, name);
  }
  grpc::Status Get(grpc::ClientContext* context, const std::string& name) {
    v1::GetSettingsRequest request;
    request.set_name(name);
    return stub->GetSettings(context, request, &answer);
  }
  grpc::Status Poll(grpc::ClientContext* context, bool long_poll = false,
                    const std::string& cursor = "") {
    v1::PollShipmentsRequest request;
    request.set_connection("connections/acme");
    request.set_cursor(cursor);
    if (long_poll) request.mutable_max_wait()->set_seconds(30);
    v1::PollShipmentsResponse response;
    return stub->PollShipments(context, request, &response);
  }
  grpc::Status Poll(bool long_poll = false) {
    grpc::ClientContext context;
    return Poll(&context, long_poll);
  }

 private:
  static Admission::Options AdmissionOptions(const Limits& limits) {
    Admission::Options options;
    options.max_in_flight = limits.max_in_flight;
    options.max_held_bytes_per_principal = limits.max_held_bytes_per_principal;
    options.retry_delay = absl::Milliseconds(250);
    return options;
  }

  Authenticator authenticator_;
  Admission admission_;
  base::Executor executor_;
  base::SequentialIdGenerator ids_;

 public:
  base::ManualClock clock{absl::Now()};  // deadlines are in real time
  Metrics metrics;

 private:
  RpcDispatcher dispatcher_;

 public:
  TestService service;
  v1::GetSettingsResponse answer;
  std::unique_ptr<v1::ConnectorService::Stub> stub;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

std::string Reason(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details()) ||
      details.details_size() == 0 || !details.details(0).UnpackTo(&info)) {
    return "";
  }
  return info.reason();
}

// Holds the calls of PollShipments until they are let go.
class HeldReplies {
 public:
  void Hold(Reply reply) {
    absl::MutexLock lock(&mutex_);
    replies_.push_back(std::move(reply));
  }
  void AnswerAllAfter(size_t count) {
    std::vector<Reply> replies;
    {
      absl::MutexLock lock(&mutex_);
      const auto held = [&] { return replies_.size() >= count; };
      mutex_.Await(absl::Condition(&held));
      replies.swap(replies_);
    }
    for (Reply& reply : replies) reply(absl::OkStatus());
  }

 private:
  absl::Mutex mutex_;
  std::vector<Reply> replies_;
};

inline std::vector<Principal> Worker() {
  Principal worker;
  worker.name = "worker";
  worker.token_sha256 = {base::Sha256Hex("s3cret")};
  worker.grants = {{Role::kViewer, {"acme"}}};
  return {worker};
}

// Calls whose answers nobody reads: their stream has no window to take them.
class UnreadCalls {
 public:
  explicit UnreadCalls(TestServer* server) : server_(server) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 0);
    channel_ = server->NewChannel(arguments);
  }
  ~UnreadCalls() {
    for (auto& call : calls_) call->context.TryCancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  // Returns when the server has answered one more.
  void Add() {
    calls_.push_back(std::make_unique<OneCall>());
    OneCall& call = *calls_.back();
    const int answered = server_->answered();
    v1::GetSettingsRequest request;
    request.set_name(kSettings);
    grpc::ByteBuffer bytes;
    bool own = false;
    EXPECT_TRUE((grpc::GenericSerialize<grpc::ProtoBufferWriter,
                                        google::protobuf::Message>(
                     request, &bytes, &own))
                    .ok());
    call.stream = grpc::GenericStub(channel_).PrepareCall(
        &call.context, "/oms_connector.v1.ConnectorService/GetSettings",
        &queue_);
    call.stream->StartCall(nullptr);
    Wait();
    call.stream->WriteLast(bytes, {}, nullptr);
    Wait();
    server_->AwaitAnswered(answered + 1);
  }

 private:
  struct OneCall {
    grpc::ClientContext context;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream;
  };
  void Wait() {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok) && ok);
  }

  TestServer* const server_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<OneCall>> calls_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_CALL_TEST_FIXTURE_H_
