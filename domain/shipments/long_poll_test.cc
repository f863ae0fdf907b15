// Polls that wait for a first event: what wakes them, and what they pull.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "base/cancellation.h"
#include "domain/shipments/shipment_feed.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "tests/shipments/pending_poll.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Long-polls wait in real time.
class LongPoll : public ::testing::Test {
 protected:
  PollRequest WaitingFrom(int64_t cursor, absl::Duration max_wait) {
    PollRequest request;
    request.cursor = cursor;
    request.max_staleness = kLong;
    request.max_wait = max_wait;
    return request;
  }

  void PutOne(int64_t id) {
    world_.Put(MakeOrder(id));
    world_.Put(MakeShipment(100 + id, id, "1Z"));
  }

  base::SystemClock clock_;
  ShipmentWorld world_{&clock_};
};

TEST_F(LongPoll, IsWokenByTheFirstEvent) {
  ASSERT_TRUE(world_.Pull().ok());
  Pending call(world_, WaitingFrom(0, absl::Seconds(30)));
  WaitForLongPolls(world_, 1);
  PutOne(1);
  ASSERT_TRUE(world_.Pull().ok());
  ASSERT_TRUE(call.Wait().ok());
  EXPECT_THAT(Ids(*call.Wait()), ElementsAre(101));
  EXPECT_EQ(world_.feed->long_polls(), 0);
}

TEST_F(LongPoll, EmptyAnswerComesWhenTimeIsUp) {
  ASSERT_TRUE(world_.Pull().ok());
  const absl::Time start = clock_.Now();
  Pending call(world_, WaitingFrom(0, absl::Milliseconds(200)));
  ASSERT_TRUE(call.Wait().ok()) << call.Wait().status();
  EXPECT_THAT(call.Wait()->events, IsEmpty());
  EXPECT_TRUE(call.Wait()->caught_up);
  EXPECT_GE(clock_.Now() - start, absl::Milliseconds(199));
}

TEST_F(LongPoll, StoredEventsAreAnsweredAtOnce) {
  PutOne(1);
  ASSERT_TRUE(world_.Pull().ok());
  Pending call(world_, WaitingFrom(0, absl::Seconds(30)));
  EXPECT_THAT(Ids(*call.Wait()), ElementsAre(101));
}

TEST_F(LongPoll, PullsAgainEachInterval) {
  world_.Configure([](model::Connection& connection) {
    connection.shipment_interval = absl::Milliseconds(100);
  });
  ASSERT_TRUE(world_.Pull().ok());
  Pending call(world_, WaitingFrom(0, absl::Seconds(30)));
  WaitForLongPolls(world_, 1);
  PutOne(1);
  EXPECT_THAT(Ids(*call.Wait()), ElementsAre(101));
}

TEST_F(LongPoll, ThousandsWaitWithoutAThreadEach) {
  ASSERT_TRUE(world_.Pull().ok());
  std::vector<std::unique_ptr<Pending>> calls;
  for (int i = 0; i < 900; ++i) {
    calls.push_back(
        std::make_unique<Pending>(world_, WaitingFrom(0, absl::Seconds(30))));
  }
  WaitForLongPolls(world_, 900);
  PutOne(1);
  ASSERT_TRUE(world_.Pull().ok());
  for (const auto& call : calls) {
    ASSERT_TRUE(call->Wait().ok());
    EXPECT_THAT(call->Wait()->events, SizeIs(1));
  }
}

TEST_F(LongPoll, TooManyAreRefused) {
  ShipmentFeedOptions options;
  options.store = world_.store.get();
  options.runner = world_.runner.get();
  options.clock = &clock_;
  options.executor = &world_.executor;
  options.timers = &world_.timers;
  options.signal = &world_.signal;
  options.max_long_polls = 1;
  world_.feed = std::make_unique<ShipmentFeed>(options);
  ASSERT_TRUE(world_.Pull().ok());
  Pending first(world_, WaitingFrom(0, absl::Seconds(30)));
  WaitForLongPolls(world_, 1);
  Pending second(world_, WaitingFrom(0, absl::Seconds(30)));
  EXPECT_EQ(ReasonOf(second.Wait().status()), "OVERLOADED");
  world_.feed->Shutdown();
  EXPECT_TRUE(first.Wait().ok());
}

TEST_F(LongPoll, CancelledCallsAreAnsweredAtOnce) {
  ASSERT_TRUE(world_.Pull().ok());
  base::CancellationSource source;
  Pending call(world_, WaitingFrom(0, absl::Seconds(30)),
               base::CallContext(absl::InfiniteFuture(), source.token()));
  WaitForLongPolls(world_, 1);
  source.Cancel();
  EXPECT_TRUE(absl::IsCancelled(call.Wait().status()));
}

TEST_F(LongPoll, ShutdownAnswersAllThatWait) {
  ASSERT_TRUE(world_.Pull().ok());
  Pending call(world_, WaitingFrom(0, absl::Seconds(30)));
  WaitForLongPolls(world_, 1);
  world_.feed->Shutdown();
  ASSERT_TRUE(call.Wait().ok()) << call.Wait().status();
  EXPECT_THAT(call.Wait()->events, IsEmpty());
  Pending late(world_, WaitingFrom(0, absl::Seconds(30)));
  EXPECT_TRUE(late.Wait().ok());
}

TEST_F(LongPoll, AnswersBeforeTheCallsDeadline) {
  ASSERT_TRUE(world_.Pull().ok());
  Pending call(
      world_, WaitingFrom(0, absl::Seconds(30)),
      base::CallContext(clock_.SteadyNow() + absl::Milliseconds(1200), {}));
  ASSERT_TRUE(call.Wait().ok()) << call.Wait().status();
}

// The clock stands still but for the test.
TEST(LongPollOfAFailingPull, DoesNotTryAgainAtEachEvent) {
  ShipmentWorld world;
  ASSERT_TRUE(world.Pull().ok());
  world.TakeRequests();
  int tries = 0;
  const auto wait_for_tries = [&](int count) {
    absl::Notification never;
    for (int i = 0; i < 10'000 && tries < count; ++i) {
      never.WaitForNotificationWithTimeout(absl::Milliseconds(1));
      for (const std::string& request : world.TakeRequests()) {
        if (request == "channels") ++tries;
      }
    }
    EXPECT_EQ(tries, count);
  };
  world.SetFault(
      [](const std::string&) { return absl::UnavailableError("down"); });
  PollRequest request;
  request.cursor = 0;
  request.max_staleness = kLong;
  request.max_wait = absl::Seconds(30);
  Pending call(world, request);
  WaitForLongPolls(world, 1);
  world.manual_clock.Jump(absl::Minutes(6));  // an interval, and a bit
  world.signal.Notify(kConnection);
  wait_for_tries(1);
  for (int i = 0; i < 20; ++i) {
    WaitForLongPolls(world, 1);
    world.signal.Notify(kConnection);
  }
  WaitForLongPolls(world, 1);
  world.manual_clock.Jump(absl::Minutes(2));
  world.signal.Notify(kConnection);
  wait_for_tries(2);
  world.feed->Shutdown();
  EXPECT_TRUE(call.Wait().ok()) << call.Wait().status();
}

}  // namespace
}  // namespace oms_connector::shipments
