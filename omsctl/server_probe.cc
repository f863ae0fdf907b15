#include "omsctl/server_probe.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace oms_connector::omsctl {
namespace {

constexpr timeval kPatience{1, 0};

// HTTP/2's preface and an empty SETTINGS frame.
constexpr absl::string_view kHello(
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

// A socket connected to `address`, or -1 with errno.
int Connect(int family, const sockaddr* address, socklen_t size) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  // For connecting too.
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  if (connect(fd, address, size) == 0) return fd;
  const int failure = errno;
  close(fd);
  errno = failure;
  return -1;
}

int ConnectToSocket(absl::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return Connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address));
}

int ConnectToHost(absl::string_view endpoint) {
  const size_t colon = endpoint.rfind(':');
  if (colon == absl::string_view::npos) return -1;
  absl::string_view host = endpoint.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  errno = 0;
  if (getaddrinfo(std::string(host).c_str(),
                  std::string(endpoint.substr(colon + 1)).c_str(), &hints,
                  &found) != 0) {
    return -1;
  }
  const absl::Cleanup free_found = [found] { freeaddrinfo(found); };
  for (const addrinfo* address = found; address != nullptr;
       address = address->ai_next) {
    const int fd =
        Connect(address->ai_family, address->ai_addr, address->ai_addrlen);
    if (fd >= 0) return fd;
  }
  return -1;
}

Peer Listen(int fd) {
  if (send(fd, kHello.data(), kHello.size(), MSG_NOSIGNAL) < 0) {
    return Peer::kUnknown;
  }
  unsigned char answer[9];
  const ssize_t size = recv(fd, answer, sizeof(answer), MSG_WAITALL);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    return Peer::kSilent;
  }
  if (size >= 4 && answer[3] == 4 && answer[0] == 0) return Peer::kPlaintext;
  // TLS says in an alert that this was no greeting of its own, or hangs up.
  if (size <= 0 || answer[0] == 0x15 || answer[0] == 0x16) return Peer::kTls;
  return Peer::kOther;
}

}  // namespace

Peer ProbeServer(const std::string& endpoint) {
  absl::string_view path = endpoint;
  const bool local = absl::ConsumePrefix(&path, "unix:");
  const int fd = local ? ConnectToSocket(path) : ConnectToHost(endpoint);
  if (fd < 0) {
    return errno == ECONNREFUSED || errno == ENOENT ? Peer::kNobody
                                                    : Peer::kUnknown;
  }
  const absl::Cleanup close_fd = [fd] { close(fd); };
  return Listen(fd);
}

std::string DescribePeer(const std::string& endpoint, bool with_tls) {
  switch (ProbeServer(endpoint)) {
    case Peer::kNobody:
      return absl::StrCat("nothing listens at ", endpoint,
                          ": is the connector running? --server or "
                          "OMSCTL_SERVER say where, `./dev serve` starts one");
    case Peer::kPlaintext:
      if (!with_tls) return "";
      return absl::StrCat(
          "omsctl speaks TLS and the server at ", endpoint,
          " does not: leave the --tls flags out, or give the server "
          "--tls_cert_file and --tls_key_file");
    case Peer::kTls:
      if (with_tls) {
        return absl::StrCat(
            "both sides speak TLS and did not agree: does --tls-ca name who "
            "vouches for the server, --tls-server-name the name in its "
            "certificate, and does it ask for yours (--tls-cert, --tls-key)?");
      }
      return absl::StrCat("the server at ", endpoint,
                          " speaks TLS and omsctl does not: give --tls, or "
                          "--tls-ca with the file of who vouches for it");
    case Peer::kSilent:
      return absl::StrCat("something at ", endpoint,
                          " takes connections and says nothing");
    case Peer::kOther:
      return absl::StrCat("what listens at ", endpoint,
                          " is no connector: it does not speak gRPC");
    case Peer::kUnknown:
      break;
  }
  return "";
}

}  // namespace oms_connector::omsctl
