#include "server/ops/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

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
    auto server = AdminServer::Start("127.0.0.1:0", pages);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  httplib::Result Get(const char* path) {
    const HostPort where = *ParseHostPort(server_->address());
    return httplib::Client(where.host, where.port).Get(path);
  }

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

TEST(AdminServer, RefusesWhatIsNoAddress) {
  EXPECT_EQ(AdminServer::Start("nonsense", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace oms_connector::server
