// What the fake was asked: how often, with what, and how many requests of one
// account were under way at once.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_REQUEST_LOG_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_REQUEST_LOG_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "fake_order_manager/row_filter.h"

namespace oms_connector::testing_support {

// One request as it came, and the status it was answered with. A connection
// that was closed without an answer has status 0.
struct LoggedRequest {
  std::string endpoint;  // EndpointName, or "" for an unknown path.
  std::string method;
  std::string path;
  QueryParameters parameters;
  std::string body;
  absl::Time time;
  int status = 0;
};

// Thread-safe. Accounts are told apart by their tokens, which appear in no
// answer of this class.
class RequestLog {
 public:
  // Requests kept whole; counts go on beyond it.
  static constexpr size_t kKeptRequests = 20'000;

  // One request from its arrival to its answer.
  void Begin(const std::string& account) ABSL_LOCKS_EXCLUDED(mutex_);
  void End(const std::string& account, LoggedRequest request)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Answered requests of one endpoint ("" = of all).
  int64_t Count(absl::string_view endpoint = "") const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Kept requests of one endpoint that had all of `parameters`.
  int64_t CountWith(absl::string_view endpoint,
                    const QueryParameters& parameters) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Oldest first.
  std::vector<LoggedRequest> requests() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The most requests that one account had under way at once.
  int64_t max_concurrency() const ABSL_LOCKS_EXCLUDED(mutex_);

  // {"requests": 12, "maxConcurrency": 2, "endpoints": {"orders": {"requests":
  // 3, "pages": {"1": 2, "2": 1}, "filters": {"modifiedDateFrom": 3},
  // "statuses": {"200": 3}}}}
  std::string ToJson() const ABSL_LOCKS_EXCLUDED(mutex_);

  void Clear() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct EndpointCounts {
    int64_t requests = 0;
    std::map<std::string, int64_t> pages;    // By the page asked for.
    std::map<std::string, int64_t> filters;  // By parameter name.
    std::map<int, int64_t> statuses;
  };

  mutable absl::Mutex mutex_;
  std::deque<LoggedRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, EndpointCounts, std::less<>> counts_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> under_way_ ABSL_GUARDED_BY(mutex_);
  int64_t max_concurrency_ ABSL_GUARDED_BY(mutex_) = 0;
};

// ---- Request quota
// -----------------------------------------------------------

// The Order Manager's limit on requests per second and account.

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

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_REQUEST_LOG_H_
