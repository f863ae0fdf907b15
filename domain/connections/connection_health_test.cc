#include "domain/connections/connection_health.h"

#include <gtest/gtest.h>

#include "domain/connections/connection_test_fixture.h"

namespace oms_connector::connections {
namespace {

class ConnectionHealthTest : public ConnectionTestFixture {
 protected:
  ConnectionHealthTest() { EXPECT_TRUE(CreateAcme().ok()); }

  void Write(
      absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function) {
    const absl::Status status = store()->Write({}, function);
    ASSERT_TRUE(status.ok()) << status;
  }

  void SuspectGap() {
    Write([&](storage::WriteTransaction& txn) {
      model::InventoryState state;
      state.gap_time = clock_.Now();
      return txn.inventory().PutState("acme", state);
    });
  }

  void SetMode(model::InventorySyncMode mode) {
    Write([&](storage::WriteTransaction& txn) {
      model::StoredSettings settings;
      settings.values.inventory_sync_mode = mode;
      return txn.connections().UpdateSettings("acme", settings, false);
    });
  }

  ConnectionHealth Health() { return *ReadHealth(*store(), {}, "acme"); }
};

TEST_F(ConnectionHealthTest, OfANewConnectionIsQuiet) {
  const ConnectionHealth health = Health();
  EXPECT_FALSE(health.inventory.last_success_time.has_value());
  EXPECT_EQ(health.held_orders, 0);
  EXPECT_FALSE(health.oldest_hold.has_value());
  EXPECT_FALSE(health.delta_gap_suspected);
}

TEST_F(ConnectionHealthTest, TellsOfAGapWhereNumbersComeByDifferences) {
  SuspectGap();
  EXPECT_TRUE(Health().delta_gap_suspected);
  SetMode(model::InventorySyncMode::kPerWarehouse);
  EXPECT_FALSE(Health().delta_gap_suspected);
  SetMode(model::InventorySyncMode::kPerSalesChannel);
  EXPECT_TRUE(Health().delta_gap_suspected);
}

}  // namespace
}  // namespace oms_connector::connections
