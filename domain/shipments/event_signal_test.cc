#include "domain/shipments/event_signal.h"

#include "gtest/gtest.h"

namespace oms_connector::shipments {
namespace {

TEST(EventSignal, WakesThoseOfTheConnectionOnce) {
  EventSignal signal;
  int acme = 0;
  int bolt = 0;
  signal.Wait("acme", signal.Count("acme"), [&] { ++acme; });
  signal.Wait("bolt", signal.Count("bolt"), [&] { ++bolt; });
  EXPECT_EQ(acme, 0);
  signal.Notify("acme");
  signal.Notify("acme");
  EXPECT_EQ(acme, 1);
  EXPECT_EQ(bolt, 0);
}

TEST(EventSignal, WakesAtOnceWhenEventsCameInBetween) {
  EventSignal signal;
  const int64_t seen = signal.Count("acme");
  signal.Notify("acme");
  int woken = 0;
  signal.Wait("acme", seen, [&] { ++woken; });
  EXPECT_EQ(woken, 1);
}

TEST(EventSignal, CancelledOnesAreNeverWoken) {
  EventSignal signal;
  int woken = 0;
  const EventSignal::Id id = signal.Wait("acme", 0, [&] { ++woken; });
  EXPECT_TRUE(signal.Cancel(id));
  EXPECT_FALSE(signal.Cancel(id));
  signal.Notify("acme");
  EXPECT_EQ(woken, 0);
}

TEST(EventSignal, WakeUpMayWaitAgain) {
  EventSignal signal;
  int woken = 0;
  std::function<void()> again = [&] {
    ++woken;
    signal.Wait("acme", signal.Count("acme"), again);
  };
  signal.Wait("acme", 0, again);
  signal.Notify("acme");
  signal.Notify("acme");
  EXPECT_EQ(woken, 2);
}

}  // namespace
}  // namespace oms_connector::shipments
