#include "fake_order_manager/request_log.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"

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
nlohmann::json CountsOf(const std::map<Key, int64_t>& counts) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [key, count] : counts) json[absl::StrCat(key)] = count;
  return json;
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
  nlohmann::ordered_json endpoints = nlohmann::ordered_json::object();
  for (const auto& [name, counts] : counts_) {
    endpoints[name] = {{"requests", counts.requests},
                       {"pages", CountsOf(counts.pages)},
                       {"filters", CountsOf(counts.filters)},
                       {"statuses", CountsOf(counts.statuses)}};
  }
  const nlohmann::ordered_json json = {{"requests", total},
                                       {"maxConcurrency", max_concurrency_},
                                       {"endpoints", std::move(endpoints)}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void RequestLog::Clear() {
  absl::MutexLock lock(&mutex_);
  requests_.clear();
  counts_.clear();
  max_concurrency_ = 0;
}

void RequestQuota::SetLimit(double requests_per_second) {
  absl::MutexLock lock(&mutex_);
  per_second_ = requests_per_second;
  buckets_.clear();
}

std::optional<absl::Duration> RequestQuota::Refuse(const std::string& account,
                                                   absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (per_second_ <= 0) return std::nullopt;
  const double size = std::max(1.0, per_second_);
  Bucket& bucket =
      buckets_.try_emplace(account, Bucket{size, now}).first->second;
  const double refill =
      absl::ToDoubleSeconds(now - bucket.filled) * per_second_;
  bucket.requests = std::min(size, bucket.requests + refill);
  bucket.filled = now;
  if (bucket.requests < 1) {
    return absl::Seconds((1 - bucket.requests) / per_second_);
  }
  bucket.requests -= 1;
  return std::nullopt;
}

}  // namespace oms_connector::testing_support
