#include "domain/inventory/level_writer.h"

#include "gtest/gtest.h"

namespace oms_connector::inventory {
namespace {

model::StoredLevel Stored() {
  model::StoredLevel stored;
  stored.sku = 1;
  stored.master_sku = 2;
  stored.value.available = 7;
  stored.value.as_of_time = absl::FromUnixSeconds(1);
  stored.value.revision = 5;
  stored.product_id = 10;
  return stored;
}

ComputedLevel Same() {
  ComputedLevel computed;
  computed.sku = 1;
  computed.master_sku = 2;
  computed.product_id = 10;
  computed.available = 7;
  computed.as_of_time = absl::FromUnixSeconds(2);
  return computed;
}

TEST(LevelWriter, ANewLevelIsRevised) {
  EXPECT_EQ(CompareLevels(nullptr, Same()), LevelChange::kRevised);
}

TEST(LevelWriter, EqualLevelsDoNotDiffer) {
  const model::StoredLevel stored = Stored();
  EXPECT_EQ(CompareLevels(&stored, Same()), LevelChange::kNone);
}

TEST(LevelWriter, EachPartOfAValueMakesARevision) {
  const model::StoredLevel stored = Stored();
  ComputedLevel sku = Same();
  sku.sku = 3;
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

TEST(LevelWriter, TheDerivationAloneMakesNoRevision) {
  const model::StoredLevel stored = Stored();
  ComputedLevel computed = Same();
  computed.product_id = 11;
  EXPECT_EQ(CompareLevels(&stored, computed), LevelChange::kDerivationOnly);
  const model::StoredLevel applied =
      ApplyLevel(stored, LevelChange::kDerivationOnly, computed);
  EXPECT_EQ(applied.product_id, 11);
  EXPECT_EQ(applied.value.as_of_time, stored.value.as_of_time);
}

TEST(LevelWriter, ARevisedLevelTakesAllThatWasComputed) {
  ComputedLevel computed = Same();
  computed.available.reset();
  computed.reason = model::WithheldReason::kInactiveProduct;
  const model::StoredLevel applied =
      ApplyLevel(Stored(), LevelChange::kRevised, computed);
  EXPECT_EQ(applied.value.reason, computed.reason);
  EXPECT_FALSE(applied.value.available.has_value());
  EXPECT_EQ(applied.value.as_of_time, computed.as_of_time);
}

}  // namespace
}  // namespace oms_connector::inventory
