#include "omsctl/settings_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "omsctl/command_line.h"
#include "omsctl/scripted_omsctl.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::GetSettingsResponse InForce() {
  v1::GetSettingsResponse answer;
  answer.mutable_settings()->set_name("connections/acme/settings");
  answer.mutable_settings()->mutable_inventory()->set_subtract_locked_quantity(
      false);
  return answer;
}

v1::UpdateSettingsResponse Subtracting() {
  v1::UpdateSettingsResponse answer;
  *answer.mutable_settings() = InForce().settings();
  answer.mutable_settings()->mutable_inventory()->set_subtract_locked_quantity(
      true);
  return answer;
}

TEST(SettingsCommands, GetShowsThem) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(InForce());
  EXPECT_EQ(omsctl.Run({"settings", "get", "acme"}), kDone);
  EXPECT_EQ(omsctl.server.Sent<v1::GetSettingsRequest>(0).name(),
            "connections/acme/settings");
  EXPECT_THAT(omsctl.out, HasSubstr("subtract_locked_quantity  no"));
}

TEST(SettingsCommands, SetSendsTheMaskAndShowsTheChange) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(InForce());
  omsctl.server.Answer(Subtracting());
  EXPECT_EQ(
      omsctl.Run({"settings", "set", "acme", "subtract-locked-quantity=yes",
                  "--reset", "split_order_handling", "--etag", "e1"}),
      kDone);
  const auto& request = omsctl.server.Sent<v1::UpdateSettingsRequest>(0);
  EXPECT_EQ(request.settings().name(), "connections/acme/settings");
  EXPECT_EQ(request.settings().etag(), "e1");
  EXPECT_FALSE(request.validate_only());
  EXPECT_THAT(request.update_mask().paths(),
              ElementsAre("inventory.subtract_locked_quantity",
                          "shipment.split_order_handling"));
  EXPECT_EQ(omsctl.out,
            "Changed, with effect from the next sync or poll:\n"
            "  subtract_locked_quantity: no → yes\n");
}

TEST(SettingsCommands, ValidateOnlySaysThatNothingWasStored) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(InForce());
  omsctl.server.Answer(Subtracting());
  EXPECT_EQ(omsctl.Run({"settings", "set", "acme", "--validate-only",
                        "subtract_locked_quantity=yes"}),
            kDone);
  EXPECT_TRUE(omsctl.server.Sent<v1::UpdateSettingsRequest>(0).validate_only());
  EXPECT_THAT(omsctl.out, HasSubstr("was not stored"));
}

TEST(SettingsCommands, ASetThatChangesNothingSaysSo) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(InForce());
  v1::UpdateSettingsResponse same;
  *same.mutable_settings() = InForce().settings();
  omsctl.server.Answer(same);
  EXPECT_EQ(
      omsctl.Run({"settings", "set", "acme", "subtract_locked_quantity=no"}),
      kDone);
  EXPECT_EQ(omsctl.out, "Nothing changes: it is so already.\n");
}

TEST(SettingsCommands, AWrongSettingIsNotSent) {
  ScriptedOmsctl omsctl;
  EXPECT_EQ(omsctl.Run({"settings", "set", "acme", "colour=red"}), kUsage);
  EXPECT_EQ(omsctl.Run({"settings", "set", "acme"}), kUsage);
  EXPECT_EQ(omsctl.server.Calls<v1::GetSettingsRequest>(), 0);
}

TEST(SettingsCommands, AServersRefusalEndsWithOne) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(InForce());
  omsctl.server.Fail<v1::UpdateSettingsResponse>(
      absl::AbortedError("the settings have changed since"));
  EXPECT_EQ(
      omsctl.Run({"settings", "set", "acme", "subtract_locked_quantity=yes"}),
      kFailed);
  EXPECT_THAT(omsctl.error, HasSubstr("the settings have changed since"));
}

TEST(SettingsCommands, HistoryIsReadFromTheConnection) {
  ScriptedOmsctl omsctl;
  omsctl.server.Answer(v1::ListSettingsChangesResponse());
  EXPECT_EQ(omsctl.Run({"settings", "history", "acme", "--limit", "5"}), kDone);
  const auto& request = omsctl.server.Sent<v1::ListSettingsChangesRequest>(0);
  EXPECT_EQ(request.parent(), "connections/acme");
  EXPECT_EQ(request.page_size(), 5);
  EXPECT_EQ(omsctl.out, "The settings were never changed.\n");
}

TEST(SettingsCommands, PreviewAsksForTheChangeAsACartSeesIt) {
  ScriptedOmsctl omsctl;
  v1::PreviewSettingsResponse answer;
  answer.mutable_counts()->set_levels(40);
  omsctl.server.Answer(answer);
  EXPECT_EQ(omsctl.Run({"settings", "preview", "acme",
                        "inventory_sync_mode=per-warehouse", "--cart", "shop"}),
            kDone);
  const auto& request = omsctl.server.Sent<v1::PreviewSettingsRequest>(0);
  EXPECT_EQ(request.name(), "connections/acme/settings");
  EXPECT_EQ(request.cart(), "shop");
  EXPECT_EQ(request.settings().inventory().inventory_sync_mode(),
            v1::INVENTORY_SYNC_MODE_PER_WAREHOUSE);
  EXPECT_THAT(omsctl.out, HasSubstr("Of 40 levels, 0 would change"));
}

}  // namespace
}  // namespace oms_connector::omsctl
