// Order Managers that fail or hang leave threads and turns to the others.
#include <pthread.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/executor.h"
#include "domain/feeds/pull_runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cases/pull_runner_test_fixture.h"

namespace oms_connector::feeds {
namespace {

using model::Feed;
using ::testing::ElementsAre;

class PullFairnessTest : public PullRunnerTest {
 protected:
  PullFairnessTest() { runner_ = NewRunner("server-2", &few_); }
  ~PullFairnessTest() override { runner_->Shutdown(); }

 private:
  base::Executor few_{"failing", 1, 10};
};

TEST_F(PullFairnessTest, FeedsThatFailedShareThreadsOfTheirOwn) {
  std::vector<std::string> threads;
  absl::Status result = absl::UnavailableError("down");
  absl::Duration takes;
  const auto body = [&](PullSession&) {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof(name));
    threads.emplace_back(name);
    clock_.Advance(takes);
    return result;
  };
  runner_->SetBody(Feed::kInventory, body);
  runner_->SetBody(Feed::kShipments, body);
  PullRequest other_feed = Request();
  other_feed.feed = Feed::kShipments;
  ASSERT_TRUE(runner_->RunToEnd({}, Request()).ok());
  result = absl::OkStatus();
  ASSERT_TRUE(runner_->RunToEnd({}, other_feed).ok());
  ASSERT_TRUE(runner_->RunToEnd({}, Request()).ok());
  ASSERT_TRUE(runner_->RunToEnd({}, Request()).ok());
  EXPECT_THAT(threads, ElementsAre("pulls", "pulls", "failing", "pulls"));
  // Whose Order Manager hangs is not waited for on behalf of the other feed.
  threads.clear();
  result = absl::UnavailableError("hangs");
  takes = absl::Seconds(20);
  ASSERT_TRUE(runner_->RunToEnd({}, Request()).ok());
  ASSERT_TRUE(runner_->RunToEnd({}, other_feed).ok());
  result = absl::OkStatus();
  ASSERT_TRUE(runner_->RunToEnd({}, other_feed).ok());
  takes = absl::ZeroDuration();
  ASSERT_TRUE(runner_->RunToEnd({}, other_feed).ok());
  EXPECT_THAT(threads, ElementsAre("pulls", "failing", "failing", "pulls"));
}

TEST_F(PullFairnessTest, PullsThatFollowAFailureLeaveRoomToOthers) {
  absl::Notification hangs;
  absl::Status result = absl::UnavailableError("hangs");
  runner_->SetBody(Feed::kInventory, [&](PullSession&) {
    if (result.ok()) hangs.WaitForNotification();
    return result;
  });
  ASSERT_TRUE(runner_->RunToEnd({}, Request()).ok());
  result = absl::OkStatus();
  ASSERT_TRUE(runner_->JoinOrStart({}, Request()).ok());
  EXPECT_EQ(runner_->active(), 1);
  model::Connection acme, other;
  other.order_manager.base_url = "https://other.skubana.com";
  const auto has_room = [&](const model::Connection& connection,
                            bool after_failure, int most_of_account) {
    return runner_->HasRoom(connection, after_failure, /*most=*/1,
                            /*most_doubtful=*/1, most_of_account);
  };
  EXPECT_FALSE(has_room(other, true, 1));
  EXPECT_TRUE(has_room(other, false, 1));
  EXPECT_FALSE(has_room(acme, false, 1));
  EXPECT_TRUE(has_room(acme, false, 2));
  hangs.Notify();
  runner_->Shutdown();
}

}  // namespace
}  // namespace oms_connector::feeds
