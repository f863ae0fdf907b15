#include "fake_order_manager/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "fake_order_manager/http_client.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::unique_ptr<HttpServer> StartOrDie(HttpServer::Handler handler,
                                       HttpServer::Options options = {}) {
  auto server = HttpServer::Start(options, std::move(handler));
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

HttpAnswer Body(std::string body) {
  HttpAnswer answer;
  answer.body = std::move(body);
  return answer;
}

TEST(HttpServer, HandsTheRequestOver) {
  HttpRequest seen;
  auto server = StartOrDie([&seen](const HttpRequest& request) {
    seen = request;
    return Body("{}");
  });
  HttpCall call;
  call.method = "POST";
  call.target = "/a%20b?x%5B%5D=1&x[]=2";
  call.body = "[1]";
  call.token = "secret";
  EXPECT_EQ(Send(server->port(), call).status, 200);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/a b");
  EXPECT_THAT(seen.parameters, ElementsAre(Pair("x[]", "1"), Pair("x[]", "2")));
  EXPECT_EQ(seen.authorization, "Bearer secret");
  EXPECT_EQ(seen.body, "[1]");
  EXPECT_TRUE(seen.from_loopback);
}

TEST(HttpServer, SendsLargeBodiesWhole) {
  const std::string large(30 << 20, 'x');
  auto server = StartOrDie([&](const HttpRequest&) { return Body(large); });
  const HttpReply reply = Get(server->port(), "/");
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.body, large);
}

TEST(HttpServer, CompressesOnlyWhereItIsToldTo) {
  const auto handler = [](const HttpRequest&) {
    return Body(std::string(10'000, 'x'));
  };
  HttpCall call;
  call.accept_gzip = true;
  auto plain = StartOrDie(handler);
  EXPECT_EQ(Send(plain->port(), call).body.size(), 10'000u);
  HttpServer::Options options;
  options.compress = true;
  auto compressing = StartOrDie(handler, options);
  const HttpReply reply = Send(compressing->port(), call);
  EXPECT_EQ(reply.headers.at("content-encoding"), "gzip");
  EXPECT_LT(reply.body.size(), 1000u);
}

TEST(HttpServer, AnswersManyConnectionsAtOnce) {
  std::atomic<int> waiting = 0;
  auto server = StartOrDie([&waiting](const HttpRequest&) {
    ++waiting;
    while (waiting < 20) std::this_thread::yield();
    return Body("all here");
  });
  std::vector<std::thread> callers;
  for (int i = 0; i < 20; ++i) {
    callers.emplace_back(
        [&server] { EXPECT_EQ(Get(server->port(), "/").body, "all here"); });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST(HttpServer, RefusesAPortThatIsTaken) {
  auto first = StartOrDie([](const HttpRequest&) { return Body("first"); });
  HttpServer::Options options;
  options.port = first->port();
  const auto second = HttpServer::Start(
      options, [](const HttpRequest&) { return Body("second"); });
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
}

TEST(HttpServer, ANewServerTakesTheOldOnesPort) {
  auto first = StartOrDie([](const HttpRequest&) { return Body("first"); });
  EXPECT_EQ(Get(first->port(), "/").body, "first");
  HttpServer::Options options;
  options.port = first->port();
  first->Stop();
  auto second =
      StartOrDie([](const HttpRequest&) { return Body("second"); }, options);
  EXPECT_EQ(Get(options.port, "/").body, "second");
}

TEST(HttpServer, StopsInTheMiddleOfADrippingBody) {
  std::atomic<bool> asked = false;
  auto server = StartOrDie([&asked](const HttpRequest&) {
    asked = true;
    HttpAnswer answer = Body(std::string(1'000'000, 'x'));
    answer.bytes_per_second = 1;
    return answer;
  });
  std::thread caller(
      [&server] { EXPECT_FALSE(Get(server->port(), "/").complete); });
  while (!asked) std::this_thread::yield();
  const absl::Time start = absl::Now();
  server->Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  caller.join();
}

TEST(HttpServer, AnswersAThrowingHandlerWithAnError) {
  auto server = StartOrDie([](const HttpRequest&) -> HttpAnswer {
    return Body(std::string("short").substr(9));
  });
  EXPECT_EQ(Get(server->port(), "/").status, 500);
}

}  // namespace
}  // namespace oms_connector::testing_support
