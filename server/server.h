// The server: everything between the flags and the rules, put together.
#ifndef OMS_CONNECTOR_SERVER_SERVER_H_
#define OMS_CONNECTOR_SERVER_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/options.h"

namespace oms_connector::server {

class Server {
 public:
  using Options = ServerOptions;

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

  // Puts a copy of `file` in the store's place; where the old store was set
  // aside. Errors as storage/databases/open_store.h, RestoreStore.
  static absl::StatusOr<std::string> RestoreFrom(const Options& options,
                                                 const std::string& file);

  // Marks the store as restored; no server may run on it. Errors as
  // storage/databases/open_store.h, MarkStoreRestored.
  static absl::Status MarkRestored(const Options& options);

  // As Drain without a delay.
  ~Server();

  // Reads the principals file and the TLS files again; calls that run keep the
  // principal they began with. What is sound of the two comes into force, the
  // other stays as it was, and the error tells of each that is not sound.
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
