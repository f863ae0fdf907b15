#include "order_manager/rest_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace oms_connector::order_manager {
namespace {

// In lower case, as HttpResponse has its names.
constexpr char kRetryAfterHeader[] = "x-skubana-quota-retryafter";
constexpr absl::Duration kDefaultRetryAfter = absl::Seconds(15);
constexpr absl::Duration kShortestRetryAfter = absl::Milliseconds(100);
constexpr absl::Duration kLongestRetryAfter = absl::Hours(24);
// What a call without a patience of its own has.
constexpr absl::Duration kDefaultPatience = absl::Seconds(5);
// So often in a row one request is held back; a server that says "soon" for
// ever is then taken at its word no more.
constexpr int kMaxQuotaWaits = 100;

constexpr int kNoContent = 204;
constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kTooManyRequests = 429;

// The account, for Quota: two connections with one token share its quota.
std::string QuotaKey(absl::string_view base_url, const Account& account) {
  return base::Sha256Hex(absl::StrCat(base_url, "\n", account.token.Reveal()));
}

std::optional<absl::Time> ServerTimeOf(const HttpResponse& response) {
  const auto header = response.headers.find("date");
  absl::Time time;
  std::string error;
  if (header == response.headers.end() ||
      !absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", header->second, &time,
                       &error)) {
    return std::nullopt;
  }
  return time;
}

// What became of one try.
enum class Outcome {
  kAnswered,  // there is an answer
  kHeldBack,  // 429
  kFailed,    // may be tried again
  kRefused,   // trying again is no use
};

Outcome OutcomeOf(const HttpResult& result) {
  if (!result.status.ok()) {
    const bool passing =
        absl::IsUnavailable(result.status) || absl::IsDataLoss(result.status);
    return passing ? Outcome::kFailed : Outcome::kRefused;
  }
  const int status = result.response.status;
  if (status >= 200 && status < 300) return Outcome::kAnswered;
  if (status == kTooManyRequests) return Outcome::kHeldBack;
  return status >= 500 ? Outcome::kFailed : Outcome::kRefused;
}

absl::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case kBadRequest:
      return absl::StatusCode::kUnimplemented;
    case kUnauthorized:
      return absl::StatusCode::kUnauthenticated;
    case kForbidden:
      return absl::StatusCode::kPermissionDenied;
    case kNotFound:
      return absl::StatusCode::kNotFound;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

// The server has not acted on the request, only said why it will not.
bool IsClearRefusal(const HttpResult& result) {
  const int status = result.response.status;
  return result.status.ok() &&
         (status == kUnauthorized || status == kForbidden ||
          status == kNotFound || status == kTooManyRequests);
}

std::string Garbled(const absl::Status& status) {
  return absl::StrCat("its answer is garbled (", status.message(), ")");
}

// Why `result` is no answer, in words.
std::string WhyOf(const HttpResult& result) {
  if (absl::IsDataLoss(result.status)) return Garbled(result.status);
  if (!result.status.ok()) return std::string(result.status.message());
  const int status = result.response.status;
  if (status == kUnauthorized) return "it refuses the access token";
  if (status >= 300 && status < 400) {
    return absl::StrCat("it answered ", status,
                        ", a redirect, which is not followed; check base_url");
  }
  return absl::StrCat("it answered ", status);
}

}  // namespace

// The tries of one Ask.
class RestRequester::Attempts {
 public:
  Attempts(RestRequester& requester, const Call& call,
           const RestRequest& request, ReadBody read)
      : requester_(requester),
        call_(call),
        request_(request),
        read_(read),
        limit_(request.small ? requester.options_.small_limit
                             : requester.options_.limit) {}

  // Fills in what is the same for all tries.
  absl::Status Prepare();
  absl::StatusOr<RestAnswer> Run();

 private:
  absl::StatusOr<RestAnswer> RunUntilDone();
  absl::Status AwaitTurn();
  HttpResult Try();
  absl::Status HoldBack(absl::Duration retry_after);
  absl::Status AwaitNextTry(const std::string& why);
  absl::Status Fail(absl::StatusCode code, absl::string_view why) const;
  absl::Duration Patience() const;

  RestRequester& requester_;
  const Call& call_;
  const RestRequest& request_;
  const ReadBody read_;
  const absl::Duration limit_;
  absl::Duration spent_;  // of it
  HttpRequest http_;
  std::string quota_key_;
  double rate_ = 0;
  int failures_ = 0;
  int quota_waits_ = 0;
  // A request may have reached the server that it has not clearly refused.
  bool maybe_processed_ = false;
};

absl::Status RestRequester::Attempts::Prepare() {
  const Account& account = call_.account;
  const auto base = model::CheckBaseUrl(account.base_url,
                                        requester_.options_.policy, "base_url");
  // Without the details that a caller's own request would have: this call is
  // about a connection that was accepted once.
  if (!base.ok()) return absl::InvalidArgumentError(base.status().message());
  const absl::Status prefix =
      model::CheckPathPrefix(account.path_prefix, "path_prefix");
  if (!prefix.ok()) return absl::InvalidArgumentError(prefix.message());
  http_.method = request_.method;
  http_.url =
      absl::StrCat(base->url, request_.takes_prefix ? account.path_prefix : "",
                   request_.path);
  http_.body = request_.body;
  http_.bearer_token = account.token;
  http_.loopback = base->loopback;
  http_.repeatable = request_.repeatable;
  quota_key_ = QuotaKey(base->url, account);
  // Of several connections to one account, the one that asked last.
  requester_.quota_->SetLabel(quota_key_, account.connection);
  rate_ = requester_.options_.requests_per_second;
  if (!(rate_ > 0) && !base->loopback) rate_ = kDefaultRequestsPerSecond;
  return absl::OkStatus();
}

absl::Duration RestRequester::Attempts::Patience() const {
  if (!call_.retry) return absl::ZeroDuration();
  return call_.quota_patience ? call_.quota_patience() : kDefaultPatience;
}

absl::Status RestRequester::Attempts::Fail(absl::StatusCode code,
                                           absl::string_view why) const {
  return absl::Status(
      code, absl::StrCat(
                request_.endpoint, ": ", why,
                failures_ > 1 ? absl::StrCat(" (", failures_, " tries)") : ""));
}

absl::Status RestRequester::Attempts::AwaitTurn() {
  return requester_.quota_->Acquire(quota_key_, rate_, call_.context,
                                    [this] { return Patience(); });
}

HttpResult RestRequester::Attempts::Try() {
  const absl::Time start = requester_.clock_->SteadyNow();
  if (request_.small) http_.limit = limit_ - spent_;
  HttpResult result = requester_.transport_->Send(http_, call_.context);
  const absl::Duration took = requester_.clock_->SteadyNow() - start;
  spent_ += took;
  if (call_.on_answer) call_.on_answer(took);
  for (int i = 0; i < result.requests_sent && call_.on_request; ++i) {
    call_.on_request();
  }
  if (result.requests_sent > 0 && !IsClearRefusal(result)) {
    maybe_processed_ = true;
  }
  return result;
}

// OK when the request may be sent again once the hold is over.
absl::Status RestRequester::Attempts::HoldBack(absl::Duration retry_after) {
  requester_.quota_->Hold(quota_key_, retry_after);
  base::LogInfo("the order manager asks to wait",
                {{"connection", call_.account.connection},
                 {"endpoint", request_.endpoint},
                 {"retry_after", retry_after}});
  if (++quota_waits_ > kMaxQuotaWaits || retry_after > Patience()) {
    return QuotaExhausted(retry_after);
  }
  return absl::OkStatus();
}

// OK when it is time for the next try; otherwise what the last one came to.
absl::Status RestRequester::Attempts::AwaitNextTry(const std::string& why) {
  ++failures_;
  const absl::Duration delay = requester_.options_.backoff.Delay(
      failures_, base::ToUnitInterval(requester_.ids_->NewUint64()));
  const bool again =
      call_.retry && failures_ < requester_.options_.max_tries &&
      (request_.repeatable || !maybe_processed_) && spent_ + delay < limit_ &&
      delay < call_.context.Remaining(requester_.clock_->SteadyNow());
  base::LogWarning("the order manager gave no answer",
                   {{"connection", call_.account.connection},
                    {"endpoint", request_.endpoint},
                    {"why", why},
                    {"failed_tries", failures_},
                    {"trying_again", again}});
  if (!again) return Fail(absl::StatusCode::kUnavailable, why);
  spent_ += delay;
  return requester_.sleeper_->Sleep(delay, call_.context);
}

absl::StatusOr<RestAnswer> RestRequester::Attempts::RunUntilDone() {
  while (true) {
    OMS_RETURN_IF_ERROR(AwaitTurn());
    HttpResult result = Try();
    std::string why = WhyOf(result);
    switch (OutcomeOf(result)) {
      case Outcome::kAnswered: {
        std::string& body = result.response.body;
        if (result.response.status == kNoContent) body = "[]";
        const absl::Status read = read_(&body);
        if (read.ok()) return RestAnswer{ServerTimeOf(result.response)};
        if (!absl::IsDataLoss(read)) return read;
        why = Garbled(read);
        break;
      }
      case Outcome::kHeldBack:
        OMS_RETURN_IF_ERROR(HoldBack(RetryAfter(result.response)));
        continue;
      case Outcome::kFailed:
        break;
      case Outcome::kRefused:
        return Fail(result.status.ok() ? CodeOf(result.response.status)
                                       : result.status.code(),
                    why);
    }
    OMS_RETURN_IF_ERROR(AwaitNextTry(why));
  }
}

absl::StatusOr<RestAnswer> RestRequester::Attempts::Run() {
  absl::Status prepared = Prepare();
  absl::StatusOr<RestAnswer> answer =
      prepared.ok() ? RunUntilDone() : absl::StatusOr<RestAnswer>(prepared);
  if (answer.ok() || request_.repeatable || maybe_processed_) return answer;
  return NotProcessed(answer.status());
}

RestRequester::RestRequester(Options options, HttpTransport* transport,
                             Quota* quota, base::Clock* clock,
                             base::Sleeper* sleeper, base::IdGenerator* ids)
    : options_(std::move(options)),
      transport_(transport),
      quota_(quota),
      clock_(clock),
      sleeper_(sleeper),
      ids_(ids) {}

absl::StatusOr<RestAnswer> RestRequester::Ask(const Call& call,
                                              const RestRequest& request,
                                              ReadBody read) {
  return Attempts(*this, call, request, read).Run();
}

absl::Duration RetryAfter(const HttpResponse& response) {
  const auto header = response.headers.find(kRetryAfterHeader);
  double milliseconds = 0;
  if (header == response.headers.end() ||
      !absl::SimpleAtod(header->second, &milliseconds) ||
      !(milliseconds >= 0)) {
    return kDefaultRetryAfter;
  }
  return std::clamp(absl::Milliseconds(milliseconds), kShortestRetryAfter,
                    kLongestRetryAfter);
}

}  // namespace oms_connector::order_manager
