#ifndef OMS_CONNECTOR_CLIENT_SCRIPTED_CONNECTOR_H_
#define OMS_CONNECTOR_CLIENT_SCRIPTED_CONNECTOR_H_

// A connector that answers what a test tells it to, over gRPC within this
// process; and the requests that came.
//
//   ScriptedConnector server;
//   server.Answer(page);
//   server.Fail<v1::SyncInventoryResponse>(absl::UnavailableError("down"));
//   … client over server.channel() …
//   EXPECT_EQ(server.Sent<v1::SyncInventoryRequest>(0).cart(), "shop");

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace oms_connector::client {

// Thread-safe. Each RPC's answers are given in turn, one for each call; a call
// without one is OUT_OF_RANGE.
class ScriptedConnector {
 public:
  ScriptedConnector();
  ~ScriptedConnector();

  std::shared_ptr<grpc::Channel> channel();

  // Lines up `response`, `times` times, for the RPC that has answers of this
  // type.
  template <typename Response>
  void Answer(const Response& response, int times = 1) {
    Add(*Response::descriptor(), response.SerializeAsString(), times);
  }
  template <typename Response>
  void Fail(const absl::Status& status, int times = 1) {
    Add(*Response::descriptor(), status, times);
  }

  // How many requests of this type came, and the n-th of them.
  template <typename Request>
  int Calls() const {
    return CountOf(*Request::descriptor());
  }
  template <typename Request>
  Request Sent(int n) const {
    Request request;
    request.ParseFromString(BytesOf(*Request::descriptor(), n));
    return request;
  }

  // The value of `authorization` in the latest call; empty where it had none.
  std::string authorization() const;

 private:
  class Service;
  class Reactor;

  // One RPC: answers are serialised messages or errors.
  struct Script {
    std::deque<absl::StatusOr<std::string>> answers;
    std::vector<std::string> requests;
  };

  void Add(const google::protobuf::Descriptor& response,
           const absl::StatusOr<std::string>& answer, int times);
  int CountOf(const google::protobuf::Descriptor& request) const;
  std::string BytesOf(const google::protobuf::Descriptor& request, int n) const;
  absl::StatusOr<std::string> Take(absl::string_view method,
                                   std::string request);

  mutable absl::Mutex mutex_;
  std::map<std::string, Script, std::less<>> scripts_;  // by the RPC's name
  std::string authorization_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_SCRIPTED_CONNECTOR_H_
