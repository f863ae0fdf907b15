#include "server/listen/listening_sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/listen/host_port.h"

namespace oms_connector::server {
namespace {

// A peer that takes nothing of what was sent for so long is gone.
constexpr unsigned kUserTimeoutMillis = 20 * 1000;
// A picked port may be in use at the host's other addresses.
constexpr int kPortTries = 16;

absl::Status CannotListen(const std::string& address) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address,
                                             "; is another server using it?"));
}

void SetOption(int socket, int level, int name, int value) {
  setsockopt(socket, level, name, &value, sizeof(value));
}

// What is accepted inherits the options. -1, with errno, when it fails.
int Listen(const SocketAddress& address, mode_t unix_mode) {
  const int family = address.storage.ss_family;
  const int socket =
      ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  if (family != AF_UNIX) {
    SetOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    SetOption(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMillis);
  }
  if (family == AF_INET6) SetOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  // Nobody can connect before listen.
  if (bind(socket, address.get(), address.length) == 0 &&
      (family != AF_UNIX ||
       chmod(UnixPathOf(address).c_str(), unix_mode) == 0) &&
      listen(socket, SOMAXCONN) == 0) {
    return socket;
  }
  const int error = errno;
  close(socket);
  errno = error;
  return -1;
}

SocketAddress AddressOf(int socket) {
  SocketAddress own;
  own.length = sizeof(own.storage);
  getsockname(socket, reinterpret_cast<sockaddr*>(&own.storage), &own.length);
  return own;
}

int PortOf(int socket) { return AddressOf(socket).port(); }

void CloseAll(std::vector<int>* descriptors) {
  for (const int descriptor : *descriptors) close(descriptor);
  descriptors->clear();
}

// All addresses on one port. A kind of address that this machine lacks is left
// out. Empty, with errno, when one is taken.
std::vector<int> ListenOnAll(std::vector<SocketAddress> addresses) {
  std::vector<int> descriptors;
  int picked = 0;
  int error = EADDRNOTAVAIL;
  for (SocketAddress& address : addresses) {
    if (picked != 0) address.set_port(picked);
    const int descriptor = Listen(address, 0);
    if (descriptor >= 0) {
      descriptors.push_back(descriptor);
      picked = PortOf(descriptor);
      continue;
    }
    error = errno;
    if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT) continue;
    CloseAll(&descriptors);
    break;
  }
  errno = error;
  return descriptors;
}

// Whether somebody still answers at a Unix socket's file.
bool IsInUse(const SocketAddress& address) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool used = connect(socket, address.get(), address.length) == 0;
  close(socket);
  return used;
}

void RemoveAbandonedSocket(const SocketAddress& address) {
  struct stat file;
  const std::string path = UnixPathOf(address);
  if (lstat(path.c_str(), &file) == 0 && S_ISSOCK(file.st_mode) &&
      !IsInUse(address)) {
    unlink(path.c_str());
  }
}

}  // namespace

ListeningSockets::ListeningSockets(std::string address,
                                   std::vector<int> descriptors,
                                   std::string unix_path)
    : address_(std::move(address)),
      descriptors_(std::move(descriptors)),
      bound_(AddressOf(descriptors_.front())),
      unix_path_(std::move(unix_path)) {}

ListeningSockets::ListeningSockets(ListeningSockets&& other) noexcept
    : address_(std::move(other.address_)),
      descriptors_(std::exchange(other.descriptors_, {})),
      bound_(other.bound_),
      unix_path_(std::exchange(other.unix_path_, {})) {}

ListeningSockets::~ListeningSockets() { Close(); }

void ListeningSockets::Close() {
  CloseAll(&descriptors_);
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
  unix_path_.clear();
}

absl::StatusOr<ListeningSockets> ListeningSockets::Open(
    const std::string& address, mode_t unix_mode) {
  OMS_ASSIGN_OR_RETURN(const std::vector<SocketAddress> addresses,
                       ResolveSocketAddress(address));
  if (absl::StartsWith(address, "unix:")) {
    RemoveAbandonedSocket(addresses.front());
    const int socket = Listen(addresses.front(), unix_mode);
    if (socket < 0) return CannotListen(address);
    return ListeningSockets(address, {socket}, UnixPathOf(addresses.front()));
  }
  OMS_ASSIGN_OR_RETURN(HostPort where, ParseHostPort(address));
  std::vector<int> descriptors = ListenOnAll(addresses);
  for (int i = 1; descriptors.empty() && errno == EADDRINUSE &&
                  where.port == 0 && i < kPortTries;
       ++i) {
    descriptors = ListenOnAll(addresses);
  }
  if (descriptors.empty()) return CannotListen(address);
  where.port = PortOf(descriptors.front());
  return ListeningSockets(FormatHostPort(where), std::move(descriptors), "");
}

}  // namespace oms_connector::server
