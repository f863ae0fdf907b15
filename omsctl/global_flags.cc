#include "omsctl/global_flags.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/secret_string.h"
#include "base/status_macros.h"
#include "omsctl/usage_error.h"
#include "omsctl/wording.h"

namespace oms_connector::omsctl {
namespace {

constexpr char kTokenVariable[] = "OMSCTL_AUTH_TOKEN";

absl::StatusOr<base::SecretString> OwnToken(const GlobalFlags& flags) {
  TokenSource source;
  source.file = flags.auth_token_file;
  if (source.file.empty() && std::getenv(kTokenVariable) != nullptr) {
    source.environment = kTokenVariable;
  }
  std::istringstream no_input;
  OMS_ASSIGN_OR_RETURN(auto token, ReadToken(source, no_input));
  return token.has_value() ? std::move(*token) : base::SecretString();
}

absl::StatusOr<std::string> TextOf(const std::string& path) {
  return path.empty() ? std::string() : ReadTextFile(path);
}

absl::StatusOr<std::optional<client::TlsOptions>> TlsOf(
    const GlobalFlags& flags) {
  if (!flags.tls && flags.tls_ca.empty() && flags.tls_cert.empty() &&
      flags.tls_key.empty() && flags.tls_server_name.empty()) {
    return std::nullopt;
  }
  client::TlsOptions tls;
  OMS_ASSIGN_OR_RETURN(tls.server_ca_pem, TextOf(flags.tls_ca));
  OMS_ASSIGN_OR_RETURN(tls.client_certificate_pem, TextOf(flags.tls_cert));
  OMS_ASSIGN_OR_RETURN(std::string key, TextOf(flags.tls_key));
  tls.client_key_pem = base::SecretString(std::move(key));
  tls.server_name = flags.tls_server_name;
  return tls;
}

}  // namespace

void AddGlobalFlags(CLI::App& app, GlobalFlags& flags) {
  app.add_option("--server", flags.server, "HOST:PORT or unix:/path")
      ->envname("OMSCTL_SERVER")
      ->capture_default_str();
  app.add_option("--auth-token-file", flags.auth_token_file,
                 "file with your token for the connector; or the token itself "
                 "in OMSCTL_AUTH_TOKEN")
      ->envname("OMSCTL_AUTH_TOKEN_FILE");
  app.add_flag("--tls", flags.tls,
               "encrypt, trusting the system's certificate authorities");
  app.add_option("--tls-ca", flags.tls_ca,
                 "encrypt, trusting this certificate authority (PEM file)")
      ->envname("OMSCTL_TLS_CA");
  app.add_option("--tls-cert", flags.tls_cert, "your certificate (PEM file)")
      ->envname("OMSCTL_TLS_CERT");
  app.add_option("--tls-key", flags.tls_key, "its key (PEM file)")
      ->envname("OMSCTL_TLS_KEY");
  app.add_option("--tls-server-name", flags.tls_server_name,
                 "the name in the server's certificate")
      ->envname("OMSCTL_TLS_SERVER_NAME");
  app.add_option("--timeout", flags.timeout, "for one call, retries included")
      ->envname("OMSCTL_TIMEOUT")
      ->capture_default_str();
  app.add_flag("--json", flags.json, "answers as JSON");
}

absl::StatusOr<client::ClientOptions> OptionsOf(const GlobalFlags& flags) {
  client::ClientOptions options;
  options.endpoint = flags.server;
  OMS_ASSIGN_OR_RETURN(options.bearer_token, OwnToken(flags));
  OMS_ASSIGN_OR_RETURN(options.tls, TlsOf(flags));
  OMS_ASSIGN_OR_RETURN(options.default_timeout, ParseSpan(flags.timeout));
  if (options.default_timeout == absl::ZeroDuration()) {
    return UsageError("--timeout must be more than zero");
  }
  return options;
}

}  // namespace oms_connector::omsctl
