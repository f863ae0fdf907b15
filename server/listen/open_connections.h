// Which of the connections that were handed on are open yet. gRPC takes them
// over and says nothing when it closes one; a descriptor tells, because its
// number stands for another socket, or for nothing, from then on.
#ifndef OMS_CONNECTOR_SERVER_LISTEN_OPEN_CONNECTIONS_H_
#define OMS_CONNECTOR_SERVER_LISTEN_OPEN_CONNECTIONS_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace oms_connector::server {

// The address of the machine at the other end, without its port; empty where
// that is this one, through a Unix socket.
std::string MachineOf(const sockaddr_storage& peer);

// Used by one thread at a time.
class OpenConnections {
 public:
  // Looking at thousands of descriptors takes milliseconds; a flood of
  // connections that are refused must not be able to ask for that each time.
  static constexpr std::chrono::milliseconds kBetweenLooks{100};

  // `descriptor` is that of a socket which is open now.
  void Add(int descriptor, const std::string& machine);
  // Forgets those that were closed, unless it looked just before.
  void DropClosed();

  // With those that were closed since the last DropClosed.
  size_t size() const { return open_.size(); }
  size_t CountOf(const std::string& machine) const;

 private:
  struct Connection {
    ino_t socket = 0;
    std::string machine;
  };
  using ByDescriptor = std::map<int, Connection>;

  ByDescriptor::iterator Drop(ByDescriptor::iterator connection);

  ByDescriptor open_;
  std::map<std::string, size_t> by_machine_;
  std::chrono::steady_clock::time_point next_look_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_OPEN_CONNECTIONS_H_
