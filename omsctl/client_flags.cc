#include "omsctl/client_flags.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <istream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/secret_string.h"
#include "base/status_macros.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {

namespace {

constexpr size_t kLongestToken = 64 * 1024;
constexpr size_t kLongestFile = 1024 * 1024;

// Up to `limit` bytes and one more, which tells that there are more.
std::string ReadSome(std::istream& input, size_t limit) {
  std::string text(limit + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(input.gcount()));
  return text;
}

absl::StatusOr<base::SecretString> CheckedToken(std::string text) {
  base::SecretString whole(std::move(text));
  absl::string_view token = whole.Reveal();
  absl::ConsumeSuffix(&token, "\n");
  absl::ConsumeSuffix(&token, "\r");
  if (token.empty()) return UsageError("the token is empty");
  if (token.size() > kLongestToken) return UsageError("the token is too long");
  if (token.find_first_of("\r\n") != absl::string_view::npos) {
    return UsageError("the token has several lines; it must be one");
  }
  return base::SecretString(token);
}

absl::StatusOr<std::string> TokenText(const TokenSource& source,
                                      std::istream& input) {
  if (source.from_input) return ReadSome(input, kLongestToken + 2);
  if (!source.file.empty()) return ReadTextFile(source.file);
  const char* value = std::getenv(source.environment.c_str());
  if (value == nullptr) {
    return UsageError(
        absl::StrCat("the environment has no variable ", source.environment));
  }
  return std::string(value);
}

}  // namespace

absl::StatusOr<std::optional<base::SecretString>> ReadToken(
    const TokenSource& source, std::istream& input) {
  const int sources = (source.from_input ? 1 : 0) +
                      (source.file.empty() ? 0 : 1) +
                      (source.environment.empty() ? 0 : 1);
  if (sources == 0) return std::nullopt;
  if (sources > 1) {
    return UsageError(
        "give the token in one way: a file, standard input or a "
        "variable of the environment");
  }
  OMS_ASSIGN_OR_RETURN(std::string text, TokenText(source, input));
  OMS_ASSIGN_OR_RETURN(base::SecretString token, CheckedToken(std::move(text)));
  return token;
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(absl::StrCat("cannot open ", path));
  std::string text = ReadSome(file, kLongestFile);
  if (file.bad()) return UsageError(absl::StrCat("cannot read ", path));
  if (text.size() > kLongestFile) {
    return UsageError(absl::StrCat(path, " is longer than 1 MiB"));
  }
  return text;
}

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
  if (!UsesTls(flags)) return std::nullopt;
  client::TlsOptions tls;
  OMS_ASSIGN_OR_RETURN(tls.server_ca_pem, TextOf(flags.tls_ca));
  OMS_ASSIGN_OR_RETURN(tls.client_certificate_pem, TextOf(flags.tls_cert));
  OMS_ASSIGN_OR_RETURN(tls.client_key_pem, TextOf(flags.tls_key));
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

bool UsesTls(const GlobalFlags& flags) {
  return flags.tls || !flags.tls_ca.empty() || !flags.tls_cert.empty() ||
         !flags.tls_key.empty() || !flags.tls_server_name.empty();
}

absl::StatusOr<client::ClientOptions> OptionsOf(const GlobalFlags& flags) {
  client::ClientOptions options;
  options.endpoint = flags.server;
  OMS_ASSIGN_OR_RETURN(const base::SecretString token, OwnToken(flags));
  options.bearer_token = std::string(token.Reveal());
  OMS_ASSIGN_OR_RETURN(options.tls, TlsOf(flags));
  OMS_ASSIGN_OR_RETURN(options.default_timeout, ParseSpan(flags.timeout));
  if (options.default_timeout == absl::ZeroDuration()) {
    return UsageError("--timeout must be more than zero");
  }
  return options;
}

}  // namespace oms_connector::omsctl
