#include "model/settings_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms_connector::model {
namespace {

void Change(bool& value) { value = !value; }
void Change(InventorySyncMode& value) {
  value = InventorySyncMode::kPerWarehouse;
}
void Change(SplitOrderHandling& value) {
  value = SplitOrderHandling::kWaitForAllRecords;
}

// Every setting that is stored has another value than its default.
Settings AllChanged() {
  Settings settings;
  Settings::VisitFields(
      [&](int, const char*, auto field) { Change(settings.*field); });
  return settings;
}

TEST(MergeSettings, EachSettingHasAPathThatWritesItAlone) {
  size_t paths = 0;
  PartialSettings::VisitPaths(
      [&](const char* path, auto sent_field, auto field) {
        PartialSettings sent;
        sent.*sent_field = AllChanged().*field;
        Settings expected;
        expected.*field = AllChanged().*field;
        EXPECT_EQ(*MergeSettings({}, sent, {path}), expected) << path;
        EXPECT_NE(expected, Settings()) << path;
        ++paths;
      });
  size_t fields = 0;
  Settings::VisitFields([&](int, const char*, auto) { ++fields; });
  EXPECT_EQ(paths, fields);
}

TEST(MergeSettings, WithoutMaskWritesOnlyWhatWasSent) {
  PartialSettings sent;
  sent.subtract_locked_quantity = true;
  Settings expected;
  expected.subtract_locked_quantity = true;
  EXPECT_EQ(*MergeSettings(Settings{}, sent, {}), expected);
  EXPECT_EQ(*MergeSettings(AllChanged(), sent, {}), AllChanged());
}

TEST(MergeSettings, FalseThatWasSentIsWritten) {
  PartialSettings sent;
  sent.subtract_locked_quantity = false;
  EXPECT_FALSE(MergeSettings(AllChanged(), sent, {})->subtract_locked_quantity);
}

TEST(MergeSettings, NamedButNotSentGoesBackToItsDefault) {
  const Settings merged =
      *MergeSettings(AllChanged(), {}, {"inventory.ignore_inactive_products"});
  Settings expected = AllChanged();
  expected.ignore_inactive_products = true;
  EXPECT_EQ(merged, expected);
}

TEST(MergeSettings, StarReplacesTheWholeMessage) {
  PartialSettings sent;
  sent.parse_carrier_fallback = true;
  Settings expected;
  expected.parse_carrier_fallback = true;
  EXPECT_EQ(*MergeSettings(AllChanged(), sent, {"*"}), expected);
}

TEST(MergeSettings, SentButNotNamedStays) {
  PartialSettings sent;
  sent.subtract_locked_quantity = true;
  sent.download_products_data = true;
  const Settings merged =
      *MergeSettings({}, sent, {"inventory.download_products_data"});
  EXPECT_TRUE(merged.download_products_data);
  EXPECT_FALSE(merged.subtract_locked_quantity);
}

TEST(MergeSettings, AMessagePathNamesAllOfItsFields) {
  const Settings merged = *MergeSettings(AllChanged(), {}, {"shipment"});
  EXPECT_EQ(merged.split_order_handling, SplitOrderHandling::kImmediatelySend);
  EXPECT_FALSE(merged.parse_carrier_fallback);
  EXPECT_TRUE(merged.download_products_data);
}

TEST(MergeSettings, RefusesWhatCannotBeWritten) {
  for (const char* path : {"name", "etag", "update_time", "inventory.", "x"}) {
    EXPECT_EQ(MergeSettings({}, {}, {path}).status().code(),
              absl::StatusCode::kInvalidArgument)
        << path;
  }
}

TEST(SameInventorySettings, LooksAtTheInventoryOnesOnly) {
  Settings shipments_differ;
  shipments_differ.parse_carrier_fallback = true;
  EXPECT_TRUE(SameInventorySettings({}, shipments_differ));
  EXPECT_FALSE(SameInventorySettings({}, AllChanged()));
}

}  // namespace
}  // namespace oms_connector::model
