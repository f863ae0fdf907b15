#include "server/listen/open_connections.h"

#include <netinet/in.h>
#include <sys/stat.h>

#include <iterator>

namespace oms_connector::server {
namespace {

// Of the socket that a descriptor stands for; 0 = it stands for nothing.
ino_t SocketOf(int descriptor) {
  struct stat state = {};
  return fstat(descriptor, &state) == 0 ? state.st_ino : 0;
}

template <typename Bytes>
std::string BytesOf(const Bytes& bytes) {
  return std::string(reinterpret_cast<const char*>(&bytes), sizeof(bytes));
}

}  // namespace

std::string MachineOf(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) {
    return BytesOf(reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
  }
  if (peer.ss_family == AF_INET6) {
    // One machine has all addresses of a /64 at its will.
    return BytesOf(reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr)
        .substr(0, 8);
  }
  return "";
}

void OpenConnections::Add(int descriptor, const std::string& machine) {
  // The number may be one that was closed and not looked at since.
  const auto before = open_.find(descriptor);
  if (before != open_.end()) Drop(before);
  open_[descriptor] = {SocketOf(descriptor), machine};
  ++by_machine_[machine];
}

void OpenConnections::DropClosed() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + kBetweenLooks;
  for (auto it = open_.begin(); it != open_.end();) {
    it = SocketOf(it->first) == it->second.socket ? std::next(it) : Drop(it);
  }
}

size_t OpenConnections::CountOf(const std::string& machine) const {
  const auto found = by_machine_.find(machine);
  return found == by_machine_.end() ? 0 : found->second;
}

OpenConnections::ByDescriptor::iterator OpenConnections::Drop(
    ByDescriptor::iterator connection) {
  const auto of_machine = by_machine_.find(connection->second.machine);
  if (--of_machine->second == 0) by_machine_.erase(of_machine);
  return open_.erase(connection);
}

}  // namespace oms_connector::server
