#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms_connector::server {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, CountCallsByRpcAndCode) {
  Metrics metrics;
  metrics.CallStarted("GetSettings");
  metrics.CallStarted("GetSettings");
  metrics.CallEnded("GetSettings", "NOT_FOUND", absl::Milliseconds(2));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("oms_connector_calls_total{code=\"NOT_FOUND\","
                              "rpc=\"GetSettings\"} 1"));
  EXPECT_THAT(
      text, HasSubstr("oms_connector_calls_in_flight{rpc=\"GetSettings\"} 1"));
  EXPECT_THAT(text, HasSubstr("oms_connector_call_seconds_bucket{rpc="
                              "\"GetSettings\",le=\"0.001\"} 0"));
}

TEST(Metrics, CountPullsAndTheirRequests) {
  Metrics metrics;
  metrics.PullEnded("inventory", "SUCCEEDED", absl::Seconds(2), 7);
  metrics.PullEnded("inventory", "PARTIAL", absl::Seconds(2), 5);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("oms_connector_order_manager_requests_total{"
                              "feed=\"inventory\"} 12"));
  EXPECT_THAT(text, HasSubstr("oms_connector_pulls_total{feed=\"inventory\","
                              "state=\"PARTIAL\"} 1"));
}

}  // namespace
}  // namespace oms_connector::server
