#include "domain/inventory/pull_position.h"

#include <optional>

#include "gtest/gtest.h"

namespace oms_connector::inventory {
namespace {

PullPosition At(PullStep step, int64_t id, int64_t page) {
  PullPosition position;
  position.mode = model::InventorySyncMode::kPerWarehouse;
  position.step = step;
  position.id = id;
  position.page = page;
  position.begin_time = absl::FromUnixMicros(1234567);
  return position;
}

TEST(PullPosition, SurvivesTheCheckpoint) {
  PullPosition position = At(PullStep::kStock, -7, 12);
  position.finished = true;
  const std::optional<PullPosition> read =
      DecodePosition(EncodePosition(position));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(EncodePosition(*read), EncodePosition(position));
  EXPECT_EQ(read->id, -7);
  EXPECT_TRUE(read->finished);
  EXPECT_FALSE(read->by_location);
  EXPECT_EQ(read->begin_time, position.begin_time);
}

// A page of one list of stock is not that page of the other.
TEST(PullPosition, RemembersWhichListItsPageIsOf) {
  PullPosition position = At(PullStep::kStock, 2, 5);
  position.by_location = true;
  const std::optional<PullPosition> read =
      DecodePosition(EncodePosition(position));
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->by_location);
  EXPECT_FALSE(read->finished);
}

// A document leaves out what is as it is by default.
TEST(PullPosition, IsReadInEachStep) {
  for (int step = 1; step <= 5; ++step) {
    const std::optional<PullPosition> read =
        DecodePosition(EncodePosition(At(static_cast<PullStep>(step), 0, 1)));
    ASSERT_TRUE(read.has_value()) << step;
    EXPECT_EQ(static_cast<int>(read->step), step);
  }
}

TEST(PullPosition, WhatIsNoPositionIsNone) {
  EXPECT_FALSE(DecodePosition("").has_value());
  EXPECT_FALSE(DecodePosition("x").has_value());
  PullPosition position = At(PullStep::kStock, 2, 0);
  EXPECT_FALSE(DecodePosition(EncodePosition(position)).has_value());
  for (const int step : {-1, 6}) {
    position = At(static_cast<PullStep>(step), 2, 1);
    EXPECT_FALSE(DecodePosition(EncodePosition(position)).has_value());
  }
}

TEST(PullPosition, WhatCameBeforeIsDone) {
  const PullPosition position = At(PullStep::kStock, 2, 5);
  EXPECT_EQ(PageToRead(position, PullStep::kListings, 99), std::nullopt);
  EXPECT_EQ(PageToRead(position, PullStep::kStock, 1), std::nullopt);
  EXPECT_EQ(PageToRead(position, PullStep::kStock, 2), 5);
  EXPECT_EQ(PageToRead(position, PullStep::kStock, 3), 1);
  EXPECT_EQ(PageToRead(position, PullStep::kConclusion, 0), 1);
}

TEST(PullPosition, WhatBeginsWithItsFirstPageBeginsNow) {
  const PullPosition reached = At(PullStep::kStock, 2, 5);
  const absl::Time now = reached.begin_time + absl::Hours(1);
  EXPECT_FALSE(PositionOf(PullStep::kStock, 1, reached, now).has_value());
  const auto same = PositionOf(PullStep::kStock, 2, reached, now);
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->page, 5);
  EXPECT_EQ(same->begin_time, reached.begin_time);
  const auto next = PositionOf(PullStep::kStock, 3, reached, now);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->page, 1);
  EXPECT_EQ(next->begin_time, now);
}

TEST(PullPosition, AFinishedSourceIsNotReadAgain) {
  PullPosition position = At(PullStep::kStock, 2, 5);
  position.finished = true;
  EXPECT_EQ(PageToRead(position, PullStep::kStock, 2), std::nullopt);
  EXPECT_EQ(PageToRead(position, PullStep::kStock, 3), 1);
}

}  // namespace
}  // namespace oms_connector::inventory
