#include "domain/inventory/level_diff.h"

#include "gtest/gtest.h"

namespace oms_connector::inventory {
namespace {

storage::StoredLevel Stored() {
  storage::StoredLevel stored;
  stored.level.sku = "A";
  stored.level.master_sku = "M";
  stored.level.available = 7;
  stored.level.as_of_time = absl::FromUnixSeconds(1);
  stored.level.revision = 5;
  stored.product_id = 10;
  return stored;
}

ComputedLevel Same() {
  ComputedLevel computed;
  computed.sku = "A";
  computed.master_sku = "M";
  computed.product_id = 10;
  computed.available = 7;
  computed.as_of_time = absl::FromUnixSeconds(2);
  return computed;
}

TEST(LevelDiff, ANewLevelIsRevised) {
  EXPECT_EQ(CompareLevels(nullptr, Same()), LevelChange::kRevised);
}

TEST(LevelDiff, EqualLevelsDoNotDiffer) {
  const storage::StoredLevel stored = Stored();
  EXPECT_EQ(CompareLevels(&stored, Same()), LevelChange::kNone);
}

TEST(LevelDiff, EachPartOfAValueMakesARevision) {
  const storage::StoredLevel stored = Stored();
  ComputedLevel sku = Same();
  sku.sku = "a";
  ComputedLevel number = Same();
  number.available = 8;
  ComputedLevel reason = Same();
  reason.available.reset();
  reason.reason = model::WithheldReason::kPushDisabled;
  ComputedLevel clamped = Same();
  clamped.clamped_at_zero = true;
  for (const ComputedLevel& computed : {sku, number, reason, clamped}) {
    EXPECT_EQ(CompareLevels(&stored, computed), LevelChange::kRevised);
  }
}

TEST(LevelDiff, TheDerivationAloneMakesNoRevision) {
  const storage::StoredLevel stored = Stored();
  ComputedLevel computed = Same();
  computed.product_id = 11;
  EXPECT_EQ(CompareLevels(&stored, computed), LevelChange::kDerivationOnly);
  const storage::StoredLevel applied =
      ApplyLevel(stored, LevelChange::kDerivationOnly, computed);
  EXPECT_EQ(applied.product_id, 11);
  EXPECT_EQ(applied.level.as_of_time, stored.level.as_of_time);
}

TEST(LevelDiff, ARevisedLevelTakesAllThatWasComputed) {
  ComputedLevel computed = Same();
  computed.available.reset();
  computed.reason = model::WithheldReason::kInactiveProduct;
  const storage::StoredLevel applied =
      ApplyLevel(Stored(), LevelChange::kRevised, computed);
  EXPECT_EQ(applied.level.state, model::LevelState::kWithheld);
  EXPECT_FALSE(applied.level.available.has_value());
  EXPECT_EQ(applied.level.as_of_time, computed.as_of_time);
}

}  // namespace
}  // namespace oms_connector::inventory
