#include "fake_order_manager/fake_order_manager.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "fake_order_manager/fault_answers.h"

namespace oms_connector::testing_support {
namespace {

std::function<absl::Time()> OrRealTime(std::function<absl::Time()> clock) {
  if (clock) return clock;
  return [] { return base::SystemClock().Now(); };
}

LoggedRequest ToLogged(const Route& route, const HttpRequest& request,
                       absl::Time time, int status) {
  return {std::string(EndpointName(route.endpoint)),
          request.method,
          request.path,
          request.parameters,
          request.body,
          time,
          status};
}

}  // namespace

absl::StatusOr<std::unique_ptr<FakeOrderManager>> FakeOrderManager::Start(
    Options options) {
  const HttpServer::Options http = options.http;
  std::unique_ptr<FakeOrderManager> fake(
      new FakeOrderManager(std::move(options)));
  if (!fake->listens_) return fake;
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      HttpServer::Start(http, [fake = fake.get()](const HttpRequest& request) {
        return fake->Handle(request);
      });
  if (!server.ok()) return server.status();
  fake->server_ = *std::move(server);
  return fake;
}

FakeOrderManager::FakeOrderManager(Options options)
    : listens_(options.over_http),
      token_(std::move(options.token)),
      path_prefix_(options.path_prefix),
      clock_(OrRealTime(std::move(options.clock))),
      control_(std::move(options.control)),
      answers_(std::move(options.world)) {
  quota_.SetLimit(options.requests_per_second);
}

FakeOrderManager::~FakeOrderManager() { Stop(); }

std::string FakeOrderManager::base_url() const {
  return absl::StrCat("http://127.0.0.1:", port());
}

void FakeOrderManager::Stop() {
  faults_.Stop();
  if (server_ != nullptr) server_->Stop();
}

HttpAnswer FakeOrderManager::Handle(const HttpRequest& request) {
  if (control_ && request.from_loopback &&
      absl::StartsWith(request.path, "/_control/")) {
    return control_(*this, request);
  }
  const std::optional<Route> route =
      FindRoute(request.method, request.path, path_prefix_);
  if (!route.has_value()) {
    log_.Begin(request.authorization);
    log_.End(request.authorization,
             {"", request.method, request.path, request.parameters,
              request.body, now(), 404});
    return Refusal(404, "no such path");
  }
  return HandleLogged(*route, request);
}

HttpAnswer FakeOrderManager::HandleLogged(const Route& route,
                                          const HttpRequest& request) {
  const absl::Time arrival = now();
  log_.Begin(request.authorization);
  HttpAnswer answer;
  if (const auto wait = quota_.Refuse(request.authorization, arrival)) {
    answer = QuotaAnswer(*wait);
  } else if (!token_.empty() &&
             request.authorization != absl::StrCat("Bearer ", token_)) {
    answer = Refusal(401, "the token is not valid");
  } else {
    answer = AnswerWithFaults(route, request);
  }
  log_.End(request.authorization,
           ToLogged(route, request, arrival, answer.status));
  answers_.Inspect([&](const FakeWorld& world) {
    if (!world.tells_time) return;
    answer.headers["Date"] = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT",
                                              now(), absl::UTCTimeZone());
  });
  return answer;
}

HttpAnswer FakeOrderManager::AnswerWithFaults(const Route& route,
                                              const HttpRequest& request) {
  const std::vector<StruckFault> struck =
      faults_.Strike(EndpointName(route.endpoint), request.parameters);
  for (const StruckFault& one : struck) {
    if (StrikesAfterWork(one.fault)) continue;
    faults_.Wait(one);
    if (ReplacesAnswer(one.fault)) return ApplyFault(one.fault, HttpAnswer());
  }
  HttpAnswer answer = answers_.Answer(route, request, PageShiftOf(struck));
  for (const StruckFault& one : struck) {
    if (!StrikesAfterWork(one.fault)) continue;
    faults_.Wait(one);
    answer = ApplyFault(one.fault, std::move(answer));
  }
  return answer;
}

}  // namespace oms_connector::testing_support
