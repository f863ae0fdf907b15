// The Order Manager's limit on requests per second and account.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_REQUEST_QUOTA_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_REQUEST_QUOTA_H_

#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace oms_connector::testing_support {

// A bucket for each account that holds one second's requests (at least one)
// and fills evenly. Thread-safe.
class RequestQuota {
 public:
  // 0 = no limit.
  void SetLimit(double requests_per_second) ABSL_LOCKS_EXCLUDED(mutex_);

  // Takes one request out of the bucket; where it is empty, nothing is taken
  // and the answer is how long until there is one.
  std::optional<absl::Duration> Refuse(const std::string& account,
                                       absl::Time now)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Bucket {
    double requests = 0;
    absl::Time filled;
  };

  absl::Mutex mutex_;
  double per_second_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_REQUEST_QUOTA_H_
