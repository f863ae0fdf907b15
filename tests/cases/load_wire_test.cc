// Callers that are too many: each refusal says when to come back, in the error
// and in the trailer that gRPC's own retries read.
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/http_client.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

// The hashes are those of "ops-token-1" and "worker-token-1".
constexpr char kPrincipals[] = R"pb(
  principals {
    name: "ops"
    token_sha256: "afea05a7b613cfdfa85ae66ededbbf40de4e4da7c3c41fe3e19e7831dc392413"
    grants { role: ADMIN connections: "*" }
  }
  principals {
    name: "worker"
    token_sha256: "d165b0441af0d55abb1bdf72558f7e90c258fcfa6fe35e3190206a9ffe0abfe6"
    grants { role: OPERATOR connections: "acme" }
  })pb";

struct Answer {
  std::string error;
  int64_t retry_millis = 0;  // of RetryInfo
  std::string pushback;      // the trailer; empty = none
};

int64_t RetryMillis(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::RetryInfo info;
    if (!any.UnpackTo(&info)) continue;
    return info.retry_delay().seconds() * 1000 +
           info.retry_delay().nanos() / 1'000'000;
  }
  return 0;
}

class LoadWireTest : public ::testing::Test {
 protected:
  // Four calls at once, so two are one caller's share.
  LoadWireTest() {
    server::Server::Options options;
    options.max_in_flight = 4;
    options.principals_file = directory_.File("principals");
    std::ofstream(options.principals_file) << kPrincipals;
    bench_ = std::make_unique<WireBench>(SmallWireWorld(), options);
    WireClient ops(bench_->server().address(), "ops-token-1");
    EXPECT_EQ(
        ops.Call(&ConnectionStub::CreateConnection,
                 NewConnectionRequest("acme", bench_->fake().base_url(), ""))
            .error(),
        "OK");
    bench_->fake().faults().Add(MakeFault(FaultKind::kHold, "saleschannels"));
  }
  ~LoadWireTest() override { Release(); }

  // So many calls of this caller wait at the server when it returns.
  void Occupy(int count, const std::string& token) {
    for (int i = 0; i < count; ++i) {
      waiting_.emplace_back([this, token] {
        WireClient client(bench_->server().address(), token);
        client.Call(&ConnectorStub::SyncInventory,
                    "connection: 'connections/acme' max_staleness {}");
      });
    }
    expected_ += count;
    const std::string& admin = bench_->server().admin_address();
    int port = 0;
    ASSERT_TRUE(absl::SimpleAtoi(admin.substr(admin.rfind(':') + 1), &port));
    const std::string line = absl::StrCat("calls in flight: ", expected_, "\n");
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!absl::StrContains(Get(port, "/statusz").body, line)) {
      ASSERT_LT(absl::Now(), deadline);
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  void Release() {
    bench_->fake().faults().ReleaseAll();
    for (std::thread& one : waiting_) one.join();
    waiting_.clear();
  }

  Answer Ask(const std::string& token) {
    const auto stub = v1::ConnectorService::NewStub(grpc::CreateChannel(
        bench_->server().address(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
    v1::GetSettingsRequest request;
    request.set_name("connections/acme/settings");
    v1::GetSettingsResponse response;
    const grpc::Status status = stub->GetSettings(&context, request, &response);
    Answer answer{ErrorText(status), RetryMillis(status), ""};
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto found = trailers.find("grpc-retry-pushback-ms");
    if (found != trailers.end()) {
      answer.pushback = {found->second.data(), found->second.size()};
    }
    return answer;
  }

 private:
  TestDirectory directory_;
  std::unique_ptr<WireBench> bench_;
  std::vector<std::thread> waiting_;
  int expected_ = 0;
};

TEST_F(LoadWireTest, CallerOverItsShareIsRefusedWhileOthersAreServed) {
  Occupy(2, "worker-token-1");
  const Answer refused = Ask("worker-token-1");
  EXPECT_EQ(refused.error, "RESOURCE_EXHAUSTED QUOTA_EXCEEDED +RetryInfo");
  EXPECT_EQ(refused.retry_millis, 500);
  EXPECT_EQ(refused.pushback, "500");
  EXPECT_EQ(Ask("ops-token-1").error, "OK");
  Release();
  EXPECT_EQ(Ask("worker-token-1").error, "OK");
}

TEST_F(LoadWireTest, FullServerRefusesEveryoneUntilThereIsRoom) {
  Occupy(2, "worker-token-1");
  Occupy(2, "ops-token-1");
  const Answer refused = Ask("ops-token-1");
  EXPECT_EQ(refused.error, "UNAVAILABLE OVERLOADED +RetryInfo");
  EXPECT_EQ(refused.retry_millis, 500);
  EXPECT_EQ(refused.pushback, "500");
  Release();
  const Answer answered = Ask("ops-token-1");
  EXPECT_EQ(answered.error, "OK");
  EXPECT_EQ(answered.pushback, "");
}

}  // namespace
}  // namespace oms_connector::testing_support
