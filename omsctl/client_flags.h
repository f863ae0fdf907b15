#ifndef OMS_CONNECTOR_OMSCTL_CLIENT_FLAGS_H_
#define OMS_CONNECTOR_OMSCTL_CLIENT_FLAGS_H_

// The flags that every command understands, and where secrets come from. Never
// from an argument: those are seen by everybody on the machine and kept in the
// shell's history.

#include <CLI/CLI.hpp>
#include <iosfwd>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/secret_string.h"
#include "oms_connector/client/client_options.h"

namespace oms_connector::omsctl {

struct TokenSource {
  std::string file;         // path
  std::string environment;  // name of a variable
  bool from_input = false;  // standard input
};

// The token without the line end behind it; nullopt where no source is given.
// A usage error for several sources, for one that cannot be read, and for a
// token that is empty, longer than 64 KiB or of several lines. The errors never
// show what was read.
absl::StatusOr<std::optional<base::SecretString>> ReadToken(
    const TokenSource& source, std::istream& input);

// The whole of a text file of at most 1 MiB. A usage error where it cannot be
// read.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

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

// Whether the flags ask for encryption.
bool UsesTls(const GlobalFlags& flags);

// Reads the files that the flags name. The caller's own token comes from
// --auth-token-file or, where that is not given, from OMSCTL_AUTH_TOKEN. A
// usage error for what cannot be read.
absl::StatusOr<client::ClientOptions> OptionsOf(const GlobalFlags& flags);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_CLIENT_FLAGS_H_
