#include "server/options.h"

#include <vector>

#include "absl/strings/match.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "server/listen/host_port.h"
#include "server/rpc/principals.h"
#include "server/secret_key.h"
#include "storage/databases/open_store.h"

namespace oms_connector::server {
namespace {

absl::Status CheckTlsFiles(const ServerOptions& options) {
  if (options.tls_cert_file.empty() != options.tls_key_file.empty()) {
    return absl::InvalidArgumentError(
        "--tls_cert_file and --tls_key_file go together");
  }
  if (!options.tls_client_ca_file.empty() && options.tls_cert_file.empty()) {
    return absl::InvalidArgumentError(
        "--tls_client_ca_file needs --tls_cert_file");
  }
  if (options.tls_cert_file.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(const TlsMaterial material,
                       ReadTlsFiles(TlsFilesOf(options)));
  return CheckTlsMaterial(material, base::SystemClock().Now()).status();
}

}  // namespace

absl::StatusOr<model::BaseUrlPolicy> BaseUrlPolicyOf(
    const ServerOptions& options) {
  model::BaseUrlPolicy policy;
  OMS_ASSIGN_OR_RETURN(policy.hosts,
                       model::ParseHostList(options.order_manager_hosts));
  policy.allow_loopback = options.allow_loopback_order_manager;
  return policy;
}

TlsFiles TlsFilesOf(const ServerOptions& options) {
  return {options.tls_cert_file, options.tls_key_file,
          options.tls_client_ca_file};
}

bool ListensLocally(const ServerOptions& options) {
  if (absl::StartsWith(options.listen, "unix:")) return true;
  const absl::StatusOr<HostPort> where = ParseHostPort(options.listen);
  return where.ok() && IsLoopbackHost(where->host);
}

absl::Status CheckOptions(const ServerOptions& options) {
  OMS_RETURN_IF_ERROR(
      SecretKeyFile(options.store, options.secret_key_file).status());
  if (storage::IsSharedStore(options.store)) {
    OMS_RETURN_IF_ERROR(
        LoadSecretKey(options.store, options.secret_key_file).status());
  }
  OMS_RETURN_IF_ERROR(BaseUrlPolicyOf(options).status());
  if (!absl::StartsWith(options.listen, "unix:")) {
    OMS_RETURN_IF_ERROR(ParseHostPort(options.listen).status());
  }
  if (!options.admin_listen.empty()) {
    OMS_ASSIGN_OR_RETURN(const HostPort admin,
                         ParseHostPort(options.admin_listen));
    if (!IsLoopbackHost(admin.host) && !options.allow_remote_admin) {
      return absl::FailedPreconditionError(
          "--admin_listen reaches beyond this machine, and its pages ask for "
          "no credentials: listen on 127.0.0.1, or give --allow_remote_admin "
          "where only those who may see them can connect");
    }
  }
  OMS_RETURN_IF_ERROR(CheckTlsFiles(options));
  if (!ListensLocally(options) &&
      (options.tls_cert_file.empty() || options.principals_file.empty())) {
    return absl::FailedPreconditionError(
        "--listen reaches beyond this machine: give --tls_cert_file, "
        "--tls_key_file and --principals_file, or listen on 127.0.0.1");
  }
  if (!options.principals_file.empty()) {
    OMS_RETURN_IF_ERROR(LoadPrincipals(options.principals_file).status());
  }
  if (options.max_in_flight < 1) {
    return absl::InvalidArgumentError("--max_in_flight must be at least 1");
  }
  if (options.order_manager_requests_per_second < 0) {
    return absl::InvalidArgumentError(
        "--order_manager_requests_per_second must not be negative");
  }
  if (options.event_retention <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--event_retention must be positive");
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::server
