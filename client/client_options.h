#ifndef OMS_CONNECTOR_CLIENT_CLIENT_OPTIONS_H_
#define OMS_CONNECTOR_CLIENT_CLIENT_OPTIONS_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "base/secret_string.h"
#include "client/retry_policy.h"

namespace oms_connector::client {

// Contents of PEM files, not their paths.
struct TlsOptions {
  // Who may vouch for the server; empty = the system's certificate authorities.
  std::string server_ca_pem;

  // What this client shows where the server asks for a certificate: both, or
  // neither.
  std::string client_certificate_pem;
  base::SecretString client_key_pem;

  // The name in the server's certificate where it is not the endpoint's host.
  std::string server_name;
};

// How to reach a connector. A plain value: copy it, change it, pass it on.
struct ClientOptions {
  // HOST:PORT or unix:/path.
  std::string endpoint = "127.0.0.1:50051";

  // Absent = unencrypted, which only a loopback address or a Unix socket gets.
  std::optional<TlsOptions> tls;

  // Sent as `authorization: Bearer …`; empty = none.
  base::SecretString bearer_token;

  // For calls whose context has no deadline, retries included. A call that asks
  // the server to wait longer than this is given that time and a little more.
  absl::Duration default_timeout = absl::Seconds(60);

  RetryPolicy retry;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CLIENT_OPTIONS_H_
