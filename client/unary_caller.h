#ifndef OMS_CONNECTOR_CLIENT_UNARY_CALLER_H_
#define OMS_CONNECTOR_CLIENT_UNARY_CALLER_H_

// One call from start to end: deadline, bearer token, request id, cancellation,
// the tries, the status. Every RPC of both services goes through it; callers
// use ConnectorClient and ConnectionClient.

#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "oms_connector/client/client_options.h"

namespace oms_connector::client {

// The outside world of a client: its clock, its sleep, its ids. Declared in
// client/client_environment.h, for tests of the library itself.
struct ClientEnvironment;

// A cheap value; thread-safe. Blocks the calling thread until the answer is
// there.
class UnaryCaller {
 public:
  // With the machine's own clock and sleep, and unpredictable ids.
  explicit UnaryCaller(const ClientOptions& options);

  UnaryCaller(const ClientOptions& options,
              std::shared_ptr<const ClientEnvironment> environment);

  // Calls `method` of a generated stub, and again where the contract lets this
  // request be repeated and RetryOptions say when. The status is the last
  // try's, with the server's details (rpc_status.h); CANCELLED where the
  // call was cancelled.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      Stub& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      Request request, const CallOptions& options) const {
    Response response;
    const absl::Status status =
        Run(request, options, [&](grpc::ClientContext* call) {
          response.Clear();
          return (stub.*method)(call, request, &response);
        });
    if (!status.ok()) return status;
    return response;
  }

  // Waits as between tries, for loops around calls: longer with each of the
  // `failures` in a row, and as long as the last of them, `status`, asks for.
  // CANCELLED or DEADLINE_EXCEEDED where `options` end the wait.
  absl::Status BackOff(int failures, const absl::Status& status,
                       const CallOptions& options) const;

 private:
  struct State;
  using OneTry = absl::FunctionRef<grpc::Status(grpc::ClientContext*)>;

  absl::Status Run(google::protobuf::Message& request,
                   const CallOptions& options, OneTry one_try) const;

  std::shared_ptr<const State> state_;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_UNARY_CALLER_H_
