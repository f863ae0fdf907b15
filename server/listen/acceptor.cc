#include "server/listen/acceptor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/log.h"

namespace oms_connector::server {
namespace {

// Without descriptors, or memory for sockets, the waiting callers keep the
// listener readable; look again when some may have been given back.
constexpr int kRetryMillis = 100;

// Descriptors are given out lowest first, so a high one tells that there are
// few left. The limit is read each time, as it may be raised while we run.
bool IsReserved(int descriptor) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  const rlim_t reserved =
      std::min<rlim_t>(Acceptor::kReserved, limit.rlim_cur / 4);
  return static_cast<rlim_t>(descriptor) >= limit.rlim_cur - reserved;
}

bool IsLack(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS ||
         error == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(ListeningSockets sockets, Options options)
    : sockets_(std::move(sockets)),
      options_(std::move(options)),
      wake_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { Run(); }) {}

Acceptor::~Acceptor() {
  Stop();
  close(wake_);
}

void Acceptor::Stop() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  if (write(wake_, &one, sizeof(one)) != sizeof(one)) {
    base::LogError("cannot wake the acceptor");
  }
  thread_.join();
  sockets_.Close();
}

void Acceptor::Run() {
  std::vector<pollfd> watched = {{wake_, POLLIN, 0}};
  for (const int listener : sockets_.descriptors()) {
    watched.push_back({listener, POLLIN, 0});
  }
  bool lacking = false;
  while (true) {
    // While descriptors lack, only the end is waited for.
    const int ready = lacking ? poll(watched.data(), 1, kRetryMillis)
                              : poll(watched.data(), watched.size(), -1);
    if (ready < 0 && errno != EINTR) {
      base::LogError("cannot wait for connections", {{"errno", errno}});
      return;
    }
    if (watched.front().revents != 0) return;
    lacking = false;
    for (const int listener : sockets_.descriptors()) {
      lacking = !AcceptAll(listener) || lacking;
    }
  }
}

bool Acceptor::Admit(int connection, const std::string& address) {
  const bool full = open_.size() >= options_.max_connections;
  if (full || open_.CountOf(address) >= options_.max_of_one_address) {
    open_.DropClosed();
  }
  absl::string_view bound;
  if (open_.size() >= options_.max_connections) {
    bound = "connections";
  } else if (open_.CountOf(address) >= options_.max_of_one_address) {
    bound = "connections_of_address";
  }
  if (bound.empty()) {
    open_.Add(connection, address);
    return true;
  }
  options_.on_crowded(bound);
  close(connection);
  return false;
}

bool Acceptor::AcceptAll(int listener) {
  while (true) {
    sockaddr_storage peer = {};
    socklen_t peer_size = sizeof(peer);
    const int connection = accept4(listener, reinterpret_cast<sockaddr*>(&peer),
                                   &peer_size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) {
      // Another error is that of one connection, which is gone already; the
      // listener is asked again when it has the next.
      return !IsLack(errno);
    }
    if (IsReserved(connection)) {
      options_.on_refused();  // first, so that who sees it closed is counted
      close(connection);
      continue;
    }
    if (Admit(connection, MachineOf(peer))) {
      options_.hand_on(listener, connection);
    }
  }
}

}  // namespace oms_connector::server
