#include "server/listen/reflection.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "oms_connector/v1/connection_service.grpc.pb.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"
#include "server/listen/health.h"

namespace oms_connector::server {
namespace {

using ::google::protobuf::Message;
using ::testing::HasSubstr;

// A message of the reflection protocol. gRPC's library holds its generated
// code, but has no header for it, and a second copy would not load.
std::unique_ptr<Message> NewMessage(const std::string& name) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          "grpc.reflection.v1alpha." + name);
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(descriptor)
          ->New());
}

// One call with one request. Each step waits for the one before.
class Conversation {
 public:
  explicit Conversation(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(channel) {}

  std::unique_ptr<Message> Ask(const Message& request) {
    const auto stream = stub_.PrepareCall(
        &context_,
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        &queue_);
    grpc::ByteBuffer sent;
    grpc::ByteBuffer received;
    bool own_buffer = false;
    EXPECT_TRUE((grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(
                     request, &sent, &own_buffer))
                    .ok());
    stream->StartCall(nullptr);
    Wait();
    stream->Write(sent, nullptr);
    Wait();
    stream->Read(&received, nullptr);
    Wait();
    stream->WritesDone(nullptr);
    Wait();
    grpc::Status status;
    stream->Finish(&status, nullptr);
    Wait();
    EXPECT_TRUE(status.ok()) << status.error_message();
    auto response = NewMessage("ServerReflectionResponse");
    grpc::ProtoBufferReader reader(&received);
    EXPECT_TRUE(response->ParseFromZeroCopyStream(&reader));
    return response;
  }

 private:
  void Wait() {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok) && ok);
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
};

class ReflectionTest : public ::testing::Test {
 protected:
  ReflectionTest() {
    EnableHealthService();
    EnableReflection();
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&connector_);
    builder.RegisterService(&connection_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
  }

  // The answer to a request in text format, as text.
  std::string Ask(const std::string& text) {
    const auto request = NewMessage("ServerReflectionRequest");
    EXPECT_TRUE(
        google::protobuf::TextFormat::ParseFromString(text, request.get()));
    return Conversation(channel_).Ask(*request)->DebugString();
  }

  v1::ConnectorService::CallbackService connector_;
  v1::ConnectionService::CallbackService connection_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ReflectionTest, ListsOurServicesAndHealth) {
  const std::string answer = Ask("list_services: ''");
  EXPECT_THAT(answer, HasSubstr("\"oms_connector.v1.ConnectorService\""));
  EXPECT_THAT(answer, HasSubstr("\"oms_connector.v1.ConnectionService\""));
  EXPECT_THAT(answer, HasSubstr("\"grpc.health.v1.Health\""));
}

TEST_F(ReflectionTest, DescribesOurServices) {
  const std::string answer =
      Ask("file_containing_symbol: "
          "'oms_connector.v1.ConnectorService.GetSettings'");
  EXPECT_THAT(answer, HasSubstr("oms_connector/v1/connector_service.proto"));
}

TEST_F(ReflectionTest, DescribesWhatOurProtosImport) {
  EXPECT_THAT(Ask("file_by_filename: 'google/rpc/status.proto'"),
              HasSubstr("file_descriptor_proto"));
  EXPECT_THAT(Ask("file_containing_symbol: 'google.rpc.Status'"),
              HasSubstr("file_descriptor_proto"));
}

TEST_F(ReflectionTest, DescribesHealth) {
  EXPECT_THAT(Ask("file_containing_symbol: 'grpc.health.v1.Health'"),
              HasSubstr("grpc/health/v1/health.proto"));
}

TEST_F(ReflectionTest, SaysWhatItDoesNotKnow) {
  EXPECT_THAT(Ask("file_containing_symbol: 'oms_connector.v1.Nothing'"),
              HasSubstr("error_response"));
}

}  // namespace
}  // namespace oms_connector::server
