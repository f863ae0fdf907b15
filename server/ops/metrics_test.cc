#include "server/ops/metrics.h"

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

TEST(Metrics, CountBoundsThatWereMet) {
  Metrics metrics;
  metrics.BoundMet("reflection_streams");
  metrics.BoundMet("reflection_streams");
  EXPECT_THAT(metrics.Text(), HasSubstr("oms_connector_bounds_met_total{bound="
                                        "\"reflection_streams\"} 2"));
}

TEST(Metrics, ShowTheLastFiguresOfTheFleet) {
  Metrics metrics;
  FleetFigures figures;
  figures.connections = 3;
  figures.shipments.connections_failing = 2;
  figures.held_orders = 5;
  figures.oldest_hold = absl::Hours(1);
  metrics.SetFleet(figures);
  figures.held_orders = 4;
  metrics.SetFleet(figures);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("oms_connector_connections 3"));
  EXPECT_THAT(text, HasSubstr("oms_connector_connections_failing{feed="
                              "\"shipments\"} 2"));
  EXPECT_THAT(text, HasSubstr("oms_connector_connections_failing{feed="
                              "\"inventory\"} 0"));
  EXPECT_THAT(text, HasSubstr("oms_connector_held_orders 4"));
  EXPECT_THAT(text, HasSubstr("oms_connector_oldest_hold_seconds 3600"));
}

TEST(Metrics, SpeakOfCallsAsOtherGrpcServersDo) {
  Metrics metrics;
  metrics.AddRpc("oms_connector.v1.ConnectorService", "GetSettings");
  const std::string labels =
      "grpc_method=\"GetSettings\",grpc_service="
      "\"oms_connector.v1.ConnectorService\",grpc_type=\"unary\"}";
  EXPECT_THAT(metrics.Text(),
              HasSubstr("grpc_server_handled_total{grpc_code=\"Internal\"," +
                        labels + " 0"));
  metrics.CallStarted("GetSettings");
  metrics.CallEnded("GetSettings", "NOT_FOUND", absl::Milliseconds(2));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{" + labels + " 1"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code="
                              "\"NotFound\"," +
                              labels + " 1"));
  EXPECT_THAT(text,
              HasSubstr("grpc_server_handling_seconds_count{" + labels + " 1"));
}

TEST(Metrics, TellOfTheProcess) {
  const ProcessFigures figures = ReadProcessFigures();
  EXPECT_GT(figures.resident_bytes, 1 << 20);
  EXPECT_GT(figures.start_time, 1.6e9);
  EXPECT_GT(figures.open_files, 2);
  EXPECT_GE(figures.threads, 1);
  EXPECT_THAT(Metrics().Text(), HasSubstr("process_resident_memory_bytes "));
}

}  // namespace
}  // namespace oms_connector::server
