#include "fake_order_manager/http_server.h"

#include <httplib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace oms_connector::testing_support {
namespace {

// How long a connection may idle, or a request or an answer may stall.
constexpr int kPatienceMillis = 120'000;
// A dripping answer goes out in at most this many pieces a second.
constexpr int64_t kPiecesPerSecond = 20;

// Wakes every connection when the server stops.
class StopSignal {
 public:
  StopSignal() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~StopSignal() { close(descriptor_); }

  // Never reset: from now on every wait ends at once.
  void Raise() { eventfd_write(descriptor_, 1); }

  // Waits for `events` on `socket`; false when there is none in time, or the
  // server stops first. A negative socket makes it a mere pause.
  bool Await(int socket, short events, int timeout_millis) const {
    std::array<pollfd, 2> watched = {pollfd{descriptor_, POLLIN, 0},
                                     pollfd{socket, events, 0}};
    const int ready = poll(watched.data(), watched.size(), timeout_millis);
    return ready > 0 && watched[0].revents == 0;
  }

  bool IsRaised() const {
    pollfd watched{descriptor_, POLLIN, 0};
    return poll(&watched, 1, 0) > 0;
  }

 private:
  int descriptor_;
};

// One connection. httplib has a stream of its own; this one can be cut off in
// the middle, and wakes up when the server stops.
class SocketStream : public httplib::Stream {
 public:
  SocketStream(int socket, const StopSignal& stop)
      : socket_(socket), stop_(stop) {}

  // From now on nothing more is sent.
  void Cut() { is_cut_ = true; }
  bool is_cut() const { return is_cut_; }

  bool is_readable() const override {
    return begin_ < end_ || stop_.Await(socket_, POLLIN, kPatienceMillis);
  }
  bool is_writable() const override {
    return !is_cut_ && stop_.Await(socket_, POLLOUT, kPatienceMillis);
  }

  ssize_t read(char* bytes, size_t size) override {
    if (begin_ == end_) {
      if (!is_readable()) return -1;
      const ssize_t received = recv(socket_, buffer_.data(), buffer_.size(), 0);
      if (received <= 0) return received;
      begin_ = 0;
      end_ = static_cast<size_t>(received);
    }
    const size_t taken = std::min(size, end_ - begin_);
    std::copy_n(buffer_.data() + begin_, taken, bytes);
    begin_ += taken;
    return static_cast<ssize_t>(taken);
  }

  ssize_t write(const char* bytes, size_t size) override {
    if (!is_writable()) return -1;
    return send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    Describe(address, ip, port);
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    Describe(address, ip, port);
  }
  socket_t socket() const override { return socket_; }

 private:
  static void Describe(const sockaddr_storage& address, std::string& ip,
                       int& port) {
    if (address.ss_family != AF_INET) return;
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size());
    ip = text.data();
    port = ntohs(ipv4.sin_port);
  }

  const int socket_;
  const StopSignal& stop_;
  bool is_cut_ = false;
  std::array<char, 4096> buffer_;
  size_t begin_ = 0, end_ = 0;
};

// The connection that this thread serves: handlers get no other way to it.
thread_local SocketStream* current_stream = nullptr;

HttpRequest ToRequest(const httplib::Request& request) {
  HttpRequest converted;
  converted.method = request.method;
  converted.path = request.path;
  converted.parameters = request.params;
  converted.authorization = request.get_header_value("Authorization");
  converted.body = request.body;
  converted.from_loopback = absl::StartsWith(request.remote_addr, "127.");
  return converted;
}

}  // namespace

class HttpServer::Connections : public httplib::Server {
 public:
  Connections(const HttpServer::Options& options, HttpServer::Handler handler)
      : compress_(options.compress), handler_(std::move(handler)) {
    const auto handle = [this](const httplib::Request& request,
                               httplib::Response& response) {
      Send(std::make_shared<const HttpAnswer>(handler_(ToRequest(request))),
           response);
    };
    Get(".*", handle).Post(".*", handle).Put(".*", handle);
    Patch(".*", handle).Delete(".*", handle);
    new_task_queue = [threads = options.threads] {
      return new httplib::ThreadPool(static_cast<size_t>(threads));
    };
    set_tcp_nodelay(true);
    // httplib's own choice lets two servers share a port unnoticed.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    set_keep_alive_timeout(kPatienceMillis / 1000);
  }

  void RaiseStop() { stop_.Raise(); }

 private:
  bool process_and_close_socket(socket_t socket) override {
    SocketStream stream(socket, stop_);
    current_stream = &stream;
    const auto prepare = [this](httplib::Request& request) {
      if (!compress_) request.headers.erase("Accept-Encoding");
    };
    bool is_open = true;
    while (is_open && !stream.is_cut() && stream.is_readable()) {
      bool closed = false;
      is_open = process_request(stream, /*close_connection=*/false, closed,
                                prepare) &&
                !closed;
    }
    current_stream = nullptr;
    shutdown(socket, SHUT_RDWR);
    close(socket);
    return is_open;
  }

  void Send(std::shared_ptr<const HttpAnswer> answer,
            httplib::Response& response) {
    response.status = answer->status;
    for (const auto& [name, value] : answer->headers) {
      response.set_header(name, value);
    }
    if (answer->delivery == HttpAnswer::Delivery::kClosed) {
      current_stream->Cut();
    } else if (answer->delivery == HttpAnswer::Delivery::kEndless) {
      response.set_chunked_content_provider(
          answer->content_type,
          [this, answer](size_t, httplib::DataSink& sink) {
            return SendPiece(*answer, 0, answer->body.size(), sink);
          });
    } else if (answer->body.empty() || MayCompress(*answer)) {
      response.set_content(answer->body, answer->content_type);
    } else {
      response.set_content_provider(
          answer->body.size(), answer->content_type,
          [this, answer](size_t offset, size_t, httplib::DataSink& sink) {
            return SendPiece(*answer, offset, EndOf(*answer), sink);
          });
    }
  }

  // httplib compresses what it holds whole, never what a provider gives it.
  bool MayCompress(const HttpAnswer& answer) const {
    return compress_ && answer.delivery == HttpAnswer::Delivery::kWhole &&
           answer.bytes_per_second == 0 &&
           answer.headers.count("Content-Encoding") == 0;
  }

  static size_t EndOf(const HttpAnswer& answer) {
    return answer.delivery == HttpAnswer::Delivery::kHalf
               ? answer.body.size() / 2
               : answer.body.size();
  }

  // Sends what comes next between `offset` and `end`; false ends the answer
  // and the connection.
  bool SendPiece(const HttpAnswer& answer, size_t offset, size_t end,
                 httplib::DataSink& sink) {
    if (offset >= end || stop_.IsRaised()) return false;
    size_t size = end - offset;
    if (answer.bytes_per_second > 0) {
      const int64_t pieces =
          std::min(kPiecesPerSecond, answer.bytes_per_second);
      stop_.Await(/*socket=*/-1, 0, static_cast<int>(1000 / pieces));
      size =
          std::min(size, static_cast<size_t>(answer.bytes_per_second / pieces));
    }
    return sink.write(answer.body.data() + offset, size);
  }

  const bool compress_;
  const HttpServer::Handler handler_;
  StopSignal stop_;
};

HttpServer::HttpServer(std::unique_ptr<Connections> connections)
    : connections_(std::move(connections)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const Options& options, Handler handler) {
  std::unique_ptr<HttpServer> server(new HttpServer(
      std::make_unique<Connections>(options, std::move(handler))));
  Connections& connections = *server->connections_;
  if (options.port == 0) {
    server->port_ = connections.bind_to_any_port(options.host);
  } else if (connections.bind_to_port(options.host, options.port)) {
    server->port_ = options.port;
  }
  if (server->port_ <= 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options.host, ":", options.port));
  }
  server->listener_ =
      std::thread([&connections] { connections.listen_after_bind(); });
  // httplib's stop() is lost on a server that has not begun to listen, and it
  // tells no other way that it has.
  while (!connections.is_running()) absl::SleepFor(absl::Milliseconds(1));
  return server;
}

HttpServer::~HttpServer() { Stop(); }

void HttpServer::Stop() {
  if (!listener_.joinable()) return;
  connections_->RaiseStop();
  connections_->stop();
  listener_.join();
}

}  // namespace oms_connector::testing_support
