#include "server/ops/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "httplib.h"
#include "server/listen/host_port.h"

namespace oms_connector::server {
namespace {

using ::testing::HasSubstr;

class AdminServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    AdminPages pages;
    pages.metrics = [] { return std::string("metric 1\n"); };
    pages.healthy = [this] { return healthy_.load(); };
    pages.not_ready = [this] {
      return std::string(ready_.load() ? "" : "draining");
    };
    pages.status = [] { return std::string("up\n"); };
    pages.on_refused = [this] { ++refused_; };
    auto server = AdminServer::Start("127.0.0.1:0", pages);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  httplib::Result Get(const char* path) {
    const HostPort where = *ParseHostPort(server_->address());
    return httplib::Client(where.host, where.port).Get(path);
  }

  // A connection that has sent so much and awaits what comes back.
  int Dial(const std::string& sent) {
    const HostPort where = *ParseHostPort(server_->address());
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(static_cast<in_port_t>(where.port));
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(one, reinterpret_cast<const sockaddr*>(&target),
                      sizeof(target)),
              0);
    EXPECT_EQ(send(one, sent.data(), sent.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(sent.size()));
    return one;
  }
  // What it sends until it closes the connection.
  static std::string Drain(int connection) {
    std::string all;
    char chunk[1024];
    ssize_t size = 0;
    while ((size = recv(connection, chunk, sizeof(chunk), 0)) > 0) {
      all.append(chunk, static_cast<size_t>(size));
    }
    close(connection);
    return all;
  }

  std::atomic<int> refused_{0};
  std::atomic<bool> healthy_{true};
  std::atomic<bool> ready_{true};
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ShowsMetricsHealthAndStatus) {
  EXPECT_EQ(Get("/metrics")->body, "metric 1\n");
  EXPECT_THAT(Get("/metrics")->get_header_value("Content-Type"),
              HasSubstr("version=0.0.4"));
  EXPECT_EQ(Get("/healthz")->status, 200);
  EXPECT_EQ(Get("/statusz")->body, "up\n");
  EXPECT_EQ(Get("/other")->status, 404);
}

TEST_F(AdminServerTest, TellsWhenItTakesNoCalls) {
  EXPECT_EQ(Get("/readyz")->status, 200);
  ready_ = false;
  EXPECT_EQ(Get("/readyz")->status, 503);
  EXPECT_EQ(Get("/healthz")->status, 200);
}

TEST_F(AdminServerTest, TellsWhenItWantsARestart) {
  healthy_ = false;
  EXPECT_EQ(Get("/healthz")->status, 503);
}

TEST_F(AdminServerTest, DoesNotShareItsPort) {
  const auto second = AdminServer::Start(server_->address(), {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(AdminServerTest, EndsAHeaderThatHasNoEnd) {
  EXPECT_THAT(Drain(Dial("GET /healthz HTTP/1.1\r\nX: " +
                         std::string(AdminServer::kMaxHeadBytes, 'x'))),
              HasSubstr("431"));
  EXPECT_EQ(Get("/healthz")->status, 200);
}

TEST_F(AdminServerTest, SlowCallersKeepNobodyWaiting) {
  std::vector<int> silent;
  // All threads and all places in the queue; one more is closed at once.
  const int places =
      AdminServer::kThreads + static_cast<int>(AdminServer::kMaxWaiting);
  for (int i = 0; i < places + 20; ++i) silent.push_back(Dial("GET /"));
  while (refused_ == 0) std::this_thread::yield();
  // Whoever says at once what it wants is answered all the same.
  EXPECT_EQ(Get("/healthz")->status, 200);
  // Each gives up its thread in time; nothing is left of them.
  for (const int one : silent) EXPECT_EQ(Drain(one), "");
  EXPECT_EQ(Get("/healthz")->status, 200);
  EXPECT_GE(refused_, 1);
  EXPECT_LE(refused_, 20);
}

TEST(AdminServer, RefusesWhatIsNoAddress) {
  EXPECT_EQ(AdminServer::Start("nonsense", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace oms_connector::server
