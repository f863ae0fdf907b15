// A caller of the server over real gRPC, for tests that look at answers as they
// come off the wire. Requests may be written as text:
//
//   WireClient client(server->address());
//   const auto answer = client.Call(&ConnectorStub::GetSettings,
//                                   R"pb(name:
//                                   "connections/acme/settings")pb");
//   EXPECT_EQ(answer.error(), "NOT_FOUND CONNECTION_NOT_FOUND");
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_WIRE_CLIENT_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_WIRE_CLIENT_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "oms_connector/v1/connection_service.grpc.pb.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"

namespace oms_connector::testing_support {

using ConnectorStub = v1::ConnectorService::Stub;
using ConnectionStub = v1::ConnectionService::Stub;

// "OK", or code and reason with the further details by their type:
// "INVALID_ARGUMENT INVALID_REQUEST +BadRequest". Where there is not exactly
// one ErrorInfo of ours, the reason says so.
std::string ErrorText(const grpc::Status& status);

// Fills `message` from its text form; a test failure where it is none.
void FillFromText(absl::string_view text, google::protobuf::Message* message);

template <typename Response>
struct WireAnswer {
  grpc::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  std::string error() const { return ErrorText(status); }
  const Response* operator->() const { return &response; }
};

// Thread-safe.
class WireClient {
 public:
  // `token` goes along as the bearer token; empty = none. Each client has a
  // connection of its own.
  explicit WireClient(const std::string& address, std::string token = "");
  // Over a channel of another kind.
  explicit WireClient(const std::shared_ptr<grpc::Channel>& channel,
                      std::string token = "");

  template <typename Stub, typename Request, typename Response>
  WireAnswer<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                         const Request&,
                                                         Response*),
                            const Request& request,
                            absl::Duration deadline = absl::Seconds(60)) {
    grpc::ClientContext context;
    SetUp(deadline, &context);
    WireAnswer<Response> answer;
    answer.status = (stub(static_cast<Stub*>(nullptr)).*method)(
        &context, request, &answer.response);
    return answer;
  }

  template <typename Stub, typename Request, typename Response>
  WireAnswer<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                         const Request&,
                                                         Response*),
                            absl::string_view text,
                            absl::Duration deadline = absl::Seconds(60)) {
    Request request;
    FillFromText(text, &request);
    return Call(method, request, deadline);
  }

 private:
  ConnectorStub& stub(ConnectorStub*) { return *connector_; }
  ConnectionStub& stub(ConnectionStub*) { return *connections_; }
  void SetUp(absl::Duration deadline, grpc::ClientContext* context) const;

  const std::string token_;
  std::unique_ptr<ConnectorStub> connector_;
  std::unique_ptr<ConnectionStub> connections_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_WIRE_CLIENT_H_
