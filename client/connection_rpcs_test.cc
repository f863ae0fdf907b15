#include "client/connection_rpcs.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "base/id_generator.h"
#include "client/connection_client.h"
#include "client/rpc_answers.h"
#include "oms_connector/v1/connection_service_mock.grpc.pb.h"

namespace oms_connector::client {
namespace {

using ::testing::NiceMock;

using MockStub = NiceMock<v1::MockConnectionServiceStub>;

const grpc::Status kDown(grpc::StatusCode::UNAVAILABLE, "down");
const grpc::Status kRefused(grpc::StatusCode::FAILED_PRECONDITION, "refused");

enum class Repeats { kAfterFailure, kNever };

struct Rpc {
  const char* name;
  Repeats repeats;
  std::function<void(MockStub&, RpcAnswers&)> play;
  std::function<absl::Status(const ConnectionClient&)> call;
};

// Answers every call of a mocked method.
auto Play(RpcAnswers& answers) {
  return [&answers](grpc::ClientContext*, const auto&, auto*) {
    return answers.Next();
  };
}

template <typename Request, typename Response>
auto Calling(absl::StatusOr<Response> (ConnectionClient::*method)(
    const Request&, const base::CallContext&) const) {
  return [method](const ConnectionClient& client) {
    return (client.*method)(Request(), base::CallContext()).status();
  };
}

std::vector<Rpc> AllRpcs() {
  return {
      {"CreateConnection", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, CreateConnection).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::CreateConnection)},
      {"GetConnection", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, GetConnection).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::GetConnection)},
      {"ListConnections", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ListConnections).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ListConnections)},
      {"UpdateConnection", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, UpdateConnection).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::UpdateConnection)},
      {"DeleteConnection", Repeats::kNever,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, DeleteConnection).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::DeleteConnection)},
      {"TestConnection", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, TestConnection).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::TestConnection)},
      {"ListSettingsChanges", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ListSettingsChanges).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ListSettingsChanges)},
      {"PreviewSettings", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, PreviewSettings).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::PreviewSettings)},
      {"ListShipments", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ListShipments).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ListShipments)},
      {"ReleaseShipments", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ReleaseShipments).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ReleaseShipments)},
      {"ReplayShipments", Repeats::kNever,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ReplayShipments).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ReplayShipments)},
      {"ListConsumers", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ListConsumers).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ListConsumers)},
      {"ResetConsumer", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ResetConsumer).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ResetConsumer)},
      {"DeleteConsumer", Repeats::kNever,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, DeleteConsumer).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::DeleteConsumer)},
      {"GetSyncRun", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, GetSyncRun).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::GetSyncRun)},
      {"ListSyncRuns", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, ListSyncRuns).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::ListSyncRuns)},
      {"CancelSyncRun", Repeats::kAfterFailure,
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, CancelSyncRun).WillByDefault(Play(answers));
       },
       Calling(&ConnectionClient::CancelSyncRun)},
  };
}

class ConnectionRpcsTest : public ::testing::TestWithParam<Rpc> {
 protected:
  // Makes the call against a stub that gives `statuses` in turn.
  absl::Status Run(std::vector<grpc::Status> statuses) {
    auto stub = std::make_unique<MockStub>();
    answers_ = std::make_unique<RpcAnswers>(std::move(statuses));
    GetParam().play(*stub, *answers_);
    const ConnectionClient client(
        MakeConnectionRpcs(std::move(stub), ClientOptions(), here_.Make()));
    return GetParam().call(client);
  }

  bool repeated() const { return GetParam().repeats != Repeats::kNever; }

  TestSurroundings here_;
  std::unique_ptr<RpcAnswers> answers_;
};

TEST_P(ConnectionRpcsTest, Success) {
  EXPECT_TRUE(Run({grpc::Status::OK}).ok());
  EXPECT_EQ(answers_->calls(), 1);
}

TEST_P(ConnectionRpcsTest, SuccessAfterTransients) {
  EXPECT_EQ(Run({kDown, kDown, grpc::Status::OK}).ok(), repeated());
  EXPECT_EQ(answers_->calls(), repeated() ? 3 : 1);
}

TEST_P(ConnectionRpcsTest, PermanentError) {
  EXPECT_EQ(Run({kRefused}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(answers_->calls(), 1);
}

TEST_P(ConnectionRpcsTest, TooManyTransients) {
  EXPECT_EQ(Run({kDown}).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(answers_->calls(), repeated() ? RetryPolicy().max_attempts : 1);
}

INSTANTIATE_TEST_SUITE_P(AllRpcs, ConnectionRpcsTest,
                         ::testing::ValuesIn(AllRpcs()), [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(ConnectionRpcs, AReplayWithARequestIdIsRepeated) {
  const TestSurroundings here;
  auto stub = std::make_unique<MockStub>();
  RpcAnswers answers({kDown, grpc::Status::OK});
  ON_CALL(*stub, ReplayShipments).WillByDefault(Play(answers));
  const auto rpcs =
      MakeConnectionRpcs(std::move(stub), ClientOptions(), here.Make());
  v1::ReplayShipmentsRequest request;
  request.set_request_id("6d0f9a52-27c3-4a64-9a2e-0d4c7c8a3b11");
  EXPECT_TRUE(rpcs->ReplayShipments(request, {}).ok());
  EXPECT_EQ(answers.calls(), 2);
}

TEST(ConnectionRpcs, ACreationIsGivenAnIdOfItsOwn) {
  const TestSurroundings here;
  auto stub = std::make_unique<MockStub>();
  EXPECT_CALL(*stub, CreateConnection)
      .WillOnce([](auto*, const auto& request, auto*) {
        EXPECT_TRUE(base::IsUuid(request.request_id()));
        return grpc::Status::OK;
      });
  const auto rpcs =
      MakeConnectionRpcs(std::move(stub), ClientOptions(), here.Make());
  EXPECT_TRUE(rpcs->CreateConnection({}, {}).ok());
}

}  // namespace
}  // namespace oms_connector::client
