// Dials the server's own listener again and again, as a caller would, and tells
// when it does not answer any more.
//
//   ListenerWatch watch(options, &sleeper);
//   watch.Start();
#ifndef OMS_CONNECTOR_SERVER_LISTEN_LISTENER_WATCH_H_
#define OMS_CONNECTOR_SERVER_LISTEN_LISTENER_WATCH_H_

#include <atomic>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "server/listen/socket_address.h"

namespace oms_connector::server {

// OK when whoever listens at `address` of this machine takes a connection and
// answers or ends it after the dialling side has said that nothing will come.
// It needs no certificate, and a server leaves no trace of it in its log.
// DEADLINE_EXCEEDED when connecting or the answer takes longer than `timeout`;
// what the system says for everything else, a lack of file descriptors among
// it. CANCELLED as soon as `cancellation` says so.
absl::Status DialListener(const SocketAddress& address, absl::Duration timeout,
                          const base::CancellationToken& cancellation = {});

// Thread-safe.
class ListenerWatch {
 public:
  struct Options {
    SocketAddress address;  // as DialListener
    absl::Duration interval = absl::Seconds(5);
    absl::Duration dial_timeout = absl::Seconds(5);
    // So many in a row make it lost: a machine that stood still for a moment
    // is no reason to cut off those who are connected.
    int failures = 3;
    std::function<void()> on_failed_dial;
    // Called once. Must not stop the watch.
    std::function<void()> on_lost;
  };

  // Does not own the sleeper.
  ListenerWatch(Options options, base::Sleeper* sleeper);
  // As Stop.
  ~ListenerWatch();

  // Dials every `interval` on a thread of its own, until Stop or the loss.
  void Start();
  void Stop();

  // Whether the listener was given up.
  bool lost() const { return lost_.load(); }

 private:
  void Run();

  const Options options_;
  base::Sleeper* const sleeper_;
  std::atomic<bool> lost_{false};
  base::CancellationSource stop_;
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_LISTENER_WATCH_H_
