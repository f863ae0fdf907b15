// The server: everything between the flags and the rules, put together.
#ifndef OMS_CONNECTOR_SERVER_SERVER_H_
#define OMS_CONNECTOR_SERVER_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace oms_connector::server {

class Server {
 public:
  // What the flags of the same names say; see `--help`.
  struct Options {
    std::string listen = "127.0.0.1:50051";
    std::string admin_listen = "127.0.0.1:9464";  // empty = none
    std::string store = "sqlite:oms_connector.db";
    std::string secret_key_file;  // empty = beside the SQLite file
    std::string principals_file;  // empty = everybody is `local`
    std::string tls_cert_file, tls_key_file, tls_client_ca_file;
    std::string order_manager_hosts = "*.skubana.com,*.extensiv.com";
    bool allow_loopback_order_manager = false;
    bool background_sync = true;
    double order_manager_requests_per_second = 5;  // per account; 0 = no limit
    int max_in_flight = 2000;
    bool sqlite_synchronous_full = true;
    absl::Duration event_retention = absl::Hours(2160);
    // Between "not ready" and the first refused call, and from there to the end
    // of calls that still run.
    absl::Duration drain_delay = absl::Seconds(5);
    absl::Duration drain_timeout = absl::Seconds(30);
    // How often the TLS files are looked at, and the server dials itself.
    absl::Duration tls_interval = absl::Seconds(5);
    absl::Duration self_dial_interval = absl::Seconds(5);
    // Called once, from a thread of the server's own, when it cannot reach its
    // own listener any more. Only a new process mends that.
    std::function<void()> on_listener_lost = [] {};
  };

  // INVALID_ARGUMENT or FAILED_PRECONDITION, with a message for the person who
  // set the flags, when they make no server: unreadable files, no address, a
  // listener beyond this machine without TLS and principals.
  static absl::Status CheckOptions(const Options& options);

  // Opens the store, goes on where the last server stopped, and listens. When
  // it returns, calls are answered. Errors as CheckOptions, UNAVAILABLE when
  // the port is taken, and those of storage/open_store.h.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options);

  // Writes a copy of the store into the new file `file`, also beside a running
  // server. Errors as storage/databases/open_store.h, BackUpStore.
  static absl::Status BackUp(const Options& options, const std::string& file);

  // Copies the SQLite store into an empty PostgreSQL database. Errors as
  // storage/databases/copy_store.h.
  static absl::Status CopyStoreTo(const Options& options,
                                  const std::string& url);

  // Marks the store as restored; no server may run on it. Errors as
  // storage/databases/open_store.h, MarkStoreRestored.
  static absl::Status MarkRestored(const Options& options);

  // As Drain without a delay.
  ~Server();

  // Reads the principals file and the TLS files again; calls that run keep the
  // principal they began with. On an error all that is in force stays.
  absl::Status Reload();

  // "127.0.0.1:50051", with the port that was picked.
  const std::string& address() const;
  // Empty where there are no admin pages.
  const std::string& admin_address() const;

  // Says "not ready" for `drain_delay`, then refuses new calls, answers those
  // that wait, ends pulls at their next checkpoint and returns when all calls
  // have ended, at the latest after `drain_timeout`.
  void Drain();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVER_H_
