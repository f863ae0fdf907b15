#include "domain/shipments/pull_position.h"

#include "gtest/gtest.h"

namespace oms_connector::shipments {
namespace {

PullPosition Somewhere() {
  PullPosition position;
  position.phase = PullPhase::kHeld;
  position.page = 3;
  position.after = 4711;
  position.start_time = absl::FromUnixMicros(1'700'000'000'123'456);
  position.orders_from = absl::FromUnixSeconds(1'600'000'000);
  position.shipments_from = absl::FromUnixSeconds(1'650'000'000);
  position.orders_seen = absl::UnixEpoch();
  position.shipments_to = absl::FromUnixSeconds(1'700'100'000);
  position.window_from = absl::FromUnixSeconds(1'660'000'000);
  position.orders_again_from = absl::FromUnixSeconds(1'670'000'000);
  return position;
}

TEST(PullPosition, IsReadAsItWasWritten) {
  EXPECT_EQ(ParsePosition(FormatPosition(Somewhere())), Somewhere());
}

TEST(PullPosition, TextOfAnotherKindIsNone) {
  for (const char* text :
       {"", "shipments-3", "shipments-2 1 1 0 0 0 0 0 0 0 0",
        "shipments-3 1 1 0 0 0 0 0 0", "shipments-3 0 1 0 0 0 0 0 0 0 0",
        "shipments-3 6 1 0 0 0 0 0 0 0 0", "shipments-3 1 0 0 0 0 0 0 0 0 0",
        "shipments-3 1 x 0 0 0 0 0 0 0 0",
        "shipments-3 1 1 0 0 0 0 0 0 0 0 0"}) {
    EXPECT_EQ(ParsePosition(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace oms_connector::shipments
