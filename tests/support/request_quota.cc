#include "tests/support/request_quota.h"

#include <algorithm>

namespace oms_connector::testing_support {

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
