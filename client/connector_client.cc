#include "client/connector_client.h"

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/channel.h"

namespace oms_connector::client {

absl::StatusOr<ConnectorClient> ConnectorClient::Create(
    const ClientOptions& options) {
  OMS_ASSIGN_OR_RETURN(const auto channel, MakeChannel(options));
  return ConnectorClient(MakeConnectorRpcs(
      v1::ConnectorService::NewStub(channel), options, RealSurroundings()));
}

}  // namespace oms_connector::client
