#ifndef OMS_CONNECTOR_CLIENT_CHANNEL_H_
#define OMS_CONNECTOR_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "oms_connector/client/client_options.h"

namespace oms_connector::client {

// Whether everything sent to `endpoint` stays on this machine: a Unix socket,
// `localhost`, 127.0.0.0/8 or [::1], each with a port.
bool IsLocalEndpoint(absl::string_view endpoint);

// INVALID_ARGUMENT if the token has bytes that no HTTP header can carry. The
// message never shows it.
absl::Status CheckToken(absl::string_view token);

// A channel to the endpoint: no compression in either direction, keepalive
// pings while calls are waiting, answers up to 64 MiB. Connects when the first
// call needs it.
//
// INVALID_ARGUMENT if the endpoint is no HOST:PORT or unix:/path, if it is not
// local and there is no TLS, if only one half of the client certificate is
// given, if there are two sources of a token, or one that CheckToken refuses.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const ClientOptions& options);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CHANNEL_H_
