#include "client/connection_client.h"

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/channel.h"

namespace oms_connector::client {

absl::StatusOr<ConnectionClient> ConnectionClient::Create(
    const ClientOptions& options) {
  OMS_ASSIGN_OR_RETURN(const auto channel, MakeChannel(options));
  return ConnectionClient(MakeConnectionRpcs(
      v1::ConnectionService::NewStub(channel), options, RealSurroundings()));
}

}  // namespace oms_connector::client
