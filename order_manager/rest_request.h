// One question to the Order Manager, asked until there is an answer or no more
// sense in asking: within the account's quota, with retries, and read as JSON.
//
//   RestRequester requester(options, &transport, &quota, &clock, &sleeper,
//                           &ids);
//   RestRequest request;
//   request.endpoint = "warehouses";
//   request.path = "/v1/warehouses";
//   OMS_ASSIGN_OR_RETURN(RestAnswer answer,
//       requester.Ask(call, request, [&](std::string* body) {
//         return Read(body);
//       }));
//
// A try fails when there is no whole answer, at 5xx, and when the body of a 200
// cannot be read; failed tries are repeated after 250 ms, doubled each
// time up to 8 s and jittered, 5 tries in all, as far as the call's deadline
// allows. A 429 is no failure: it is waited for as long as the call has
// patience, and holds back all requests of the account.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_REST_REQUEST_H_
#define OMS_CONNECTOR_ORDER_MANAGER_REST_REQUEST_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "model/base_url_policy.h"
#include "order_manager/http_transport.h"
#include "order_manager/order_manager.h"
#include "order_manager/quota.h"

namespace oms_connector::order_manager {

struct RestRequest {
  std::string endpoint;  // for messages: "productstocks/total"
  HttpMethod method = HttpMethod::kGet;
  std::string path;  // with its query, below the account's base and prefix
  bool takes_prefix = true;
  std::string body;
  // false: not sent again once it may have reached the server, except where
  // that has refused it with 429.
  bool repeatable = true;
  // Its answer is the same size whatever the account holds, so it comes soon or
  // not at all.
  bool small = false;
};

struct RestAnswer {
  // The server's clock when it answered; nothing where it did not tell.
  std::optional<absl::Time> server_time;
};

// Reads the body of an answer, which it may change. DATA_LOSS says that it is
// garbled, which is worth another try; any other error is the end.
using ReadBody = absl::FunctionRef<absl::Status(std::string* body)>;

// Thread-safe.
class RestRequester {
 public:
  struct Options {
    model::BaseUrlPolicy policy;
    // Per account. 0 means no limit for loopback, the default for all others.
    double requests_per_second = kDefaultRequestsPerSecond;
    base::Backoff backoff = {absl::Milliseconds(250), absl::Seconds(8)};
    int max_tries = 5;
    // What all tries of a request may take, waits for quota aside: who is
    // silent for so long is not asked again. Each pull begins with a small one,
    // so an account that hangs holds the pull's thread no longer than that.
    absl::Duration small_limit = absl::Seconds(20);
    absl::Duration limit = absl::Minutes(5);
  };

  // What clients that work keep to.
  static constexpr double kDefaultRequestsPerSecond = 5;

  // All must outlive this.
  RestRequester(Options options, HttpTransport* transport, Quota* quota,
                base::Clock* clock, base::Sleeper* sleeper,
                base::IdGenerator* ids);

  // A 204 is an explicit "nothing": `read` is given an empty list. Errors as in
  // order_manager.h. One of a request that is not repeatable carries
  // WasNotProcessed() where that is sure.
  absl::StatusOr<RestAnswer> Ask(const Call& call, const RestRequest& request,
                                 ReadBody read);

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
