// Accepts connections, on a thread of its own, and hands them on. gRPC 1.51
// stops accepting for good once file descriptors have run out; this goes on
// when there are some again, and keeps a few back so that connections alone
// cannot use them up: the store and the Order Manager need some as well. And it
// counts connections, which each take memory whether they say anything or not.
//
//   Acceptor acceptor(std::move(sockets), options);
#ifndef OMS_CONNECTOR_SERVER_LISTEN_ACCEPTOR_H_
#define OMS_CONNECTOR_SERVER_LISTEN_ACCEPTOR_H_

#include <cstddef>
#include <functional>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "server/listen/listening_sockets.h"
#include "server/listen/open_connections.h"
#include "server/listen/socket_address.h"

namespace oms_connector::server {

class Acceptor {
 public:
  // Descriptors that no connection gets, as far as a quarter of the process's
  // limit goes.
  static constexpr int kReserved = 128;
  // Connections at once; an idle one was measured at about 20 KiB, with TLS at
  // several times that. Callers that make many calls make them on a few.
  static constexpr size_t kMaxConnections = 4'000;
  // Of one machine, so that it leaves some to others. What comes through a
  // Unix socket counts as one machine's.
  static constexpr size_t kMaxOfOneAddress = 2'000;

  struct Options {
    // Takes over the descriptor, which does not block, of a connection that
    // came in at `listener`. On the acceptor's thread, one at a time.
    std::function<void(int listener, int connection)> hand_on;
    // A connection was closed at once, for lack of descriptors.
    std::function<void()> on_refused;
    // A connection was closed at once because there are so many; `bound` says
    // which number was met: "connections" or "connections_of_address".
    std::function<void(absl::string_view bound)> on_crowded =
        [](absl::string_view) {};
    size_t max_connections = kMaxConnections;
    size_t max_of_one_address = kMaxOfOneAddress;
  };

  // Accepts from now on, until Stop.
  Acceptor(ListeningSockets sockets, Options options);
  // As Stop.
  ~Acceptor();

  const std::string& address() const { return sockets_.address(); }
  const SocketAddress& bound() const { return sockets_.bound(); }

  // When it returns, nothing more is handed on, and callers are refused.
  void Stop();

 private:
  void Run();
  // False when descriptors have run out.
  bool AcceptAll(int listener);
  // Whether there is room for one more; closes it and says so if not.
  bool Admit(int connection, const std::string& address);

  ListeningSockets sockets_;
  const Options options_;
  const int wake_;        // readable = stop
  OpenConnections open_;  // the thread's own
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_ACCEPTOR_H_
