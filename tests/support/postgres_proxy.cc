#include "tests/support/postgres_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::testing_support {
namespace {

// As it stands in a message of the protocol, which ends texts with a NUL.
const std::string kCommit("COMMIT\0", 7);

sockaddr_un AddressIn(const std::string& directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory + "/.s.PGSQL.5432";
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

int ConnectTo(const std::string& directory) {
  const sockaddr_un address = AddressIn(directory);
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) == 0) {
    return server;
  }
  close(server);
  return -1;
}

// What has arrived; empty when the other side has closed.
std::string Receive(int from) {
  std::array<char, 65536> buffer;
  const ssize_t size = recv(from, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), size) : "";
}

bool SendAll(int to, const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t size =
        send(to, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return false;
    sent += static_cast<size_t>(size);
  }
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresProxy>> PostgresProxy::Start(
    const std::string& server_directory) {
  auto proxy = absl::WrapUnique(new PostgresProxy(server_directory));
  std::string name = "/tmp/oms_proxy_XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return absl::InternalError("no temporary directory");
  }
  proxy->directory_ = name;
  const sockaddr_un address = AddressIn(name);
  proxy->listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(proxy->listener_, reinterpret_cast<const sockaddr*>(&address),
           sizeof(address)) != 0 ||
      listen(proxy->listener_, 64) != 0) {
    return absl::InternalError("the proxy cannot listen");
  }
  proxy->acceptor_ = std::thread([self = proxy.get()] { self->AcceptLoop(); });
  return proxy;
}

PostgresProxy::~PostgresProxy() {
  if (!late_allowed_.HasBeenNotified()) late_allowed_.Notify();
  {
    absl::MutexLock lock(&mutex_);
    shut_down_ = true;
    for (const int file : open_) shutdown(file, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  std::vector<std::thread> pumps;
  {
    absl::MutexLock lock(&mutex_);
    pumps = std::move(pumps_);
  }
  for (std::thread& pump : pumps) pump.join();
  close(listener_);
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
}

std::string PostgresProxy::Url(const std::string& server_url) const {
  return absl::StrReplaceAll(server_url, {{server_directory_, directory_}});
}

void PostgresProxy::LoseNextCommit(LostCommit how) {
  absl::MutexLock lock(&mutex_);
  fault_ = how;
}

void PostgresProxy::DeliverLate() {
  late_allowed_.Notify();
  late_done_.WaitForNotification();
}

LostCommit PostgresProxy::TakeFault() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(fault_, LostCommit::kNone);
}

void PostgresProxy::AcceptLoop() {
  for (;;) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    absl::MutexLock lock(&mutex_);
    pumps_.emplace_back([this, client] { Pump(client); });
  }
}

void PostgresProxy::Pump(int client) {
  const int server = ConnectTo(server_directory_);
  {
    absl::MutexLock lock(&mutex_);
    open_.push_back(client);
    open_.push_back(server);
    if (shut_down_) shutdown(client, SHUT_RDWR);
  }
  while (server >= 0 && Forward(client, server)) {
  }
  absl::MutexLock lock(&mutex_);
  for (const int file : {client, server}) {
    for (int& open : open_) {
      if (open == file) open = -1;
    }
    close(file);
  }
}

// What comes next from either side; false when it is over.
bool PostgresProxy::Forward(int client, int server) {
  std::array<pollfd, 2> files = {pollfd{client, POLLIN, 0},
                                 pollfd{server, POLLIN, 0}};
  if (poll(files.data(), files.size(), -1) < 0) return false;
  if (files[1].revents != 0) {
    const std::string answer = Receive(server);
    return !answer.empty() && SendAll(client, answer);
  }
  const std::string request = Receive(client);
  if (request.empty()) return false;
  if (request.find(kCommit) != std::string::npos) {
    const LostCommit how = TakeFault();
    if (how != LostCommit::kNone) {
      Lose(how, request, client, server);
      return false;
    }
  }
  return SendAll(server, request);
}

void PostgresProxy::Lose(LostCommit how, const std::string& request, int client,
                         int server) {
  if (how == LostCommit::kRequest) return;
  if (how == LostCommit::kLate) {
    shutdown(client, SHUT_RDWR);
    late_allowed_.WaitForNotification();
  }
  // The server answers when it has dealt with all of it.
  if (SendAll(server, request)) Receive(server);
  if (how == LostCommit::kLate) late_done_.Notify();
}

}  // namespace oms_connector::testing_support
