// The small HTTP server for those who look after this one: `/metrics`,
// `/healthz` (it is worth keeping), `/readyz` (it takes calls) and, for callers
// on this machine only, `/statusz`. It has threads of its own and never waits
// for calls, the store or an Order Manager.
#ifndef OMS_CONNECTOR_SERVER_OPS_ADMIN_SERVER_H_
#define OMS_CONNECTOR_SERVER_OPS_ADMIN_SERVER_H_

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
};

class AdminServer {
 public:
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
