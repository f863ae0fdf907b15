#include "tests/faults/fault_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

#include "absl/time/clock.h"

namespace oms_connector::testing_support {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int to, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(to, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

// Closing it says nothing but that the connection is gone.
void ResetOnClose(int socket) {
  const linger now = {1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

}  // namespace

struct FaultProxy::Link {
  int caller = -1;
  int target = -1;
  Weather weather;
  std::atomic<bool> over{false};
  std::thread thread;

  ~Link() {
    thread.join();
    close(caller);
    close(target);
  }
};

int PortOf(absl::string_view address) {
  return atoi(std::string(address.substr(address.rfind(':') + 1)).c_str());
}

FaultProxy::FaultProxy(int target_port)
    : target_port_(target_port),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in own = Loopback(0);
  socklen_t size = sizeof(own);
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&own), size), 0);
  EXPECT_EQ(listen(listener_, 64), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size),
            0);
  port_ = ntohs(own.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

FaultProxy::~FaultProxy() {
  {
    const absl::MutexLock lock(&mutex_);
    shut_down_ = true;
  }
  Set({});
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  Set({});
  close(listener_);
  const absl::MutexLock lock(&mutex_);
  links_.clear();
}

void FaultProxy::SetForNew(Weather weather) {
  const absl::MutexLock lock(&mutex_);
  weather_ = weather;
}

void FaultProxy::Set(Weather weather) {
  const absl::MutexLock lock(&mutex_);
  weather_ = weather;
  for (const auto& link : links_) {
    shutdown(link->caller, SHUT_RDWR);
    shutdown(link->target, SHUT_RDWR);
  }
}

void FaultProxy::Accept() {
  for (;;) {
    const int caller = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (caller < 0) return;
    const absl::MutexLock lock(&mutex_);
    if (shut_down_ || weather_.kind == Kind::kRefuse) {
      ResetOnClose(caller);
      close(caller);
      continue;
    }
    links_.erase(
        std::remove_if(links_.begin(), links_.end(),
                       [](const auto& link) { return link->over.load(); }),
        links_.end());
    auto link = std::make_unique<Link>();
    link->caller = caller;
    link->weather = weather_;
    link->target = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in target = Loopback(target_port_);
    EXPECT_EQ(connect(link->target, reinterpret_cast<const sockaddr*>(&target),
                      sizeof(target)),
              0);
    // Descriptors stay the link's until it goes, so that no other connection
    // gets their numbers while somebody may still shut them down.
    link->thread = std::thread([this, link = link.get()] { Pump(*link); });
    links_.push_back(std::move(link));
  }
}

void FaultProxy::Pump(Link& link) {
  int64_t answered = 0;
  for (;;) {
    std::array<pollfd, 2> ends = {pollfd{link.caller, POLLIN, 0},
                                  pollfd{link.target, POLLIN, 0}};
    if (poll(ends.data(), ends.size(), -1) < 0) break;
    if (ends[0].revents != 0 && !Pass(link, link.caller, link.target, nullptr))
      break;
    if (ends[1].revents != 0 &&
        !Pass(link, link.target, link.caller, &answered))
      break;
  }
  if (link.weather.kind == Kind::kReset) {
    // Shutting down would say goodbye; a new socket in its place resets it.
    ResetOnClose(link.caller);
    const int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    dup2(other, link.caller);
    close(other);
  }
  shutdown(link.caller, SHUT_RDWR);
  shutdown(link.target, SHUT_RDWR);
  link.over = true;
}

bool FaultProxy::Pass(Link& link, int from, int to, int64_t* answered) {
  std::array<char, 16384> buffer;
  size_t most = buffer.size();
  const Weather& weather = link.weather;
  if (weather.kind == Kind::kThrottle) {
    // Ten pieces a second.
    most = static_cast<size_t>(std::max<int64_t>(weather.bytes / 10, 1));
    most = std::min(most, buffer.size());
  }
  const auto say_nothing = [&] {
    // Until Set closes both ends.
    pollfd end = {link.caller, 0, 0};
    while (poll(&end, 1, -1) == 1 && (end.revents & POLLHUP) == 0) {
    }
  };
  const ssize_t received = recv(from, buffer.data(), most, 0);
  if (received <= 0) {
    if (answered != nullptr && weather.kind == Kind::kHalfOpen) say_nothing();
    return false;
  }
  auto size = static_cast<size_t>(received);
  if (weather.kind == Kind::kThrottle) absl::SleepFor(absl::Milliseconds(100));
  if (weather.kind == Kind::kDelay) absl::SleepFor(weather.delay);
  const bool ends = weather.kind == Kind::kCut ||
                    weather.kind == Kind::kReset ||
                    weather.kind == Kind::kHalfOpen;
  if (answered == nullptr || !ends) return SendAll(to, buffer.data(), size);
  const auto left = static_cast<size_t>(weather.bytes - *answered);
  if (size <= left) {
    *answered += static_cast<int64_t>(size);
    return SendAll(to, buffer.data(), size);
  }
  SendAll(to, buffer.data(), left);
  if (weather.kind == Kind::kHalfOpen) say_nothing();
  return false;
}

}  // namespace oms_connector::testing_support
