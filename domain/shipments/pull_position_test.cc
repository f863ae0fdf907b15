#include "domain/shipments/pull_position.h"

#include <optional>

#include "gtest/gtest.h"
#include "model/fields.h"

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

// Days, by their number.
absl::Time Day(double number) {
  return absl::UnixEpoch() + number * absl::Hours(24);
}

// Rule 1: what is read of shipments begins a week before the last pull, and by
// whichever clock is behind; it ends a day after whichever is ahead.
TEST(PullPosition, BeginsByTheClockThatIsBehind) {
  const struct {
    const char* name;
    std::optional<double> read_through;
    double earliest, now, their_now;
    double from, to;
  } cases[] = {
      {"never read", {}, 1000, 1030, 1030, 1000, 1031},
      {"read a day ago", 1029, 1000, 1030, 1030, 1022, 1031},
      {"not before the earliest", 1005, 1000, 1030, 1030, 1000, 1031},
      {"theirs is behind", 1029, 1000, 1030, 1020, 1013, 1031},
      {"theirs is ahead", 1029, 1000, 1030, 1040, 1022, 1041},
      {"theirs is years ahead", 1029, 1000, 1030, 9000, 1022, 1121},
      {"read in the future", 1031, 1000, 1030, 1030, 1000, 1031},
      {"the earliest lies ahead", {}, 1050, 1030, 1030, 1023, 1031},
  };
  for (const auto& c : cases) {
    model::ShipmentState state;
    if (c.read_through.has_value()) {
      state.shipments_read_through = Day(*c.read_through);
    }
    const PullPosition position =
        FirstPosition(state, Day(c.earliest), Day(c.now), Day(c.their_now));
    EXPECT_EQ(position.start_time, Day(c.now)) << c.name;
    EXPECT_EQ(position.shipments_from, Day(c.from)) << c.name;
    EXPECT_EQ(position.shipments_to, Day(c.to)) << c.name;
  }
}

// Orders are read by two pulls, ten minutes overlapping.
TEST(PullPosition, OrdersAreReadOnceMore) {
  const struct {
    const char* name;
    std::optional<double> read_through, again_from;
    double their_now;
    double from, next;
  } cases[] = {
      {"never read", {}, {}, 1030, 1000, 1000},
      {"read once", 1029, {}, 1030, 1029, 1029},
      {"read twice", 1029, 1028, 1030, 1028, 1029},
      {"later than theirs", 1031, {}, 1030, 1000, 1000},
      {"theirs is ahead", 1031, {}, 1032, 1031, 1031},
  };
  for (const auto& c : cases) {
    model::ShipmentState state;
    if (c.read_through.has_value()) {
      state.orders_read_through = Day(*c.read_through);
    }
    if (c.again_from.has_value()) state.orders_again_from = Day(*c.again_from);
    const PullPosition position =
        FirstPosition(state, Day(1000), Day(1030), Day(c.their_now));
    EXPECT_EQ(position.orders_from, Day(c.from) - kOrderOverlap) << c.name;
    EXPECT_EQ(position.orders_again_from, Day(c.next)) << c.name;
  }
}

TEST(PullPosition, IsReadAsItWasWritten) {
  const std::optional<PullPosition> read =
      DecodePosition(EncodePosition(Somewhere()));
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(model::SameFields(*read, Somewhere()));
}

// A document leaves out what is as it is by default.
TEST(PullPosition, IsReadInEachPhase) {
  for (int phase = 1; phase <= 5; ++phase) {
    PullPosition position = Somewhere();
    position.phase = static_cast<PullPhase>(phase);
    position.page = 1;
    const std::optional<PullPosition> read =
        DecodePosition(EncodePosition(position));
    ASSERT_TRUE(read.has_value()) << phase;
    EXPECT_TRUE(model::SameFields(*read, position)) << phase;
  }
}

TEST(PullPosition, WhatIsNoPositionIsNone) {
  EXPECT_FALSE(DecodePosition("").has_value());
  EXPECT_FALSE(DecodePosition("x").has_value());
  PullPosition position = Somewhere();
  position.page = 0;
  EXPECT_FALSE(DecodePosition(EncodePosition(position)).has_value());
  for (const int phase : {-1, 6}) {
    position = Somewhere();
    position.phase = static_cast<PullPhase>(phase);
    EXPECT_FALSE(DecodePosition(EncodePosition(position)).has_value());
  }
}

}  // namespace
}  // namespace oms_connector::shipments
