#include "order_manager/loopback_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::order_manager {
namespace {

constexpr absl::string_view kEndOfHead = "\r\n\r\n";
constexpr absl::string_view kLength = "Content-Length: ";

// The size of the request at the front of `buffer`; 0 while it is not whole.
size_t RequestSize(absl::string_view buffer) {
  const size_t end = buffer.find(kEndOfHead);
  if (end == buffer.npos) return 0;
  size_t size = end + kEndOfHead.size();
  const size_t length = buffer.substr(0, end).find(kLength);
  if (length != buffer.npos) {
    absl::string_view digits = buffer.substr(length + kLength.size());
    size_t body = 0;
    if (absl::SimpleAtoi(digits.substr(0, digits.find('\r')), &body)) {
      size += body;
    }
  }
  return size <= buffer.size() ? size : 0;
}

}  // namespace

bool LoopbackServer::Peer::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void LoopbackServer::Peer::Wait(absl::Duration duration) {
  absl::MutexLock lock(&server_->mutex_);
  server_->mutex_.AwaitWithTimeout(absl::Condition(&server_->ending_),
                                   duration);
}

LoopbackServer::LoopbackServer(Handler handler)
    : handler_(std::move(handler)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, SOMAXCONN) != 0 ||
      getsockname(listener_, any, &size) != 0) {
    std::perror("no server for this test");
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  listening_ = std::thread([this] { Listen(); });
}

LoopbackServer::~LoopbackServer() {
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  listening_.join();
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    threads = std::move(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  close(listener_);
}

std::string LoopbackServer::url() const {
  return absl::StrCat("http://127.0.0.1:", port_);
}

int LoopbackServer::connections() const {
  absl::MutexLock lock(&mutex_);
  return connections_;
}

std::vector<std::string> LoopbackServer::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

void LoopbackServer::AwaitRequests(size_t count) const {
  absl::MutexLock lock(&mutex_);
  const auto have_come = [this, count]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return requests_.size() >= count;
  };
  mutex_.Await(absl::Condition(&have_come));
}

void LoopbackServer::Listen() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    absl::MutexLock lock(&mutex_);
    if (socket < 0 || ending_) {
      if (socket >= 0) close(socket);
      return;
    }
    sockets_.insert(socket);
    threads_.emplace_back([this, socket, connection = ++connections_] {
      Serve(socket, connection);
    });
  }
}

void LoopbackServer::Serve(int socket, int connection) {
  std::string buffer;
  std::string request;
  bool open = true;
  for (int number = 1; open && IsNextRequest(socket, &buffer, &request);
       ++number) {
    Peer peer(this, socket, request, connection, number);
    {
      absl::MutexLock lock(&mutex_);
      requests_.push_back(request);
    }
    handler_(peer);
    open = peer.open();
  }
  absl::MutexLock lock(&mutex_);
  sockets_.erase(socket);
  close(socket);
}

bool LoopbackServer::IsNextRequest(int socket, std::string* buffer,
                                   std::string* request) {
  char bytes[4096];
  while (RequestSize(*buffer) == 0) {
    const ssize_t size = recv(socket, bytes, sizeof(bytes), 0);
    if (size <= 0) return false;
    buffer->append(bytes, static_cast<size_t>(size));
  }
  const size_t size = RequestSize(*buffer);
  *request = buffer->substr(0, size);
  buffer->erase(0, size);
  return true;
}

}  // namespace oms_connector::order_manager
