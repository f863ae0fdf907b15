// The one way in for every RPC. It counts the call, finds out who calls and
// whether that one may, hands deadline and cancellation on, runs the handler
// off gRPC's threads, and sends the answer or the error. An RPC itself is four
// moves: read the request, call the use case, convert, return.
//
//   grpc::ServerUnaryReactor* GetSettings(
//       grpc::CallbackServerContext* context,
//       const v1::GetSettingsRequest* request,
//       v1::GetSettingsResponse* response) override {
//     return rpc_->Answer(
//         context, {"GetSettings", Role::kViewer}, response,
//         {ParseSettingsName("name", request->name())},
//         [=](const Call& call) -> absl::Status {
//           OMS_ASSIGN_OR_RETURN(
//               const auto settings,
//               editor_->Get(call.context(), call.connection()));
//           ToProto(settings, call.connection(),
//                   response->mutable_settings());
//           return absl::OkStatus();
//         });
//   }
//
// A request that holds more than a name is read by a function of its own, which
// is called before the handler, off gRPC's threads and for callers alone that
// may make the call; the handler gets the value that was read, and only where
// nothing was wrong with it:
//
//     return rpc_->Answer(
//         context, {"ListSyncRuns", Role::kViewer}, response,
//         {ParseConnectionName("parent", request->parent())},
//         [=](const Call& call, RequestReader& read) {
//           return ReadRunQuestion(call, *request, read);
//         },
//         [=](const Call& call, const RunQuestion& question) { … });
//
// Request and response live until the handler has answered. Thread-safe.
#ifndef OMS_CONNECTOR_SERVER_RPC_CALL_H_
#define OMS_CONNECTOR_SERVER_RPC_CALL_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/convert/request_reader.h"
#include "server/ops/audit_log.h"
#include "server/ops/metrics.h"
#include "server/rpc/admission.h"
#include "server/rpc/authenticator.h"
#include "server/rpc/principals.h"

namespace oms_connector::server {

// Whose threads a handler takes, which follows from what it waits for: an Order
// Manager that hangs must not keep a call from the store, what reads a whole
// feed not one that reads a page, and nothing one that ends a pull.
// kStoreIfBusy is for handlers that read a row or two: on gRPC's own thread
// while it is quiet on those of the store. kNone is for handlers that find
// their threads themselves.
enum class ExecutorKind {
  kStore,
  kStoreIfBusy,
  kNone,
  kCostly,
  kOrderManager,
  kControl
};

// What holds for every call of an RPC.
struct CallRules {
  const char* rpc;  // its name: "GetSettings"
  Role role;        // what the caller must at least be
  ExecutorKind executor = ExecutorKind::kStore;
  Admission::Kind kind = Admission::Kind::kCall;
};

// For RPCs that are about no single connection: any known caller comes in, and
// the handler shows what that one may see.
inline constexpr absl::string_view kNoConnection = "";

// A call that has been let in. Immutable.
class Call {
 public:
  Call(const char* rpc, std::shared_ptr<const Principal> principal,
       std::string connection, base::CallContext context,
       absl::Time start_time);

  absl::string_view rpc() const { return rpc_; }
  const Principal& principal() const { return *principal_; }
  // The id of the connection that the caller may use in this role; empty for
  // kNoConnection.
  const std::string& connection() const { return connection_; }
  // Ends at the caller's deadline, or when nobody waits for the answer.
  const base::CallContext& context() const { return context_; }
  absl::Time start_time() const { return start_time_; }

 private:
  const char* const rpc_;
  const std::shared_ptr<const Principal> principal_;
  const std::string connection_;
  const base::CallContext context_;
  const absl::Time start_time_;
};

// What a request says of itself before anything else of it is read.
struct RequestSubject {
  // The id of the connection that it is about, or why its name cannot be read.
  absl::StatusOr<std::string> connection;
  // Whatever it holds; empty where the request has none. For the audit.
  std::string request_id{};
};

class OpenCall;

// Ends a call; to be called once, from any thread, when the response is
// complete. Where it goes unused the call ends as INTERNAL.
class Reply {
 public:
  explicit Reply(std::unique_ptr<OpenCall> call);
  Reply(Reply&&) noexcept;
  Reply& operator=(Reply&&) = delete;
  ~Reply();

  // OK sends the response. Request and response are gone afterwards.
  void operator()(const absl::Status& status);

 private:
  std::unique_ptr<OpenCall> call_;
};

class RpcDispatcher {
 public:
  // What the dispatcher works with; it owns none of it. The executors' queues
  // should hold all calls that `admission` lets in; each caller is a party
  // there.
  struct Dependencies {
    const Authenticator* authenticator;
    Admission* admission;
    base::Executor* store_executor;
    base::Executor* costly_executor;
    base::Executor* order_manager_executor;
    base::Executor* control_executor;
    Metrics* metrics;
    base::Clock* clock;
    base::IdGenerator* ids;
    AuditLog* audit = nullptr;  // null: nobody wants to know
  };
  explicit RpcDispatcher(const Dependencies& deps);

  // Answers with what `handler(call)` returns, or with what is wrong with the
  // request, which only a caller is told that is known and, where the request
  // names a connection, may use it. `context` and `response` must be the
  // call's, and its messages on an arena (UseArenas). An answer that is too
  // much beside what the caller holds already goes, and QUOTA_EXCEEDED takes
  // its place: what the call did stays done.
  template <typename Handler>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   const CallRules& rules,
                                   google::protobuf::Message* response,
                                   RequestSubject subject,
                                   Handler handler) const {
    return Answer(context, rules, response, std::move(subject), ReadNothing,
                  [handler = std::move(handler)](const Call& call, Nothing) {
                    return handler(call);
                  });
  }
  // The same for a request of which `read(call, reader)` makes a value, and
  // `handler(call, value)` the answer.
  template <typename Read, typename Handler>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   const CallRules& rules,
                                   google::protobuf::Message* response,
                                   RequestSubject subject, Read read,
                                   Handler handler) const {
    return AnswerLater(
        context, rules, response, std::move(subject), std::move(read),
        [handler = std::move(handler)](const std::shared_ptr<const Call>& call,
                                       auto value, Reply reply) {
          reply(handler(*call, std::move(value)));
        });
  }

  // The same for handlers that may wait: `handler(call, value, reply)` returns
  // at once and replies later, so that no thread waits with it. It is called on
  // its executor's threads; what it arranges to be called back by must not
  // block gRPC's either.
  template <typename Read, typename Handler>
  grpc::ServerUnaryReactor* AnswerLater(grpc::CallbackServerContext* context,
                                        const CallRules& rules,
                                        google::protobuf::Message* response,
                                        RequestSubject subject, Read read,
                                        Handler handler) const {
    return Dispatch(context, rules, response, subject,
                    [first = subject.connection.status(),
                     read = std::move(read), handler = std::move(handler)](
                        std::shared_ptr<const Call> call, Reply reply) {
                      RequestReader reader(first);
                      auto value = read(*call, reader);
                      const absl::Status wrong = reader.Violations();
                      if (!wrong.ok()) return reply(wrong);
                      handler(std::move(call), std::move(value),
                              std::move(reply));
                    });
  }
  template <typename Handler>
  grpc::ServerUnaryReactor* AnswerLater(grpc::CallbackServerContext* context,
                                        const CallRules& rules,
                                        google::protobuf::Message* response,
                                        RequestSubject subject,
                                        Handler handler) const {
    return AnswerLater(
        context, rules, response, std::move(subject), ReadNothing,
        [handler = std::move(handler)](std::shared_ptr<const Call> call,
                                       Nothing, Reply reply) {
          handler(std::move(call), std::move(reply));
        });
  }

  // What each principal holds of the server now, by name.
  std::map<std::string, CallerFigures> callers() const;

 private:
  friend class OpenCall;
  class Reactor;

  // Of a request that holds a name alone.
  struct Nothing {};
  static Nothing ReadNothing(const Call&, RequestReader&) { return {}; }

  using Task = absl::AnyInvocable<void(std::shared_ptr<const Call>, Reply)>;

  // Runs `task` on the call's executor, or replies with why not.
  grpc::ServerUnaryReactor* Dispatch(grpc::CallbackServerContext* context,
                                     const CallRules& rules,
                                     google::protobuf::Message* response,
                                     const RequestSubject& subject,
                                     Task task) const;
  absl::StatusOr<std::shared_ptr<const Call>> Authorize(
      const grpc::CallbackServerContext& context, const CallRules& rules,
      const RequestSubject& subject, const google::protobuf::Message& request,
      OpenCall* open) const;
  base::Executor& ExecutorOf(ExecutorKind kind) const;

  const Dependencies deps_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_CALL_H_
