// Every RPC that is about one connection, with a sound request each, for what
// must hold of all of them.
//
//   for (const RpcCase& rpc : EveryRpc()) {
//     EXPECT_EQ(ErrorText(rpc.call(client, "acme")), …) << rpc.name;
//   }
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_EVERY_RPC_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_EVERY_RPC_H_

#include <functional>
#include <string>
#include <vector>

#include "grpcpp/support/status.h"
#include "server/rpc/principals.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {

struct RpcCase {
  std::string name;
  server::Role role;  // the least that may call it, as docs/api tells
  // Calls it for the connection of this id.
  std::function<grpc::Status(WireClient& client, const std::string& id)> call;
};

// All but CreateConnection and ListConnections, which name none that exists.
std::vector<RpcCase> EveryRpc();

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_EVERY_RPC_H_
