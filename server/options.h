// What the flags say, and whether it makes a server.
//
//   OMS_RETURN_IF_ERROR(CheckOptions(options));
#ifndef OMS_CONNECTOR_SERVER_OPTIONS_H_
#define OMS_CONNECTOR_SERVER_OPTIONS_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/base_url_policy.h"
#include "server/listen/tls_material.h"
#include "storage/sql_connection.h"

namespace oms_connector::server {

// What the flags of the same names say; see `--help`.
struct ServerOptions {
  std::string listen = "127.0.0.1:50051";
  std::string admin_listen = "127.0.0.1:9464";  // empty = none
  bool allow_remote_admin = false;
  mode_t unix_socket_mode = 0600;
  std::string store = "sqlite:oms_connector.db";
  std::string secret_key_file;           // empty = beside the SQLite file
  std::string previous_secret_key_file;  // empty = none
  std::string principals_file;           // empty = everybody is `local`
  std::string tls_cert_file, tls_key_file, tls_client_ca_file;
  std::string order_manager_hosts = "*.skubana.com,*.extensiv.com";
  bool allow_loopback_order_manager = false;
  bool background_sync = true;
  double order_manager_requests_per_second = 5;  // per account; 0 = no limit
  int max_in_flight = 2000;
  bool commits_wait_for_disk = true;
  absl::Duration event_retention = absl::Hours(2160);
  // Between "not ready" and the first refused call, and from there to the end
  // of calls that still run.
  absl::Duration drain_delay = absl::Seconds(5);
  absl::Duration drain_timeout = absl::Seconds(30);
  std::string flags_in_force;  // for /statusz; without secrets
  // How often the TLS files are looked at, and the server dials itself.
  absl::Duration tls_interval = absl::Seconds(5);
  absl::Duration self_dial_interval = absl::Seconds(5);
  // What stands between the store and each of its connections; for tests that
  // count what calls ask of it. Null = nothing.
  std::function<std::unique_ptr<storage::SqlConnection>(
      std::unique_ptr<storage::SqlConnection>)>
      decorate_sql;
  // Called once, from a thread of the server's own, when it cannot reach its
  // own listener any more. Only a new process mends that.
  std::function<void()> on_listener_lost = [] {};
};

// INVALID_ARGUMENT or FAILED_PRECONDITION, with a message for the person who
// set the flags, when they make no server: unreadable files, no address, a
// listener beyond this machine without TLS and principals, admin pages beyond
// it that no flag allows.
absl::Status CheckOptions(const ServerOptions& options);

// The base URLs that a connection may name. INVALID_ARGUMENT for a list of
// hosts that is none.
absl::StatusOr<model::BaseUrlPolicy> BaseUrlPolicyOf(
    const ServerOptions& options);

TlsFiles TlsFilesOf(const ServerOptions& options);

// Only callers on this machine can reach the listener.
bool ListensLocally(const ServerOptions& options);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPTIONS_H_
