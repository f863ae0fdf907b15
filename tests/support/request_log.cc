#include "tests/support/request_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/json_writer.h"

namespace oms_connector::testing_support {
namespace {

bool HasAll(const LoggedRequest& request, const QueryParameters& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& parameter) {
    const auto [first, last] = request.parameters.equal_range(parameter.first);
    return std::any_of(first, last, [&](const auto& sent) {
      return sent.second == parameter.second;
    });
  });
}

template <typename Key>
void WriteCounts(const char* name, const std::map<Key, int64_t>& counts,
                 JsonWriter& json) {
  json.Key(name);
  json.BeginObject();
  for (const auto& [key, count] : counts) {
    json.Key(absl::StrCat(key));
    json.Integer(count);
  }
  json.EndObject();
}

}  // namespace

void RequestLog::Begin(const std::string& account) {
  absl::MutexLock lock(&mutex_);
  max_concurrency_ = std::max(max_concurrency_, ++under_way_[account]);
}

void RequestLog::End(const std::string& account, LoggedRequest request) {
  absl::MutexLock lock(&mutex_);
  --under_way_[account];
  EndpointCounts& counts = counts_[request.endpoint];
  ++counts.requests;
  ++counts.statuses[request.status];
  for (const auto& [name, value] : request.parameters) {
    if (name == "page") {
      ++counts.pages[value];
    } else if (name != "limit") {
      ++counts.filters[name];
    }
  }
  requests_.push_back(std::move(request));
  if (requests_.size() > kKeptRequests) requests_.pop_front();
}

int64_t RequestLog::Count(absl::string_view endpoint) const {
  absl::MutexLock lock(&mutex_);
  int64_t total = 0;
  for (const auto& [name, counts] : counts_) {
    if (endpoint.empty() || name == endpoint) total += counts.requests;
  }
  return total;
}

int64_t RequestLog::CountWith(absl::string_view endpoint,
                              const QueryParameters& parameters) const {
  absl::MutexLock lock(&mutex_);
  return std::count_if(
      requests_.begin(), requests_.end(), [&](const LoggedRequest& request) {
        return request.endpoint == endpoint && HasAll(request, parameters);
      });
}

std::vector<LoggedRequest> RequestLog::requests() const {
  absl::MutexLock lock(&mutex_);
  return {requests_.begin(), requests_.end()};
}

int64_t RequestLog::max_concurrency() const {
  absl::MutexLock lock(&mutex_);
  return max_concurrency_;
}

std::string RequestLog::ToJson() const {
  const int64_t total = Count();
  absl::MutexLock lock(&mutex_);
  std::string out;
  JsonWriter json(&out);
  json.BeginObject();
  json.Key("requests");
  json.Integer(total);
  json.Key("maxConcurrency");
  json.Integer(max_concurrency_);
  json.Key("endpoints");
  json.BeginObject();
  for (const auto& [name, counts] : counts_) {
    json.Key(name);
    json.BeginObject();
    json.Key("requests");
    json.Integer(counts.requests);
    WriteCounts("pages", counts.pages, json);
    WriteCounts("filters", counts.filters, json);
    WriteCounts("statuses", counts.statuses, json);
    json.EndObject();
  }
  json.EndObject();
  json.EndObject();
  return out;
}

void RequestLog::Clear() {
  absl::MutexLock lock(&mutex_);
  requests_.clear();
  counts_.clear();
  max_concurrency_ = 0;
}

}  // namespace oms_connector::testing_support
