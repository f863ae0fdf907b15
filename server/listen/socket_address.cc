#include "server/listen/socket_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "server/listen/host_port.h"

namespace oms_connector::server {
namespace {

// Both kinds of IP address keep their port at the same place.
in_port_t& PortOf(sockaddr_storage& storage) {
  return storage.ss_family == AF_INET6
             ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
             : reinterpret_cast<sockaddr_in*>(&storage)->sin_port;
}

absl::StatusOr<SocketAddress> UnixAddress(absl::string_view path) {
  // As gRPC's clients write it.
  if (absl::StartsWith(path, "///")) path.remove_prefix(2);
  SocketAddress address;
  auto* unix_address = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.empty() || path.size() >= sizeof(unix_address->sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"unix:", path, "\" is no address to listen on; the path must have 1 ",
        "to ", sizeof(unix_address->sun_path) - 1, " bytes"));
  }
  unix_address->sun_family = AF_UNIX;
  std::memcpy(unix_address->sun_path, path.data(), path.size());
  address.length = sizeof(sockaddr_un);
  return address;
}

}  // namespace

int SocketAddress::port() const {
  if (storage.ss_family == AF_UNIX) return 0;
  sockaddr_storage copy = storage;
  return ntohs(PortOf(copy));
}

void SocketAddress::set_port(int port) {
  PortOf(storage) = htons(static_cast<in_port_t>(port));
}

absl::StatusOr<std::vector<SocketAddress>> ResolveSocketAddress(
    const std::string& address) {
  absl::string_view path = address;
  if (absl::ConsumePrefix(&path, "unix:")) {
    OMS_ASSIGN_OR_RETURN(const SocketAddress unix_address, UnixAddress(path));
    return std::vector<SocketAddress>{unix_address};
  }
  OMS_ASSIGN_OR_RETURN(const HostPort where, ParseHostPort(address));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (getaddrinfo(where.host.c_str(), nullptr, &hints, &found) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address, ": no such host"));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found,
                                                                 &freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (; found != nullptr; found = found->ai_next) {
    if (found->ai_family != AF_INET && found->ai_family != AF_INET6) continue;
    SocketAddress& next = addresses.emplace_back();
    std::memcpy(&next.storage, found->ai_addr, found->ai_addrlen);
    next.length = found->ai_addrlen;
    next.set_port(where.port);
  }
  return addresses;
}

std::string UnixPathOf(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path;
}

SocketAddress DialableAddress(SocketAddress address) {
  if (address.storage.ss_family == AF_INET) {
    in_addr& v4 = reinterpret_cast<sockaddr_in*>(&address.storage)->sin_addr;
    if (v4.s_addr == htonl(INADDR_ANY)) v4.s_addr = htonl(INADDR_LOOPBACK);
  } else if (address.storage.ss_family == AF_INET6) {
    in6_addr& v6 = reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_addr;
    if (IN6_IS_ADDR_UNSPECIFIED(&v6)) v6 = in6addr_loopback;
  }
  return address;
}

}  // namespace oms_connector::server
