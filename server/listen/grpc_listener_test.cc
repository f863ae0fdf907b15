#include "server/listen/grpc_listener.h"

#include <chrono>
#include <memory>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "gtest/gtest.h"

namespace oms_connector::server {
namespace {

namespace health = grpc::health::v1;

// Nothing waits for longer.
std::chrono::system_clock::time_point Deadline() {
  return absl::ToChronoTime(absl::Now() + absl::Minutes(1));
}

// Whose connections grow old in half a second.
std::unique_ptr<GrpcListener> Listen(absl::Duration grace) {
  GrpcListener::Options options;
  options.address = "127.0.0.1:0";
  options.max_connection_age = absl::Milliseconds(500);
  options.max_connection_age_grace = grace;
  return *GrpcListener::Start(options, {});
}

std::shared_ptr<grpc::Channel> Connect(const GrpcListener& listener) {
  return grpc::CreateChannel(listener.address(),
                             grpc::InsecureChannelCredentials());
}

bool IsAnswered(health::Health::Stub& stub) {
  grpc::ClientContext context;
  context.set_deadline(Deadline());
  health::HealthCheckResponse response;
  return stub.Check(&context, {}, &response).ok();
}

TEST(ConnectionAge, AnOldConnectionEndsAndTheNextCallIsAnswered) {
  const auto listener = Listen(/*grace=*/absl::Minutes(1));
  const auto channel = Connect(*listener);
  const auto stub = health::Health::NewStub(channel);
  ASSERT_TRUE(IsAnswered(*stub));
  ASSERT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY, Deadline()));
  EXPECT_TRUE(IsAnswered(*stub));
}

TEST(ConnectionAge, ACallThatDoesNotEndGoesWithItsConnection) {
  const auto listener = Listen(/*grace=*/absl::Milliseconds(500));
  const auto stub = health::Health::NewStub(Connect(*listener));
  grpc::ClientContext context;
  context.set_deadline(Deadline());
  const auto stream = stub->Watch(&context, {});
  health::HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace oms_connector::server
