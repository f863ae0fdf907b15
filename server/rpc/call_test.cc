#include "server/rpc/call.h"

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
#include "server/rpc/call_test_fixture.h"

namespace oms_connector::server {
namespace {

using ::testing::HasSubstr;

TEST(RpcDispatcher, AnswersWithTheHandlersResponse) {
  TestServer server;
  ASSERT_TRUE(server.Get().ok());
  EXPECT_EQ(server.answer.settings().name(), "acme");
  EXPECT_EQ(server.answer.settings().etag(), "local");
}

TEST(RpcDispatcher, HandlersErrorsLeaveWithTheirReason) {
  TestServer server;
  server.service.get = [](const Call& call) {
    return model::ConnectionNotFound(call.connection());
  };
  const grpc::Status status = server.Get();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), "CONNECTION_NOT_FOUND");
}

TEST(RpcDispatcher, ErrorsNameTheConnection) {
  TestServer server;
  server.service.get = [](const Call&) {
    return model::OrderManagerUnavailable("it is slow", absl::Seconds(30));
  };
  google::rpc::Status status;
  ASSERT_TRUE(status.ParseFromString(server.Get().error_details()));
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(status.details(0).UnpackTo(&info));
  EXPECT_EQ(info.metadata().at("connection"), "acme");
}

TEST(RpcDispatcher, RefusesNamesThatCannotBeRead) {
  TestServer server;
  const grpc::Status status = server.Get("settings");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(status), "INVALID_REQUEST");
}

TEST(RpcDispatcher, AsksWhoBeforeItSaysAnythingElse) {
  TestServer server({}, Worker());
  for (const char* name : {kSettings, "settings", "none"}) {
    const grpc::Status status = server.Get(name);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
    EXPECT_EQ(Reason(status), "UNAUTHENTICATED");
  }
}

TEST(RpcDispatcher, LetsInWhoMay) {
  TestServer server({}, Worker());
  ASSERT_TRUE(server.Get(kSettings, "s3cret").ok());
  EXPECT_EQ(server.answer.settings().etag(), "worker");
  const grpc::Status denied = server.Get("connections/bolt/settings", "s3cret");
  EXPECT_EQ(denied.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Reason(denied), "PERMISSION_DENIED");
}

TEST(RpcDispatcher, ChecksTheRoleOfTheRpc) {
  TestServer server({}, Worker());
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer s3cret");
  EXPECT_EQ(server.Poll(&context).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST(RpcDispatcher, WithoutAConnectionAnyKnownCallerMayAsk) {
  TestServer server({}, Worker());
  ASSERT_TRUE(server.Get("none", "s3cret").ok());
  EXPECT_EQ(server.answer.settings().name(), "");
}

TEST(RpcDispatcher, RefusesOneCallTooManyWithPushback) {
  Limits limits;
  limits.max_in_flight = 1;
  TestServer server(limits);
  HeldReplies held;
  absl::Notification polling;
  server.service.poll = [&](std::shared_ptr<const Call>, Reply reply) {
    held.Hold(std::move(reply));
    polling.Notify();
  };
  std::thread first([&] { EXPECT_TRUE(server.Poll().ok()); });
  polling.WaitForNotification();

  grpc::ClientContext context;
  const grpc::Status refused = server.Get(&context, kSettings);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Reason(refused), "OVERLOADED");
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto pushback = trailers.find("grpc-retry-pushback-ms");
  ASSERT_NE(pushback, trailers.end());
  EXPECT_EQ(pushback->second, "250");

  held.AnswerAllAfter(1);
  first.join();
  EXPECT_TRUE(server.Get().ok());
}

TEST(RpcDispatcher, ACallerThatReadsNoAnswersGetsNoMore) {
  constexpr int64_t kAnswerBytes = 1 << 20;
  Limits limits;
  limits.max_held_bytes_per_principal = 4 * kAnswerBytes + (64 << 10);
  TestServer server(limits);
  server.service.etag = std::string(kAnswerBytes, 'x');
  {
    UnreadCalls unread(&server);
    for (int i = 0; i < 4; ++i) unread.Add();
    EXPECT_EQ(server.admission().in_flight(Admission::Kind::kCall), 4);
    EXPECT_GT(server.admission().held_bytes(), 4 * kAnswerBytes);
    EXPECT_EQ(Reason(server.Get()), "QUOTA_EXCEEDED");
  }
  server.AwaitNothingHeld();
  EXPECT_TRUE(server.Get().ok());
}

// What rows are made of is up to forty times their bytes. Answers come before
// gRPC has got its reactor, or after it.
TEST(RpcDispatcher, AnUnreadAnswerIsKeptAsItsBytesAlone) {
  for (const ExecutorKind executor :
       {ExecutorKind::kNone, ExecutorKind::kStore}) {
    TestServer server;
    server.service.executor = executor;
    server.service.etag = std::string(1 << 20, 'x');
    UnreadCalls unread(&server);
    for (int i = 1; i <= 3; ++i) {
      unread.Add();
      while (server.service.released < i) std::this_thread::yield();
    }
    EXPECT_EQ(server.admission().in_flight(Admission::Kind::kCall), 3);
  }
}

TEST(RpcDispatcher, RequestsThatWaitAreCounted) {
  constexpr int64_t kRequestBytes = 1 << 20;
  Limits limits;
  limits.max_held_bytes_per_principal = 2 * kRequestBytes;
  TestServer server(limits);
  HeldReplies held;
  absl::Notification polling;
  server.service.poll = [&](std::shared_ptr<const Call>, Reply reply) {
    held.Hold(std::move(reply));
    polling.Notify();
  };
  const std::string large(kRequestBytes, 'x');
  std::thread first([&] {
    grpc::ClientContext context;
    EXPECT_TRUE(server.Poll(&context, /*long_poll=*/true, large).ok());
  });
  polling.WaitForNotification();
  EXPECT_GT(server.admission().held_bytes(), kRequestBytes);
  grpc::ClientContext context;
  EXPECT_EQ(Reason(server.Poll(&context, /*long_poll=*/true, large)),
            "QUOTA_EXCEEDED");
  EXPECT_TRUE(server.Get().ok());
  held.AnswerAllAfter(1);
  first.join();
  server.AwaitNothingHeld();
}

TEST(RpcDispatcher, LongPollsTakeNoPlaceOfCalls) {
  Limits limits;
  limits.max_in_flight = 1;
  TestServer server(limits);
  HeldReplies held;
  absl::Notification polling;
  server.service.poll = [&](std::shared_ptr<const Call>, Reply reply) {
    held.Hold(std::move(reply));
    polling.Notify();
  };
  std::thread first([&] { EXPECT_TRUE(server.Poll(/*long_poll=*/true).ok()); });
  polling.WaitForNotification();
  EXPECT_TRUE(server.Get().ok());
  held.AnswerAllAfter(1);
  first.join();
}

TEST(RpcDispatcher, ManyCallsWaitWithoutAThreadEach) {
  Limits limits;
  limits.threads = 1;
  TestServer server(limits);
  HeldReplies held;
  server.service.poll = [&](std::shared_ptr<const Call>, Reply reply) {
    held.Hold(std::move(reply));
  };
  std::vector<std::thread> callers;
  for (int i = 0; i < 30; ++i) {
    callers.emplace_back([&] { EXPECT_TRUE(server.Poll().ok()); });
  }
  EXPECT_TRUE(server.Get().ok());
  held.AnswerAllAfter(30);
  for (std::thread& caller : callers) caller.join();
}

TEST(RpcDispatcher, FullQueueIsAnsweredAtOnce) {
  Limits limits;
  limits.threads = 1;
  limits.queue = 0;
  TestServer server(limits);
  const grpc::Status status = server.Get();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Reason(status), "OVERLOADED");
}

TEST(RpcDispatcher, CancellationReachesTheHandler) {
  TestServer server;
  absl::Notification polling;
  absl::Notification cancelled;
  base::CancellationRegistration registration;
  HeldReplies held;
  server.service.poll = [&](std::shared_ptr<const Call> call, Reply reply) {
    held.Hold(std::move(reply));
    registration =
        call->context().cancellation().OnCancel([&] { cancelled.Notify(); });
    polling.Notify();
  };
  grpc::ClientContext context;
  std::thread caller([&] {
    EXPECT_EQ(server.Poll(&context).error_code(), grpc::StatusCode::CANCELLED);
  });
  polling.WaitForNotification();
  context.TryCancel();
  cancelled.WaitForNotification();
  held.AnswerAllAfter(1);
  caller.join();
}

TEST(RpcDispatcher, CallersDeadlineTravels) {
  TestServer server;
  absl::Time seen;
  server.service.get = [&](const Call& call) {
    seen = call.context().deadline();
    return absl::OkStatus();
  };
  EXPECT_TRUE(server.Get().ok());
  EXPECT_EQ(seen, absl::InfiniteFuture());

  const absl::Time deadline = absl::Now() + absl::Minutes(2);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  EXPECT_TRUE(server.Get(&context, kSettings).ok());
  EXPECT_LT(absl::AbsDuration(seen - deadline), absl::Seconds(5));
}

// What is left when a call comes is its deadline, whatever becomes of
// the time of day.
TEST(RpcDispatcher, SettingTheClockNeitherEndsNorProlongsACall) {
  TestServer server;
  server.service.get = [&](const Call& call) {
    server.clock.Jump(absl::Hours(72));
    EXPECT_TRUE(call.context().Check(server.clock.SteadyNow()).ok());
    server.clock.Jump(-absl::Hours(72));
    server.clock.Advance(absl::Minutes(3));
    server.clock.Jump(-absl::Hours(72));
    EXPECT_FALSE(call.context().Check(server.clock.SteadyNow()).ok());
    server.clock.Jump(absl::Hours(72));
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  context.set_deadline(
      absl::ToChronoTime(server.clock.Now() + absl::Minutes(2)));
  EXPECT_TRUE(server.Get(&context, kSettings).ok());
}

TEST(RpcDispatcher, CallsThatNobodyWaitsForAreNotHandled) {
  TestServer server;
  std::atomic<int> handled = 0;
  server.service.get = [&](const Call&) {
    ++handled;
    return absl::OkStatus();
  };
  server.clock.Advance(absl::Hours(1));  // as if it had queued for so long
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  const grpc::Status late = server.Get(&context, kSettings);
  EXPECT_EQ(late.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(Reason(late), "DEADLINE_EXCEEDED");
  EXPECT_EQ(handled, 0);
  EXPECT_TRUE(server.Get().ok());
  EXPECT_EQ(handled, 1);
}

TEST(RpcDispatcher, ForgottenReplyIsAnInternalError) {
  TestServer server;
  server.service.poll = [](std::shared_ptr<const Call>, Reply) {};
  const grpc::Status status = server.Poll();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(Reason(status), "INTERNAL");
}

TEST(RpcDispatcher, CountsCallsByNameAndCode) {
  TestServer server;
  EXPECT_TRUE(server.Get().ok());
  EXPECT_FALSE(server.Get("settings").ok());
  const std::string text = server.metrics.Text();
  EXPECT_THAT(text, HasSubstr("GetSettings"));
  EXPECT_THAT(text, HasSubstr("\"OK\""));
  EXPECT_THAT(text, HasSubstr("\"INVALID_ARGUMENT\""));
}

}  // namespace
}  // namespace oms_connector::server
