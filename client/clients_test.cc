// Every RPC of both clients: success, a permanent error, too many transients.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "client/client_environment.h"
#include "client/scripted_connector.h"
#include "google/rpc/error_details.pb.h"
#include "oms_connector/client/connection_client.h"
#include "oms_connector/client/connector_client.h"
#include "oms_connector/client/mocks.h"
#include "oms_connector/client/rpc_status.h"

namespace oms_connector::client {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

const absl::Status kDown = absl::UnavailableError("down");

// Both clients over one scripted connector, in a world where waiting takes no
// time. Its clock is ahead of the machine's by an hour, so that the deadlines
// made from it are in the future for gRPC too.
struct World {
  World()
      : clock(std::make_shared<base::ManualClock>(base::SystemClock().Now() +
                                                  absl::Hours(1))),
        sleeper(std::make_shared<base::ManualSleeper>(clock.get())),
        caller(ClientOptions(),
               std::make_shared<ClientEnvironment>(ClientEnvironment{
                   clock, sleeper,
                   std::make_shared<base::SequentialIdGenerator>()})),
        connector(v1::ConnectorService::NewStub(server.channel()), caller),
        connections(v1::ConnectionService::NewStub(server.channel()), caller) {}

  ScriptedConnector server;
  std::shared_ptr<base::ManualClock> clock;
  std::shared_ptr<base::ManualSleeper> sleeper;
  UnaryCaller caller;
  ConnectorClient connector;
  ConnectionClient connections;
};

struct Rpc {
  const char* name;
  bool idempotent;
  std::function<void(ScriptedConnector&)> succeed;
  std::function<void(ScriptedConnector&, const absl::Status&, int)> fail;
  std::function<absl::Status(const World&)> call;
  std::function<int(const ScriptedConnector&)> calls;
};

template <typename Client, typename Request, typename Response>
Rpc Of(const char* name, Client World::*client,
       absl::StatusOr<Response> (Client::*method)(const Request&,
                                                  const CallOptions&) const,
       bool idempotent = true) {
  return {
      name,
      idempotent,
      [](ScriptedConnector& server) { server.Answer(Response()); },
      [](ScriptedConnector& server, const absl::Status& status, int times) {
        server.Fail<Response>(status, times);
      },
      [=](const World& world) {
        return ((world.*client).*method)(Request(), CallOptions()).status();
      },
      [](const ScriptedConnector& server) { return server.Calls<Request>(); }};
}

std::vector<Rpc> AllRpcs() {
  constexpr auto kA = &World::connector;
  constexpr auto kB = &World::connections;
  using A = ConnectorClient;
  using B = ConnectionClient;
  return {
      Of("GetSettings", kA, &A::GetSettings),
      Of("UpdateSettings", kA, &A::UpdateSettings),
      Of("SyncInventory", kA, &A::SyncInventory),
      Of("PollShipments", kA, &A::PollShipments),
      Of("AcknowledgeShipments", kA, &A::AcknowledgeShipments),
      Of("CreateConnection", kB, &B::CreateConnection, false),
      Of("GetConnection", kB, &B::GetConnection),
      Of("ListConnections", kB, &B::ListConnections),
      Of("UpdateConnection", kB, &B::UpdateConnection),
      Of("DeleteConnection", kB, &B::DeleteConnection),
      Of("TestConnection", kB, &B::TestConnection),
      Of("ListSettingsChanges", kB, &B::ListSettingsChanges),
      Of("PreviewSettings", kB, &B::PreviewSettings),
      Of("ExplainLevel", kB, &B::ExplainLevel),
      Of("ListShipments", kB, &B::ListShipments),
      Of("ReleaseShipments", kB, &B::ReleaseShipments),
      Of("ReplayShipments", kB, &B::ReplayShipments, false),
      Of("ListConsumers", kB, &B::ListConsumers),
      Of("ResetConsumer", kB, &B::ResetConsumer),
      Of("DeleteConsumer", kB, &B::DeleteConsumer),
      Of("GetSyncRun", kB, &B::GetSyncRun),
      Of("ListSyncRuns", kB, &B::ListSyncRuns),
      Of("CancelSyncRun", kB, &B::CancelSyncRun),
  };
}

class EveryRpc : public ::testing::TestWithParam<Rpc> {
 protected:
  absl::Status Call() const { return GetParam().call(world_); }
  int calls() const { return GetParam().calls(world_.server); }

  World world_;
};

TEST_P(EveryRpc, Success) {
  GetParam().succeed(world_.server);
  EXPECT_EQ(Call(), absl::OkStatus());
  EXPECT_EQ(calls(), 1);
}

TEST_P(EveryRpc, SuccessAfterTransientsWhereTheContractAllowsARepeat) {
  GetParam().fail(world_.server, kDown, 2);
  GetParam().succeed(world_.server);
  EXPECT_EQ(Call().ok(), GetParam().idempotent);
  EXPECT_EQ(calls(), GetParam().idempotent ? 3 : 1);
}

TEST_P(EveryRpc, PermanentError) {
  GetParam().fail(world_.server, absl::FailedPreconditionError("no"), 1);
  EXPECT_EQ(Call().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(calls(), 1);
}

TEST_P(EveryRpc, TooManyTransients) {
  GetParam().fail(world_.server, kDown, 9);
  EXPECT_EQ(Call().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(calls(), GetParam().idempotent ? RetryOptions().max_attempts : 1);
}

INSTANTIATE_TEST_SUITE_P(Clients, EveryRpc, ::testing::ValuesIn(AllRpcs()),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

// No RPC is left out of the list above.
TEST(Clients, HaveEveryRpcOfTheContract) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  EXPECT_EQ(static_cast<size_t>(
                pool->FindServiceByName("oms_connector.v1.ConnectorService")
                    ->method_count() +
                pool->FindServiceByName("oms_connector.v1.ConnectionService")
                    ->method_count()),
            AllRpcs().size());
}

TEST(Clients, TriesOfOneWriteCarryOneRequestId) {
  World world;
  world.server.Fail<v1::UpdateSettingsResponse>(kDown);
  world.server.Answer(v1::UpdateSettingsResponse());
  EXPECT_TRUE(world.connector.UpdateSettings({}).ok());
  const auto id = world.server.Sent<v1::UpdateSettingsRequest>(0).request_id();
  EXPECT_TRUE(base::IsUuid(id));
  EXPECT_EQ(world.server.Sent<v1::UpdateSettingsRequest>(1).request_id(), id);
}

TEST(Clients, KeepTheCallersRequestId) {
  World world;
  world.server.Answer(v1::AcknowledgeShipmentsResponse());
  v1::AcknowledgeShipmentsRequest request;
  request.set_request_id("mine");
  EXPECT_TRUE(world.connector.AcknowledgeShipments(request).ok());
  EXPECT_EQ(world.server.Sent<v1::AcknowledgeShipmentsRequest>(0).request_id(),
            "mine");
}

TEST(Clients, OnlyAPullRightNowIsGivenARequestId) {
  World world;
  world.server.Answer(v1::SyncInventoryResponse(), 2);
  v1::SyncInventoryRequest request;
  request.mutable_max_staleness()->set_seconds(60);
  EXPECT_TRUE(world.connector.SyncInventory(request).ok());
  request.mutable_max_staleness()->set_seconds(0);
  EXPECT_TRUE(world.connector.SyncInventory(request).ok());
  EXPECT_THAT(world.server.Sent<v1::SyncInventoryRequest>(0).request_id(),
              IsEmpty());
  EXPECT_THAT(world.server.Sent<v1::SyncInventoryRequest>(1).request_id(),
              Not(IsEmpty()));
}

TEST(Clients, ACallThatIsNotIdempotentIsRepeatedWithTheCallersRequestId) {
  World world;
  world.server.Fail<v1::ReplayShipmentsResponse>(kDown);
  world.server.Answer(v1::ReplayShipmentsResponse());
  v1::ReplayShipmentsRequest request;
  request.set_request_id("6d0f9a52-27c3-4a64-9a2e-0d4c7c8a3b11");
  EXPECT_TRUE(world.connections.ReplayShipments(request).ok());
  EXPECT_EQ(world.server.Calls<v1::ReplayShipmentsRequest>(), 2);
}

// What is left until the deadline of the call that a mocked method was given.
absl::Duration TimeoutOf(const grpc::ClientContext& call, absl::Time now) {
  return absl::FromChrono(call.deadline()) - now;
}

TEST(Clients, GiveACallTheDefaultTimeoutOrTheTimeItAsksTheServerToWait) {
  const World world;
  auto stub = std::make_shared<MockConnectorStub>();
  const ConnectorClient client(stub, world.caller);
  EXPECT_CALL(*stub, SyncInventory)
      .WillOnce([&](grpc::ClientContext* call, const auto&, auto*) {
        EXPECT_EQ(TimeoutOf(*call, world.clock->Now()), absl::Seconds(60));
        return grpc::Status::OK;
      })
      .WillOnce([&](grpc::ClientContext* call, const auto&, auto*) {
        EXPECT_EQ(TimeoutOf(*call, world.clock->Now()), absl::Seconds(605));
        return grpc::Status::OK;
      });
  v1::SyncInventoryRequest request;
  EXPECT_TRUE(client.SyncInventory(request).ok());
  request.mutable_max_wait()->set_seconds(600);
  EXPECT_TRUE(client.SyncInventory(request).ok());
}

TEST(Clients, RetriesStayWithinTheCallersDeadline) {
  World world;
  auto stub = std::make_shared<MockConnectorStub>();
  const ConnectorClient client(stub, world.caller);
  EXPECT_CALL(*stub, GetSettings).WillRepeatedly([&](auto*, auto&, auto*) {
    world.clock->Advance(absl::Milliseconds(400));
    return ToGrpcStatus(kDown);
  });
  CallOptions options;
  const absl::Time start = world.clock->Now();
  options.deadline = start + absl::Seconds(1);
  EXPECT_EQ(client.GetSettings({}, options).status(), kDown);
  EXPECT_LE(world.clock->Now() - start, absl::Seconds(1));
}

TEST(Clients, DoNotSendACancelledCall) {
  World world;
  CallOptions options;
  options.cancellation.emplace().Cancel();
  EXPECT_EQ(world.connector.GetSettings({}, options).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(world.server.Calls<v1::GetSettingsRequest>(), 0);
}

TEST(Clients, WaitBetweenTriesAsLongAsTheServerAsks) {
  World world;
  absl::Status busy = kDown;
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(7);
  busy.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                  absl::Cord(info.SerializeAsString()));
  EXPECT_TRUE(world.connector.BackOff(1, busy).ok());
  EXPECT_TRUE(world.connector.BackOff(1, kDown).ok());
  EXPECT_EQ(world.sleeper->asked()[0], absl::Seconds(7));
  EXPECT_LE(world.sleeper->asked()[1], RetryOptions().first_delay);
}

TEST(Mocks, PlayAnswersAndErrorsWithTheirReasons) {
  auto stub = std::make_shared<MockConnectionStub>();
  v1::GetConnectionResponse answer;
  answer.mutable_connection()->set_name("connections/acme");
  EXPECT_CALL(*stub, GetConnection)
      .WillOnce(Answers(answer))
      .WillOnce(Fails(ErrorWithReason(absl::StatusCode::kNotFound, "gone",
                                      "CONNECTION_NOT_FOUND")));
  const ConnectionClient client = ClientOf(stub);
  EXPECT_EQ(client.GetConnection({})->connection().name(), "connections/acme");
  const absl::Status status = client.GetConnection({}).status();
  EXPECT_EQ(status.message(), "gone");
  EXPECT_EQ(ReasonOf(status), "CONNECTION_NOT_FOUND");
}

}  // namespace
}  // namespace oms_connector::client
