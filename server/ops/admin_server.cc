#include "server/ops/admin_server.h"

#include <sys/socket.h>

#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "httplib.h"
#include "server/listen/host_port.h"

namespace oms_connector::server {
namespace {

constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr char kHtml[] = "text/html; charset=utf-8";
constexpr char kMetricsText[] = "text/plain; version=0.0.4; charset=utf-8";
// Pages are asked for by a few scrapers and probes.
constexpr int kThreads = 4;
constexpr time_t kTimeoutSeconds = 5;

// Without SO_REUSEPORT, which httplib sets: a second server must not share the
// port silently.
void SetSocketOptions(int socket) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

}  // namespace

struct AdminServer::Http {
  httplib::Server server;
  std::thread thread;
};

AdminServer::AdminServer(std::string address, std::unique_ptr<Http> http)
    : address_(std::move(address)), http_(std::move(http)) {}

AdminServer::~AdminServer() {
  http_->server.stop();
  http_->thread.join();
}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    absl::string_view address, AdminPages pages) {
  OMS_ASSIGN_OR_RETURN(HostPort where, ParseHostPort(address));
  auto http = std::make_unique<Http>();
  httplib::Server& server = http->server;
  server.set_socket_options(SetSocketOptions);
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_read_timeout(kTimeoutSeconds);
  server.set_write_timeout(kTimeoutSeconds);
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
