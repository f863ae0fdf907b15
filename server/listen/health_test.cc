#include "server/listen/health.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "oms_connector/v1/connection_service.grpc.pb.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"

namespace oms_connector::server {
namespace {

namespace health = grpc::health::v1;

class HealthTest : public ::testing::Test {
 protected:
  HealthTest() {
    EnableHealthService();
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&connector_);
    server_ = builder.BuildAndStart();
    reporter_ = std::make_unique<HealthReporter>(server_.get());
    stub_ = health::Health::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                            grpc::InsecureChannelCredentials()));
  }

  // The status of `name`, or of the call where that fails.
  std::string Status(const std::string& name) {
    grpc::ClientContext context;
    health::HealthCheckRequest request;
    request.set_service(name);
    health::HealthCheckResponse response;
    const grpc::Status status = stub_->Check(&context, request, &response);
    if (!status.ok()) return std::to_string(status.error_code());
    return health::HealthCheckResponse::ServingStatus_Name(response.status());
  }

  v1::ConnectorService::CallbackService connector_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HealthReporter> reporter_;
  std::unique_ptr<health::Health::Stub> stub_;
};

TEST_F(HealthTest, ReportsTheServerAndEachService) {
  for (const std::string& name :
       {std::string(), std::string(v1::ConnectorService::service_full_name()),
        std::string(v1::ConnectionService::service_full_name())}) {
    EXPECT_EQ(Status(name), "NOT_SERVING") << name;
    reporter_->SetServing(true);
    EXPECT_EQ(Status(name), "SERVING") << name;
    reporter_->SetServing(false);
    EXPECT_EQ(Status(name), "NOT_SERVING") << name;
  }
}

TEST_F(HealthTest, KnowsNoOtherService) {
  reporter_->SetServing(true);
  EXPECT_EQ(Status("oms_connector.v1.NoService"),
            std::to_string(grpc::StatusCode::NOT_FOUND));
}

TEST_F(HealthTest, TellsWatchersOfTheDrain) {
  reporter_->SetServing(true);
  grpc::ClientContext context;
  health::HealthCheckRequest request;
  const auto stream = stub_->Watch(&context, request);
  health::HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), health::HealthCheckResponse::SERVING);
  reporter_->SetServing(false);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), health::HealthCheckResponse::NOT_SERVING);
  context.TryCancel();
}

}  // namespace
}  // namespace oms_connector::server
