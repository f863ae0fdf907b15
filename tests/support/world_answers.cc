#include "tests/support/world_answers.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tests/support/json_writer.h"
#include "tests/support/row_filter.h"
#include "tests/support/row_text.h"

namespace oms_connector::testing_support {
namespace {

HttpAnswer Found(std::string body) {
  HttpAnswer answer;
  answer.body = std::move(body);
  return answer;
}

// {"salesChannelIds": [7, 8]}; nothing for any other body.
std::optional<std::set<int64_t>> ReadChannels(const std::string& body) {
  const nlohmann::json json =
      nlohmann::json::parse(body, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.size() != 1 ||
      !json.contains("salesChannelIds") ||
      !json["salesChannelIds"].is_array()) {
    return std::nullopt;
  }
  std::set<int64_t> channels;
  for (const nlohmann::json& id : json["salesChannelIds"]) {
    if (!id.is_number_integer()) return std::nullopt;
    channels.insert(id.get<int64_t>());
  }
  return channels;
}

}  // namespace

HttpAnswer Refusal(int status, absl::string_view message) {
  HttpAnswer answer;
  answer.status = status;
  JsonWriter json(&answer.body);
  json.BeginObject();
  json.Key("message");
  json.Text(message);
  json.EndObject();
  return answer;
}

WorldAnswers::WorldAnswers(FakeWorld world) : world_(std::move(world)) {}

void WorldAnswers::Mutate(absl::FunctionRef<void(FakeWorld&)> change) {
  absl::MutexLock lock(&mutex_);
  change(world_);
  prepared_.Forget();
}

void WorldAnswers::Inspect(
    absl::FunctionRef<void(const FakeWorld&)> look) const {
  absl::MutexLock lock(&mutex_);
  look(world_);
}

void WorldAnswers::ForgetAcknowledged() {
  absl::MutexLock lock(&mutex_);
  marks_.Forget();
}

HttpAnswer WorldAnswers::Answer(const Route& route, const HttpRequest& request,
                                const PageShift& shift) {
  switch (route.endpoint) {
    case Endpoint::kOrder:
      return SingleOrder(route.order_id);
    case Endpoint::kAcknowledge:
      return Acknowledge(request);
    default:
      return Rows(route.endpoint, request, shift);
  }
}

HttpAnswer WorldAnswers::Rows(Endpoint endpoint, const HttpRequest& request,
                              const PageShift& shift) {
  const absl::StatusOr<RowRequest> wanted =
      ParseRowRequest(endpoint, request.parameters);
  if (!wanted.ok()) return Refusal(400, wanted.status().message());
  std::shared_ptr<const RowTable> rows;
  {
    absl::MutexLock lock(&mutex_);
    rows = prepared_.Get(world_, endpoint, *wanted);
  }
  if (!wanted->paged) return Found(rows->Page(0, rows->size()));
  // Beyond the last row in any case; keeps the product below from overflowing.
  const int64_t page = std::min(wanted->page, rows->size() + 1);
  const int64_t before = shift.first_page_always ? 0 : page - 1;
  const int64_t first = before * (wanted->limit + shift.rows_per_page);
  return Found(rows->Page(std::max<int64_t>(first, 0), wanted->limit));
}

HttpAnswer WorldAnswers::SingleOrder(int64_t order_id) {
  absl::MutexLock lock(&mutex_);
  const auto order = world_.orders.find(order_id);
  if (order == world_.orders.end()) return Refusal(404, "no such order");
  std::string body;
  AppendOrder(world_, order->second, ShipmentsOf(world_, order_id), &body);
  return Found(std::move(body));
}

HttpAnswer WorldAnswers::Acknowledge(const HttpRequest& request) {
  const std::optional<std::set<int64_t>> channels = ReadChannels(request.body);
  if (!channels.has_value()) {
    return Refusal(400, "expected {\"salesChannelIds\": [ids]}");
  }
  absl::MutexLock lock(&mutex_);
  for (const int64_t channel : *channels) {
    if (world_.sales_channels.count(channel) == 0) {
      return Refusal(400, absl::StrCat("no such sales channel: ", channel));
    }
  }
  return Found(marks_.Tell(world_, request.authorization, *channels));
}

}  // namespace oms_connector::testing_support
