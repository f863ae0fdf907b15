// A TCP server for tests of the transport, which answers every request as the
// test says, byte by byte: well, badly, or not at all.
//
//   LoopbackServer server([](LoopbackServer::Peer& peer) {
//     peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
//   });
#ifndef OMS_CONNECTOR_ORDER_MANAGER_LOOPBACK_SERVER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_LOOPBACK_SERVER_H_

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace oms_connector::order_manager {

// Thread-safe. Each connection has a thread of its own.
class LoopbackServer {
 public:
  // One request that has come in whole, and the way to answer it.
  class Peer {
   public:
    Peer(LoopbackServer* server, int socket, std::string request,
         int connection, int number)
        : request(std::move(request)),
          connection(connection),
          number(number),
          server_(server),
          socket_(socket) {}

    const std::string request;  // its head and body as they came
    const int connection;       // 1 for the server's first
    const int number;           // 1 for the connection's first request

    // False where the other side is gone.
    bool Write(absl::string_view bytes);
    // No more requests on this connection.
    void Close() { open_ = false; }
    bool open() const { return open_; }
    // Waits, at most until the server ends.
    void Wait(absl::Duration duration);
    void WaitForTheEnd() { Wait(absl::InfiniteDuration()); }

   private:
    LoopbackServer* const server_;
    const int socket_;
    bool open_ = true;
  };

  using Handler = std::function<void(Peer&)>;

  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();

  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  int port() const { return port_; }
  std::string url() const;  // "http://127.0.0.1:PORT"

  int connections() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Those that were answered or are being answered, in order.
  std::vector<std::string> requests() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Blocks until so many requests have come.
  void AwaitRequests(size_t count) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Listen();
  void Serve(int socket, int connection);
  bool IsNextRequest(int socket, std::string* buffer, std::string* request);

  const Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  mutable absl::Mutex mutex_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<int> sockets_ ABSL_GUARDED_BY(mutex_);
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  std::thread listening_;
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_LOOPBACK_SERVER_H_
