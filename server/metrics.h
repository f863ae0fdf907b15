// What the server counts about itself, and its text form for Prometheus. The
// only place that knows prometheus-cpp.
//
// Thread-safe. Labels come from fixed sets (RPC names, status codes, feeds,
// states), never from callers, so the number of series is bounded.
#ifndef OMS_CONNECTOR_SERVER_METRICS_H_
#define OMS_CONNECTOR_SERVER_METRICS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::server {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // A call of `rpc` has begun, or was answered with the gRPC code of this name.
  void CallStarted(absl::string_view rpc);
  void CallEnded(absl::string_view rpc, absl::string_view code,
                 absl::Duration took);

  // A pull of `feed` ended in `state` after `requests` HTTP requests.
  void PullEnded(absl::string_view feed, absl::string_view state,
                 absl::Duration took, int64_t requests);

  // A TLS set came into force whose certificate expires then; or one that was
  // found on disk was kept out.
  void TlsTaken(absl::Time now, absl::Time expiry);
  void TlsRefused();

  // A connection was closed for lack of file descriptors; the server could not
  // reach its own listener.
  void ConnectionRefused();
  void SelfDialFailed();

  // The exposition, in Prometheus' text format 0.0.4.
  std::string Text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_METRICS_H_
