#include "omsctl/settings_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Settings Defaults() {
  v1::Settings settings;
  settings.set_name("connections/acme/settings");
  v1::InventorySettings& inventory = *settings.mutable_inventory();
  inventory.set_inventory_sync_mode(v1::INVENTORY_SYNC_MODE_PER_SALES_CHANNEL);
  inventory.set_subtract_locked_quantity(false);
  inventory.set_ignore_inactive_products(true);
  inventory.set_download_products_data(false);
  v1::ShipmentSettings& shipment = *settings.mutable_shipment();
  shipment.set_split_order_handling(v1::SPLIT_ORDER_HANDLING_IMMEDIATELY_SEND);
  shipment.set_parse_carrier_fallback(false);
  settings.set_etag("e1");
  settings.mutable_update_time()->set_seconds(1'786'960'800);
  return settings;
}

TEST(SettingsText, SaysWhatIsInForceAndWhatItMeans) {
  EXPECT_EQ(
      SettingsText(Defaults()),
      "SETTING                   VALUE              MEANS\n"
      "inventory_sync_mode       per-sales-channel  the Order Manager's own "
      "number per listing\n"
      "subtract_locked_quantity  no                 publish on hand\n"
      "ignore_inactive_products  yes                inactive products are "
      "withheld\n"
      "download_products_data    no                 levels only\n"
      "split_order_handling      immediately-send   each shipment as soon as "
      "it appears\n"
      "parse_carrier_fallback    no                 OTHER_CARRIER is passed "
      "on\n"
      "as of 2026-08-17 10:00:00Z, etag e1\n");
}

TEST(SettingsText, NamesEachChange) {
  v1::Settings after = Defaults();
  after.mutable_inventory()->set_subtract_locked_quantity(true);
  after.mutable_shipment()->set_split_order_handling(
      v1::SPLIT_ORDER_HANDLING_WAIT_FOR_ALL_RECORDS);
  EXPECT_THAT(
      ChangesBetween(Defaults(), after),
      ElementsAre(
          "subtract_locked_quantity: no → yes",
          "split_order_handling: immediately-send → wait-for-all-records"));
  EXPECT_THAT(ChangesBetween(after, after), IsEmpty());
}

TEST(SettingsText, TellsTheHistory) {
  v1::SettingsChange change;
  change.mutable_change_time()->set_seconds(1'786'960'800);
  change.set_principal("ops");
  *change.mutable_old_settings() = Defaults();
  *change.mutable_new_settings() = Defaults();
  change.mutable_new_settings()->mutable_shipment()->set_parse_carrier_fallback(
      true);
  change.mutable_new_settings()
      ->mutable_inventory()
      ->set_download_products_data(true);
  EXPECT_EQ(SettingsHistoryText({change}),
            "WHEN                  WHO  WHAT\n"
            "2026-08-17 10:00:00Z  ops  download_products_data: no → yes\n"
            "                           parse_carrier_fallback: no → yes\n");
  EXPECT_EQ(SettingsHistoryText({}), "The settings were never changed.\n");
}

TEST(SettingsEdit, TakesWhatPeopleType) {
  const struct {
    const char* typed;
    const char* path;
    const char* change;
  } cases[] = {
      {"inventory_sync_mode=per_warehouse", "inventory.inventory_sync_mode",
       "inventory_sync_mode: per-sales-channel → per-warehouse"},
      {"Inventory-Sync-Mode=PER_WAREHOUSE", "inventory.inventory_sync_mode",
       "inventory_sync_mode: per-sales-channel → per-warehouse"},
      {"subtract_locked_quantity=yes", "inventory.subtract_locked_quantity",
       "subtract_locked_quantity: no → yes"},
      {"subtract_locked_quantity=TRUE", "inventory.subtract_locked_quantity",
       "subtract_locked_quantity: no → yes"},
      {"download-products-data=on", "inventory.download_products_data",
       "download_products_data: no → yes"},
      {"split_order_handling=wait-for-all-records",
       "shipment.split_order_handling",
       "split_order_handling: immediately-send → wait-for-all-records"},
      {"parse_carrier_fallback=yes", "shipment.parse_carrier_fallback",
       "parse_carrier_fallback: no → yes"},
  };
  for (const auto& c : cases) {
    const auto edit = ParseSettingsEdit({c.typed}, {});
    ASSERT_TRUE(edit.ok()) << c.typed << ": " << edit.status();
    EXPECT_THAT(edit->update_mask.paths(), ElementsAre(c.path));
    v1::Settings after = Defaults();
    after.MergeFrom(edit->settings);
    EXPECT_THAT(ChangesBetween(Defaults(), after), ElementsAre(c.change));
  }
}

TEST(SettingsEdit, AFalseIsSentRatherThanLeftOut) {
  const auto edit = ParseSettingsEdit({"ignore_inactive_products=no"}, {});
  ASSERT_TRUE(edit.ok());
  EXPECT_TRUE(edit->settings.inventory().has_ignore_inactive_products());
  EXPECT_FALSE(edit->settings.inventory().ignore_inactive_products());
}

TEST(SettingsEdit, AResetNamesThePathAndGivesNoValue) {
  const auto edit = ParseSettingsEdit({"parse_carrier_fallback=yes"},
                                      {"inventory_sync_mode"});
  ASSERT_TRUE(edit.ok());
  EXPECT_THAT(edit->update_mask.paths(),
              ElementsAre("shipment.parse_carrier_fallback",
                          "inventory.inventory_sync_mode"));
  EXPECT_FALSE(edit->settings.has_inventory());
}

TEST(SettingsEdit, RefusesWhatItDoesNotUnderstand) {
  const struct {
    std::vector<std::string> assignments;
    std::vector<std::string> resets;
    const char* want;
  } cases[] = {
      {{}, {}, "nothing to change"},
      {{"colour=red"}, {}, "there is no setting \"colour\""},
      {{"subtract_locked_quantity=maybe"}, {}, "is no or yes, not \"maybe\""},
      {{"subtract_locked_quantity"}, {}, "is no or yes, not \"\""},
      {{"subtract_locked_quantity=yes"},
       {"subtract-locked-quantity"},
       "given twice"},
      {{}, {"name"}, "there is no setting \"name\""},
  };
  for (const auto& c : cases) {
    const absl::Status status =
        ParseSettingsEdit(c.assignments, c.resets).status();
    EXPECT_TRUE(IsUsageError(status)) << c.want;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.want));
  }
}

}  // namespace
}  // namespace oms_connector::omsctl
