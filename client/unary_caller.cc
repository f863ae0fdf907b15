#include "oms_connector/client/unary_caller.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/status_macros.h"
#include "client/channel.h"
#include "client/client_environment.h"
#include "client/retry.h"
#include "oms_connector/client/rpc_status.h"

namespace oms_connector::client {
namespace {

// The server stops waiting when the request said so and then still has to read
// the page from its store.
constexpr absl::Duration kBeyondServerWait = absl::Seconds(5);

std::optional<absl::Duration> PushbackOf(const grpc::ClientContext& call) {
  const auto& trailers = call.GetServerTrailingMetadata();
  const auto found = trailers.find("grpc-retry-pushback-ms");
  if (found == trailers.end()) return std::nullopt;
  return ParsePushback({found->second.data(), found->second.size()});
}

absl::StatusOr<std::string> BearerToken(const ClientOptions& options) {
  if (options.bearer_token_file.empty()) return options.bearer_token;
  std::ifstream file(options.bearer_token_file, std::ios::binary);
  std::string token;
  if (!std::getline(file, token)) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read a token from ", options.bearer_token_file));
  }
  if (!token.empty() && token.back() == '\r') token.pop_back();
  OMS_RETURN_IF_ERROR(CheckToken(token));
  return token;
}

}  // namespace

Cancellation::Cancellation()
    : source_(std::make_shared<base::CancellationSource>()) {}

void Cancellation::Cancel() { source_->Cancel(); }

bool Cancellation::cancelled() const { return source_->token().cancelled(); }

struct UnaryCaller::State {
  base::CallContext ContextOf(const CallOptions& call) const {
    absl::Time deadline = call.deadline;
    if (deadline != absl::InfiniteFuture()) {
      deadline = environment->clock->SteadyNow() +
                 (deadline - environment->clock->Now());
    }
    return {deadline, call.cancellation.has_value()
                          ? call.cancellation->source_->token()
                          : base::CancellationToken()};
  }

  base::CallContext WithDeadline(const CallOptions& call,
                                 absl::Duration server_wait) const {
    base::CallContext context = ContextOf(call);
    if (context.deadline() != absl::InfiniteFuture()) return context;
    absl::Duration timeout = options.default_timeout;
    if (server_wait > absl::ZeroDuration()) {
      timeout = std::max(timeout, server_wait + kBeyondServerWait);
    }
    return context.WithDeadline(environment->clock->SteadyNow() + timeout);
  }

  Attempt Try(const base::CallContext& context, OneTry one_try) const {
    grpc::ClientContext call;
    if (context.deadline() != absl::InfiniteFuture()) {
      // gRPC wants a time of day, of which it takes what is left at once.
      base::Clock& clock = *environment->clock;
      call.set_deadline(absl::ToChronoTime(
          clock.Now() + context.Remaining(clock.SteadyNow())));
    }
    const absl::StatusOr<std::string> token = BearerToken(options);
    if (!token.ok()) return {token.status(), std::nullopt};
    if (!token->empty()) {
      call.AddMetadata("authorization", absl::StrCat("Bearer ", *token));
    }
    const base::CancellationRegistration cancelling =
        context.cancellation().OnCancel([&call] { call.TryCancel(); });
    Attempt attempt;
    attempt.status = ToAbslStatus(one_try(&call));
    attempt.pushback = PushbackOf(call);
    return attempt;
  }

  double Random() const {
    return base::ToUnitInterval(environment->ids->NewUint64());
  }

  ClientOptions options;
  std::shared_ptr<const ClientEnvironment> environment;
};

UnaryCaller::UnaryCaller(const ClientOptions& options)
    : UnaryCaller(options,
                  std::make_shared<ClientEnvironment>(ClientEnvironment{
                      std::make_shared<base::SystemClock>(),
                      std::make_shared<base::SystemSleeper>(),
                      std::make_shared<base::SystemIdGenerator>()})) {}

UnaryCaller::UnaryCaller(const ClientOptions& options,
                         std::shared_ptr<const ClientEnvironment> environment)
    : state_(std::make_shared<State>(State{options, std::move(environment)})) {}

absl::Status UnaryCaller::BackOff(int failures, const absl::Status& status,
                                  const CallOptions& options) const {
  const base::CallContext context = state_->ContextOf(options);
  const ClientEnvironment& environment = *state_->environment;
  OMS_RETURN_IF_ERROR(context.Check(environment.clock->SteadyNow()));
  return environment.sleeper->Sleep(
      std::max(BackoffDelay(state_->options.retry, failures, state_->Random()),
               RetryDelayOf(status).value_or(absl::ZeroDuration())),
      context);
}

absl::Status UnaryCaller::Run(google::protobuf::Message& request,
                              const CallOptions& options,
                              OneTry one_try) const {
  const ClientEnvironment& environment = *state_->environment;
  AddRequestId(request, [&] { return environment.ids->NewUuid(); });
  const bool may_repeat = MayRepeat(request);
  const base::CallContext context =
      state_->WithDeadline(options, ServerWait(request));
  for (int attempts = 1;; ++attempts) {
    OMS_RETURN_IF_ERROR(context.Check(environment.clock->SteadyNow()));
    const Attempt attempt = state_->Try(context, one_try);
    if (attempt.status.ok() || !may_repeat) return attempt.status;
    const std::optional<absl::Duration> delay = NextDelay(
        state_->options.retry, attempts, attempt,
        context.Remaining(environment.clock->SteadyNow()), state_->Random());
    if (!delay.has_value()) return attempt.status;
    OMS_RETURN_IF_ERROR(environment.sleeper->Sleep(*delay, context));
  }
}

}  // namespace oms_connector::client
