#ifndef OMS_CONNECTOR_CLIENT_CLIENT_OPTIONS_H_
#define OMS_CONNECTOR_CLIENT_CLIENT_OPTIONS_H_

// How to reach a connector, and how one call is made. Plain values: copy them,
// change them, pass them on.
//
//   ClientOptions options;
//   options.endpoint = "connector.internal:50051";
//   options.tls = TlsOptions{};
//   options.bearer_token_file = "/run/secrets/connector_token";
//   options.default_timeout = absl::Seconds(20);

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace oms_connector {

namespace base {
class CancellationSource;
}  // namespace base

namespace client {

// Contents of PEM files, not their paths.
struct TlsOptions {
  // Who may vouch for the server; empty = the system's certificate authorities.
  std::string server_ca_pem;

  // What this client shows where the server asks for a certificate: both, or
  // neither.
  std::string client_certificate_pem;
  std::string client_key_pem;

  // The name in the server's certificate where it is not the endpoint's host.
  std::string server_name;
};

// When a call that failed is made again. Only UNAVAILABLE ever is, and only
// calls that may be repeated: those whose `idempotency_level` in the contract
// says so, and others that carry a `request_id` of the caller.
struct RetryOptions {
  // Tries altogether, the first one included; 1 = no retries.
  int max_attempts = 5;

  // How long to wait where the server does not say: about `first_delay` before
  // the second try, twice as long before each further one, never longer than
  // `longest_delay`.
  absl::Duration first_delay = absl::Milliseconds(250);
  absl::Duration longest_delay = absl::Seconds(8);

  // False: a server that cannot be reached at all is reported at once, as
  // people want it who wait in front of a screen.
  bool when_unreachable = true;
};

struct ClientOptions {
  // HOST:PORT or unix:/path.
  std::string endpoint = "127.0.0.1:50051";

  // Absent = unencrypted, which only a loopback address or a Unix socket gets.
  std::optional<TlsOptions> tls;

  // Sent as `authorization: Bearer …`: the first line of a file, which is read
  // again for every call so that a token can be changed while a service runs,
  // or the token itself. At most one; both empty = none.
  std::string bearer_token_file;
  std::string bearer_token;

  // For calls without a deadline of their own, retries included. A call that
  // asks the server to wait longer is given that time and a little more.
  absl::Duration default_timeout = absl::Seconds(60);

  RetryOptions retry;
};

// Ends calls early, from any thread. Copies end the same calls.
class Cancellation {
 public:
  Cancellation();

  // Calls under way return CANCELLED, further ones are not sent.
  void Cancel();
  bool cancelled() const;

 private:
  friend class UnaryCaller;
  std::shared_ptr<base::CancellationSource> source_;
};

// What one call is made with.
struct CallOptions {
  // When the caller stops waiting, retries included; without one,
  // ClientOptions::default_timeout counts from now.
  absl::Time deadline = absl::InfiniteFuture();

  std::optional<Cancellation> cancellation;
};

}  // namespace client
}  // namespace oms_connector

#endif  // OMS_CONNECTOR_CLIENT_CLIENT_OPTIONS_H_
