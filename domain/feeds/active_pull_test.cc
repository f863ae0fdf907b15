#include "domain/feeds/active_pull.h"

#include <memory>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace oms_connector::feeds {
namespace {

std::shared_ptr<EndWaiter> Counting(int* fired) {
  return std::make_shared<EndWaiter>([fired] { ++*fired; });
}

TEST(ActivePull, FiresEachWaiterOnceAtTheEnd) {
  ActivePull pull("r1");
  base::TimerQueue timers;
  int fired = 0;
  auto waiter = Counting(&fired);
  waiter->Arm(timers, absl::InfiniteDuration(), {});
  pull.AddWaiter(waiter);
  EXPECT_EQ(fired, 0);
  pull.End();
  waiter->Fire();
  EXPECT_EQ(fired, 1);
  pull.AddWaiter(Counting(&fired));
  EXPECT_EQ(fired, 2);
}

TEST(ActivePull, AWaiterFiresAtItsDeadlineWithoutTheEnd) {
  ActivePull pull("r1");
  base::TimerQueue timers;
  absl::Notification fired;
  auto waiter = std::make_shared<EndWaiter>([&] { fired.Notify(); });
  waiter->Arm(timers, absl::Milliseconds(1), {});
  pull.AddWaiter(waiter);
  fired.WaitForNotification();
  EXPECT_TRUE(waiter->fired());
}

TEST(ActivePull, AWaiterFiresWhenItsCallerGoes) {
  ActivePull pull("r1");
  base::TimerQueue timers;
  base::CancellationSource caller;
  int fired = 0;
  auto waiter = Counting(&fired);
  waiter->Arm(timers, absl::InfiniteDuration(), caller.token());
  pull.AddWaiter(waiter);
  caller.Cancel();
  EXPECT_EQ(fired, 1);
  pull.End();
  EXPECT_EQ(fired, 1);
}

TEST(ActivePull, AnEarlierCancellationFiresAtOnce) {
  base::TimerQueue timers;
  base::CancellationSource caller;
  caller.Cancel();
  int fired = 0;
  Counting(&fired)->Arm(timers, absl::InfiniteDuration(), caller.token());
  EXPECT_EQ(fired, 1);
}

TEST(ActivePull, TheFirstReasonToStopCounts) {
  ActivePull pull("r1");
  EXPECT_EQ(pull.stop_reason(), StopReason::kNone);
  pull.Stop(StopReason::kCancelled);
  pull.Stop(StopReason::kServerStops);
  EXPECT_EQ(pull.stop_reason(), StopReason::kCancelled);
  EXPECT_TRUE(pull.token().cancelled());
}

TEST(ActivePull, PatienceNeverShrinks) {
  ActivePull pull("r1");
  pull.AddPatience(absl::FromUnixSeconds(20));
  pull.AddPatience(absl::FromUnixSeconds(10));
  EXPECT_EQ(pull.patient_until(), absl::FromUnixSeconds(20));
}

}  // namespace
}  // namespace oms_connector::feeds
