// One HTTP request and its whole answer. Implemented over libcurl
// (curl_transport.h) and, to inject faults, by tests.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_HTTP_TRANSPORT_H_
#define OMS_CONNECTOR_ORDER_MANAGER_HTTP_TRANSPORT_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/secret_string.h"

namespace oms_connector::order_manager {

enum class HttpMethod { kGet, kPost };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  // Absolute, its base checked by model/base_url_policy.h.
  std::string url;
  std::string body;  // JSON; of kPost only
  base::SecretString bearer_token;
  // The URL is one of the two plain loopback spellings: then, and only then,
  // it may be http and lead to a loopback address.
  bool loopback = false;
  // false: it must not reach the server twice, so it goes over a connection of
  // its own. On one that is used again a request may be sent a second time,
  // unseen, because the first met a connection just closed.
  bool repeatable = true;
  // For the whole answer, where the transport's own limit is longer.
  absl::Duration limit = absl::InfiniteDuration();
};

struct HttpResponse {
  int status = 0;
  // Names in lower case; of a repeated header the last. "date" tells the
  // server's clock.
  std::map<std::string, std::string> headers;
  std::string body;  // inflated
};

struct HttpResult {
  // OK: the answer is whole, whatever its status. Otherwise
  //   UNAVAILABLE        no connection, a broken or slow one
  //   DATA_LOSS          an answer beyond the limits, or badly compressed
  //   INVALID_ARGUMENT   the host's addresses are all ones it must not have
  //   UNAUTHENTICATED    the token holds characters that no header can carry
  //   CANCELLED, DEADLINE_EXCEEDED  from the context
  // The message says what happened, without URL and secrets.
  absl::Status status;
  // How often the request was handed to a connection: 0 is sure never to have
  // reached the server.
  int requests_sent = 0;
  HttpResponse response;  // while `status` is OK
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // Blocks until the answer is there. Never follows redirects, never retries
  // by itself (but see `repeatable`). Thread-safe.
  virtual HttpResult Send(const HttpRequest& request,
                          const base::CallContext& context) = 0;
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_HTTP_TRANSPORT_H_
