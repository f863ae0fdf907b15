#include "omsctl/resource_names.h"

#include <gtest/gtest.h>

namespace oms_connector::omsctl {
namespace {

TEST(ResourceNames, AreMadeFromIds) {
  EXPECT_EQ(ConnectionName("acme"), "connections/acme");
  EXPECT_EQ(SettingsName("acme"), "connections/acme/settings");
  EXPECT_EQ(ShipmentName("acme", "90001"), "connections/acme/shipments/90001");
  EXPECT_EQ(RunName("acme", "r1"), "connections/acme/syncRuns/r1");
}

TEST(ResourceNames, WholeNamesStayAsTheyAre) {
  EXPECT_EQ(ConnectionName("connections/acme"), "connections/acme");
  EXPECT_EQ(SettingsName("connections/acme"), "connections/acme/settings");
  EXPECT_EQ(ShipmentName("acme", "connections/bolt/shipments/1"),
            "connections/bolt/shipments/1");
}

}  // namespace
}  // namespace oms_connector::omsctl
