#include "client/connector_rpcs.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "client/connector_client.h"
#include "client/rpc_answers.h"
#include "oms_connector/v1/connector_service_mock.grpc.pb.h"

namespace oms_connector::client {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::NiceMock;
using ::testing::Not;
using ::testing::SizeIs;

using MockStub = NiceMock<v1::MockConnectorServiceStub>;

const grpc::Status kDown(grpc::StatusCode::UNAVAILABLE, "down");
const grpc::Status kRefused(grpc::StatusCode::FAILED_PRECONDITION, "refused");

struct Rpc {
  const char* name;
  std::function<void(MockStub&, RpcAnswers&)> play;
  std::function<absl::Status(const ConnectorClient&)> call;
};

// Answers every call of a mocked method.
auto Play(RpcAnswers& answers) {
  return [&answers](grpc::ClientContext*, const auto&, auto*) {
    return answers.Next();
  };
}

std::vector<Rpc> AllRpcs() {
  return {
      {"GetSettings",
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, GetSettings).WillByDefault(Play(answers));
       },
       [](const ConnectorClient& client) {
         return client.GetSettings({}).status();
       }},
      {"UpdateSettings",
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, UpdateSettings).WillByDefault(Play(answers));
       },
       [](const ConnectorClient& client) {
         return client.UpdateSettings({}).status();
       }},
      {"SyncInventory",
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, SyncInventory).WillByDefault(Play(answers));
       },
       [](const ConnectorClient& client) {
         return client.SyncInventory({}).status();
       }},
      {"PollShipments",
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, PollShipments).WillByDefault(Play(answers));
       },
       [](const ConnectorClient& client) {
         return client.PollShipments({}).status();
       }},
      {"AcknowledgeShipments",
       [](MockStub& stub, RpcAnswers& answers) {
         ON_CALL(stub, AcknowledgeShipments).WillByDefault(Play(answers));
       },
       [](const ConnectorClient& client) {
         return client.AcknowledgeShipments({}).status();
       }},
  };
}

class ConnectorRpcsTest : public ::testing::TestWithParam<Rpc> {
 protected:
  // Makes the call against a stub that gives `statuses` in turn.
  absl::Status Run(std::vector<grpc::Status> statuses) {
    auto stub = std::make_unique<MockStub>();
    answers_ = std::make_unique<RpcAnswers>(std::move(statuses));
    GetParam().play(*stub, *answers_);
    const ConnectorClient client(
        MakeConnectorRpcs(std::move(stub), ClientOptions(), here_.Make()));
    return GetParam().call(client);
  }

  TestSurroundings here_;
  std::unique_ptr<RpcAnswers> answers_;
};

TEST_P(ConnectorRpcsTest, Success) {
  EXPECT_TRUE(Run({kDown, kDown, grpc::Status::OK}).ok());
  EXPECT_EQ(answers_->calls(), 3);
  EXPECT_THAT(here_.sleeper->asked(), SizeIs(2));
}

TEST_P(ConnectorRpcsTest, PermanentError) {
  EXPECT_EQ(Run({kRefused}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(answers_->calls(), 1);
}

TEST_P(ConnectorRpcsTest, TooManyTransients) {
  EXPECT_EQ(Run({kDown}).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(answers_->calls(), RetryPolicy().max_attempts);
}

INSTANTIATE_TEST_SUITE_P(AllRpcs, ConnectorRpcsTest,
                         ::testing::ValuesIn(AllRpcs()), [](const auto& info) {
                           return std::string(info.param.name);
                         });

class ConnectorRpcsRequestTest : public ::testing::Test {
 protected:
  ConnectorRpcsRequestTest()
      : stub_(new MockStub),
        rpcs_(MakeConnectorRpcs(std::unique_ptr<MockStub>(stub_),
                                ClientOptions(), here_.Make())) {}

  TestSurroundings here_;
  MockStub* const stub_;  // owned by rpcs_
  const std::shared_ptr<ConnectorRpcs> rpcs_;
};

TEST_F(ConnectorRpcsRequestTest, TriesOfOneWriteCarryOneRequestId) {
  std::vector<std::string> ids;
  EXPECT_CALL(*stub_, UpdateSettings)
      .Times(2)
      .WillRepeatedly([&](auto*, const auto& request, auto*) {
        ids.push_back(request.request_id());
        return ids.size() == 1 ? kDown : grpc::Status::OK;
      });
  EXPECT_TRUE(rpcs_->UpdateSettings({}, {}).ok());
  ASSERT_THAT(ids, SizeIs(2));
  EXPECT_THAT(ids[0], SizeIs(36));
  EXPECT_EQ(ids[0], ids[1]);
}

TEST_F(ConnectorRpcsRequestTest, KeepsTheCallersRequestId) {
  EXPECT_CALL(*stub_, AcknowledgeShipments)
      .WillOnce([](auto*, const auto& request, auto*) {
        EXPECT_EQ(request.request_id(), "mine");
        return grpc::Status::OK;
      });
  v1::AcknowledgeShipmentsRequest request;
  request.set_request_id("mine");
  EXPECT_TRUE(rpcs_->AcknowledgeShipments(request, {}).ok());
}

TEST_F(ConnectorRpcsRequestTest, OnlyAPullRightNowIsGivenARequestId) {
  std::vector<std::string> ids;
  EXPECT_CALL(*stub_, SyncInventory)
      .Times(2)
      .WillRepeatedly([&](auto*, const auto& request, auto*) {
        ids.push_back(request.request_id());
        return grpc::Status::OK;
      });
  v1::SyncInventoryRequest request;
  request.mutable_max_staleness()->set_seconds(60);
  EXPECT_TRUE(rpcs_->SyncInventory(request, {}).ok());
  request.mutable_max_staleness()->set_seconds(0);
  EXPECT_TRUE(rpcs_->SyncInventory(request, {}).ok());
  ASSERT_THAT(ids, SizeIs(2));
  EXPECT_THAT(ids[0], IsEmpty());
  EXPECT_THAT(ids[1], Not(IsEmpty()));
}

// What is left until the deadline of the call that a mocked method was given.
absl::Duration TimeoutOf(const grpc::ClientContext& call, absl::Time now) {
  return absl::FromChrono(call.deadline()) - now;
}

TEST_F(ConnectorRpcsRequestTest, WithoutADeadlineTheDefaultTimeoutCounts) {
  EXPECT_CALL(*stub_, GetSettings)
      .WillOnce([&](grpc::ClientContext* call, const auto&, auto*) {
        EXPECT_EQ(TimeoutOf(*call, here_.clock->Now()), absl::Seconds(60));
        return grpc::Status::OK;
      });
  EXPECT_TRUE(rpcs_->GetSettings({}, {}).ok());
}

TEST_F(ConnectorRpcsRequestTest, ALongWaitIsGivenMoreTimeThanTheDefault) {
  EXPECT_CALL(*stub_, SyncInventory)
      .WillOnce([&](grpc::ClientContext* call, const auto&, auto*) {
        EXPECT_EQ(TimeoutOf(*call, here_.clock->Now()), absl::Seconds(605));
        return grpc::Status::OK;
      });
  v1::SyncInventoryRequest request;
  request.mutable_max_wait()->set_seconds(600);
  EXPECT_TRUE(rpcs_->SyncInventory(request, {}).ok());
}

TEST_F(ConnectorRpcsRequestTest, RetriesStayWithinTheCallersDeadline) {
  EXPECT_CALL(*stub_, GetSettings).WillRepeatedly([&](auto*, auto&, auto*) {
    here_.clock->Advance(absl::Milliseconds(400));
    return kDown;
  });
  const base::CallContext context(here_.clock->Now() + absl::Seconds(1), {});
  const absl::Time start = here_.clock->Now();
  EXPECT_EQ(rpcs_->GetSettings({}, context).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_THAT(here_.clock->Now() - start,
              AllOf(Ge(absl::Milliseconds(400)), Le(absl::Seconds(1))));
}

TEST_F(ConnectorRpcsRequestTest, ACancelledCallIsNotSent) {
  EXPECT_CALL(*stub_, GetSettings).Times(0);
  base::CancellationSource source;
  source.Cancel();
  const base::CallContext context(absl::InfiniteFuture(), source.token());
  EXPECT_EQ(rpcs_->GetSettings({}, context).status().code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace oms_connector::client
