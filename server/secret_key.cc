#include "server/secret_key.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/secret_box.h"
#include "base/status_macros.h"
#include "model/connection.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"

namespace oms_connector::server {
namespace {

constexpr int kConnectionsPerRead = 100;

absl::StatusOr<std::vector<model::Connection>> ConnectionsAfter(
    storage::Store& store, const std::string& last) {
  std::vector<model::Connection> connections;
  OMS_RETURN_IF_ERROR(
      store.Read({}, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(connections, txn.connections().ListConnections(
                                              last, kConnectionsPerRead));
        return absl::OkStatus();
      }));
  return connections;
}

// What the seal of a connection's token is bound to.
const std::string& ContextOf(const model::Connection& connection) {
  const std::string& under = connection.order_manager.sealed_under;
  return under.empty() ? connection.epoch : under;
}

}  // namespace

absl::StatusOr<std::string> SecretKeyFile(const std::string& store,
                                          const std::string& file) {
  if (!file.empty()) return file;
  if (storage::IsSharedStore(store)) {
    return absl::InvalidArgumentError(
        "--secret_key_file is required with a PostgreSQL store: all servers of "
        "one database share the key");
  }
  OMS_ASSIGN_OR_RETURN(const std::string path, storage::LocalFileOf(store));
  return absl::StrCat(path, ".key");
}

absl::StatusOr<base::SecretBox> LoadSecretKey(const std::string& store,
                                              const std::string& file) {
  OMS_ASSIGN_OR_RETURN(const std::string path, SecretKeyFile(store, file));
  if (!storage::IsSharedStore(store)) {
    return base::SecretBox::LoadOrCreate(path);
  }
  absl::StatusOr<base::SecretBox> key = base::SecretBox::Load(path);
  if (!absl::IsNotFound(key.status())) return key;
  return absl::FailedPreconditionError(absl::StrCat(
      "--secret_key_file: there is no file ", path,
      ". All servers of one database share one key: copy it from another "
      "server, or make the first one with (umask 077; head -c ",
      base::SecretBox::kKeyBytes, " /dev/urandom > ", path, ")"));
}

absl::Status CheckSecretKey(storage::Store& store, const base::SecretBox& key) {
  std::string last;
  for (;;) {
    OMS_ASSIGN_OR_RETURN(const std::vector<model::Connection> connections,
                         ConnectionsAfter(store, last));
    if (connections.empty()) return absl::OkStatus();
    for (const model::Connection& connection : connections) {
      last = connection.id;
      const model::OrderManagerAccount& account = connection.order_manager;
      if (account.sealed_token.empty()) continue;
      if (key.Open(account.sealed_token, ContextOf(connection)).ok()) {
        return absl::OkStatus();
      }
      return absl::FailedPreconditionError(
          "--secret_key_file holds another key than the one that the access "
          "tokens in the store were sealed with");
    }
  }
}

absl::StatusOr<int> ReSealTokens(storage::Store& store,
                                 const base::SecretBox& key,
                                 const base::SecretBox& previous) {
  int sealed_anew = 0;
  std::string last;
  for (;;) {
    OMS_ASSIGN_OR_RETURN(const std::vector<model::Connection> connections,
                         ConnectionsAfter(store, last));
    if (connections.empty()) return sealed_anew;
    for (const model::Connection& connection : connections) {
      last = connection.id;
      bool changed = false;
      const absl::Status status =
          store.Write({}, [&](storage::WriteTransaction& txn) -> absl::Status {
            changed = false;
            // Read again: it may have been given another token meanwhile.
            OMS_ASSIGN_OR_RETURN(
                model::Connection fresh,
                txn.connections().GetConnection(connection.id));
            model::OrderManagerAccount& account = fresh.order_manager;
            const std::string& under = ContextOf(fresh);
            if (key.Open(account.sealed_token, under).ok()) {
              return absl::OkStatus();
            }
            const auto token = previous.Open(account.sealed_token, under);
            if (!token.ok()) return absl::OkStatus();
            account.sealed_token = key.Seal(*token, under);
            changed = true;
            return txn.connections().UpdateConnection(fresh);
          });
      if (!status.ok() && !absl::IsNotFound(status)) return status;
      if (changed) ++sealed_anew;
    }
  }
}

}  // namespace oms_connector::server
