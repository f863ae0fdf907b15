// The small HTTP server for those who look after this one: `/metrics`,
// `/healthz` (it is worth keeping), `/readyz` (it takes calls) and, for callers
// on this machine only, `/statusz`. It has threads of its own and never waits
// for calls, the store or an Order Manager.
//
// Whoever reaches it needs no credentials, so connections, the bytes of a
// request and the time it may take are bounded. Each connection gets one
// answer.
#ifndef OMS_CONNECTOR_SERVER_OPS_ADMIN_SERVER_H_
#define OMS_CONNECTOR_SERVER_OPS_ADMIN_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oms_connector::server {

// What the pages show. All are called from the HTTP server's threads and must
// answer at once.
struct AdminPages {
  std::function<std::string()> metrics;  // Prometheus text format
  std::function<bool()> healthy;
  std::function<std::string()> not_ready;  // why; empty when it is ready
  std::function<std::string()> status;     // HTML for a person
  // A connection was closed at once, as too many were waiting.
  std::function<void()> on_refused = [] {};
};

class AdminServer {
 public:
  // Pages are asked for by a few scrapers and probes. With those that wait, the
  // connections are far fewer than the descriptors that the gRPC listener keeps
  // back (acceptor.h), so that they find one when callers have taken the rest.
  static constexpr int kThreads = 4;
  static constexpr size_t kMaxWaiting = 12;
  // A scraper's request has some 500 bytes.
  static constexpr size_t kMaxHeadBytes = 8 * 1024;
  // For the request's head to come, and again for the answer to go. Silent
  // peers on all places keep a probe waiting for four times as long.
  static constexpr int kTimeoutMillis = 1000;

  // Listens on `address`, "HOST:PORT"; port 0 picks one. INVALID_ARGUMENT for
  // an address that is none, UNAVAILABLE when it cannot be had.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      absl::string_view address, AdminPages pages);

  // Ends answering and waits for its threads.
  ~AdminServer();

  // "127.0.0.1:9464", with the port that was picked.
  const std::string& address() const { return address_; }

 private:
  struct Http;
  AdminServer(std::string address, std::unique_ptr<Http> http);

  const std::string address_;
  const std::unique_ptr<Http> http_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_ADMIN_SERVER_H_
