#include "base/cancellation.h"

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/steady_notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

TEST(CancellationToken, DefaultIsNeverCancelled) {
  const CancellationToken token;
  const auto registration = token.OnCancel([] { FAIL(); });
  EXPECT_FALSE(token.cancelled());
  EXPECT_FALSE(token.WaitForCancellation(absl::ZeroDuration()));
}

TEST(CancellationToken, CopiesSeeTheCancellation) {
  CancellationSource source;
  const CancellationToken copy = source.token();
  EXPECT_FALSE(copy.cancelled());
  CancellationSource(source).Cancel();
  EXPECT_TRUE(copy.cancelled());
  EXPECT_TRUE(copy.WaitForCancellation(absl::InfiniteDuration()));
}

TEST(CancellationToken, OutlivesItsSource) {
  CancellationToken token;
  {
    CancellationSource source;
    token = source.token();
  }
  EXPECT_FALSE(token.cancelled());
}

TEST(CancellationToken, WakesWhoWaits) {
  CancellationSource source;
  bool woken = false;
  std::thread waiter([&, token = source.token()] {
    woken = token.WaitForCancellation(absl::InfiniteDuration());
  });
  source.Cancel();
  waiter.join();
  EXPECT_TRUE(woken);
}

TEST(OnCancel, RunsEachCallbackOnceInOrder) {
  CancellationSource source;
  std::vector<int> calls;
  const auto first = source.token().OnCancel([&] { calls.push_back(1); });
  const auto second = source.token().OnCancel([&] { calls.push_back(2); });
  source.Cancel();
  source.Cancel();
  EXPECT_THAT(calls, testing::ElementsAre(1, 2));
}

TEST(OnCancel, RunsAtOnceWhenCancelledAlready) {
  CancellationSource source;
  source.Cancel();
  bool called = false;
  const auto registration = source.token().OnCancel([&] { called = true; });
  EXPECT_TRUE(called);
}

TEST(OnCancel, CallbackSeesTheCancellation) {
  CancellationSource source;
  bool seen = false;
  const auto registration = source.token().OnCancel(
      [&, token = source.token()] { seen = token.cancelled(); });
  source.Cancel();
  EXPECT_TRUE(seen);
}

TEST(CancellationRegistration, DestroyedOnesAreNotCalled) {
  CancellationSource source;
  int calls = 0;
  {
    const auto gone = source.token().OnCancel([&] { calls += 1; });
  }
  auto assigned_over = source.token().OnCancel([&] { calls += 10; });
  assigned_over = CancellationRegistration();
  auto kept = source.token().OnCancel([&] { calls += 100; });
  const auto moved = std::move(kept);
  source.Cancel();
  EXPECT_EQ(calls, 100);
}

TEST(CancellationRegistration, MayBeDestroyedByItsOwnCallback) {
  CancellationSource source;
  auto registration = std::make_unique<CancellationRegistration>();
  *registration = source.token().OnCancel([&] { registration.reset(); });
  source.Cancel();
  EXPECT_EQ(registration, nullptr);
}

TEST(CancellationRegistration, DestructorWaitsForTheRunningCallback) {
  CancellationSource source;
  absl::Notification entered;
  absl::Notification leave;
  bool finished = false;
  auto registration =
      std::make_unique<CancellationRegistration>(source.token().OnCancel([&] {
        entered.Notify();
        leave.WaitForNotification();
        finished = true;
      }));
  std::thread canceller([&] { source.Cancel(); });
  entered.WaitForNotification();
  std::thread releaser([&] { leave.Notify(); });
  registration.reset();
  EXPECT_TRUE(finished);
  canceller.join();
  releaser.join();
}

TEST(SteadyNotification, WaitsUntilItIsToldOrTheTimeIsOver) {
  SteadyNotification notification;
  EXPECT_FALSE(notification.WaitFor(absl::ZeroDuration()));
  EXPECT_FALSE(notification.WaitFor(absl::Milliseconds(1)));
  std::thread teller([&] { notification.Notify(); });
  EXPECT_TRUE(notification.WaitFor(absl::InfiniteDuration()));
  notification.Wait();
  teller.join();
}

}  // namespace
}  // namespace oms_connector::base
