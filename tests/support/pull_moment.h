// A pull that a test follows to one of its requests, where something happens to
// its server:
//
//   auto moment = std::make_shared<PullMoment>(3);
//   watched_order_manager.SetHook([moment](const auto&) {
//     if (moment->CountRequest()) { ...; moment->Come(); }
//     return absl::OkStatus();
//   });
//   moment->Follow(runner, request);  // returns there, or when it has ended
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_PULL_MOMENT_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_PULL_MOMENT_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "domain/feeds/pull_runner.h"
#include "gtest/gtest.h"

namespace oms_connector::testing_support {

class PullMoment : public std::enable_shared_from_this<PullMoment> {
 public:
  explicit PullMoment(int at) : at_(at) {}

  // Whether this request is the one.
  bool CountRequest() {
    absl::MutexLock lock(&mutex_);
    return ++requests_ == at_;
  }

  void Come() {
    absl::MutexLock lock(&mutex_);
    has_come_ = true;
  }

  // Starts a pull and waits. A runner that is shut down waits for it no more.
  void Follow(feeds::PullRunner& runner, const feeds::PullRequest& request) {
    const auto run = runner.JoinOrStart({}, request);
    ASSERT_TRUE(run.ok()) << run.status();
    runner.WhenEnded(request.connection, request.feed, run->run_id,
                     absl::InfiniteDuration(), {},
                     [self = shared_from_this()] { self->End(); });
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&has_come_));
  }

  // Waits until the pull has ended by itself.
  void WaitForEnd() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&has_ended_));
  }

  // Whether the pull has made as many requests.
  bool is_reached() const {
    absl::MutexLock lock(&mutex_);
    return requests_ >= at_;
  }

 private:
  void End() {
    Come();
    absl::MutexLock lock(&mutex_);
    has_ended_ = true;
  }

  const int at_;
  mutable absl::Mutex mutex_;
  int requests_ ABSL_GUARDED_BY(mutex_) = 0;
  bool has_come_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_PULL_MOMENT_H_
