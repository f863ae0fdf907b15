#include "omsctl/level_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

v1::InventoryLevel InWarehouse(std::optional<int64_t> available,
                               std::optional<int64_t> on_hand,
                               std::optional<int64_t> locked, bool subtracted,
                               bool clamped) {
  v1::InventoryLevel level;
  level.set_sku("NWD-TEE-NVY-S");
  level.mutable_warehouse()->set_id(1);
  level.mutable_warehouse()->set_name("Reno");
  level.set_state(v1::InventoryLevel::STATE_PUBLISHED);
  if (available.has_value()) level.set_available(*available);
  v1::Derivation& derivation = *level.mutable_derivation();
  derivation.set_source(v1::Derivation::SOURCE_WAREHOUSE_STOCK);
  if (on_hand.has_value()) derivation.set_on_hand(*on_hand);
  if (locked.has_value()) derivation.set_locked(*locked);
  derivation.set_locked_subtracted(subtracted);
  derivation.set_clamped_at_zero(clamped);
  return level;
}

v1::InventoryLevel Withheld(v1::InventoryLevel::WithheldReason reason) {
  v1::InventoryLevel level = InWarehouse({}, 12, 5, true, false);
  level.set_state(v1::InventoryLevel::STATE_WITHHELD);
  level.set_withheld_reason(reason);
  return level;
}

TEST(LevelText, ShowsTheCalculation) {
  const struct {
    v1::InventoryLevel level;
    const char* want;
  } cases[] = {
      {InWarehouse(7, 12, 5, true, false), "on hand 12 − locked 5 = 7"},
      {InWarehouse(0, 3, 5, true, true),
       "on hand 3 − locked 5 = −2: published as 0"},
      {InWarehouse(12, 12, 5, false, false),
       "on hand 12 (5 locked, not subtracted)"},
      {InWarehouse(12, 12, 0, false, false), "on hand 12"},
      {InWarehouse(12, 12, {}, false, false), "on hand 12"},
      {InWarehouse(0, -4, {}, false, true), "on hand −4: published as 0"},
      {InWarehouse(7, 7, -3, true, false),
       "on hand 7 (locked −3, counted as 0)"},
      {InWarehouse(0, kLowest, kHighest, true, true),
       "on hand −9223372036854775808 − locked 9223372036854775807 = "
       "−18446744073709551615: published as 0"},
      {InWarehouse(3, {}, {}, false, false), "stock in the warehouse"},
  };
  for (const auto& c : cases) EXPECT_EQ(WhyText(c.level), c.want);
}

TEST(LevelText, ChannelNumbersAreTheOrderManagers) {
  v1::InventoryLevel level;
  level.set_state(v1::InventoryLevel::STATE_PUBLISHED);
  level.set_available(4);
  level.mutable_derivation()->set_source(
      v1::Derivation::SOURCE_CHANNEL_ALLOCATION);
  EXPECT_EQ(WhyText(level), "the Order Manager's number");
  level.mutable_derivation()->set_clamped_at_zero(true);
  EXPECT_EQ(WhyText(level), "the Order Manager's number: published as 0");
}

TEST(LevelText, EveryReasonIsExplained) {
  const auto* reasons = v1::InventoryLevel::WithheldReason_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::InventoryLevel::WithheldReason>(
        reasons->value(i)->number());
    const std::string name = reasons->value(i)->name().substr(
        std::string("WITHHELD_REASON_").size());
    EXPECT_THAT(WhyText(Withheld(reason)), StartsWith(name + ": "));
  }
  EXPECT_EQ(WhyText(Withheld(v1::InventoryLevel::WITHHELD_REASON_UNSPECIFIED)),
            "for an unknown reason");
}

TEST(LevelText, PlacesWithoutNamesAreShownById) {
  v1::InventoryLevel level;
  level.mutable_sales_channel()->set_id(8);
  EXPECT_EQ(LocationText(level), "8");
  level.mutable_sales_channel()->set_name("Amazon.ca");
  EXPECT_EQ(LocationText(level), "Amazon.ca");
}

TEST(LevelText, TablesTellHowMuchWhereAndWhy) {
  EXPECT_EQ(
      LevelsText(
          {InWarehouse(7, 12, 5, true, false),
           Withheld(v1::InventoryLevel::WITHHELD_REASON_INACTIVE_PRODUCT)}),
      "SKU            LOCATION  AVAILABLE  WHY\n"
      "NWD-TEE-NVY-S  Reno              7  on hand 12 − locked 5 = 7\n"
      "NWD-TEE-NVY-S  Reno       withheld  INACTIVE_PRODUCT: the product is "
      "inactive\n");
}

TEST(LevelText, ProductsShowExactPrices) {
  v1::Product product;
  product.set_master_sku("NWD-TEE-NVY-S");
  product.set_name("T-Shirt");
  product.mutable_map_price()->set_amount("10.90");
  product.mutable_map_price()->set_currency_code("USD");
  EXPECT_THAT(ProductsText({product}), HasSubstr("10.90 USD"));
}

TEST(LevelText, APreviewTellsNowAndThen) {
  v1::PreviewSettingsResponse preview;
  preview.mutable_counts()->set_levels(40);
  preview.mutable_counts()->set_changed(2);
  preview.mutable_counts()->set_newly_published(1);
  preview.mutable_counts()->set_newly_withheld(0);
  v1::SettingsPreviewRow& row = *preview.add_rows();
  *row.mutable_before() = InWarehouse(12, 12, 5, false, false);
  *row.mutable_after() = InWarehouse(7, 12, 5, true, false);
  *preview.add_rows()->mutable_after() = InWarehouse(1, {}, {}, false, false);
  EXPECT_EQ(PreviewText(preview),
            "Of 40 levels, 2 would change: 1 newly published, 0 newly "
            "withheld.\n"
            "SKU            LOCATION  NOW  THEN  WHY\n"
            "NWD-TEE-NVY-S  Reno       12     7  on hand 12 − locked 5 = 7\n"
            "NWD-TEE-NVY-S  Reno        –     1  stock in the warehouse\n");
}

}  // namespace
}  // namespace oms_connector::omsctl
