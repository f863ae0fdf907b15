#include "base/timer_queue.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

TEST(TimerQueue, RunsACallbackNotBeforeItsTime) {
  TimerQueue timers;
  absl::Notification done;
  const auto start = std::chrono::steady_clock::now();
  timers.Schedule(absl::Milliseconds(20), [&] { done.Notify(); });
  done.WaitForNotification();
  EXPECT_GE(std::chrono::steady_clock::now() - start,
            std::chrono::milliseconds(20));
}

TEST(TimerQueue, RunsByTimeThenByOrderOfScheduling) {
  TimerQueue timers;
  std::vector<int> order;
  absl::Notification hold;
  absl::Notification done;
  // Everything below becomes due while the first callback holds the thread.
  timers.Schedule(absl::ZeroDuration(), [&] { hold.WaitForNotification(); });
  timers.Schedule(absl::Milliseconds(40), [&] {
    order.push_back(3);
    done.Notify();
  });
  timers.Schedule(absl::Milliseconds(20), [&] { order.push_back(1); });
  timers.Schedule(absl::Milliseconds(20), [&] { order.push_back(2); });
  hold.Notify();
  done.WaitForNotification();
  EXPECT_THAT(order, testing::ElementsAre(1, 2, 3));
}

TEST(TimerQueue, ASoonerTimerOvertakesOneThatWaits) {
  TimerQueue timers;
  absl::Notification done;
  timers.Schedule(absl::Hours(1), [] { FAIL(); });
  timers.Schedule(absl::Milliseconds(1), [&] { done.Notify(); });
  done.WaitForNotification();
}

TEST(TimerQueue, PastTimesRunAtOnce) {
  TimerQueue timers;
  absl::Notification done;
  timers.Schedule(-absl::InfiniteDuration(), [&] { done.Notify(); });
  done.WaitForNotification();
}

TEST(TimerQueue, InfiniteDelaysNeverEnd) {
  TimerQueue timers;
  const auto id = timers.Schedule(absl::InfiniteDuration(), [] { FAIL(); });
  EXPECT_FALSE(timers.Cancel(id));
}

TEST(TimerQueue, CancelledOnesDoNotRun) {
  TimerQueue timers;
  const auto id = timers.Schedule(absl::Hours(1), [] { FAIL(); });
  EXPECT_TRUE(timers.Cancel(id));
  EXPECT_FALSE(timers.Cancel(id));
  EXPECT_FALSE(timers.Cancel(12345));
}

TEST(TimerQueue, CancelLetsGoOfWhatTheCallbackHolds) {
  TimerQueue timers;
  auto held = std::make_shared<int>(7);
  const auto id = timers.Schedule(absl::Hours(1), [held] {});
  EXPECT_EQ(held.use_count(), 2);
  timers.Cancel(id);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(TimerQueue, CallbackThatRunsIsTooLateToCancel) {
  TimerQueue timers;
  absl::Notification entered;
  absl::Notification leave;
  const auto id = timers.Schedule(absl::ZeroDuration(), [&] {
    entered.Notify();
    leave.WaitForNotification();
  });
  entered.WaitForNotification();
  EXPECT_FALSE(timers.Cancel(id));
  leave.Notify();
}

TEST(TimerQueue, CallbacksMayScheduleAndCancel) {
  TimerQueue timers;
  absl::Notification done;
  const auto never = timers.Schedule(absl::Hours(1), [] { FAIL(); });
  timers.Schedule(absl::ZeroDuration(), [&] {
    EXPECT_TRUE(timers.Cancel(never));
    timers.Schedule(absl::ZeroDuration(), [&] { done.Notify(); });
  });
  done.WaitForNotification();
}

TEST(TimerQueue, ShutdownDropsWhatWaits) {
  auto held = std::make_shared<int>(7);
  TimerQueue timers;
  timers.Schedule(absl::Hours(1), [held] { FAIL(); });
  timers.Shutdown();
  timers.Shutdown();
  EXPECT_EQ(held.use_count(), 1);
  timers.Schedule(absl::ZeroDuration(), [held] { FAIL(); });
  EXPECT_EQ(held.use_count(), 1);
}

TEST(TimerQueue, EachTimerRunsOrIsCancelled) {
  constexpr int kThreads = 4;
  constexpr int kTimers = 500;
  std::atomic<int> settled = 0;
  absl::Notification done;
  const auto settle = [&] {
    if (++settled == kThreads * kTimers) done.Notify();
  };
  TimerQueue timers;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < kTimers; ++i) {
        const auto id = timers.Schedule(absl::Microseconds(i % 50), settle);
        if (i % 2 == 0 && timers.Cancel(id)) settle();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done.WaitForNotification();
  EXPECT_EQ(settled, kThreads * kTimers);
}

}  // namespace
}  // namespace oms_connector::base
