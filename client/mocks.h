#ifndef OMS_CONNECTOR_CLIENT_MOCKS_H_
#define OMS_CONNECTOR_CLIENT_MOCKS_H_

// For tests of what is built on a client: stubs that gmock plays.
//
//   auto stub = std::make_shared<MockConnectorStub>();
//   EXPECT_CALL(*stub, SyncInventory)
//       .WillOnce(Answers(page))
//       .WillOnce(Fails(ErrorWithReason(absl::StatusCode::kOutOfRange,
//                                       "start again", "CURSOR_EXPIRED")));
//   MyPublisher publisher(ClientOf(stub));

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "oms_connector/client/client_options.h"
#include "oms_connector/client/connection_client.h"
#include "oms_connector/client/connector_client.h"
#include "oms_connector/client/rpc_status.h"
#include "oms_connector/v1/connection_service_mock.grpc.pb.h"
#include "oms_connector/v1/connector_service_mock.grpc.pb.h"

namespace oms_connector::client {

// Each RPC is a method (grpc::ClientContext*, const Request&, Response*).
using MockConnectorStub = v1::MockConnectorServiceStub;
using MockConnectionStub = v1::MockConnectionServiceStub;

// The RPC succeeds with `response`.
template <typename Response>
auto Answers(Response response) {
  return [response = std::move(response)](grpc::ClientContext*, const auto&,
                                          Response* answer) {
    *answer = response;
    return grpc::Status::OK;
  };
}

// The RPC fails with `status`; its payloads arrive as details.
inline auto Fails(const absl::Status& status) {
  return ::testing::Return(ToGrpcStatus(status));
}

// A client that makes each call once, so that no test waits for a backoff.
inline ConnectorClient ClientOf(std::shared_ptr<MockConnectorStub> stub) {
  ClientOptions options;
  options.retry.max_attempts = 1;
  return {std::move(stub), UnaryCaller(options)};
}
inline ConnectionClient ClientOf(std::shared_ptr<MockConnectionStub> stub) {
  ClientOptions options;
  options.retry.max_attempts = 1;
  return {std::move(stub), UnaryCaller(options)};
}

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_MOCKS_H_
