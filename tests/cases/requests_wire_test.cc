// A request that is wrong by itself is refused as such before anything is
// looked up: on a connection that does not exist, too. All that is wrong with
// it is told at once, by the names of the contract.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/impl/codegen/compression_types.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/support/every_rpc.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::UnorderedElementsAre;

constexpr char kMalformed[] = "INVALID_ARGUMENT INVALID_REQUEST +BadRequest";
constexpr char kNoConnection[] = "NOT_FOUND CONNECTION_NOT_FOUND +ResourceInfo";

class RequestsWireTest : public ::testing::Test {
 protected:
  // The fields that the server finds wrong.
  template <typename Method>
  std::vector<std::string> Wrong(Method method, const std::string& request) {
    const auto answer = bench_.Call(method, request);
    EXPECT_EQ(answer.error(), kMalformed);
    google::rpc::Status details;
    details.ParseFromString(answer.status.error_details());
    std::vector<std::string> fields;
    for (const google::protobuf::Any& any : details.details()) {
      google::rpc::BadRequest bad;
      if (!any.UnpackTo(&bad)) continue;
      for (const auto& violation : bad.field_violations()) {
        fields.push_back(violation.field());
      }
    }
    return fields;
  }

  WireBench bench_;
};

TEST_F(RequestsWireTest, SoundRequestOfNoConnectionSaysThatThereIsNone) {
  for (const RpcCase& rpc : EveryRpc()) {
    EXPECT_EQ(ErrorText(rpc.call(bench_.client(), "nobody")), kNoConnection)
        << rpc.name;
  }
}

// gRPC would inflate it before anybody looks at its size.
TEST_F(RequestsWireTest, CompressedRequestIsRefusedUnread) {
  v1::GetSettingsRequest request;
  request.set_name(std::string(1 << 20, 'x'));
  for (const grpc_compression_algorithm algorithm :
       {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    grpc::ChannelArguments arguments;
    arguments.SetCompressionAlgorithm(algorithm);
    WireClient client(grpc::CreateCustomChannel(
        bench_.server().address(), grpc::InsecureChannelCredentials(),
        arguments));
    const grpc::Status refused =
        client.Call(&ConnectorStub::GetSettings, request).status;
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNIMPLEMENTED)
        << refused.error_message();
  }
  EXPECT_EQ(bench_.client().Call(&ConnectorStub::GetSettings, request).error(),
            kMalformed);
}

TEST_F(RequestsWireTest, Settings) {
  EXPECT_THAT(Wrong(&ConnectorStub::GetSettings, "name: 'connections/nobody'"),
              UnorderedElementsAre("name"));
  EXPECT_THAT(Wrong(&ConnectorStub::UpdateSettings,
                    "settings { name: 'connections/nobody/settings'"
                    "  inventory { inventory_sync_mode: 99 }"
                    "  shipment { split_order_handling: 98 } }"
                    "update_mask { paths: 'name' paths: '*' } request_id: 'x'"),
              UnorderedElementsAre("settings.inventory.inventory_sync_mode",
                                   "settings.shipment.split_order_handling",
                                   "update_mask.paths[0]",
                                   "update_mask.paths[1]", "request_id"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::PreviewSettings,
            "name: 'nobody' settings { inventory { inventory_sync_mode: 99 } }"
            "update_mask { paths: 'etag' } page_size: -1 page_token: 'x'"),
      UnorderedElementsAre("name", "settings.inventory.inventory_sync_mode",
                           "update_mask.paths[0]", "page_size", "page_token"));
  EXPECT_THAT(Wrong(&ConnectionStub::ExplainLevel, "parent: 'x' sku: ' '"),
              UnorderedElementsAre("parent", "sku"));
  EXPECT_THAT(Wrong(&ConnectionStub::ListSettingsChanges,
                    "parent: 'connections/nobody' page_size: -1 "
                    "page_token: 'x'"),
              UnorderedElementsAre("page_size", "page_token"));
}

TEST_F(RequestsWireTest, Feeds) {
  EXPECT_THAT(
      Wrong(&ConnectorStub::SyncInventory,
            "connection: 'connections/nobody' cursor: '?' max_results: -1 "
            "max_staleness { seconds: -1 } max_wait { seconds: 1 nanos: -5 }"
            "kind: 9 request_id: 'x'"),
      UnorderedElementsAre("cursor", "max_results", "max_staleness", "max_wait",
                           "kind", "request_id"));
  EXPECT_THAT(
      Wrong(&ConnectorStub::PollShipments,
            "connection: 'nobody' cursor: '?' consumer: 'Shop' max_results: -1 "
            "max_staleness { seconds: -1 } max_wait { nanos: -5 }"),
      UnorderedElementsAre("connection", "cursor", "consumer", "consumer",
                           "max_results", "max_staleness", "max_wait"));
  EXPECT_THAT(Wrong(&ConnectorStub::AcknowledgeShipments,
                    "connection: 'connections/nobody' consumer: 'Shop' "
                    "request_id: 'x'"),
              UnorderedElementsAre("consumer", "cursor", "request_id"));
  EXPECT_THAT(Wrong(&ConnectorStub::AcknowledgeShipments,
                    "connection: 'connections/nobody' cursor: '?'"),
              UnorderedElementsAre("consumer", "cursor"));
}

TEST_F(RequestsWireTest, OutcomesOfOneCallAreBounded) {
  std::string outcomes;
  for (int i = 0; i < 5001; ++i) outcomes += "outcomes {} ";
  EXPECT_THAT(Wrong(&ConnectorStub::AcknowledgeShipments,
                    "connection: 'connections/nobody' " + outcomes),
              UnorderedElementsAre("outcomes"));
  EXPECT_THAT(Wrong(&ConnectorStub::AcknowledgeShipments,
                    "connection: 'connections/nobody' outcomes {} "
                    "outcomes { reason: '" +
                        std::string(1025, 'x') + "' }"),
              UnorderedElementsAre("outcomes[1].reason"));
}

TEST_F(RequestsWireTest, Connections) {
  EXPECT_THAT(Wrong(&ConnectionStub::CreateConnection,
                    "connection_id: 'X' request_id: 'x' connection {"
                    "  order_manager { base_url: 'http://a.test' }"
                    "  carts { id: 'Shop' sku_source: 7 family_rule { kind: 9 }"
                    "          max_hold { seconds: 1 nanos: -1 } }"
                    "  inventory_interval { seconds: -1 }"
                    "  earliest_shipment_time { nanos: -1 } }"),
              UnorderedElementsAre("connection_id", "request_id",
                                   "connection.order_manager.access_token",
                                   "connection.order_manager.base_url",
                                   "connection.carts[0].id",
                                   "connection.carts[0].sku_source",
                                   "connection.carts[0].family_rule.kind",
                                   "connection.carts[0].max_hold",
                                   "connection.inventory_interval",
                                   "connection.earliest_shipment_time"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::UpdateConnection,
            "connection { name: 'connections/nobody'"
            "  order_manager { base_url: 'http://a.test' access_token: '' } }"
            "update_mask { paths: 'order_manager' paths: 'health' }"
            "request_id: 'x'"),
      UnorderedElementsAre("update_mask.paths[1]", "request_id",
                           "connection.order_manager.access_token",
                           "connection.order_manager.base_url"));
  EXPECT_THAT(Wrong(&ConnectionStub::GetConnection, "name: 'nobody'"),
              UnorderedElementsAre("name"));
  EXPECT_THAT(Wrong(&ConnectionStub::DeleteConnection, "name: 'nobody'"),
              UnorderedElementsAre("name"));
  EXPECT_THAT(Wrong(&ConnectionStub::TestConnection, "name: 'nobody'"),
              UnorderedElementsAre("name"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::ListConnections, "page_size: -1 page_token: 'x'"),
      UnorderedElementsAre("page_size", "page_token"));
}

TEST_F(RequestsWireTest, Shipments) {
  EXPECT_THAT(
      Wrong(&ConnectionStub::ListShipments,
            "parent: 'connections/nobody' page_size: -1 page_token: 'x' "
            "filter { states: 1 states: 77 older_than { seconds: -1 } }"),
      UnorderedElementsAre("page_size", "page_token", "filter.states[1]",
                           "filter.older_than"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::ReleaseShipments,
            "parent: 'connections/nobody' order_id: 1 request_id: 'x' "
            "names: 'x' names: 'connections/other/shipments/1'"),
      UnorderedElementsAre("names", "names[0]", "names[1]", "request_id"));
  EXPECT_THAT(Wrong(&ConnectionStub::ReplayShipments,
                    "parent: 'connections/nobody' names: 'x' "
                    "start_cursor: '?' request_id: 'x'"),
              UnorderedElementsAre("names[0]", "start_cursor", "end_cursor",
                                   "request_id"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::ReplayShipments, "parent: 'connections/nobody'"),
      UnorderedElementsAre("names"));
}

TEST_F(RequestsWireTest, ConsumersAndRuns) {
  EXPECT_THAT(Wrong(&ConnectionStub::ListConsumers, "parent: 'nobody'"),
              UnorderedElementsAre("parent"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::ResetConsumer,
            "parent: 'connections/nobody' consumer: 'Shop' cursor: '?'"),
      UnorderedElementsAre("consumer", "cursor"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::DeleteConsumer, "parent: 'connections/nobody'"),
      UnorderedElementsAre("consumer"));
  EXPECT_THAT(Wrong(&ConnectionStub::GetSyncRun,
                    "name: 'connections/nobody/syncRuns/UP'"),
              UnorderedElementsAre("name"));
  EXPECT_THAT(Wrong(&ConnectionStub::CancelSyncRun,
                    "name: 'connections/nobody/syncRuns/UP'"),
              UnorderedElementsAre("name"));
  EXPECT_THAT(
      Wrong(&ConnectionStub::ListSyncRuns,
            "parent: 'connections/nobody' page_size: -1 page_token: 'x'"),
      UnorderedElementsAre("page_size", "page_token"));
}

}  // namespace
}  // namespace oms_connector::testing_support
