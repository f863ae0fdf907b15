#include "server/ops/admin_server.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/executor.h"
#include "base/status_macros.h"
#include "httplib.h"
#include "server/listen/host_port.h"

namespace oms_connector::server {
namespace {

constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr char kHtml[] = "text/html; charset=utf-8";
constexpr char kMetricsText[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kEndOfHead[] = "\r\n\r\n";
constexpr char kHeadTooLong[] =
    "HTTP/1.1 431 Request Header Fields Too Large\r\n"
    "Connection: close\r\nContent-Length: 0\r\n\r\n";

// Without SO_REUSEPORT, which httplib sets: a second server must not share the
// port silently.
void SetSocketOptions(int socket) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

// A connection, to be done with before a moment.
class TimedSocket {
 public:
  TimedSocket(int socket, std::chrono::milliseconds patience)
      : socket_(socket), patience_(patience), end_(Clock::now() + patience) {}

  // Up to the blank line; empty when the head is too long, which the peer is
  // told, or does not come in time.
  std::string ReadHead() {
    std::string head;
    char chunk[1024];
    while (head.find(kEndOfHead) == std::string::npos) {
      if (head.size() > AdminServer::kMaxHeadBytes) {
        Write(kHeadTooLong);
        return "";
      }
      if (!Await(POLLIN)) return "";
      const ssize_t size = recv(socket_, chunk, sizeof(chunk), MSG_DONTWAIT);
      if (size > 0) head.append(chunk, static_cast<size_t>(size));
      if (size == 0 || (size < 0 && errno != EAGAIN)) return "";
    }
    return head;
  }

  void Write(absl::string_view text) {
    end_ = Clock::now() + patience_;
    while (!text.empty() && Await(POLLOUT)) {
      const ssize_t size =
          send(socket_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (size > 0) text.remove_prefix(static_cast<size_t>(size));
      if (size < 0 && errno != EAGAIN) return;
    }
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool Await(short events) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end_ - Clock::now());
    pollfd watched = {socket_, events, 0};
    return left.count() > 0 &&
           poll(&watched, 1, static_cast<int>(left.count())) > 0;
  }

  const int socket_;
  const std::chrono::milliseconds patience_;
  Clock::time_point end_;
};

// Shows httplib a request that is there whole, and keeps what it answers.
class WholeRequest : public httplib::Stream {
 public:
  WholeRequest(int socket, std::string head)
      : socket_(socket), head_(std::move(head)) {}

  const std::string& answer() const { return answer_; }

  bool is_readable() const override { return position_ < head_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const size_t count = head_.copy(to, size, position_);
    position_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    answer_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    Name(getpeername, &ip, &port);
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    Name(getsockname, &ip, &port);
  }
  socket_t socket() const override { return socket_; }

 private:
  template <typename Getter>
  void Name(Getter getter, std::string* ip, int* port) const {
    sockaddr_storage storage;
    socklen_t length = sizeof(storage);
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    char host[NI_MAXHOST];
    char service[NI_MAXSERV];
    if (getter(socket_, address, &length) != 0 ||
        getnameinfo(address, length, host, sizeof(host), service,
                    sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
      return;
    }
    *ip = host;
    if (!absl::SimpleAtoi(service, port)) *port = 0;
  }

  const int socket_;
  const std::string head_;
  size_t position_ = 0;
  std::string answer_;
};

constexpr std::chrono::milliseconds kPatience(AdminServer::kTimeoutMillis);
// Of a connection too many, on the thread that takes all of them.
constexpr std::chrono::milliseconds kShortPatience(5);

// httplib hands each connection to the queue and cannot be told that it is
// full. So a connection too many is dealt with in this thread: it is answered
// if its request is there, as a probe's is, and closed otherwise.
thread_local bool too_many = false;
thread_local bool answered = false;

class BoundedQueue : public httplib::TaskQueue {
 public:
  explicit BoundedQueue(std::function<void()> on_refused)
      : on_refused_(std::move(on_refused)) {}

  void enqueue(std::function<void()> task) override {
    if (executor_.TrySubmit(task)) return;
    too_many = true;
    answered = false;
    task();
    too_many = false;
    if (!answered) on_refused_();
  }
  void shutdown() override { executor_.Shutdown(); }

 private:
  const std::function<void()> on_refused_;
  base::Executor executor_{"admin", AdminServer::kThreads,
                           AdminServer::kMaxWaiting};
};

// httplib by itself reads a line of any length and waits for each byte anew.
class BoundedHttpServer : public httplib::Server {
 public:
  void StopServing() {
    stopping_ = true;
    stop();
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    if (!stopping_) Serve(socket, too_many ? kShortPatience : kPatience);
    close(socket);
    return true;
  }

  void Serve(int socket, std::chrono::milliseconds patience) {
    TimedSocket timed(socket, patience);
    std::string head = timed.ReadHead();
    if (head.empty()) return;
    WholeRequest request(socket, std::move(head));
    bool closed = false;
    process_request(request, /*close_connection=*/true, closed, nullptr);
    timed.Write(request.answer());
    shutdown(socket, SHUT_WR);
    answered = true;
  }

  std::atomic<bool> stopping_{false};
};

}  // namespace

struct AdminServer::Http {
  BoundedHttpServer server;
  std::thread thread;
};

AdminServer::AdminServer(std::string address, std::unique_ptr<Http> http)
    : address_(std::move(address)), http_(std::move(http)) {}

AdminServer::~AdminServer() {
  http_->server.StopServing();
  http_->thread.join();
}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    absl::string_view address, AdminPages pages) {
  OMS_ASSIGN_OR_RETURN(HostPort where, ParseHostPort(address));
  auto http = std::make_unique<Http>();
  httplib::Server& server = http->server;
  server.set_socket_options(SetSocketOptions);
  server.new_task_queue = [refused = pages.on_refused] {
    return new BoundedQueue(refused);
  };
  server.set_payload_max_length(0);
  server.Get("/metrics", [pages](const auto&, auto& response) {
    response.set_content(pages.metrics(), kMetricsText);
  });
  server.Get("/healthz", [pages](const auto&, auto& response) {
    const bool healthy = pages.healthy();
    response.status = healthy ? 200 : 503;
    response.set_content(healthy ? "ok\n" : "restart me\n", kPlainText);
  });
  server.Get("/readyz", [pages](const auto&, auto& response) {
    const std::string why = pages.not_ready();
    response.status = why.empty() ? 200 : 503;
    response.set_content(
        why.empty() ? "ready\n" : absl::StrCat("not ready: ", why, "\n"),
        kPlainText);
  });
  const auto status = [pages](const auto& request, auto& response) {
    if (!IsLoopbackHost(request.remote_addr)) {
      response.status = 403;
      return;
    }
    response.set_content(pages.status(), kHtml);
  };
  server.Get("/statusz", status);
  server.Get("/", status);
  if (where.port == 0) {
    where.port = server.bind_to_any_port(where.host);
    if (where.port < 0) where.port = 0;
  } else if (!server.bind_to_port(where.host, where.port)) {
    where.port = 0;
  }
  if (where.port == 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", address, " for the admin pages; is it in use?"));
  }
  http->thread = std::thread([&server] { server.listen_after_bind(); });
  // stop() before the loop has begun would be lost.
  while (!server.is_running()) std::this_thread::yield();
  return std::unique_ptr<AdminServer>(
      new AdminServer(FormatHostPort(where), std::move(http)));
}

}  // namespace oms_connector::server
