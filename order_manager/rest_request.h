// One question to the Order Manager, asked until there is an answer or no more
// sense in asking: within the account's quota, with retries, and read as JSON.
//
//   RestRequester requester(options, &transport, &quota, &clock, &sleeper,
//                           &ids);
//   RestRequest request;
//   request.endpoint = "warehouses";
//   request.path = "/v1/warehouses";
//   OMS_ASSIGN_OR_RETURN(RestAnswer answer, requester.Ask(call, request));
//
// A try fails when there is no whole answer, at 5xx, and when a 200 is not the
// JSON that was asked for; failed tries are repeated after 250 ms, doubled each
// time up to 8 s and jittered, 5 tries in all, as far as the call's deadline
// allows. A 429 is no failure: it is waited for as long as the call has
// patience, and holds back all requests of the account.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_REST_REQUEST_H_
#define OMS_CONNECTOR_ORDER_MANAGER_REST_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "model/base_url_policy.h"
#include "order_manager/http_transport.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"
#include "order_manager/quota.h"

namespace oms_connector::order_manager {

struct RestRequest {
  std::string endpoint;  // for messages: "productstocks/total"
  HttpMethod method = HttpMethod::kGet;
  std::string path;  // with its query, below the account's base and prefix
  bool takes_prefix = true;
  std::string body;
  // The answer may be a bare object; otherwise only a list is one.
  bool may_be_object = false;
  // false: not sent again once it may have reached the server, except where
  // that has refused it with 429.
  bool repeatable = true;
};

struct RestAnswer {
  JsonDocument document;
  uint64_t fingerprint;  // equal for equal bodies, on every machine
};

// Thread-safe.
class RestRequester {
 public:
  struct Options {
    model::BaseUrlPolicy policy;
    // Per account. 0 means no limit for loopback, the default for all others.
    double requests_per_second = kDefaultRequestsPerSecond;
    base::Backoff backoff = {absl::Milliseconds(250), absl::Seconds(8)};
    int max_tries = 5;
  };

  // What clients that work keep to.
  static constexpr double kDefaultRequestsPerSecond = 5;
  // More rows would take more memory than any answer that is meant well.
  static constexpr size_t kMaxRows = 500'000;

  // All must outlive this.
  RestRequester(Options options, HttpTransport* transport, Quota* quota,
                base::Clock* clock, base::Sleeper* sleeper,
                base::IdGenerator* ids);

  // Errors as in order_manager.h. One of a request that is not repeatable
  // carries WasNotProcessed() where that is sure.
  absl::StatusOr<RestAnswer> Ask(const Call& call, const RestRequest& request);

 private:
  class Attempts;

  const Options options_;
  HttpTransport* const transport_;
  Quota* const quota_;
  base::Clock* const clock_;
  base::Sleeper* const sleeper_;
  base::IdGenerator* const ids_;
};

// How long a 429 asks to wait: its header in milliseconds; 15 s where that is
// absent, negative or no number; between 100 ms, so that a server that says 0
// is not asked in a tight loop, and a day.
absl::Duration RetryAfter(const HttpResponse& response);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_REST_REQUEST_H_
