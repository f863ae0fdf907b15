// Accepts connections, on a thread of its own, and hands them on. gRPC 1.51
// stops accepting for good once file descriptors have run out; this goes on
// when there are some again, and keeps a few back so that connections alone
// cannot use them up: the store and the Order Manager need some as well.
//
//   Acceptor acceptor(std::move(sockets), options);
#ifndef OMS_CONNECTOR_SERVER_LISTEN_ACCEPTOR_H_
#define OMS_CONNECTOR_SERVER_LISTEN_ACCEPTOR_H_

#include <functional>
#include <string>
#include <thread>

#include "server/listen/listening_sockets.h"
#include "server/listen/socket_address.h"

namespace oms_connector::server {

class Acceptor {
 public:
  // Descriptors that no connection gets, as far as a quarter of the process's
  // limit goes.
  static constexpr int kReserved = 128;

  struct Options {
    // Takes over the descriptor, which does not block, of a connection that
    // came in at `listener`. On the acceptor's thread, one at a time.
    std::function<void(int listener, int connection)> hand_on;
    // A connection was closed at once, for lack of descriptors.
    std::function<void()> on_refused;
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

  ListeningSockets sockets_;
  const Options options_;
  const int wake_;  // readable = stop
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_ACCEPTOR_H_
