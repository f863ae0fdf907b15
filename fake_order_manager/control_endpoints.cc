#include "fake_order_manager/control_endpoints.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fake_order_manager/faults.h"
#include "fake_order_manager/world_answers.h"
#include "fake_order_manager/world_json.h"

namespace oms_connector::testing_support {
namespace {

constexpr int64_t kAwaitMillis = 10'000;

// The parts of the path behind /_control/.
using Path = std::vector<std::string>;

HttpAnswer Json(std::string body) {
  HttpAnswer answer;
  answer.body = std::move(body);
  return answer;
}

HttpAnswer Done(const absl::Status& status) {
  if (status.ok()) return Json("{}");
  return Refusal(absl::IsNotFound(status) ? 404 : 400, status.message());
}

HttpAnswer Unknown() { return Refusal(404, "no such control request"); }

HttpAnswer ShowWorld(FakeOrderManager& fake) {
  std::string body;
  fake.Inspect([&body](const FakeWorld& world) { body = WorldToJson(world); });
  return Json(std::move(body));
}

HttpAnswer ReplaceWorld(FakeOrderManager& fake, const std::string& body) {
  absl::StatusOr<FakeWorld> replacement = WorldFromJson(body, fake.now());
  if (!replacement.ok()) return Done(replacement.status());
  fake.Mutate([&](FakeWorld& world) { world = *std::move(replacement); });
  return Json("{}");
}

// Applies `change`, which answers whether it could, to the world.
template <typename Change>
HttpAnswer ChangeWorld(FakeOrderManager& fake, const Change& change) {
  absl::Status status;
  fake.Mutate([&](FakeWorld& world) { status = change(world); });
  return Done(status);
}

HttpAnswer HandleWorld(FakeOrderManager& fake, const HttpRequest& request,
                       const Path& path) {
  if (path.size() == 1 && request.method == "GET") return ShowWorld(fake);
  if (path.size() == 1 && request.method == "PUT") {
    return ReplaceWorld(fake, request.body);
  }
  if (path.size() == 2 && request.method == "POST") {
    const absl::Time now = fake.now();
    return ChangeWorld(fake, [&](FakeWorld& world) {
      return MergeRows(path[1], request.body, now, world);
    });
  }
  if (path.size() >= 3 && request.method == "DELETE") {
    const std::string key = absl::StrJoin(path.begin() + 2, path.end(), "/");
    return ChangeWorld(
        fake, [&](FakeWorld& world) { return EraseRow(path[1], key, world); });
  }
  return Unknown();
}

HttpAnswer HandleCounters(FakeOrderManager& fake, const HttpRequest& request) {
  if (request.method == "GET") return Json(fake.log().ToJson());
  if (request.method != "DELETE") return Unknown();
  fake.log().Clear();
  return Json("{}");
}

HttpAnswer AddFault(FakeOrderManager& fake, const std::string& body) {
  absl::StatusOr<Fault> fault = FaultFromJson(body);
  if (!fault.ok()) return Done(fault.status());
  const int64_t id = fake.faults().Add(*std::move(fault));
  return Json(absl::StrCat("{\"id\":", id, "}"));
}

HttpAnswer AwaitHeld(FakeOrderManager& fake, const HttpRequest& request,
                     int64_t id) {
  int64_t millis = kAwaitMillis;
  const auto timeout = request.parameters.find("timeoutMs");
  if (timeout != request.parameters.end() &&
      !absl::SimpleAtoi(timeout->second, &millis)) {
    return Refusal(400, "timeoutMs must be a whole number");
  }
  const bool held = fake.faults().WaitUntilHeld(id, absl::Milliseconds(millis));
  return Json(absl::StrCat("{\"held\":", held ? "true" : "false", "}"));
}

HttpAnswer HandleFault(FakeOrderManager& fake, const HttpRequest& request,
                       const Path& path) {
  int64_t id = 0;
  if (!absl::SimpleAtoi(path[1], &id)) return Unknown();
  if (path.size() == 2 && request.method == "DELETE") {
    return fake.faults().Release(id) ? Json("{}")
                                     : Refusal(404, "no such fault in force");
  }
  if (path.size() == 3 && path[2] == "await" && request.method == "POST") {
    return AwaitHeld(fake, request, id);
  }
  return Unknown();
}

HttpAnswer HandleFaults(FakeOrderManager& fake, const HttpRequest& request,
                        const Path& path) {
  if (path.size() > 1) return HandleFault(fake, request, path);
  if (request.method == "GET") return Json(fake.faults().ToJson());
  if (request.method == "POST") return AddFault(fake, request.body);
  if (request.method != "DELETE") return Unknown();
  fake.faults().ReleaseAll();
  return Json("{}");
}

HttpAnswer SetQuota(FakeOrderManager& fake, const std::string& body) {
  const nlohmann::json json =
      nlohmann::json::parse(body, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("requestsPerSecond") ||
      !json["requestsPerSecond"].is_number()) {
    return Refusal(400, "expected {\"requestsPerSecond\": number}");
  }
  fake.quota().SetLimit(json["requestsPerSecond"].get<double>());
  return Json("{}");
}

HttpAnswer Reset(FakeOrderManager& fake, const FakeWorld& first_world) {
  fake.faults().ReleaseAll();
  fake.Mutate([&](FakeWorld& world) { world = first_world; });
  fake.ForgetAcknowledged();
  fake.log().Clear();
  return Json("{}");
}

HttpAnswer Handle(FakeOrderManager& fake, const HttpRequest& request,
                  const FakeWorld& first_world) {
  // "", "_control", and what follows.
  Path path = absl::StrSplit(request.path, '/');
  path.erase(path.begin(), path.begin() + 2);
  if (path[0] == "world") return HandleWorld(fake, request, path);
  if (path[0] == "counters") return HandleCounters(fake, request);
  if (path[0] == "faults") return HandleFaults(fake, request, path);
  if (path == Path{"quota"} && request.method == "PUT") {
    return SetQuota(fake, request.body);
  }
  if (request.method != "POST") return Unknown();
  if (path == Path{"reset"}) return Reset(fake, first_world);
  if (path == Path{"acknowledge", "forget"}) {
    fake.ForgetAcknowledged();
    return Json("{}");
  }
  return Unknown();
}

}  // namespace

FakeOrderManager::Control MakeControlEndpoints(FakeWorld first_world) {
  return [world = std::make_shared<const FakeWorld>(std::move(first_world))](
             FakeOrderManager& fake, const HttpRequest& request) {
    return Handle(fake, request, *world);
  };
}

}  // namespace oms_connector::testing_support
