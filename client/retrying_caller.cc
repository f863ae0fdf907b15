#include "client/retrying_caller.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "client/rpc_status.h"

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

}  // namespace

Surroundings RealSurroundings() {
  return {std::make_shared<base::SystemClock>(),
          std::make_shared<base::SystemSleeper>(),
          std::make_shared<base::SystemIdGenerator>()};
}

RetryingCaller::RetryingCaller(const ClientOptions& options,
                               Surroundings surroundings)
    : bearer_token_(options.bearer_token),
      default_timeout_(options.default_timeout),
      retry_(options.retry),
      surroundings_(std::move(surroundings)) {}

absl::Status RetryingCaller::Run(const base::CallContext& caller_context,
                                 absl::Duration server_wait, bool may_retry,
                                 OneTry one_try) const {
  const base::CallContext context = WithDeadline(caller_context, server_wait);
  for (int attempts = 1;; ++attempts) {
    const absl::Status ready = context.Check(surroundings_.clock->Now());
    if (!ready.ok()) return ready;
    const Attempt attempt = Try(context, one_try);
    if (attempt.status.ok() || !may_retry) return attempt.status;
    const std::optional<absl::Duration> delay =
        NextDelay(retry_, attempts, attempt,
                  context.Remaining(surroundings_.clock->Now()),
                  base::ToUnitInterval(surroundings_.ids->NewUint64()));
    if (!delay.has_value()) return attempt.status;
    const absl::Status slept = surroundings_.sleeper->Sleep(*delay, context);
    if (!slept.ok()) return slept;
  }
}

Attempt RetryingCaller::Try(const base::CallContext& context,
                            OneTry one_try) const {
  grpc::ClientContext call;
  if (context.deadline() != absl::InfiniteFuture()) {
    call.set_deadline(absl::ToChronoTime(context.deadline()));
  }
  if (!bearer_token_.empty()) {
    call.AddMetadata("authorization",
                     absl::StrCat("Bearer ", bearer_token_.Reveal()));
  }
  const base::CancellationRegistration cancelling =
      context.cancellation().OnCancel([&call] { call.TryCancel(); });
  Attempt attempt;
  attempt.status = ToAbslStatus(one_try(&call));
  attempt.pushback = PushbackOf(call);
  return attempt;
}

base::CallContext RetryingCaller::WithDeadline(
    const base::CallContext& context, absl::Duration server_wait) const {
  if (context.deadline() != absl::InfiniteFuture()) return context;
  absl::Duration timeout = default_timeout_;
  if (server_wait > absl::ZeroDuration()) {
    timeout = std::max(timeout, server_wait + kBeyondServerWait);
  }
  return context.WithDeadline(surroundings_.clock->Now() + timeout);
}

}  // namespace oms_connector::client
