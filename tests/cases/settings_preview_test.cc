// What a change of settings would publish, without changing anything.
#include "domain/inventory/settings_preview.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::PreviewPage;
using inventory::PreviewRequest;
using ::testing::SizeIs;

class SettingsPreview : public ::testing::Test {
 protected:
  SettingsPreview() {
    bench_.SetMode(model::InventorySyncMode::kPerWarehouse);
    bench_.AddWarehouse(1);
    bench_.AddStock(1, 10, "A", 7, 2);
    bench_.AddStock(1, 11, "B", 5, 0);
    bench_.AddStock(1, 12, "C", 1, 0);
    bench_.AddProduct(12, "C", /*active=*/false, bench_.now());
    EXPECT_TRUE(bench_.Sync().ok());
    request_.connection = kBenchConnection;
    request_.settings.inventory_sync_mode =
        model::InventorySyncMode::kPerWarehouse;
  }

  absl::StatusOr<PreviewPage> Preview() {
    return inventory::PreviewSettings(bench_.store(), {}, request_,
                                      bench_.now());
  }

  InventoryBench bench_;
  PreviewRequest request_;
};

TEST_F(SettingsPreview, TheSettingsInForceChangeNothing) {
  const PreviewPage page = *Preview();
  EXPECT_EQ(page.levels, 3);
  EXPECT_EQ(page.changed, 0);
  EXPECT_THAT(page.rows, SizeIs(0));
}

TEST_F(SettingsPreview, ShowsEachLevelThatDiffers) {
  request_.settings.subtract_locked_quantity = true;
  request_.settings.ignore_inactive_products = false;
  const PreviewPage page = *Preview();
  EXPECT_EQ(page.levels, 3);
  EXPECT_EQ(page.changed, 2);
  EXPECT_EQ(page.newly_published, 1);
  EXPECT_EQ(page.newly_withheld, 0);
  ASSERT_THAT(page.rows, SizeIs(2));
  EXPECT_EQ(Brief(*page.rows[0].before), "7");
  EXPECT_EQ(Brief(*page.rows[0].after), "5");
  EXPECT_EQ(page.rows[0].after->location.name, "Warehouse 1");
  EXPECT_EQ(Brief(*page.rows[1].before), "W5");
  EXPECT_EQ(Brief(*page.rows[1].after), "1");
}

TEST_F(SettingsPreview, TellsTheWholeDerivation) {
  request_.settings.subtract_locked_quantity = true;
  request_.settings.ignore_inactive_products = false;
  const PreviewPage page = *Preview();
  ASSERT_THAT(page.rows, SizeIs(2));
  const model::Derivation& before = page.rows[0].before->derivation;
  EXPECT_EQ(before.source, model::LevelSource::kWarehouseStock);
  EXPECT_EQ(before.stock->on_hand, 7);
  EXPECT_EQ(before.stock->locked, 2);
  EXPECT_FALSE(before.locked_subtracted);
  const model::Derivation& after = page.rows[0].after->derivation;
  EXPECT_EQ(after.stock->on_hand, 7);
  EXPECT_EQ(after.stock->locked, 2);
  EXPECT_TRUE(after.locked_subtracted);
  EXPECT_FALSE(after.clamped_at_zero);
  // Withheld ones, too.
  EXPECT_EQ(page.rows[1].before->derivation.stock->on_hand, 1);
}

// What the preview says comes true: each row's `after` is the level that the
// feed hands out once the settings are changed.
TEST_F(SettingsPreview, SaysWhatTheFeedWillSay) {
  bench_.AddStock(1, 13, "D", -4, 0);
  bench_.AddStock(1, 14, "E", 9, std::nullopt);
  ASSERT_TRUE(bench_.Sync().ok());
  request_.settings.subtract_locked_quantity = true;
  request_.settings.ignore_inactive_products = false;
  const PreviewPage page = *Preview();
  ASSERT_THAT(page.rows, SizeIs(3));
  bench_.ChangeSettings([&](model::Settings& s) { s = request_.settings; });
  LevelMap levels = bench_.Levels();
  for (const inventory::PreviewRow& row : page.rows) {
    const model::InventoryLevel& level = levels[{
        row.after->sku, row.after->location.kind, row.after->location.id}];
    EXPECT_EQ(Brief(*row.after), Brief(level)) << level.sku;
    EXPECT_EQ(row.after->location.name, level.location.name);
    EXPECT_EQ(row.after->derivation.source, level.derivation.source);
    EXPECT_EQ(row.after->derivation.stock->on_hand,
              level.derivation.stock->on_hand);
    EXPECT_EQ(row.after->derivation.stock->locked,
              level.derivation.stock->locked);
    EXPECT_EQ(row.after->derivation.locked_subtracted,
              level.derivation.locked_subtracted);
    EXPECT_EQ(row.after->derivation.clamped_at_zero,
              level.derivation.clamped_at_zero);
  }
}

TEST_F(SettingsPreview, AModeThatWasLeftIsWithheldNow) {
  bench_.SetMode(model::InventorySyncMode::kPerSalesChannel);
  ASSERT_TRUE(bench_.Sync().ok());
  const PreviewPage page = *Preview();
  ASSERT_THAT(page.rows, SizeIs(3));
  ASSERT_TRUE(page.rows[0].before.has_value());
  EXPECT_EQ(Brief(*page.rows[0].before), "W1");
  EXPECT_EQ(page.rows[0].before->location.name, "Warehouse 1");
  EXPECT_EQ(Brief(*page.rows[0].after), "7");
}

TEST_F(SettingsPreview, LevelsOfAModeThatIsLeftWouldBeWithheld) {
  request_.settings.inventory_sync_mode =
      model::InventorySyncMode::kPerSalesChannel;
  const PreviewPage page = *Preview();
  EXPECT_EQ(page.changed, 3);
  EXPECT_EQ(page.newly_withheld, 2);
  EXPECT_EQ(Brief(*page.rows[0].after), "W1");
}

TEST_F(SettingsPreview, PagesGoOnWhereTheLastOneEnded) {
  request_.settings.inventory_sync_mode =
      model::InventorySyncMode::kPerSalesChannel;
  request_.page_size = 2;
  const PreviewPage first = *Preview();
  EXPECT_THAT(first.rows, SizeIs(2));
  EXPECT_EQ(first.next_offset, 2);
  request_.offset = *first.next_offset;
  const PreviewPage second = *Preview();
  ASSERT_THAT(second.rows, SizeIs(1));
  EXPECT_EQ(second.rows[0].before->sku, "C");
  EXPECT_EQ(second.changed, 3);
  EXPECT_FALSE(second.next_offset.has_value());
}

TEST_F(SettingsPreview, StoresNothingAndCallsNobody) {
  const size_t requests = bench_.order_manager().requests().size();
  inventory::SyncRequest held = bench_.Now();
  held.max_staleness.reset();
  const auto before = *bench_.Sync(held);
  request_.settings.subtract_locked_quantity = true;
  ASSERT_TRUE(Preview().ok());
  const auto after = *bench_.Sync(held);
  EXPECT_EQ(after.next_position, before.next_position);
  EXPECT_THAT(bench_.order_manager().requests(), SizeIs(requests));
}

TEST_F(SettingsPreview, NeedsAConnectionAndACartThatExist) {
  request_.cart = "nobody";
  EXPECT_EQ(Preview().status().code(), absl::StatusCode::kNotFound);
  request_ = {};
  request_.connection = "other";
  EXPECT_EQ(Preview().status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace oms_connector::testing_support
