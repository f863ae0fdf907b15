#ifndef OMS_CONNECTOR_CLIENT_RETRYING_CALLER_H_
#define OMS_CONNECTOR_CLIENT_RETRYING_CALLER_H_

// One unary call from start to end: deadline, bearer token, cancellation, the
// tries, the status. Every RPC of both services goes through it.

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "client/client_options.h"
#include "client/idempotency_policy.h"

namespace oms_connector::client {

// The outside world of a client, shared by whoever uses it. None is null.
struct Surroundings {
  std::shared_ptr<base::Clock> clock;
  std::shared_ptr<base::Sleeper> sleeper;
  std::shared_ptr<base::IdGenerator> ids;
};

// The machine's own clock and sleep, and unpredictable ids.
Surroundings RealSurroundings();

// Thread-safe. Blocks the calling thread until the answer is there.
class RetryingCaller {
 public:
  RetryingCaller(const ClientOptions& options, Surroundings surroundings);

  // Calls `method` of a generated stub. Tries again where the idempotency
  // policy allows it for this request and client/retry_policy.h says when.
  // `server_wait` is how long the request asks the server to wait: without a
  // deadline in `context` the call is given at least that and a little more.
  //
  // The status is the last try's. CANCELLED where `context` was cancelled.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      Stub& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request, const base::CallContext& context,
      absl::Duration server_wait = absl::ZeroDuration()) const {
    Response response;
    const absl::Status status =
        Run(context, server_wait, MayRetry(request),
            [&](grpc::ClientContext* call) {
              response.Clear();
              return (stub.*method)(call, request, &response);
            });
    if (!status.ok()) return status;
    return response;
  }

  // `request`, with a fresh request id where it has none.
  template <typename Request>
  Request WithRequestId(Request request) const {
    if (request.request_id().empty()) {
      request.set_request_id(surroundings_.ids->NewUuid());
    }
    return request;
  }

 private:
  using OneTry = absl::FunctionRef<grpc::Status(grpc::ClientContext*)>;

  absl::Status Run(const base::CallContext& context, absl::Duration server_wait,
                   bool may_retry, OneTry one_try) const;
  Attempt Try(const base::CallContext& context, OneTry one_try) const;
  base::CallContext WithDeadline(const base::CallContext& context,
                                 absl::Duration server_wait) const;

  const base::SecretString bearer_token_;
  const absl::Duration default_timeout_;
  const RetryPolicy retry_;
  const Surroundings surroundings_;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_RETRYING_CALLER_H_
