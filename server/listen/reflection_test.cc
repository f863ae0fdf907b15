#include "server/listen/reflection.h"

#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

namespace oms_connector::server {
namespace {

namespace v1 = ::grpc::reflection::v1;
namespace v1alpha = ::grpc::reflection::v1alpha;

using ::google::protobuf::FileDescriptorProto;
using ::testing::HasSubstr;

// One call, to be asked one thing after another.
class Conversation {
 public:
  explicit Conversation(const std::shared_ptr<grpc::Channel>& channel)
      : stream_(v1::ServerReflection::NewStub(channel)->ServerReflectionInfo(
            &context_)) {}

  v1::ServerReflectionResponse Ask(const v1::ServerReflectionRequest& request) {
    v1::ServerReflectionResponse response;
    EXPECT_TRUE(stream_->Write(request) && stream_->Read(&response));
    return response;
  }

  // How the call ends after a request that it does not answer.
  grpc::Status Fail(const v1::ServerReflectionRequest& request) {
    v1::ServerReflectionResponse response;
    stream_->Write(request);
    EXPECT_FALSE(stream_->Read(&response));
    return stream_->Finish();
  }

  grpc::Status End() {
    stream_->WritesDone();
    return stream_->Finish();
  }

  grpc::Status AwaitEnd() { return stream_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ServerReflectionRequest,
                                           v1::ServerReflectionResponse>>
      stream_;
};

v1::ServerReflectionRequest Request(const std::string& text) {
  v1::ServerReflectionRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request));
  return request;
}

int ThreadCount() {
  const std::filesystem::directory_iterator threads("/proc/self/task");
  return static_cast<int>(std::distance(begin(threads), end(threads)));
}

class ReflectionTest : public ::testing::Test {
 protected:
  ReflectionTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    for (grpc::Service* service : reflection_.services()) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", port),
                                   grpc::InsecureChannelCredentials());
  }

  std::string Ask(const std::string& text) {
    Conversation conversation(channel_);
    const std::string answer = conversation.Ask(Request(text)).DebugString();
    EXPECT_TRUE(conversation.End().ok());
    return answer;
  }

  // The files in the answer, the one that was asked for first.
  std::vector<FileDescriptorProto> Files(const std::string& text) {
    Conversation conversation(channel_);
    std::vector<FileDescriptorProto> files;
    const auto answer = conversation.Ask(Request(text));
    for (const std::string& bytes :
         answer.file_descriptor_response().file_descriptor_proto()) {
      EXPECT_TRUE(files.emplace_back().ParseFromString(bytes));
    }
    return files;
  }

  int refused_ = 0;
  ReflectionService reflection_{[this] { ++refused_; }};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

MATCHER_P(HasComment, text, "") {
  for (const auto& location : arg.source_code_info().location()) {
    if (testing::Value(location.leading_comments(), HasSubstr(text))) {
      return true;
    }
  }
  return false;
}

TEST_F(ReflectionTest, ListsWhatMayBeCalledAndNothingElse) {
  Conversation conversation(channel_);
  std::vector<std::string> names;
  const auto answer = conversation.Ask(Request("list_services: ''"));
  for (const auto& service : answer.list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_THAT(names,
              testing::UnorderedElementsAre(
                  "oms_connector.v1.ConnectorService",
                  "oms_connector.v1.ConnectionService", "grpc.health.v1.Health",
                  "grpc.reflection.v1.ServerReflection",
                  "grpc.reflection.v1alpha.ServerReflection"));
}

TEST_F(ReflectionTest, ShowsTheContractWithItsCommentsAndJsonNames) {
  const std::vector<FileDescriptorProto> files =
      Files("file_containing_symbol: 'oms_connector.v1.InventorySettings'");
  ASSERT_FALSE(files.empty());
  EXPECT_EQ(files[0].name(), "oms_connector/v1/settings.proto");
  EXPECT_THAT(files[0], HasComment("which stock levels are published"));
  std::vector<std::string> json_names;
  for (const auto& message : files[0].message_type()) {
    if (message.name() != "InventorySettings") continue;
    for (const auto& field : message.field()) {
      json_names.push_back(field.json_name());
    }
  }
  EXPECT_THAT(json_names, testing::Contains("subtractLockedQuantity"));
}

TEST_F(ReflectionTest, FindsEachKindOfSymbol) {
  for (const char* symbol :
       {"oms_connector.v1.ConnectorService",
        "oms_connector.v1.ConnectorService.GetSettings",
        "oms_connector.v1.Settings", "oms_connector.v1.Settings.etag",
        "oms_connector.v1.SyncRun.State", "google.rpc.ErrorInfo",
        "google.protobuf.Timestamp", "google.protobuf.Struct",
        "grpc.health.v1.Health.Check",
        "grpc.reflection.v1.ServerReflectionRequest"}) {
    EXPECT_FALSE(
        Files(absl::StrCat("file_containing_symbol: '", symbol, "'")).empty())
        << symbol;
  }
}

TEST_F(ReflectionTest, BringsWhatAFileImports) {
  std::vector<std::string> names;
  for (const FileDescriptorProto& file :
       Files("file_by_filename: 'google/rpc/status.proto'")) {
    names.push_back(file.name());
  }
  EXPECT_THAT(names, testing::ElementsAre("google/rpc/status.proto",
                                          "google/protobuf/any.proto"));
}

TEST_F(ReflectionTest, SaysWhatItDoesNotKnow) {
  for (const char* request :
       {"file_containing_symbol: 'oms_connector.v1.ConnectorService.Nothing'",
        // Linked into the program, but nobody's business.
        "file_containing_symbol: 'google.protobuf.FileDescriptorProto'",
        "file_by_filename: 'server/rpc/principals.proto'",
        "file_containing_extension: { containing_type: 'google.rpc.Status' }",
        "all_extension_numbers_of_type: 'nothing'"}) {
    EXPECT_THAT(Ask(request), HasSubstr("error_code: 5")) << request;
  }
  EXPECT_THAT(Ask(""), HasSubstr("error_code: 3"));
}

TEST_F(ReflectionTest, KnowsThatNothingHasExtensions) {
  EXPECT_THAT(Ask("all_extension_numbers_of_type: 'google.rpc.Status'"),
              HasSubstr("base_type_name: \"google.rpc.Status\""));
}

TEST_F(ReflectionTest, SendsHostAndRequestBackWithTheAnswer) {
  const std::string answer =
      Ask("host: 'me' file_by_filename: 'google/rpc/code.proto'");
  EXPECT_THAT(answer, HasSubstr("valid_host: \"me\""));
  EXPECT_THAT(answer, HasSubstr("file_by_filename: \"google/rpc/code.proto\""));
}

TEST_F(ReflectionTest, AnswersUnderItsOlderNameToo) {
  grpc::ClientContext context;
  const auto stream =
      v1alpha::ServerReflection::NewStub(channel_)->ServerReflectionInfo(
          &context);
  v1alpha::ServerReflectionRequest request;
  request.set_file_containing_symbol("oms_connector.v1.Settings");
  v1alpha::ServerReflectionResponse response;
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_GT(response.file_descriptor_response().file_descriptor_proto_size(),
            0);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ReflectionTest, RefusesWhatIsTooLongToBeAName) {
  v1::ServerReflectionRequest request;
  request.set_file_by_filename(
      std::string(ReflectionService::kMaxRequestBytes, 'x'));
  EXPECT_EQ(Conversation(channel_).Fail(request).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReflectionTest, StreamsCostNoThreadsAndAreCounted) {
  // gRPC makes its threads when it first needs them.
  Ask("list_services: ''");
  std::vector<std::unique_ptr<Conversation>> open;
  const auto open_until = [&](size_t count) {
    while (open.size() < count) {
      open.push_back(std::make_unique<Conversation>(channel_));
      open.back()->Ask(Request("list_services: ''"));
    }
  };
  open_until(100);
  const int threads = ThreadCount();
  open_until(1000);
  EXPECT_EQ(reflection_.streams(), 1000u);
  EXPECT_LE(ThreadCount(), threads + 2);  // gRPC's own may come and go

  open_until(ReflectionService::kMaxStreams);
  EXPECT_EQ(Conversation(channel_).AwaitEnd().error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused_, 1);
}

TEST_F(ReflectionTest, EndsOpenStreamsWhenItShutsDown) {
  Conversation open(channel_);
  open.Ask(Request("list_services: ''"));
  reflection_.Shutdown();
  EXPECT_EQ(open.AwaitEnd().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Conversation(channel_).AwaitEnd().error_code(),
            grpc::StatusCode::UNAVAILABLE);
  server_->Shutdown();
  EXPECT_EQ(reflection_.streams(), 0u);
}

}  // namespace
}  // namespace oms_connector::server
