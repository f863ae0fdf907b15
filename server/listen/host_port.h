// Addresses to listen on.
#ifndef OMS_CONNECTOR_SERVER_LISTEN_HOST_PORT_H_
#define OMS_CONNECTOR_SERVER_LISTEN_HOST_PORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oms_connector::server {

struct HostPort {
  std::string host;  // without the brackets of an IPv6 address
  int port = 0;
};

// "127.0.0.1:50051", "localhost:0", "[::1]:50051". INVALID_ARGUMENT for
// anything else.
absl::StatusOr<HostPort> ParseHostPort(absl::string_view text);

// The form that ParseHostPort reads.
std::string FormatHostPort(const HostPort& address);

// Whether only this machine can reach the host: 127.0.0.0/8, ::1, localhost.
bool IsLoopbackHost(absl::string_view host);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_HOST_PORT_H_
