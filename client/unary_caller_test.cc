// The client over a real channel, against a server of this process that answers
// what a test tells it to.

#include <gmock/gmock.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "oms_connector/client/client_options.h"
#include "oms_connector/client/connector_client.h"
#include "oms_connector/client/rpc_status.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"

namespace oms_connector::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Handler = std::function<grpc::Status(grpc::ServerContext*)>;

// Answers GetSettings with one handler after the other, the last one for ever.
class ScriptedServer final : public v1::ConnectorService::Service {
 public:
  ScriptedServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~ScriptedServer() override {
    server_->Shutdown(absl::ToChronoTime(absl::Now()));
  }

  void Script(std::deque<Handler> handlers) {
    absl::MutexLock lock(&mutex_);
    handlers_ = std::move(handlers);
  }

  grpc::Status GetSettings(grpc::ServerContext* context,
                           const v1::GetSettingsRequest* request,
                           v1::GetSettingsResponse* response) override {
    Handler handler;
    {
      absl::MutexLock lock(&mutex_);
      ++calls_;
      handler = handlers_.front();
      if (handlers_.size() > 1) handlers_.pop_front();
    }
    response->mutable_settings()->set_name(request->name());
    return handler(context);
  }

  int calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }
  std::string endpoint() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  mutable absl::Mutex mutex_;
  std::deque<Handler> handlers_;
  int calls_ = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

grpc::Status Ok(grpc::ServerContext*) { return grpc::Status::OK; }

// OVERLOADED as the connector says it.
grpc::Status Overloaded(grpc::ServerContext* context, const char* pushback) {
  context->AddTrailingMetadata("grpc-retry-pushback-ms", pushback);
  google::rpc::Status rich;
  rich.set_code(14);
  rich.set_message("too many calls at once");
  google::rpc::ErrorInfo info;
  info.set_domain("oms-connector");
  info.set_reason("OVERLOADED");
  rich.add_details()->PackFrom(info);
  return {grpc::StatusCode::UNAVAILABLE, rich.message(),
          rich.SerializeAsString()};
}

class UnaryCallerTest : public ::testing::Test {
 protected:
  ConnectorClient Client() {
    options_.endpoint = server_.endpoint();
    options_.retry.first_delay = absl::Milliseconds(1);
    options_.retry.longest_delay = absl::Milliseconds(5);
    return *ConnectorClient::Create(options_);
  }

  absl::Status GetSettings(const CallOptions& call = {}) {
    v1::GetSettingsRequest request;
    request.set_name("connections/acme/settings");
    return Client().GetSettings(request, call).status();
  }

  ScriptedServer server_;
  ClientOptions options_;
};

TEST_F(UnaryCallerTest, ReturnsTheAnswer) {
  server_.Script({Ok});
  v1::GetSettingsRequest request;
  request.set_name("connections/acme/settings");
  const auto answer = Client().GetSettings(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->settings().name(), "connections/acme/settings");
}

TEST_F(UnaryCallerTest, SendsTheBearerTokenWithEachTry) {
  std::vector<std::string> seen;
  const Handler look = [&seen](grpc::ServerContext* context) {
    const auto& metadata = context->client_metadata();
    const auto found = metadata.find("authorization");
    seen.push_back(found == metadata.end() ? ""
                                           : std::string(found->second.data(),
                                                         found->second.size()));
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "");
  };
  server_.Script({look, look, Ok});
  options_.bearer_token = "t0ken";
  EXPECT_TRUE(GetSettings().ok());
  EXPECT_THAT(seen, ElementsAre("Bearer t0ken", "Bearer t0ken"));
}

TEST_F(UnaryCallerTest, ReadsTheTokenAgainForEveryCall) {
  std::string seen;
  server_.Script({[&seen](grpc::ServerContext* context) {
    const auto found = context->client_metadata().find("authorization");
    seen = std::string(found->second.data(), found->second.size());
    return grpc::Status::OK;
  }});
  options_.bearer_token_file = absl::StrCat(::testing::TempDir(), "/token");
  const ConnectorClient client = Client();
  std::ofstream(options_.bearer_token_file) << "f1rst\n";
  EXPECT_TRUE(client.GetSettings({}).ok());
  EXPECT_EQ(seen, "Bearer f1rst");
  std::ofstream(options_.bearer_token_file) << "s3cond\n";
  EXPECT_TRUE(client.GetSettings({}).ok());
  EXPECT_EQ(seen, "Bearer s3cond");
  std::remove(options_.bearer_token_file.c_str());
  EXPECT_EQ(client.GetSettings({}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(UnaryCallerTest, ReportsTheServersReason) {
  server_.Script({[](auto* c) { return Overloaded(c, "-1"); }});
  const absl::Status status = GetSettings();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "too many calls at once");
  EXPECT_EQ(ReasonOf(status), "OVERLOADED");
}

TEST_F(UnaryCallerTest, PushbackCanForbidAnotherTry) {
  server_.Script({[](auto* c) { return Overloaded(c, "-1"); }, Ok});
  EXPECT_EQ(GetSettings().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(UnaryCallerTest, PushbackSaysHowLongToWait) {
  server_.Script({[](auto* c) { return Overloaded(c, "300"); }, Ok});
  const absl::Time start = absl::Now();
  EXPECT_TRUE(GetSettings().ok());
  EXPECT_EQ(server_.calls(), 2);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(300));
}

TEST_F(UnaryCallerTest, APushbackBeyondTheDeadlineIsReportedAtOnce) {
  server_.Script({[](auto* c) { return Overloaded(c, "600000"); }, Ok});
  EXPECT_EQ(ReasonOf(GetSettings()), "OVERLOADED");
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(UnaryCallerTest, AnUnreachableServerIsUnavailable) {
  std::string endpoint;
  { endpoint = ScriptedServer().endpoint(); }
  options_.endpoint = endpoint;
  options_.retry.max_attempts = 2;
  const auto client = ConnectorClient::Create(options_);
  ASSERT_TRUE(client.ok());
  const absl::Status status = client->GetSettings({}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "");
}

TEST_F(UnaryCallerTest, CanReportAnUnreachableServerAtOnce) {
  std::string endpoint;
  { endpoint = ScriptedServer().endpoint(); }
  options_.endpoint = endpoint;
  options_.retry.first_delay = absl::Hours(1);
  options_.retry.when_unreachable = false;
  EXPECT_EQ(ConnectorClient::Create(options_)->GetSettings({}).status().code(),
            absl::StatusCode::kUnavailable);
}

// Waits until nobody wants the answer any more.
grpc::Status WaitForCancellation(grpc::ServerContext* context) {
  while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
  return grpc::Status::CANCELLED;
}

TEST_F(UnaryCallerTest, TheDeadlineEndsACall) {
  server_.Script({WaitForCancellation});
  options_.default_timeout = absl::Milliseconds(200);
  EXPECT_EQ(GetSettings().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(UnaryCallerTest, CancellationEndsACallThatIsUnderWay) {
  absl::Notification arrived;
  server_.Script({[&arrived](grpc::ServerContext* context) {
    arrived.Notify();
    return WaitForCancellation(context);
  }});
  CallOptions call;
  call.cancellation.emplace();
  std::thread canceller([&] {
    arrived.WaitForNotification();
    call.cancellation->Cancel();
  });
  EXPECT_EQ(GetSettings(call).code(), absl::StatusCode::kCancelled);
  canceller.join();
}

TEST_F(UnaryCallerTest, CopiesShareTheirChannel) {
  server_.Script({Ok});
  auto first = std::make_unique<ConnectorClient>(Client());
  const ConnectorClient second = *first;
  first.reset();
  EXPECT_TRUE(second.GetSettings({}).ok());
}

TEST_F(UnaryCallerTest, OptionsThatCannotWorkAreRefusedAtOnce) {
  options_.endpoint = "connector.internal:50051";
  EXPECT_EQ(ConnectorClient::Create(options_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace oms_connector::client
