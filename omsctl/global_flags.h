#ifndef OMS_CONNECTOR_OMSCTL_GLOBAL_FLAGS_H_
#define OMS_CONNECTOR_OMSCTL_GLOBAL_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "client/client_options.h"
#include "omsctl/token_source.h"

namespace oms_connector::omsctl {

// What every command understands, in front of it or behind it.
struct GlobalFlags {
  std::string server = "127.0.0.1:50051";
  std::string auth_token_file;
  bool tls = false;
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_server_name;
  std::string timeout = "60s";
  bool json = false;
};

// Adds the flags, each with its environment variable OMSCTL_….
void AddGlobalFlags(CLI::App& app, GlobalFlags& flags);

// Reads the files that the flags name. The caller's own token comes from
// --auth-token-file or, where that is not given, from OMSCTL_AUTH_TOKEN. A
// usage error for what cannot be read.
absl::StatusOr<client::ClientOptions> OptionsOf(const GlobalFlags& flags);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_GLOBAL_FLAGS_H_
