// Addresses as the operating system takes them.
#ifndef OMS_CONNECTOR_SERVER_LISTEN_SOCKET_ADDRESS_H_
#define OMS_CONNECTOR_SERVER_LISTEN_SOCKET_ADDRESS_H_

#include <sys/socket.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace oms_connector::server {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  // 0 for a Unix socket.
  int port() const;
  void set_port(int port);
};

// All that "HOST:PORT" stands for, or the one of "unix:PATH".
// INVALID_ARGUMENT for a text or a path that is none, UNAVAILABLE for a host
// that is not known here.
absl::StatusOr<std::vector<SocketAddress>> ResolveSocketAddress(
    const std::string& address);

// The file of a Unix socket.
std::string UnixPathOf(const SocketAddress& address);

// Where to dial a listener of this machine at `address`: itself, or loopback
// where it stands for every address that the machine has.
SocketAddress DialableAddress(SocketAddress address);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_SOCKET_ADDRESS_H_
