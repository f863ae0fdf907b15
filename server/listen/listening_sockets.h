// The sockets that wait for callers.
//
//   OMS_ASSIGN_OR_RETURN(auto sockets, ListeningSockets::Open("[::1]:0"));
//   sockets.address();  // "[::1]:41235"
#ifndef OMS_CONNECTOR_SERVER_LISTEN_LISTENING_SOCKETS_H_
#define OMS_CONNECTOR_SERVER_LISTEN_LISTENING_SOCKETS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/listen/socket_address.h"

namespace oms_connector::server {

// Movable, not copyable. Not thread-safe.
class ListeningSockets {
 public:
  // One for each address that the host of "HOST:PORT" stands for, all on one
  // port; port 0 picks it. "[::]" takes IPv4 as well. Or one at "unix:PATH",
  // where a socket file that nobody listens at any more is replaced; the file
  // has `unix_mode` before anybody can connect.
  // INVALID_ARGUMENT for what is no address, UNAVAILABLE when it cannot be had.
  static absl::StatusOr<ListeningSockets> Open(const std::string& address,
                                               mode_t unix_mode = 0600);

  ListeningSockets(ListeningSockets&& other) noexcept;
  ListeningSockets& operator=(ListeningSockets&&) = delete;
  // As Close.
  ~ListeningSockets();

  // As given, with the port that was picked.
  const std::string& address() const { return address_; }
  // Where the first of them is bound; may be asked after Close, too.
  const SocketAddress& bound() const { return bound_; }
  // Do not block.
  const std::vector<int>& descriptors() const { return descriptors_; }

  // Callers that come later are refused by the system.
  void Close();

 private:
  ListeningSockets(std::string address, std::vector<int> descriptors,
                   std::string unix_path);

  std::string address_;
  std::vector<int> descriptors_;
  SocketAddress bound_;
  std::string unix_path_;  // to be removed; empty = none
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_LISTENING_SOCKETS_H_
