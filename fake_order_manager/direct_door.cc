#include "fake_order_manager/direct_door.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "fake_order_manager/http_server.h"

namespace oms_connector::testing_support {
namespace {

int HexDigit(char c) {
  return absl::ascii_isdigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10;
}

std::string PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      decoded.push_back(static_cast<char>(HexDigit(text[i + 1]) * 16 +
                                          HexDigit(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

HttpRequest RequestOf(const order_manager::HttpRequest& asked) {
  HttpRequest request;
  request.method =
      asked.method == order_manager::HttpMethod::kPost ? "POST" : "GET";
  request.authorization = absl::StrCat("Bearer ", asked.bearer_token.Reveal());
  request.body = asked.body;
  request.from_loopback = true;
  absl::string_view url = asked.url;
  const size_t host = url.find("://") + 3;
  url.remove_prefix(std::min(url.find('/', host), url.size()));
  const size_t query = url.find('?');
  request.path = PercentDecode(url.substr(0, query));
  if (query == url.npos) return request;
  for (const absl::string_view pair :
       absl::StrSplit(url.substr(query + 1), '&', absl::SkipEmpty())) {
    const size_t equals = pair.find('=');
    request.parameters.emplace(
        PercentDecode(pair.substr(0, equals)),
        equals == pair.npos ? "" : PercentDecode(pair.substr(equals + 1)));
  }
  return request;
}

// What keeps an answer from arriving whole, as the client over HTTP says it.
absl::Status StatusOf(const HttpAnswer& answer) {
  if (answer.delivery != HttpAnswer::Delivery::kWhole) {
    return absl::UnavailableError("the connection broke");
  }
  if (answer.bytes_per_second > 0) {
    return absl::UnavailableError("its answer came too slowly");
  }
  // Nothing here inflates.
  if (answer.headers.count("Content-Encoding") > 0) {
    return absl::DataLossError("a body or headers beyond the limits");
  }
  return absl::OkStatus();
}

}  // namespace

order_manager::RestOrderManager::Options ClientOptions() {
  order_manager::RestOrderManager::Options options;
  options.policy.allow_loopback = true;
  options.requests_per_second = 0;
  return options;
}

order_manager::HttpResult DirectTransport::Send(
    const order_manager::HttpRequest& request,
    const base::CallContext& context) {
  order_manager::HttpResult result;
  // It answers at once, so no deadline can pass.
  result.status = context.Check(absl::InfinitePast());
  if (!result.status.ok()) return result;
  HttpAnswer answer = fake_->Handle(RequestOf(request));
  result.requests_sent = 1;
  result.status = StatusOf(answer);
  if (!result.status.ok()) return result;
  result.response.status = answer.status;
  result.response.body = std::move(answer.body);
  for (const auto& [name, value] : answer.headers) {
    result.response.headers[absl::AsciiStrToLower(name)] = value;
  }
  return result;
}

DirectOrderManager::DirectOrderManager(FakeOrderManager* fake,
                                       base::Clock* clock,
                                       base::Sleeper* sleeper,
                                       base::IdGenerator* ids)
    : transport_(fake),
      rest_(ClientOptions(), &transport_, clock, sleeper, ids) {}

}  // namespace oms_connector::testing_support
