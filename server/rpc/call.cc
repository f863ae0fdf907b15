#include "server/rpc/call.h"

#include <chrono>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/cancellation.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "server/convert/to_grpc_status.h"
#include "server/rpc/arena_messages.h"

namespace oms_connector::server {
namespace {

constexpr char kPushbackTrailer[] = "grpc-retry-pushback-ms";
// W3C trace context, as callers' tracers send it.
constexpr char kTraceHeader[] = "traceparent";

// `status` with the id of the connection that the call is about, where it tells
// reason and ids but not that one.
absl::Status OfConnection(const absl::Status& status,
                          const std::string& connection) {
  std::optional<model::ErrorDetails> details = model::DetailsOf(status);
  if (connection.empty() || !details.has_value()) return status;
  details->metadata.emplace("connection", connection);
  return model::WithDetails(status, *details);
}

// gRPC tells a time of day. What is left until then is all that counts, however
// the clock is set while the call is on its way.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context,
                      base::Clock& clock) {
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) {
    return absl::InfiniteFuture();
  }
  return clock.SteadyNow() + (absl::FromChrono(deadline) - clock.Now());
}

// What a request takes of memory, which is up to forty times its bytes; of
// small ones it is nothing beside the call's own.
int64_t SpaceOf(const google::protobuf::Message& request) {
  constexpr size_t kSmall = 1024;
  if (request.ByteSizeLong() <= kSmall) return 0;
  return static_cast<int64_t>(request.SpaceUsedLong());
}

}  // namespace

// gRPC's end of a call. It lives until gRPC is done with the call, which is
// after the last byte of the answer has gone, whatever the caller does.
class RpcDispatcher::Reactor final : public grpc::ServerUnaryReactor {
 public:
  explicit Reactor(CallMessages* messages) : messages_(messages) {}

  // Of the caller's going.
  base::CancellationToken cancellation() const { return source_.token(); }

  // To be called once, on any thread, as the last that is done with the call:
  // the messages are gone afterwards, and `this` may be. The ticket is given
  // back when the last byte of the answer has gone.
  void Answer(grpc::Status status, std::optional<Admission::Ticket> ticket) {
    {
      absl::MutexLock lock(&mutex_);
      if (ticket.has_value()) ticket_.emplace(*std::move(ticket));
      if (!bound_) {
        waiting_ = std::move(status);
        return;
      }
      sent_ = true;
    }
    Send(std::move(status));
  }

 private:
  // gRPC asks this of every reactor as soon as it has bound it, and from then
  // on. An answer that came before waits for that, as gRPC would serialise it
  // at some time later. Nobody is waited for in OnDone, nor in OnCancel once
  // there is an answer, so that gRPC need not hop to another thread for them,
  // which is a tenth of what a brief call costs.
  bool InternalInlineable() override {
    std::optional<grpc::Status> waiting;
    {
      absl::MutexLock lock(&mutex_);
      bound_ = true;
      waiting.swap(waiting_);
      if (!waiting.has_value()) return sent_;
      sent_ = true;
    }
    Send(*std::move(waiting));
    return true;
  }
  void OnCancel() override { source_.Cancel(); }
  void OnDone() override { delete this; }

  // gRPC serialises the response before Finish returns, and is done with the
  // messages then.
  void Send(grpc::Status status) {
    const auto memory = messages_->TakeMemory();
    Finish(std::move(status));
  }

  CallMessages* const messages_;
  base::CancellationSource source_;
  absl::Mutex mutex_;
  bool bound_ ABSL_GUARDED_BY(mutex_) = false;
  bool sent_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<grpc::Status> waiting_ ABSL_GUARDED_BY(mutex_);
  std::optional<Admission::Ticket> ticket_ ABSL_GUARDED_BY(mutex_);
};

// A call that waits for its answer.
class OpenCall {
 public:
  OpenCall(const RpcDispatcher::Dependencies& deps, const char* rpc,
           grpc::CallbackServerContext* context,
           const google::protobuf::Message* response,
           RpcDispatcher::Reactor* reactor)
      : deps_(deps),
        rpc_(rpc),
        context_(context),
        response_(response),
        reactor_(reactor),
        start_time_(deps.clock->Now()),
        steady_start_(deps.clock->SteadyNow()) {
    deps_.metrics->CallStarted(rpc_);
  }

  absl::Time start_time() const { return start_time_; }
  base::CallContext ContextOf(const Principal& principal) const {
    return base::CallContext(DeadlineOf(*context_, *deps_.clock),
                             reactor_->cancellation(), principal.name);
  }
  absl::Status Admit(Admission::Kind kind) {
    OMS_ASSIGN_OR_RETURN(Admission::Ticket ticket,
                         deps_.admission->Admit(kind));
    ticket_.emplace(std::move(ticket));
    return absl::OkStatus();
  }
  absl::Status ClaimShare(const std::string& principal, int64_t request_bytes) {
    OMS_RETURN_IF_ERROR(ticket_->ClaimShare(
        principal, deps_.authenticator->principal_count(), request_bytes));
    known_ = true;
    return absl::OkStatus();
  }

  // For the audit: what the request says of itself, and who sent it.
  void Asks(const std::string& connection, const std::string& request_id) {
    audited_.connection = connection;
    audited_.request_id = request_id;
  }
  void Known(const std::string& principal) { audited_.principal = principal; }

  // Errors name the connection that the call is about.
  void About(const std::string& connection) { connection_ = connection; }

  void End(absl::Status status) {
    status.Update(Leave(status.ok()));
    const grpc::Status answer =
        ToGrpcStatus(OfConnection(status, connection_), rpc_, *deps_.ids);
    const auto pushback = RetryPushbackMilliseconds(status);
    if (pushback.has_value()) {
      context_->AddTrailingMetadata(kPushbackTrailer, absl::StrCat(*pushback));
    }
    const std::string code = absl::StatusCodeToString(
        static_cast<absl::StatusCode>(answer.error_code()));
    deps_.metrics->CallEnded(rpc_, code,
                             deps_.clock->SteadyNow() - steady_start_);
    Audit(status, code);
    reactor_->Answer(answer, std::move(ticket_));
  }

 private:
  void Audit(const absl::Status& status, const std::string& code) {
    if (deps_.audit == nullptr || !IsAudited(rpc_, code)) return;
    audited_.rpc = rpc_;
    audited_.peer = context_->peer();
    const auto& metadata = context_->client_metadata();
    const auto trace = metadata.find(kTraceHeader);
    if (trace != metadata.end()) {
      audited_.traceparent.assign(trace->second.data(), trace->second.size());
    }
    audited_.code = code;
    audited_.reason = model::ReasonOf(status);
    deps_.audit->CallEnded(audited_);
  }

  // From here on the call counts by the bytes of its answer, or keeps its place
  // where they are too many: a caller gets the error only as it reads.
  absl::Status Leave(bool with_response) {
    if (!ticket_.has_value()) return absl::OkStatus();
    const size_t size = with_response ? response_->ByteSizeLong() : 0;
    const absl::Status left = ticket_->Leave(static_cast<int64_t>(size));
    // Strangers that read none of their refusals must not take the places of
    // those who are known.
    if (!left.ok() && !known_) {
      ticket_.reset();
      context_->TryCancel();
    }
    return left;
  }

  const RpcDispatcher::Dependencies deps_;
  const char* const rpc_;
  grpc::CallbackServerContext* const context_;
  const google::protobuf::Message* const response_;
  RpcDispatcher::Reactor* const reactor_;
  const absl::Time start_time_;
  const absl::Time steady_start_;
  bool known_ = false;  // who calls
  std::string connection_;
  AuditRecord audited_;
  std::optional<Admission::Ticket> ticket_;
};

Call::Call(const char* rpc, std::shared_ptr<const Principal> principal,
           std::string connection, base::CallContext context,
           absl::Time start_time)
    : rpc_(rpc),
      principal_(std::move(principal)),
      connection_(std::move(connection)),
      context_(std::move(context)),
      start_time_(start_time) {}

Reply::Reply(std::unique_ptr<OpenCall> call) : call_(std::move(call)) {}

Reply::Reply(Reply&&) noexcept = default;

Reply::~Reply() {
  if (call_ != nullptr) call_->End(model::Internal("call left unanswered"));
}

void Reply::operator()(const absl::Status& status) {
  const std::unique_ptr<OpenCall> call = std::move(call_);
  if (call != nullptr) call->End(status);
}

RpcDispatcher::RpcDispatcher(const Dependencies& deps) : deps_(deps) {}

base::Executor& RpcDispatcher::ExecutorOf(ExecutorKind kind) const {
  switch (kind) {
    case ExecutorKind::kCostly:
      return *deps_.costly_executor;
    case ExecutorKind::kOrderManager:
      return *deps_.order_manager_executor;
    case ExecutorKind::kControl:
      return *deps_.control_executor;
    case ExecutorKind::kStore:
    case ExecutorKind::kStoreIfBusy:
    case ExecutorKind::kNone:
      break;
  }
  return *deps_.store_executor;
}

std::map<std::string, CallerFigures> RpcDispatcher::callers() const {
  std::map<std::string, CallerFigures> callers = deps_.admission->shares();
  for (const base::Executor* executor :
       {deps_.store_executor, deps_.costly_executor,
        deps_.order_manager_executor, deps_.control_executor}) {
    for (const auto& [name, waiting] : executor->queued_by_party()) {
      callers[name].waiting += static_cast<int64_t>(waiting);
    }
  }
  return callers;
}

absl::StatusOr<std::shared_ptr<const Call>> RpcDispatcher::Authorize(
    const grpc::CallbackServerContext& context, const CallRules& rules,
    const RequestSubject& subject, const google::protobuf::Message& request,
    OpenCall* open) const {
  open->Asks(subject.connection.value_or(""), subject.request_id);
  OMS_RETURN_IF_ERROR(open->Admit(rules.kind));
  OMS_ASSIGN_OR_RETURN(
      std::shared_ptr<const Principal> principal,
      deps_.authenticator->Authenticate(CredentialsOf(context)));
  open->Known(principal->name);
  // What a large one takes is a walk through it, which no stranger is given.
  OMS_RETURN_IF_ERROR(open->ClaimShare(principal->name, SpaceOf(request)));
  const absl::StatusOr<std::string>& connection = subject.connection;
  if (connection.ok() && *connection != kNoConnection) {
    OMS_RETURN_IF_ERROR(server::Authorize(*principal, rules.role, *connection));
  }
  // A refusal is the same for every connection.
  open->About(connection.value_or(""));
  // Where the name cannot be read, that is a violation, and no handler is
  // called.
  base::CallContext call_context = open->ContextOf(*principal);
  return std::make_shared<const Call>(
      rules.rpc, std::move(principal), connection.value_or(""),
      std::move(call_context), open->start_time());
}

grpc::ServerUnaryReactor* RpcDispatcher::Dispatch(
    grpc::CallbackServerContext* context, const CallRules& rules,
    google::protobuf::Message* response, const RequestSubject& subject,
    Task task) const {
  auto* messages = dynamic_cast<CallMessages*>(context->GetRpcAllocatorState());
  auto* const reactor = new Reactor(messages);
  auto open =
      std::make_unique<OpenCall>(deps_, rules.rpc, context, response, reactor);
  auto call = Authorize(*context, rules, subject, messages->request_message(),
                        open.get());
  // Shared with the task, which a full queue drops.
  auto reply = std::make_shared<Reply>(std::move(open));
  if (!call.ok()) {
    (*reply)(call.status());
    return reactor;
  }
  const std::string party = (*call)->principal().name;
  auto run = [call = *std::move(call), reply, task = std::move(task),
              clock = deps_.clock]() mutable {
    const absl::Status wanted = call->context().Check(clock->SteadyNow());
    if (!wanted.ok()) return (*reply)(wanted);
    task(std::move(call), std::move(*reply));
  };
  if (rules.executor == ExecutorKind::kNone) {
    run();
    return reactor;
  }
  base::Executor& executor = ExecutorOf(rules.executor);
  if (rules.executor == ExecutorKind::kStoreIfBusy &&
      executor.TryRunHere([&run] { run(); })) {
    return reactor;
  }
  if (!executor.TrySubmit(party, std::move(run))) {
    (*reply)(deps_.admission->QueueFull());
  }
  return reactor;
}

}  // namespace oms_connector::server
